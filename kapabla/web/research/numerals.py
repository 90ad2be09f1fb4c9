"""Numbers on the pages of results, in the language of the page, and numbers that somebody has typed."""

import re

from kapabla.web import language

_NUMBER = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,9})?")
_SWEDISH = re.compile(r"(?<=\d),(?=\d)")


def decimal(value: float, decimals: int = 2) -> str:
    """A real minus sign, and the decimal sign of the language."""
    text = f"{abs(value):.{decimals}f}"
    text = text if language.current() == "en" else text.replace(".", ",")
    return f"\u2212{text}" if value < 0 and float(f"{value:.{decimals}f}") else text


def percent(share: float) -> str:
    return f"{round(100 * share)}{'' if language.current() == 'en' else chr(0xA0)}%"


def of_the_language(told: str) -> str:
    """What a release has written in Swedish: `[0,48; 0,76]` is `[0.48; 0.76]` in English, `71 %` is `71%`."""
    return _SWEDISH.sub(".", told).replace("\u00a0%", "%") if language.current() == "en" else told


def read(typed: str) -> float | None:
    """With comma or point; None where it is no number that a page of ours asks for.

    >>> read("0,5"), read(" 12 "), read("-1"), read("1e3")
    (0.5, 12.0, None, None)
    """
    given = typed.strip().removesuffix("%").strip()
    return float(given.replace(",", ".")) if _NUMBER.fullmatch(given) else None

"""Numbers as a report writes them: decimal comma and a real minus sign in Swedish, a point in English."""

import re

from kapabla.release.disclosure import Estimate

HIDDEN = {"sv": "[visas inte]", "en": "[not shown]"}
NONE = "–"
_COMMA = re.compile(r"(?<=\d),(?=\d)")


def in_language(told: str, lang: str) -> str:
    """What the page of results has written in Swedish.

    >>> in_language("[0,48; 0,76]", "en"), in_language("71\xa0%", "en")
    ('[0.48; 0.76]', '71%')
    """
    return _COMMA.sub(".", told).replace("\u00a0%", "%") if lang == "en" else told


def number(value: float | None, lang: str, decimals: int = 2) -> str:
    """
    >>> number(-0.456, "sv"), number(0.456, "en", 1)
    ('−0,46', '0.5')
    """
    if value is None:
        return NONE
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return (text.replace(".", ",") if lang == "sv" else text).replace("-", "−")


def share(value: float, lang: str) -> str:
    """
    >>> share(0.301, "sv"), share(0.301, "en")
    ('30\\xa0%', '30%')
    """
    return number(100 * value, lang, 0) + ("\u00a0%" if lang == "sv" else "%")


def points(value: float, lang: str) -> str:
    """A difference of shares, in percentage points.

    >>> points(-0.07, "sv")
    '−7'
    """
    return number(100 * value, lang, 0)


def p_value(value: float | None, lang: str) -> str:
    """
    >>> p_value(0.0004, "sv"), p_value(0.04, "en"), p_value(None, "sv")
    ('< 0,001', '0.040', '–')
    """
    if value is None:
        return NONE
    return f"< {number(0.001, lang, 3)}" if value < 0.001 else number(value, lang, 3)


def cells(found: Estimate | None, unit: str, lang: str) -> tuple[str, str, str, str]:
    """People, estimate, interval and p of a figure; one that is not shown says so, whatever the reason."""
    if found is None:
        return HIDDEN[lang], HIDDEN[lang], HIDDEN[lang], HIDDEN[lang]
    write = {"share": share, "points": points}.get(unit, number)
    interval = NONE if found.interval is None else _interval([write(end, lang) for end in found.interval], lang)
    return str(found.n), write(found.value, lang), interval, p_value(found.p, lang)


def _interval(ends: list[str], lang: str) -> str:
    return f"[{ends[0]}{'; ' if lang == 'sv' else ', '}{ends[1]}]"

"""Telephone numbers."""

import re
from collections.abc import Iterator

from kapabla.guard.findings import Finding, Kind
from kapabla.guard.streams import NUMBER_WORD, Window, windows

_WORDS_BETWEEN = r"och|sen|sedan|så|streck|bindestreck|minus|därefter"
_STREAM = re.compile(rf"\+?\(?\d+(?:(?:[\s.\-‐‑‒–—−/()_·]|\b(?:{_WORDS_BETWEEN})\b){{1,14}}\d+)*", re.IGNORECASE)
# Without area code, after a word that says what it is. 112, 114 14, 1177 and the like begin with 11.
_AFTER_WORD = re.compile(
    r"\b(?:tel(?:efon)?(?:nr|nummer)?|mobil(?:en|nr|nummer)?|ring(?:a|er)?|sms:?a?|numret|nummer|nr)\b[\s:.]{1,3}"
    r"(?:(?:är|på|till|mig|hem|oss)\s){0,2}(?!11)(\d(?:[\s\-–]?\d){4,7})(?![\d:])",
    re.IGNORECASE,
)
_TIMES = re.compile(r"\d\d?[.:]\d\d\s*[-–]\s*\d\d?[.:]\d\d")
_IN_WORDS = re.compile(
    rf"\bnoll(?:{NUMBER_WORD}){{3,}}\b|\bnolla?(?:[\s,\-–]+(?:{NUMBER_WORD}|\d+)\b){{3,}}|\b{NUMBER_WORD}(?:[\s,\-–]+{NUMBER_WORD}\b){{5,}}",
    re.IGNORECASE,
)
_O_FOR_ZERO = re.compile(r"(?<!\w)[oO]7[02369](?:[\s\-–]?\d){7}(?!\d)")
# Numbers that belong to no person: free of charge or shared, as support lines have.
_NOBODYS = ("020", "0200", "0771", "0775", "077")


def find_phones(text: str) -> Iterator[Finding]:
    """Finds: Swedish numbers of eight to ten digits from their 0, or after +46, 0046, 00 46 or 46, in any grouping,
    with brackets or "och sen" between, a mobile number also without its 0 or with the letter o for it; foreign ones
    after a plus sign; five to eight digits after a word such as "ring" or "tel"; a number said in words ("noll sju noll
    ett …": at least four after a "noll", six otherwise).

    Does not find: support lines (020, 0771, 112, 114 14, 116 …), nor digits without 0, plus sign or such a word.
    """
    clock_times = [match.span() for match in _TIMES.finditer(text)]
    for window in windows(text, _STREAM, range(8, 16)):
        is_time = any(start <= window.start and window.end <= end for start, end in clock_times)
        if not is_time and (length := _prefix(text, window)) is not None:
            yield Finding(window.start - length, window.end, Kind.PHONE)
    for match in _O_FOR_ZERO.finditer(text):
        yield Finding(match.start(), match.end(), Kind.PHONE)
    for match in _AFTER_WORD.finditer(text):
        yield Finding(match.start(1), match.end(1), Kind.PHONE)
    for match in _IN_WORDS.finditer(text):
        yield Finding(match.start(), match.end(), Kind.PHONE)


def _prefix(text: str, window: Window) -> int | None:
    """How many characters before the digits belong to the number, or None where it is none."""
    before = text[max(0, window.start - 2) : window.start]
    digits = window.digits
    if before.endswith("+") or before.endswith("+("):
        return len(before) - before.index("+")
    bracket = 1 if before.endswith("(") else 0
    for country in ("0046", "46"):
        if digits.startswith(country) and 7 <= len(digits.removeprefix(country).lstrip("0")) <= 9:
            return bracket
    is_mobile_without_zero = len(digits) == 9 and digits[0] == "7" and digits[1] in "02369"
    is_swedish = is_mobile_without_zero or (digits[0] == "0" and digits[1] != "0" and 8 <= len(digits) <= 10)
    return bracket if is_swedish and not digits.startswith(_NOBODYS) else None

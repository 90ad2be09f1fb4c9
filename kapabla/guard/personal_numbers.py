"""Personal identity numbers, coordination numbers and dates of birth.

A number is ten digits, or twelve with the century: YYMMDD-NNNN, where a coordination number has 60 added to its day.
"""

import re
from collections.abc import Iterator

from kapabla.guard.findings import Finding, Kind
from kapabla.guard.streams import NUMBER_WORD, Window, windows

_BETWEEN = r"[\s.\-‐‑‒–—−/+_·]{1,3}"
_STREAM = re.compile(rf"\d+(?:{_BETWEEN}\d+)*")
# With a letter where nobody has a number yet: reserve numbers of health care and the police.
_RESERVE = re.compile(r"(?<!\d)(?:\d\d)?\d{6}\s?[-–+]\s?(?:[A-Za-z]\d{3}|[A-Za-z]{2}\d{2})(?!\w)")
# "640403, och de fyra sista är 9825": both parts, whatever is said between them.
_LAST_FOUR = re.compile(r"(?<!\d)((?:\d\d)?\d{6})\D{1,12}(?:fyra\s+)?sista\D{0,14}?(\d{4})(?!\d)", re.IGNORECASE)

_SPELT = re.compile(
    rf"(?<!\d)(?:\d\d)?\d{{6}}[\s,\-–]{{1,3}}{NUMBER_WORD}(?:[\s,\-–]{{1,3}}{NUMBER_WORD}){{1,3}}\b", re.IGNORECASE
)
# The day in words and the last four in digits: "sexhundrafyrtio fyra noll tre 9825".
_DAY_SPELT = re.compile(
    rf"\b{NUMBER_WORD}(?:[\s,\-–]{{1,3}}{NUMBER_WORD}){{2,5}}[\s,\-–]{{1,3}}\d{{4}}(?!\d)", re.IGNORECASE
)
_MONTHS = (
    "jan(?:uari)?|feb(?:ruari)?|mars?|apr(?:il)?|maj|juni?|juli?|aug(?:usti)?|sept?(?:ember)?|okt(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_DAY = (
    rf"\d{{1,2}}\s?(?:[./]|:?e)?\s?(?:{_MONTHS})\.?\s+(?:\d{{4}}|[-–'’]?\d\d)(?!\d)"
    r"|\d{1,2}\s?[/.]\s?\d{1,2}\s*[-–/.'’ ]\s*(?:\d{4}|\d\d)(?!\d)"
    r"|\d{4}\s?[-–./ ]?\s?\d{1,2}\s?[-–./ ]?\s?\d{1,2}(?!\d)"
    r"|\d{6}(?!\d)"
    rf"|(?:{_MONTHS})\s+(?:19|20)\d\d(?!\d)"
)
_BORN = re.compile(
    rf"(?:\bföd(?:d|de|des|da|dag|elsedag|elsedatum|elsetid)?\w*|\bfyll(?:er|de)\b|(?<!\w)f\.|(?<!\w)f(?=\s\d{{6}}\b)|\*)[^\d\n]{{0,24}}?({_DAY})",
    re.IGNORECASE,
)
_SHORT_DAY = re.compile(r"(?<![\d/])\d{1,2}/\d{1,2}\s?[-–]\s?(?:19|20)?\d\d(?!\d)")
_WHOLE_DAY = re.compile(
    rf"(?<!\d)(?:(?:19\d\d|200\d|201[0-5])-\d\d-\d\d|\d{{1,2}}\s(?:{_MONTHS})\s(?:19\d\d|200\d|201[0-5]))(?!\d)",
    re.IGNORECASE,
)


def find_personal_numbers(text: str) -> Iterator[Finding]:
    """Finds: ten or twelve digits with a possible day, in any grouping by spaces, points, dashes, strokes or a plus
    sign (640403-9825, 19640403 9825, 64 04 03 - 9825, 6404039825); coordination numbers; the form 6 or 8 digits, dash,
    four digits even where the day is impossible, since it is then misspelt; unseparated digits with a right check digit
    (also an organisation's number); a day or the last four in words and the rest in digits; reserve numbers with
    letters; a day and "de fyra sista" apart.

    Does not find: a number of which a digit is missing, or that is all in words (`find_phones` marks those).
    """
    for window in windows(text, _STREAM, (10, 12)):
        if _is_personal_number(text, window):
            yield Finding(window.start, window.end, Kind.PERSONAL_NUMBER)
    for pattern in (_RESERVE, _SPELT, _DAY_SPELT):
        for match in pattern.finditer(text):
            yield Finding(match.start(), match.end(), Kind.PERSONAL_NUMBER)
    for match in _LAST_FOUR.finditer(text):
        yield Finding(match.start(1), match.end(1), Kind.PERSONAL_NUMBER)
        yield Finding(match.start(2), match.end(2), Kind.PERSONAL_NUMBER)


def find_birth_dates(text: str) -> Iterator[Finding]:
    """Finds: a day with its year after a word of birth ("född 12 mars 1961", "fyller år 3/11 -82", "Född 640217"), and
    a day written in full with a year from 1900 to 2015, or as 3/11-82, wherever it stands.

    Does not find: an age, a birthday without its year, a year alone.
    """
    for match in _BORN.finditer(text):
        yield Finding(match.start(1), match.end(1), Kind.BIRTH_DATE)
    for pattern in (_WHOLE_DAY, _SHORT_DAY):
        for match in pattern.finditer(text):
            yield Finding(match.start(), match.end(), Kind.BIRTH_DATE)


def has_right_check_digit(ten: str) -> bool:
    """Luhn's, as Skatteverket uses it.

    >>> has_right_check_digit("8112189876"), has_right_check_digit("8112189875")
    (True, False)
    """
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(ten))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_personal_number(text: str, window: Window) -> bool:
    day, last = window.digits[:-4], window.digits[-4:]
    between = text[window.end - len(last) - 1] if window.sizes[-1] == 4 else ""
    if window.sizes in ((6, 4), (8, 4)) and between in "-‐‑‒–—−+":
        return True
    is_right = has_right_check_digit(window.digits[-10:])
    if len(window.digits) == 10 and window.digits.startswith("07") and not is_right:
        # A mobile telephone: 070-174 06 05 would be the coordination number of a day in January.
        return False
    return _is_possible_day(day) or (len(window.sizes) == 1 and is_right)


def _is_possible_day(day: str) -> bool:
    """YYMMDD, or with one of three centuries before it; the day may be that of a coordination number."""
    if len(day) == 8 and day[:2] not in ("18", "19", "20"):
        return False
    month, number = int(day[-4:-2]), int(day[-2:])
    return 1 <= month <= 12 and 1 <= (number - 60 if number > 60 else number) <= 31

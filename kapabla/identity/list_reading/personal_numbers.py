"""Finding Swedish personal numbers, so that they can be refused before anything is kept.

A number is ten or twelve digits, with or without the hyphen (plus for those over a hundred) before the last four: a
real date, where a coordination number adds 60 to the day, and a check digit by Luhn (SFS 1991:481, 18 §; SKV 704).
People write it with spaces around the hyphen, and the date as 1980-01-01; and whoever slips on a digit has still
written down a birthday. So the check digit is asked for only where the digits could as well be a telephone number.
"""

import re
from datetime import date

_HYPHEN = r"[-+\u2010-\u2015\u2212]"
_SEPARATOR = rf" ?{_HYPHEN}? ?"
# Not part of a longer number, and not what follows a country code's plus.
_DATE = r"(\d{2})?(\d{2})(\d{2})(\d{2})"
_DATE_IN_PARTS = r"(\d{2})(\d{2})[-./ ](\d{2})[-./ ](\d{2})"
_CANDIDATE = re.compile(rf"(?<![\d+])(?:{_DATE}|{_DATE_IN_PARTS})({_SEPARATOR})(\d{{4}})(?!\d)")
# Ten digits in a row that are a mobile number, or one of Skellefteå's (0910-0912): nobody grown up was born on those
# days of 2009, and few in those months of 2007. With the hyphen of a personal number they count as one.
_DIALLED = re.compile(r"07[0236]|079|091[0-2]")


# Whoever writes this beside ten digits says what they are.
_SAYS_SO = re.compile(r"\b(?:pnr|persnr|personnr|personnummer|samordningsnummer)\b", re.IGNORECASE)


def has_personal_number(text: str) -> bool:
    """True where the text holds a personal or coordination number.

    >>> has_personal_number("ring 811228-9874"), has_personal_number("070-174 06 05")
    (True, False)
    """
    is_said = _SAYS_SO.search(text) is not None
    return any(_is_one(match, is_said) and not _is_dialled(match) for match in _CANDIDATE.finditer(text))


def is_personal_number(text: str) -> bool:
    """True where the text is one and nothing else: a column of such is never read."""
    match = _CANDIDATE.fullmatch(text)
    return match is not None and _is_one(match)


def has_personal_number_for_phone(text: str) -> bool:
    """As `has_personal_number`, where a telephone number is expected: ten bare digits from 0 on are dialled.

    >>> has_personal_number_for_phone("0304123458"), has_personal_number("0304123458")
    (False, True)
    """
    if text.startswith("+"):
        return False
    return any(_is_one(match) and not _is_bare_from_zero(match) for match in _CANDIDATE.finditer(text))


def _is_dialled(match: re.Match[str]) -> bool:
    return _is_bare_from_zero(match) and _DIALLED.match(match[0]) is not None


def _is_bare_from_zero(match: re.Match[str]) -> bool:
    return _century(match) is None and not match[9].strip() and match[0].startswith("0")


def _century(match: re.Match[str]) -> str | None:
    return match[1] or match[5]


def _is_one(match: re.Match[str], is_said: bool = False) -> bool:
    century = _century(match)
    year, month, day = match.group(2, 3, 4) if match[5] is None else match.group(6, 7, 8)
    if century not in (None, "18", "19", "20"):
        return False
    day_of_birth = int(day) - 60 if int(day) > 60 else int(day)
    try:
        date(int((century or "20") + year), int(month), day_of_birth)
    except ValueError:
        return False
    is_certain = is_said or century is not None or (match[9].strip() != "" and not year.startswith("0"))
    return is_certain or _luhn(year + month + day + match[10])


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 - index % 2) for index, digit in enumerate(digits))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0

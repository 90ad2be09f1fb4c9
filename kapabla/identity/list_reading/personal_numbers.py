"""Finding Swedish personal numbers, so that they can be refused before anything is kept."""

import re
from datetime import date

# Ten or twelve digits with or without a hyphen or plus; not part of a longer number, and not a phone number's +46.
_CANDIDATE = re.compile(r"(?<![\d+])(\d{2})?(\d{2})(\d{2})(\d{2})[-+ ]?(\d{4})(?!\d)")


def has_personal_number(text: str) -> bool:
    """True where the text holds a personal or coordination number: a real date and a right check digit.

    >>> has_personal_number("ring 811228-9874"), has_personal_number("070-174 06 05")
    (True, False)
    """
    return any(_is_one(match) for match in _CANDIDATE.finditer(text))


def _is_one(match: re.Match[str]) -> bool:
    century, year, month, day, last = match.groups()
    if century not in (None, "18", "19", "20"):
        return False
    # A coordination number has 60 added to the day.
    day_number = int(day) - 60 if int(day) > 60 else int(day)
    try:
        date(int((century or "20") + year), int(month), day_number)
    except ValueError:
        return False
    return _luhn(year + month + day + last)


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 - index % 2) for index, digit in enumerate(digits))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0

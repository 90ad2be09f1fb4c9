"""Why staff look at somebody's details (B8): in words of our own, since what is typed may name somebody and would then
stand in a log for good."""

import re

REASONS = ("asked", "correction", "returned", "on_paper", "double", "right")
# Whatever else there may be belongs to a matter, which the registry of the authority has given a number.
MATTER = "matter"
_WORD = re.compile(r"\bdnr\b[.:]?|\bdiarienummer\b:?", re.IGNORECASE)
# "1234-2026", "KS 2026/123", "1234-2026-3": shorter than any personal number, and no telephone number.
_NUMBER = re.compile(r"(?:[A-ZÅÄÖ]{1,3} ?)?(?:\d{1,5}[-/]20\d\d(?:-\d{1,3})?|20\d\d[-/]\d{1,5})")


def read_matter_number(typed: str) -> str | None:
    """As the registry writes it, or None: nothing else is kept."""
    number = " ".join(_WORD.sub(" ", typed).upper().split())
    return number if _NUMBER.fullmatch(number) else None


def for_matter(number: str) -> str:
    return f"{MATTER} {number}"


def matter_of(reason: str) -> str | None:
    """The number of the matter that a row of the log names."""
    word, _, number = reason.partition(" ")
    return number if word == MATTER and _NUMBER.fullmatch(number) else None

"""E-mail addresses, links and names on social media."""

import re
from collections.abc import Iterator

from kapabla.guard.findings import Finding, Kind

_AT = r"(?:\s*(?:[(\[<{]\s*(?:at|a|@|snabel-?\s?a)\s*[)\]>}]|(?<!\w)snabel-?\s?a(?!\w))\s*|\s+(?:at|på snabel-?a)\s+)"
_DOT = r"(?:\.|\s*(?:[(\[<{]\s*(?:dot|punkt)\s*[)\]>}]|(?<!\w)(?:punkt|dot)(?!\w))\s*)"
_PART = r"[\w+\-'’#%!&*=~]{1,64}"
_SIGNED = re.compile(r"[^\s@<>()\[\]{},;:\"”]{1,64}\s?[@＠]\s?[^\s@<>()\[\]{},;:\"”!?]*\w")
_PROVIDER = "hotmail|gmail|outlook|live|yahoo|icloud|telia|bredband|msn|protonmail"
_AT_PROVIDER = re.compile(rf"{_PART}(?:{_DOT}{_PART})*{_AT}(?:{_PROVIDER})(?!\w)", re.IGNORECASE)
_SPELT = re.compile(rf"{_PART}(?:{_DOT}{_PART})*{_AT}{_PART}(?:{_DOT}{_PART})+", re.IGNORECASE)

_ENDINGS = "se|nu|com|org|net|info|eu|fi|no|dk|de|io|me|co|be|tv|app|dev|blog|example"
_LINK = re.compile(
    rf"(?:https?://|www\.)[^\s<>\"”]*[\w/]|(?<![\w@.])(?:[\w\-]+\.)+(?:{_ENDINGS})(?![\w.]\w)(?:/[^\s<>\"”]*[\w/])?"
)
_HANDLE = re.compile(r"(?<![\w@.])[@#][^\W\d][\w.]*\w")
_NUMBERED = re.compile(r"(?<!\w)\w+#\d{4}(?!\d)")
_MEDIUM = (
    "insta(?:gram)?|snap(?:chat)?|tiktok|twitter|discord|telegram|kik|messenger|facebook|fb|linkedin|skype|threads"
)
_ON_MEDIUM = re.compile(rf"\b(?:{_MEDIUM})\b[\s:=]{{1,3}}(?:heter\s)?([A-Za-z][\w.]*(?:[_.\d]\w*)+)", re.IGNORECASE)


def find_emails(text: str) -> Iterator[Finding]:
    """Finds: anything around a @, also with a space beside it; and with (a), (at), [at], at or snabel-a in its place,
    with "punkt" or "dot" for the points (hjordis snabel-a example punkt com).

    Does not find: an address of which the part after the sign is left out ("min hotmail, samma namn som ovan").
    """
    for pattern in (_SIGNED, _SPELT, _AT_PROVIDER):
        for match in pattern.finditer(text):
            yield Finding(match.start(), match.end(), Kind.EMAIL)


def find_links(text: str) -> Iterator[Finding]:
    """Finds: addresses on the web with or without http or www; names that begin with @ or #, or end with # and four
    digits; and what follows the name of a social medium and looks like a user name (has a point, a digit or a low
    line).

    Does not find: a user name that is an ordinary word.
    """
    for pattern in (_LINK, _HANDLE, _NUMBERED):
        for match in pattern.finditer(text):
            yield Finding(match.start(), match.end(), Kind.LINK)
    for match in _ON_MEDIUM.finditer(text):
        yield Finding(match.start(1), match.end(1), Kind.LINK)

"""One cell at a time: made tidy, and read as an e-mail address or a telephone number. Nothing here knows of rows."""

import re
import unicodedata

MAX_CELL = 1_000
MAX_EMAIL = 254  # RFC 5321, section 4.5.3.1.3, with the angle brackets taken off
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]")
# Marks without width that come with text pasted from Outlook and Teams; the two joiners of some names are left.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# What spreadsheets take for a formula, the full-width signs included (`privacy.md` C6, attack 25).
_FORMULA = ("=", "+", "-", "@", "\t", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NOTHING = ("-", "–", "—")
_PHONE = re.compile(r"\+? ?[\d(][\d\s()\-‐‑–/.]{5,30}", re.ASCII)
# The series of the Swedish numbering plan for mobile telephony: 070, 072, 073, 076 and 079.
_MOBILE = re.compile(r"\+467[02369][0-9]{7}")
_POSTAL_CODE = re.compile(r"(?<![0-9])[0-9]{3} ?[0-9]{2}(?![0-9])")
_LOCAL = r"[^@\s,;:<>()\[\]\\\".]+(?:\.[^@\s,;:<>()\[\]\\\".]+)*"
_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_EMAIL = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+(?:[^\W\d_]{{2,}}|xn--[a-z0-9-]+)")


def clean(raw: str) -> str:
    """Without spaces around (NBSP included) or marks nobody sees; letters composed; a lone dash is nothing.

    >>> clean("\\xa0A\u030asa  Ek "), clean(" – ")
    ('Åsa Ek', '')
    """
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", raw))
    # A leading tab stays: a spreadsheet would run what follows it.
    lines = (" ".join(line.split()) for line in text.split("\n"))
    tidy = "\n".join(line for line in lines if line)
    if tidy in _NOTHING:
        return ""
    return f"\t{tidy}" if tidy and text.lstrip(" \xa0\n").startswith("\t") else tidy


def fold(text: str) -> str:
    """The same words in another case or spacing are the same."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def has_postal_code(address: str) -> bool:
    """Five digits of their own, as in `922 31` or `SE-92231`."""
    return _POSTAL_CODE.search(address) is not None


def join_address(street: str, postal_code: str, town: str) -> str | None:
    """One address of three cells. What the street says already is not said again; without a street there is none.

    >>> join_address("Byvägen 36", "92231", "Vindeln"), join_address("Byvägen 36, 922 31 Vindeln", "92231", "Vindeln")
    ('Byvägen 36, 922 31 Vindeln', 'Byvägen 36, 922 31 Vindeln')
    """
    if not street or has_postal_code(street):
        return street or None
    if re.fullmatch(r"[0-9]{5}", postal_code):
        postal_code = f"{postal_code[:3]} {postal_code[3:]}"
    if town:
        street = re.sub(rf"\s*[,\n]\s*{re.escape(town)}$", "", street, flags=re.IGNORECASE)
    return ", ".join(part for part in (street, f"{postal_code} {town}".strip()) if part)


def find_unsafe(raw: str, text: str) -> str | None:
    """The code of what no cell may hold; a telephone number's plus is the caller's to allow."""
    if _CONTROL.search(raw):
        return "control_characters"
    if len(text) > MAX_CELL:
        return "too_long"
    return "formula" if text.startswith(_FORMULA) else None


def looks_like_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None


def read_email(text: str) -> tuple[str, str | None]:
    """The address in lower case, and the code of what is wrong with it."""
    email = text.lower()
    if "@" not in email:
        return email, "email_no_at"
    if not email.rpartition("@")[0].isascii():
        # Hardly any mail server takes one (RFC 6531); å, ä and ö of the domain have another spelling, which it sends.
        return email, "email_not_ascii"
    return email, None if len(email) <= MAX_EMAIL and _EMAIL.fullmatch(email) else "email_wrong"


def read_phone(text: str) -> str | None:
    """The number as +46…, or `None` where it cannot be one.

    A Swedish number begins with 0, or has lost the 0 (or the + of +46) to a spreadsheet that took it for a quantity.

    >>> read_phone("070-174 06 05"), read_phone("+46 (0)70 174 06 05"), read_phone("701740605"), read_phone("17 40")
    ('+46701740605', '+46701740605', '+46701740605', None)
    """
    if not looks_like_phone(text):
        return None
    digits = re.sub(r"\D", "", text.replace("(0)", ""), flags=re.ASCII)
    if text.startswith("+") or digits.startswith("00"):
        return _abroad(digits.removeprefix("00"))
    if digits.startswith("46") and len(digits) >= 10:
        return _abroad(digits)
    national = digits.removeprefix("0")
    return f"+46{national}" if 6 <= len(national) <= 9 else None


def read_mobile(text: str) -> str | None:
    """The number as +467…, or `None` where it is no Swedish mobile number: to others no text messages are sent.

    >>> read_mobile("070-174 06 05"), read_mobile("090-10 70 00"), read_mobile("+47 412 34 567")
    ('+46701740605', None, None)
    """
    number = read_phone(text)
    return number if number and _MOBILE.fullmatch(number) else None


def _abroad(digits: str) -> str | None:
    """With a country code. E.164 allows fifteen digits; a 0 after 46 belongs to the way it is dialled at home."""
    if digits.startswith("460"):
        digits = "46" + digits[3:]
    return f"+{digits}" if 7 <= len(digits) <= 15 and digits[0] != "0" else None

"""What staff sign in with: the family of a browser in plain words, and which browsers an account knows.

No version, no address, nothing that could tell two computers of the same kind apart but the hash of a cookie.
"""

import secrets
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kapabla.office.staff import KnownDevice, Staff
from kapabla.office.staff_sessions import hash_of

# A browser that has not been used for so long is a new one when it comes again.
KNOWN_DAYS = 400
# In this order: most browsers also call themselves by the names further down.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "Chromebook"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def family_of(user_agent: str) -> str:
    """Example: `Edge/Windows`. A part that is not known is left empty."""
    kinds = (_BROWSERS, _SYSTEMS)
    return "/".join(next((name for mark, name in marks if mark in user_agent), "") for marks in kinds)


def parts_of(family: str) -> tuple[str, str]:
    """Browser and system, each empty where it is not known."""
    browser, _, system = family.partition("/")
    return browser, system


def new_device_token() -> str:
    return secrets.token_urlsafe(24)


def remember(session: Session, staff: Staff, token: str, *, on: date) -> bool:
    """True where the account has signed in before, and never with this browser."""
    session.execute(delete(KnownDevice).where(KnownDevice.seen_on < on - timedelta(days=KNOWN_DAYS)))
    rows = session.scalars(select(KnownDevice).where(KnownDevice.staff_id == staff.id))
    known = {row.device_hash: row for row in rows}
    found = known.get(hash_of(token))
    if found is None:
        session.add(KnownDevice(staff_id=staff.id, device_hash=hash_of(token), seen_on=on))
    else:
        found.seen_on = on
    session.flush()
    return found is None and bool(known)

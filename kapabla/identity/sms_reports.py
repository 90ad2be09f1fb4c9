"""What the provider's list of text messages says of people: a number that does not work, and a reply that says stop.

The list is read over and over, so what has been taken in is remembered: by a keyed hash, as long as the list goes back
to it. That holds nobody and no day.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, LargeBinary, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.identity.contact import index_of
from kapabla.identity.people import Person
from kapabla.keys import Keyring, keyed_hash
from kapabla.vaults import IdentityBase, table_of

_STOP = ("stop", "stopp", "sluta", "avsluta", "nej")


class SmsReport(IdentityBase):
    __tablename__ = "sms_report"
    __table_args__ = {"info": {"retention": "transient"}, "sqlite_with_rowid": False}

    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


_people, _reports = table_of(Person), table_of(SmsReport)


def says_stop(reply: str) -> bool:
    """The first word alone counts.

    >>> says_stop("Stopp!"), says_stop(" NEJ tack"), says_stop("Vem är det?")
    (True, True, False)
    """
    words = reply.casefold().split()
    return bool(words) and words[0].strip(".,!") in _STOP


def mark_of(keys: Keyring, report_id: str) -> bytes:
    return keyed_hash(keys.get("sealing"), b"sms report", report_id.encode())


def known_reports(session: Session) -> set[bytes]:
    return set(session.scalars(select(_reports.c.hash)))


def keep_reports(session: Session, marks: Sequence[bytes]) -> None:
    """These, and no others: what is not among them has left the list."""
    session.execute(delete(_reports))
    session.add_all(SmsReport(hash=mark) for mark in marks)
    session.flush()


def mark_broken(session: Session, keys: Keyring, number: str) -> None:
    """Of whoever is sent text messages to the number now: one that was mended meanwhile is nobody's any more."""
    session.execute(update(_people).where(*_has(keys, number)).values(address_broken=True))


def people_of(session: Session, keys: Keyring, number: str) -> list[str]:
    return list(session.scalars(select(_people.c.id).where(*_has(keys, number))))


def _has(keys: Keyring, number: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _people.c.phone_index == index_of(keys.get("sealing"), "phone", number), _people.c.channel == "sms"

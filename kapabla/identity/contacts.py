"""Contact details: how they are folded to find doubles, sealed to be kept, and turned into tombstones when erased."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from kapabla.identity.people import Person, Tombstone
from kapabla.keys import Keyring, keyed_hash, seal, unseal
from kapabla.vaults import table_of

FIELDS = ("name", "email", "phone", "address")
_tombstone = table_of(Tombstone)


@dataclass(frozen=True)
class Contact:
    """What reaches a person. All empty for a code without a name."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.email or self.phone or self.address)

    @property
    def channel(self) -> str:
        """How this person can be reached, in the order in which it costs least. SMS is off by default."""
        return "email" if self.email else "letter" if self.address else "sms" if self.phone else "none"


def fold(text: str) -> str:
    """Case, width and runs of blanks do not make another person."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def fold_phone(phone: str) -> str:
    """070-123 45 67, +46 70 123 45 67 and 0046701234567 are one number.

    >>> fold_phone("070-123 45 67") == fold_phone("+46 (0)70 123 45 67") == "+46701234567"
    True
    """
    kept = "".join(character for character in phone.replace("(0)", "") if character.isdigit() or character == "+")
    if kept.startswith("00"):
        return f"+{kept[2:]}"
    return f"+46{kept[1:]}" if kept.startswith("0") else kept


def email_index(key: bytes, email: str | None) -> bytes | None:
    return keyed_hash(key, b"index email", fold(email).encode()) if email else None


def phone_index(key: bytes, phone: str | None) -> bytes | None:
    return keyed_hash(key, b"index phone", fold_phone(phone).encode()) if phone else None


def name_index(key: bytes, name: str | None) -> bytes | None:
    return keyed_hash(key, b"index name", fold(name).encode()) if name else None


def columns_of(keys: Keyring, person_id: str, contact: Contact) -> dict[str, Any]:
    """The columns of a person's row that hold the contact: sealed under the row's id, and its keyed indexes."""
    key = keys.get("sealing")
    sealed = {
        f"{field}_sealed": seal(key, value, f"person.{field}.{person_id}") if value else None
        for field in FIELDS
        for value in [getattr(contact, field)]
    }
    return sealed | {
        "email_index": email_index(key, contact.email),
        "phone_index": phone_index(key, contact.phone),
        "name_index": name_index(key, contact.name),
    }


def read_contact(keys: Keyring, person: Person) -> Contact:
    """Reading is the caller's to log: a page that shows this leaves an audit row first."""
    key = keys.get("sealing")
    values = {}
    for field in FIELDS:
        sealed = getattr(person, f"{field}_sealed")
        values[field] = unseal(key, sealed, f"person.{field}.{person.id}") if sealed else None
    return Contact(**values)


def tombstones_of(keys: Keyring, contact: Contact, municipality: str | None) -> set[bytes]:
    """What stays of an erased person: keyed hashes that say nothing, and recognise the same details when they return.

    key, marks = keys.get("tombstone"), set()
    if contact.email:
        marks.add(keyed_hash(key, b"email", fold(contact.email).encode()))
    if contact.phone:
        marks.add(keyed_hash(key, b"phone", fold_phone(contact.phone).encode()))
    if contact.name and municipality:
        marks.add(keyed_hash(key, b"name", fold(contact.name).encode(), municipality.encode()))
    return marks


def has_tombstone(session: Session, keys: Keyring, contact: Contact, municipality: str | None) -> bool:
    marks = tombstones_of(keys, contact, municipality)
    return session.execute(select(_tombstone.c.hash).where(_tombstone.c.hash.in_(marks)).limit(1)).first() is not None


def all_tombstones(session: Session) -> frozenset[bytes]:
    return frozenset(session.scalars(select(_tombstone.c.hash)))


def leave_tombstones(session: Session, marks: set[bytes], on: date) -> None:
    known = set(session.scalars(select(_tombstone.c.hash).where(_tombstone.c.hash.in_(marks))))
    rows = [{"hash": mark, "erased_on": on} for mark in marks - known]
    if rows:
        session.execute(insert(_tombstone), rows)

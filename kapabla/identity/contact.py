"""Contact details: sealed in the row, found by keyed hashes, opened only where somebody may see them."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from kapabla.identity import rights_requests
from kapabla.identity.invitations import Invitation
from kapabla.identity.people import Person, StepOver, Tombstone
from kapabla.keys import Keyring, keyed_hash, seal, unseal
from kapabla.vaults import table_of

_FIELDS = ("name", "email", "phone", "address")
_tombstones = table_of(Tombstone)


@dataclass(frozen=True)
class Contact:
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None


def fold(text: str) -> str:
    """The same person's name or address written in another case or spacing is the same."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def fold_phone(phone: str) -> str:
    """One number however it is written: by form with spaces, in a list with its country code.

    >>> fold_phone("070-174 06 05") == fold_phone("+46 (0)70 174 06 05") == "+46701740605"
    True
    """
    kept = "".join(character for character in phone.replace("(0)", "") if character.isdigit() or character == "+")
    if kept.startswith("00"):
        return f"+{kept[2:]}"
    return f"+46{kept[1:]}" if kept.startswith("0") else kept


def _folded(name: str, text: str) -> bytes:
    return (fold_phone(text) if name == "phone" else fold(text)).encode()


def sealed_fields(keys: Keyring, person_id: str, contact: Contact) -> dict[str, bytes | None]:
    """The columns of a person's row that hold contact details: the sealed texts and the keyed look-ups."""
    key = keys.get("sealing")
    columns: dict[str, bytes | None] = {}
    for name in _FIELDS:
        text = getattr(contact, name)
        columns[f"{name}_sealed"] = seal(key, text, f"person.{name}.{person_id}") if text else None
    for name in ("name", "email", "phone"):
        text = getattr(contact, name)
        columns[f"{name}_index"] = index_of(key, name, text) if text else None
    return columns


def index_of(sealing_key: bytes, name: str, text: str) -> bytes:
    return keyed_hash(sealing_key, b"index", name.encode(), _folded(name, text))


def read_contact(keys: Keyring, person: Person) -> Contact:
    key = keys.get("sealing")
    texts = {}
    for name in _FIELDS:
        sealed = getattr(person, f"{name}_sealed")
        texts[name] = unseal(key, sealed, f"person.{name}.{person.id}") if sealed else None
    return Contact(**texts)


def tombstones_of(keys: Keyring, contact: Contact, municipality: str | None) -> list[bytes]:
    """One keyed hash for each way that the next list could name the person."""
    key = keys.get("tombstone")
    hashes = [keyed_hash(key, name.encode(), _folded(name, text)) for name, text in _ways(contact, municipality)]
    return sorted(hashes)


def _ways(contact: Contact, municipality: str | None) -> list[tuple[str, str]]:
    ways = [("email", contact.email), ("phone", contact.phone)]
    if contact.name and municipality:
        ways.append(("name", f"{contact.name} {municipality}"))
    return [(name, text) for name, text in ways if text]


def known_tombstones(session: Session) -> frozenset[bytes]:
    return frozenset(session.scalars(select(_tombstones.c.hash)))


def is_erased(session: Session, keys: Keyring, token_hash: bytes) -> bool:
    """Whether the link belonged to somebody who asked to be erased: they are told that they are out (P2, B4)."""
    mark = _tombstone_of_link(keys, token_hash)
    return session.scalar(select(_tombstones.c.hash).where(_tombstones.c.hash == mark)) is not None


def _tombstone_of_link(keys: Keyring, token_hash: bytes) -> bytes:
    return keyed_hash(keys.get("tombstone"), b"link", token_hash)


def erase_person(session: Session, keys: Keyring, person_id: str, *, on: date) -> None:
    """Delete the person's row and all that hangs on it; leave tombstones. Cuts the subject off for good."""
    person, invitation = session.get(Person, person_id), session.get(Invitation, person_id)
    if person is None:
        return
    marks = tombstones_of(keys, read_contact(keys, person), person.municipality)
    if invitation:
        marks.append(_tombstone_of_link(keys, invitation.token_hash))
    known = known_tombstones(session)
    for mark in marks:
        if mark not in known:
            session.execute(insert(_tombstones).values(hash=mark, erased_on=on))
    rights_requests.erased(session, person_id, on=on)
    session.execute(delete(StepOver).where(StepOver.person_id == person_id))
    session.execute(delete(Person).where(Person.id == person_id))
    session.expunge_all()

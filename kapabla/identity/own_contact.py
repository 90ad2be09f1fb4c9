"""How the person wants to be reached, told by the person (P7): the way, and the address where we have none."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kapabla.identity import sending
from kapabla.identity.contact import index_of
from kapabla.identity.list_reading.cells import clean, read_email, read_mobile
from kapabla.identity.list_reading.personal_numbers import has_personal_number
from kapabla.identity.people import Person
from kapabla.keys import Keyring, seal, unseal
from kapabla.vaults import table_of

_person = table_of(Person)
# The field behind each way. "none" has none.
FIELD_OF = {"email": "email", "sms": "phone", "letter": "address"}
MAX_ADDRESS = 200


def has_address_for(session: Session, keys: Keyring, person_id: str, channel: str) -> bool:
    """A telephone number is one only where text messages reach it."""
    field = FIELD_OF.get(channel)
    if field is None:
        return True
    sealed = session.scalar(select(_person.c[f"{field}_sealed"]).where(_person.c.id == person_id))
    if sealed is None or channel != "sms":
        return sealed is not None
    return read_mobile(unseal(keys.get("sealing"), sealed, f"person.{field}.{person_id}")) is not None


def read_address(channel: str, typed: str) -> str | None:
    """What was typed as it is kept, or None where it is no address of that kind."""
    text = clean(typed)
    if channel == "sms":
        # Before the next: the digits of a mobile number may be those of a day of birth.
        return read_mobile(text)
    if has_personal_number(text):
        return None
    if channel == "email":
        email, fault = read_email(text)
        return None if fault else email
    return text if 5 <= len(text) <= MAX_ADDRESS else None


def keep_address(session: Session, keys: Keyring, person_id: str, channel: str, text: str) -> None:
    """A new address has not been tried yet."""
    field, key = FIELD_OF[channel], keys.get("sealing")
    values = {f"{field}_sealed": seal(key, text, f"person.{field}.{person_id}"), "address_broken": False}
    if field != "address":
        values[f"{field}_index"] = index_of(key, field, text)
    session.execute(update(_person).where(_person.c.id == person_id).values(values))
    if field == "email":
        sending.address_changed(session, person_id)


def choose_way(session: Session, person_id: str, channel: str) -> None:
    """What was wrong with the former way says nothing of another."""
    change = update(_person).where(_person.c.id == person_id, _person.c.channel != channel)
    session.execute(change.values(channel=channel, address_broken=False))


def may_ask_for_interview(session: Session, person_id: str) -> bool:
    return bool(session.scalar(select(_person.c.interview).where(_person.c.id == person_id)))


def set_interview(session: Session, person_id: str, *, may_ask: bool) -> None:
    """A fourth choice, kept here alone and never with the answers (B3)."""
    session.execute(update(_person).where(_person.c.id == person_id).values(interview=may_ask))

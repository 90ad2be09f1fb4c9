"""The names of everybody, without whose they are: for what looks for names in a text (`bridge.screen_texts`)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kapabla.identity.people import Person
from kapabla.keys import Keyring, unseal
from kapabla.vaults import table_of

_people = table_of(Person)


def all_names(session: Session, keys: Keyring) -> set[str]:
    """Also of those who have left, whose name may stand in a text all the same."""
    key = keys.get("sealing")
    rows = session.execute(select(_people.c.id, _people.c.name_sealed).where(_people.c.name_sealed.is_not(None)))
    return {unseal(key, sealed, f"person.name.{person_id}") for person_id, sealed in rows}

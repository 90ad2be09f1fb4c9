"""What the county has checked of the numbers to turn to, after the file was written: in the published store, for every
process to read (`domain.md` 2.7). Each check is a new index; the latest of a contact holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kapabla.material.registers import SupportContact
from kapabla.material.texts import Text
from kapabla.store import Store

PREFIX = "contact-"


@dataclass(frozen=True)
class ContactCheck:
    """`hours` in each language that the material has, or None: a number is never shown with hours of another day."""

    code: str
    number: str
    hours: Mapping[str, str] | None
    verified_on: date
    verified_by: str


def publish_check(store: Store, check: ContactCheck, *, ordered_at: datetime, job: str) -> None:
    """Under the time of its order and the name of its job: done twice, it is done once, and names stand in order."""
    store.put_index(f"{PREFIX}{check.code}-{ordered_at:%Y%m%dT%H%M%S%f}-{job}", to_json(check))


def to_json(check: ContactCheck) -> dict[str, Any]:
    return {
        "code": check.code, "number": check.number, "hours": dict(check.hours) if check.hours else None,
        "verified_on": check.verified_on.isoformat(), "verified_by": check.verified_by,
    }  # fmt: skip


def from_json(found: Mapping[str, Any]) -> ContactCheck:
    return ContactCheck(
        found["code"], found["number"], found["hours"], date.fromisoformat(found["verified_on"]), found["verified_by"]
    )


def news_of_checks(folder: Path) -> frozenset[str]:
    return frozenset(Store(folder).names(PREFIX))


def read_checks(folder: Path) -> dict[str, ContactCheck]:
    """The latest check of each contact, by its code."""
    store = Store(folder)
    read = (from_json(index) for name in sorted(news_of_checks(folder)) if (index := store.index(name)))
    return {check.code: check for check in read}


def with_checks(
    contacts: Iterable[SupportContact], checks: Mapping[str, ContactCheck]
) -> tuple[SupportContact, ...]:  # fmt: skip
    """A file that was checked later than the check holds: whoever mends the file is not overruled by an older word."""
    return tuple(_checked(contact, checks.get(contact.code)) for contact in contacts)


def _checked(contact: SupportContact, check: ContactCheck | None) -> SupportContact:
    if check is None or contact.always or (contact.verified_on and contact.verified_on > check.verified_on):
        return contact
    told: dict[str, object] = {
        "number": check.number, "hours": Text(**check.hours) if check.hours else None,
        "verified_on": check.verified_on, "verified_by": check.verified_by,
    }  # fmt: skip
    # What was said of the bill was said of the number that stood there.
    if check.number != contact.number:
        told["hidden_on_bill"] = False
    return contact.model_copy(update=told)

"""Whom a researcher may ask for an interview: the yes of those who take part in the research, kept here alone (B3).

So the yes tells that somebody takes part, which staff see nowhere else (D05). It is told in the list that is made for
the researcher, and in nothing else: a number that can be read twice tells of whoever came between, however rough.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.contact import read_contact
from kapabla.identity.list_reading.cells import read_mobile
from kapabla.identity.own_contact import FIELD_OF
from kapabla.identity.people import Person
from kapabla.keys import Keyring


@dataclass(frozen=True)
class Interviewee:
    """`address` is what belongs to the way that the person has chosen, and nothing else."""

    person_id: str
    number: str
    name: str
    channel: str
    address: str


def interviewees(session: Session, keys: Keyring, cohort: Cohort) -> list[Interviewee]:
    """By number: who has said yes and may be contacted, each in the way they have chosen."""
    people = session.scalars(_reachable(cohort, Person).where(Person.interview.is_(True)).order_by(Person.number))
    return [_as_listed(keys, person) for person in people]


def _reachable(cohort: Cohort, *columns: Any) -> Select[Any]:
    """Those of the cohort who may be contacted, and can be in the way they have chosen."""
    ways = [
        and_(Person.channel == channel, getattr(Person, f"{field}_sealed").is_not(None))
        for channel, field in FIELD_OF.items()
    ]
    return (
        select(*columns)
        .join_from(Person, Enrolment, Enrolment.person_id == Person.id)
        .where(
            Enrolment.cohort_id == cohort.id, Enrolment.is_current.is_(True), or_(*ways), Person.left == "none",
            Person.is_protected.is_(False), Person.is_restricted.is_(False), Person.no_more_messages.is_(False),
            Person.address_broken.is_(False),
        )
    )  # fmt: skip


def _as_listed(keys: Keyring, person: Person) -> Interviewee:
    contact = read_contact(keys, person)
    address = getattr(contact, FIELD_OF[person.channel])
    if person.channel == "sms":
        address = _as_dialled(address)
    return Interviewee(person.id, person.number, contact.name or "", person.channel, address)


def _as_dialled(phone: str) -> str:
    """As a spreadsheet keeps it: of digits alone it would make a number, without the zero.

    >>> _as_dialled("+46701740605")
    '070-174 06 05'
    """
    mobile = read_mobile(phone)
    if mobile is None:
        return phone
    own = mobile.removeprefix("+46")
    return f"0{own[:2]}-{own[2:5]} {own[5:7]} {own[7:]}"

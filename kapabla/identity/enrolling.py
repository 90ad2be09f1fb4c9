"""Making people: a person with a number, a secret, an invitation and a place in a cohort."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kapabla.errors import Crowded, NotFound, Refused
from kapabla.identity import codes
from kapabla.identity.cohorts import FIRST_DAY, LAST_DAY, Cohort, Enrolment
from kapabla.identity.contact import Contact, sealed_fields
from kapabla.identity.invitations import Invitation
from kapabla.identity.people import Person
from kapabla.ids import new_id, new_secret
from kapabla.keys import Keyring
from kapabla.material import Study
from kapabla.vaults import table_of

_people, _enrolments, _invitations = table_of(Person), table_of(Enrolment), table_of(Invitation)
_DIGITS_TRIED = (4, 4, 4, 4, 6, 6, 6, 6)


class CohortNameTaken(Refused):
    code = "cohort_name_taken"


class WrongPeriod(Refused):
    """In a stepped wedge a cohort begins in a period, and not after the one in which its arm gets the course."""

    code = "wrong_period"


class CohortDaysWrong(Refused):
    """The last day is before the first, or one of them is in another century."""

    code = "cohort_days_wrong"


@dataclass(frozen=True)
class NewPerson:
    contact: Contact
    municipality: str | None
    role: str | None
    channel: str
    language: str = "sv"
    is_protected: bool = False
    is_test: bool = False
    id: str = field(default_factory=new_id)


@dataclass(frozen=True)
class Access:
    """A person's link and code, derived anew each time they are needed."""

    token: str
    code: str
    short_token: str

    def link(self, base_url: str) -> str:
        return f"{base_url}/k/{self.token}"

    def short_link(self, link_url: str) -> str:
        """For a text message, which has room for no longer one."""
        return f"{link_url}/s/{self.short_token}"

    def short_no_link(self, link_url: str) -> str:
        """Says no to more text messages."""
        return f"{link_url}/n/{self.short_token}"


def create_cohort(
    session: Session, *, name: str, study: Study, arm: str, starts_on: date, ends_on: date, responsible: str,
    course: str = "",
) -> Cohort:  # fmt: skip
    name = " ".join(name.split())
    if not FIRST_DAY <= starts_on <= ends_on <= LAST_DAY:
        raise CohortDaysWrong(starts_on=starts_on, ends_on=ends_on)
    if not study.can_enrol(study.arm(arm).code, starts_on):
        raise WrongPeriod(arm=arm, starts_on=starts_on)
    check_name(session, name)
    cohort = Cohort(
        name=name, study=study.id, course=course or study.course.id, arm=arm, starts_on=starts_on,
        ends_on=ends_on, responsible=responsible, is_archived=False,
    )  # fmt: skip
    session.add(cohort)
    session.flush()
    return cohort


def check_name(session: Session, name: str, *, of: Cohort | None = None) -> None:
    """Capitals make no other name of it: nobody would tell the two apart in a list."""
    others = session.execute(select(Cohort.id, Cohort.name))
    if any(row.name.casefold() == name.casefold() and (of is None or row.id != of.id) for row in others):
        raise CohortNameTaken(name=name)


def get_cohort(session: Session, cohort_id: str) -> Cohort:
    cohort = session.get(Cohort, cohort_id)
    if cohort is None:
        raise NotFound("cohort_unknown", cohort=cohort_id)
    return cohort


def enrol(session: Session, keys: Keyring, cohort: Cohort, people: Sequence[NewPerson], *, on: date) -> list[str]:
    """Create people in a cohort, with their invitations, in three statements whatever their number. Returns the ids."""
    if not people:
        return []
    numbers = iter(_free_numbers(session, len(people)))
    rows = [_person_row(keys, person, next(numbers), person.id) for person in people]
    session.execute(insert(_people), rows)
    _place_in(session, keys, cohort.id, rows, on)
    return [row["id"] for row in rows]


def enrol_one(
    session: Session, keys: Keyring, cohort_id: str, person: NewPerson, *, person_id: str, on: date
) -> bool:  # fmt: skip
    """Create one person with an id of the caller's, without reading anybody else's number. False where the id is known.

    A number that turns out to be taken is drawn again, a longer one in the end.
    """
    for digits in _DIGITS_TRIED:
        row = _person_row(keys, person, _random_number(digits), person_id)
        try:
            with session.begin_nested():
                session.execute(insert(_people).values(row))
        except IntegrityError:
            if session.scalar(select(_people.c.id).where(_people.c.id == person_id)):
                return False
            continue
        _place_in(session, keys, cohort_id, [row], on)
        return True
    raise Crowded()


def _place_in(session: Session, keys: Keyring, cohort_id: str, rows: Sequence[dict[str, Any]], on: date) -> None:
    session.execute(
        insert(_enrolments),
        [
            {"id": new_id(), "person_id": row["id"], "cohort_id": cohort_id, "enrolled_on": on, "is_current": True}
            for row in rows
        ],
    )
    session.execute(insert(_invitations), [_invitation_row(keys, row["id"], row["secret"], 1) for row in rows])


def _person_row(keys: Keyring, person: NewPerson, number: str, person_id: str) -> dict[str, Any]:
    return {
        "id": person_id, "number": number, "secret": new_secret(), "municipality": person.municipality,
        "role": person.role, "language": person.language, "channel": person.channel, "no_more_messages": False,
        "interview": False, "address_broken": False, "left": "none", "is_protected": person.is_protected,
        "is_restricted": False, "is_test": person.is_test, "gate_overridden": False,
        **sealed_fields(keys, person_id, person.contact),
    }  # fmt: skip


def _invitation_row(keys: Keyring, person_id: str, secret: bytes, generation: int) -> dict[str, Any]:
    key = keys.get("invitation")
    token, code = codes.derive_token(key, secret, generation), codes.derive_code(key, secret, generation)
    return {
        "person_id": person_id, "generation": generation, "token_hash": codes.token_hash(token),
        "code_hash": codes.code_lookup(key, code),
        "short_hash": codes.short_lookup(key, codes.derive_short_token(key, secret, generation)),
    }  # fmt: skip


def _free_numbers(session: Session, count: int) -> list[str]:
    """Random unused numbers: a number that counted up would tell who was enrolled when."""
    taken = set(session.scalars(select(_people.c.number)))
    digits = 4 if len(taken) + count < 4_000 else 6
    free: set[str] = set()
    while len(free) < count:
        number = _random_number(digits)
        if number not in taken:
            free.add(number)
    return sorted(free, key=lambda _: secrets.randbelow(1 << 30))


def _random_number(digits: int) -> str:
    return f"K-{secrets.randbelow(10**digits):0{digits}d}"


def access_of(session: Session, keys: Keyring, person_ids: Iterable[str]) -> dict[str, Access]:
    """Links and codes of people, by id."""
    wanted = list(person_ids)
    rows = session.execute(
        select(_people.c.id, _people.c.secret, _invitations.c.generation)
        .join(_invitations, _invitations.c.person_id == _people.c.id)
        .where(_people.c.id.in_(wanted))
    )
    key = keys.get("invitation")
    return {
        row.id: Access(
            codes.derive_token(key, row.secret, row.generation),
            codes.derive_code(key, row.secret, row.generation),
            codes.derive_short_token(key, row.secret, row.generation),
        )
        for row in rows
    }


def new_access(session: Session, keys: Keyring, person: Person) -> Access:
    """ "Skapa ny kod": the generation goes up and the old link and code are dead."""
    invitation = session.get_one(Invitation, person.id)
    generation = invitation.generation + 1
    row = _invitation_row(keys, person.id, person.secret, generation)
    invitation.generation, person.printed_on = generation, None
    for name in ("token_hash", "code_hash", "short_hash"):
        setattr(invitation, name, row[name])
    session.flush()
    return access_of(session, keys, [person.id])[person.id]


def fill_short_links(session: Session, keys: Keyring) -> None:
    """For those who were enrolled before text messages had links."""
    missing = (
        select(_people.c.id, _people.c.secret, _invitations.c.generation)
        .join(_invitations, _invitations.c.person_id == _people.c.id)
        .where(_invitations.c.short_hash.is_(None))
    )
    for row in session.execute(missing).all():
        short_hash = _invitation_row(keys, row.id, row.secret, row.generation)["short_hash"]
        session.execute(update(_invitations).where(_invitations.c.person_id == row.id).values(short_hash=short_hash))

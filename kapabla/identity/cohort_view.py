"""What staff see of cohorts: numbers, trades, channels, and steps that are over or not. Never parts, days or why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session

from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.contact import index_of
from kapabla.identity.messages import INVITATION_STEP, Message
from kapabla.identity.people import Person, StepOver
from kapabla.identity.sending import SENT_TO, is_second_at_address
from kapabla.keys import Keyring

PAGE_SIZE = 50
_NUMBER = re.compile(r"[Kk]?[ -]*(\d{4}|\d{6})")
STEPS = ("opened", "fore", "delar", "efter")
FILTERS = (
    "alla", "ej-inbjudna", "behover-paminnelse", "ej-oppnat", "ej-klara", "adressen-fungerar-inte", "kontaktas-inte",
)  # fmt: skip
# For those alone who may see contact details: it tells of two people that they share an address.
SAME_ADDRESS = "samma-e-post"
SORTS = ("nummer", "yrke", "kontakt")
STANDINGS = ("over", "not_contacted", "address_broken", "opened", "invited", "not_invited")


@dataclass(frozen=True)
class CohortFilter:
    """Which cohorts are wanted; an empty word leaves all. Municipality and trade are of people who are in them now."""

    study: str = ""
    arm: str = ""
    municipality: str = ""
    role: str = ""
    is_archived: bool = False


@dataclass(frozen=True)
class CohortRow:
    id: str
    name: str
    study: str
    people: int
    municipality: str | None
    arm: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class PersonRow:
    number: str
    role: str | None
    channel: str
    is_invited: bool
    steps: frozenset[str]
    is_contacted: bool
    is_address_broken: bool
    printed_on: date | None = None


EVERY_COHORT = CohortFilter()


def list_cohorts(
    session: Session, *, municipality: str | None = None, wanted: CohortFilter = EVERY_COHORT
) -> list[CohortRow]:
    """Cohorts with their number of people; the municipality where all of them share one. One statement."""
    first, last = func.min(Person.municipality), func.max(Person.municipality)
    condition = Enrolment.is_current.is_(True)
    query = (
        select(Cohort, func.count(Person.id), first, last)
        .outerjoin(Enrolment, (Enrolment.cohort_id == Cohort.id) & condition)
        .outerjoin(Person, Person.id == Enrolment.person_id)
        .where(Cohort.is_archived.is_(wanted.is_archived), *_wanted(wanted))
        .group_by(Cohort.id)
        .order_by(Cohort.name)
    )
    if municipality:
        query = query.where(Person.municipality == municipality)
    return [
        CohortRow(
            cohort.id, cohort.name, cohort.study, people, first if first == last else None, cohort.arm,
            cohort.starts_on, cohort.ends_on,
        )
        for cohort, people, first, last in session.execute(query)
    ]  # fmt: skip


def _wanted(wanted: CohortFilter) -> list[ColumnElement[bool]]:
    found = [Cohort.study == wanted.study] if wanted.study else []
    found += [Cohort.arm == wanted.arm] if wanted.arm else []
    of_people = [Person.municipality == wanted.municipality] if wanted.municipality else []
    of_people += [Person.role == wanted.role] if wanted.role else []
    if of_people:
        here = (Enrolment.cohort_id == Cohort.id) & Enrolment.is_current.is_(True)
        found.append(exists().where(here, Person.id == Enrolment.person_id, *of_people).correlate(Cohort))
    return found


def second_at_address(session: Session) -> list[tuple[str, str, int]]:
    """(cohort id, name, people who came in with another's e-mail): the officer finds out whether they are one."""
    query = (
        select(Cohort.id, Cohort.name, func.count(Person.id))
        .join(Enrolment, (Enrolment.cohort_id == Cohort.id) & Enrolment.is_current.is_(True))
        .join(Person, Person.id == Enrolment.person_id)
        .where(is_second_at_address(), Person.left != "all")
        .group_by(Cohort.id, Cohort.name)
        .order_by(Cohort.name)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def first_at_address(session: Session, person: Person) -> str | None:
    """The number of who had the e-mail first, where this person came in with it."""
    if session.scalar(select(Person.id).where(Person.id == person.id, is_second_at_address())) is None:
        return None
    others = (Person.email_index == person.email_index) & (Person.id != person.id) & (Person.left != "all")
    return session.scalar(select(Person.number).where(others).order_by(Person.name_index.is_(None), Person.id))


def has_people_of(session: Session, cohort: Cohort, municipality: str) -> bool:
    return session.execute(_people(cohort, municipality).limit(1)).first() is not None


def broken_addresses(session: Session, municipality: str | None = None) -> list[tuple[str, str, int]]:
    """(cohort id, name, people whose address does not work): what an enrolment officer has to do (A5)."""
    query = (
        select(Cohort.id, Cohort.name, func.count(Person.id))
        .join(Enrolment, (Enrolment.cohort_id == Cohort.id) & Enrolment.is_current.is_(True))
        .join(Person, Person.id == Enrolment.person_id)
        .where(Person.address_broken.is_(True), Person.left != "all")
        .group_by(Cohort.id, Cohort.name)
        .order_by(Cohort.name)
    )
    if municipality:
        query = query.where(Person.municipality == municipality)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def standing_numbers(
    session: Session, cohort: Cohort, steps: Sequence[str], municipality: str | None = None
) -> list[tuple[str, dict[str, int]]]:
    """Who is stuck (A7): for each step, everybody once, by the first standing that fits. One statement, in which each
    person is looked at once: people are alike by what is true of them."""
    people = _people(cohort, municipality).subquery()
    true_of_them = {
        step: exists().where(StepOver.person_id == people.c.id, StepOver.step == step) for step in ("opened", *steps)
    } | {
        "not_contacted": ~_may_contact(people.c), "address_broken": people.c.address_broken.is_(True),
        "invited": _is_invited(people.c),
    }  # fmt: skip
    columns = [case((is_so, 1), else_=0).label(f"is_{name}") for name, is_so in true_of_them.items()]
    found = {step: dict.fromkeys(STANDINGS, 0) for step in steps}
    for *values, count in session.execute(select(*columns, func.count()).select_from(people).group_by(*columns)):
        so = {name for name, value in zip(true_of_them, values, strict=True) if value}
        for step in steps:
            found[step][_standing(step, so)] += count
    return list(found.items())


def _standing(step: str, so: set[str]) -> str:
    if step in so:
        return "over"
    return next((name for name in STANDINGS if name in so), "not_invited")


def step_numbers(session: Session, cohort: Cohort, municipality: str | None = None) -> dict[str, int]:
    """How many people there are, have been invited, and have each step behind them: one statement."""
    people = _people(cohort, municipality).subquery()
    columns: list[Any] = [func.count(), func.sum(case((_is_invited(people.c), 1), else_=0))]
    for step in STEPS:
        over = exists().where(StepOver.person_id == people.c.id, StepOver.step == step)
        columns.append(func.sum(case((over, 1), else_=0)))
    row = session.execute(select(*columns).select_from(people)).one()
    return dict(zip(("people", "invited", *STEPS), (int(value or 0) for value in row), strict=True))


def people_page(
    session: Session, cohort: Cohort, *, filter_: str, search: str, page: int, municipality: str | None = None,
    sort: str = SORTS[0], trades: Sequence[str] = (),
) -> tuple[list[PersonRow], int]:  # fmt: skip
    """One page of the cohort (the last, if `page` is past it), and how many the filter holds. Three statements whatever
    the size. `trades`: the codes in the order of their names."""
    query = _people(cohort, municipality)
    condition = _filter(filter_)
    if condition is not None:
        query = query.where(condition)
    if search:
        query = query.where(Person.number.contains(search.upper().strip(), autoescape=True))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    before = PAGE_SIZE * min(page - 1, max(0, total - 1) // PAGE_SIZE)
    people = session.scalars(query.order_by(*_order(sort, trades), Person.number).limit(PAGE_SIZE).offset(before)).all()
    ids = [person.id for person in people]
    steps: dict[str, set[str]] = {}
    for person_id, step in session.execute(
        select(StepOver.person_id, StepOver.step).where(StepOver.person_id.in_(ids))
    ):
        steps.setdefault(person_id, set()).add(step)
    invited = set(
        session.scalars(
            select(Message.person_id).where(
                Message.person_id.in_(ids), Message.step == INVITATION_STEP, Message.state == "handed_over"
            )
        )
    )
    rows = [(person, steps.get(person.id, set())) for person in people]
    return [_row(person, over, person.id in invited or "opened" in over) for person, over in rows], total


def _order(sort: str, trades: Sequence[str]) -> list[Any]:
    """Before the number, which settles who is alike."""
    if sort == "yrke":
        return [case({code: place for place, code in enumerate(trades)}, value=Person.role, else_=len(trades))]
    return [Person.channel] if sort == "kontakt" else []


def _people(cohort: Cohort, municipality: str | None) -> Any:
    query = (
        select(Person)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(Enrolment.cohort_id == cohort.id, Enrolment.is_current.is_(True))
    )
    return query.where(Person.municipality == municipality) if municipality else query


def _filter(name: str) -> ColumnElement[bool] | None:
    def over(step: str) -> ColumnElement[bool]:
        return exists().where(StepOver.person_id == Person.id, StepOver.step == step)

    invited = _is_invited(Person)
    reachable = _may_contact(Person) & Person.address_broken.is_(False)
    return {
        "ej-inbjudna": reachable & ~invited,
        "behover-paminnelse": reachable & Person.channel.in_(SENT_TO) & invited & ~over("fore"),
        "ej-oppnat": ~over("opened"),
        "ej-klara": over("opened") & ~over("delar"),
        "adressen-fungerar-inte": Person.address_broken.is_(True),
        "kontaktas-inte": ~_may_contact(Person),
        SAME_ADDRESS: is_second_at_address() & (Person.left != "all"),
    }.get(name)


def _is_invited(person: Any) -> ColumnElement[bool]:
    """By a message or a letter; and whoever has opened it, however it came. Who walked in at a meeting looks like
    everybody else from the first minute (D14)."""
    sent = exists().where(
        Message.person_id == person.id, Message.step == INVITATION_STEP, Message.state == "handed_over"
    )
    return or_(sent, exists().where(StepOver.person_id == person.id, StepOver.step == "opened"))


def _may_contact(person: Any) -> ColumnElement[bool]:
    """Everyone who shall not be contacted looks alike, whatever the reason (D04). Not who has left the research alone:
    staff would read that choice off the page (D05)."""
    found: ColumnElement[bool] = (
        person.no_more_messages.is_(False)
        & (person.channel != "none")
        & (person.left != "all")
        & person.is_restricted.is_(False)
    )
    return found


def _row(person: Person, steps: set[str], is_invited: bool) -> PersonRow:
    contacted = not person.no_more_messages and person.channel != "none" and person.left != "all"
    return PersonRow(
        number=person.number,
        role=person.role,
        channel="hand" if person.channel == "letter" and person.address_sealed is None else person.channel,
        is_invited=is_invited,
        steps=frozenset(steps),
        is_contacted=contacted and not person.is_restricted,
        is_address_broken=person.address_broken,
        printed_on=person.printed_on,
    )


def as_number(typed: str) -> str:
    """A participant's number as it is kept, however it was typed: `k 1269`, `K1269`, `1269`."""
    found = _NUMBER.fullmatch(typed.strip())
    return f"K-{found[1]}" if found else typed.strip().upper()


def find_by_address(
    session: Session, keys: Keyring, *, email: str | None, phone: str | None, municipality: str | None
) -> list[Person]:
    """Everybody who has the e-mail or the telephone, by the keyed look-ups: nobody's details are read."""
    ways = (("email", email, Person.email_index), ("phone", phone, Person.phone_index))
    key = keys.get("sealing")
    query = select(Person).where(or_(*(column == index_of(key, kind, text) for kind, text, column in ways if text)))
    if municipality:
        query = query.where(Person.municipality == municipality)
    return list(session.scalars(query.order_by(Person.number)))


def find_person(session: Session, number: str, *, municipality: str | None = None) -> Person | None:
    query = select(Person).where(Person.number == number)
    if municipality:
        query = query.where(Person.municipality == municipality)
    return session.scalar(query)


def person_row(person: Person) -> PersonRow:
    """How one person is reached, as it stands in the list of the cohort."""
    return _row(person, set(), False)


def people_of_studies(session: Session, studies: Sequence[str]) -> list[tuple[str, str | None]]:
    """Number and municipality of everybody who is in one of these studies."""
    query = (
        select(Person.number, Person.municipality)
        .join(Enrolment, (Enrolment.person_id == Person.id) & Enrolment.is_current.is_(True))
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Cohort.study.in_(studies))
        .order_by(Person.number)
    )
    return [(number, municipality) for number, municipality in session.execute(query)]

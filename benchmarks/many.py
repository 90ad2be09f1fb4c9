"""Tens of thousands of people in the vaults without half an hour of walking: those who walked, put together anew.

Each new person has the way through the study of one who walked, works as another of the cohort, and has page by page
the answers of others of the same arm and form. So nobody is a copy, and everything that a build reads is there.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import DeclarativeBase, Session

from kapabla.answers.attendance import Attendance
from kapabla.answers.consents import Consent
from kapabla.answers.learning import LearningEvent
from kapabla.answers.placement import Placement
from kapabla.answers.submissions import Submission, WaveState
from kapabla.identity.cohorts import Enrolment
from kapabla.identity.people import Person, StepOver
from kapabla.ids import new_id
from kapabla.service import Service
from kapabla.vaults import table_of

Row = dict[str, Any]
# What goes with the way through the study, whatever was answered.
_WAY: tuple[type[DeclarativeBase], ...] = (Consent, WaveState, LearningEvent, Attendance)
_AT_ONCE = 1000


def multiply(service: Service, *, times: int, seed: int) -> None:
    """So many people for each that is there."""
    with service.vaults.unit() as work:
        _multiply_answers(work.answers, times - 1, random.Random(f"many {seed}"))  # noqa: S311  (protects nothing)
    with service.vaults.unit() as work:
        _multiply_people(work.identity, times - 1)


def _multiply_answers(session: Session, more: int, chance: random.Random) -> None:
    placed = _rows(session, Placement)
    models: tuple[type[DeclarativeBase], ...] = (*_WAY, Submission)
    ways = {model: _grouped(_rows(session, model)) for model in models}
    cohorts, pages = defaultdict[str, list[Row]](list), defaultdict[tuple[Any, ...], list[Row]](list)
    for person in placed:
        if not person["is_protected"]:
            cohorts[person["cohort_label"]].append(person)
        for row in ways[Submission][person["subject"]]:
            pages[_page(person, row)].append(row)

    def another(person: Row) -> tuple[Row, dict[type[DeclarativeBase], list[Row]]]:
        subject = {"subject": f"{chance.getrandbits(256):064x}"}
        own = {model: [row | subject for row in ways[model][person["subject"]]] for model in _WAY}
        own[Submission] = [
            row | subject | {name: given[name] for name in ("values", "missing")}
            for row in ways[Submission][person["subject"]]
            for given in [chance.choice(pages[_page(person, row)])]
        ]
        works = {} if person["is_protected"] else {"role": chance.choice(cohorts[person["cohort_label"]])["role"]}
        return person | subject | works, own

    for _ in range(more):
        made = [another(person) for person in placed]
        _write(session, Placement, [person for person, _ in made])
        for model in models:
            _write(session, model, [row for _, own in made for row in own[model]])


def _page(person: Row, row: Row) -> tuple[Any, ...]:
    return person["arm"], person["form_order"], row["wave"], row["page"], row["instrument"]


def _multiply_people(session: Session, more: int) -> None:
    """With what the flow counts: that they were invited, and what they opened."""
    people, enrolments, steps = _rows(session, Person), _rows(session, Enrolment), _rows(session, StepOver)
    for turn in range(more):
        ids = {person["id"]: new_id() for person in people}
        new = [
            person | {"id": ids[person["id"]], "number": f"{turn}-{place}", "secret": f"{turn} {place}".encode()}
            for place, person in enumerate(people)
        ]
        _write(session, Person, new)
        _write(session, Enrolment, [row | {"id": new_id(), "person_id": ids[row["person_id"]]} for row in enrolments])
        _write(session, StepOver, [row | {"person_id": ids[row["person_id"]]} for row in steps])


def _rows(session: Session, model: type[DeclarativeBase]) -> list[Row]:
    return [dict(row) for row in session.execute(select(table_of(model))).mappings()]


def _grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found = defaultdict[str, list[Row]](list)
    for row in rows:
        found[row["subject"]].append(row)
    return found


def _write(session: Session, model: type[DeclarativeBase], rows: Sequence[Row]) -> None:
    for first in range(0, len(rows), _AT_ONCE):
        session.execute(insert(table_of(model)), rows[first : first + _AT_ONCE])

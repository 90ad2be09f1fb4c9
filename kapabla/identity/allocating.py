"""Allocation by lot, kept: which units are allocated, the list with its seed, and drawing it again (E7).

Concealment: the seed is drawn here and never chosen; the list, its hash in the log and the arms are written in one
transaction, before anybody can see an arm; a unit that has an arm by lot, or in which somebody has begun, is left out.
A list names its units by marks alone, so an erased person leaves nothing in it that leads back.
"""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.audit import Chain, Event
from kapabla.errors import Refused
from kapabla.identity.allocation import ALGORITHM, SEED_BYTES, Lot, draw, list_hash, mark_of
from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.people import Person, StepOver
from kapabla.identity.records import IdentityAudit
from kapabla.ids import new_id
from kapabla.material import Allocation, Study
from kapabla.vaults import IdentityBase

Unit = Cohort | Person
ACTION = "allocate"
UNKNOWN, MIXED = "unknown", "mixed"


class AllocationList(IdentityBase):
    """`places`: mark, stratum and arm of each unit. When it was drawn stands in the log."""

    __tablename__ = "allocation_list"
    __table_args__ = {"info": {"retention": "identity"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    study: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(8))
    algorithm: Mapped[str] = mapped_column(String(40))
    seed: Mapped[bytes] = mapped_column(LargeBinary(SEED_BYTES))
    ratio: Mapped[dict[str, int]] = mapped_column(JSON)
    block_sizes: Mapped[list[int]] = mapped_column(JSON)
    places: Mapped[list[list[str]]] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(64))


class NothingToAllocate(Refused):
    """Every unit has an arm by lot, has begun, or has nobody in it."""

    code = "nothing_to_allocate"


@dataclass(frozen=True)
class Allocated:
    """What may be told of a new list: never who got what."""

    id: str
    hash: str
    units: int
    left_out: int


def allocate(
    session: Session, chain: Chain, *, study: Study, design: Allocation, by: str, role: str, at: datetime
) -> Allocated:
    """Draw lots for every unit of the study that waits for one."""
    units, left_out = _units(session, study, design)
    if not units:
        raise NothingToAllocate(study=study.id, left_out=left_out)
    lot = Lot(secrets.token_bytes(SEED_BYTES), design.ratio, design.block_sizes)
    marks = {unit.id: mark_of(lot.seed, unit.id) for unit in units}
    strata = {marks[unit.id]: stratum for unit, stratum in units.items()}
    arms = draw(strata, lot)
    made = AllocationList(
        id=new_id(), study=study.id, unit=design.unit, algorithm=ALGORITHM, seed=lot.seed, ratio=dict(lot.ratio),
        block_sizes=list(lot.block_sizes), hash=list_hash(strata, arms, lot),
        places=[[mark, strata[mark], arms[mark]] for mark in sorted(strata)],
    )  # fmt: skip
    session.add(made)
    chain.append(session, Event(by, role, ACTION, f"allocation:{made.id}", reason=f"sha256:{made.hash}"), at=at)
    for unit in units:
        unit.arm, unit.allocation_id = arms[marks[unit.id]], made.id
    session.flush()
    return Allocated(made.id, made.hash, len(units), left_out)


def replay(session: Session, study: str) -> list[tuple[str, list[str]]]:
    """Every list of the study drawn again from its seed, with what does not fit: nothing, where all is as it was."""
    lists = session.scalars(select(AllocationList).where(AllocationList.study == study).order_by(AllocationList.id))
    return [(found.id, _faults(session, found)) for found in lists]


def _faults(session: Session, found: AllocationList) -> list[str]:
    if found.algorithm != ALGORITHM:
        return [f"drawn by {found.algorithm}, which this version does not know"]
    lot = Lot(found.seed, found.ratio, found.block_sizes)
    strata = {mark: stratum for mark, stratum, _ in found.places}
    arms, faults = {mark: arm for mark, _, arm in found.places}, []
    if draw(strata, lot) != arms:
        faults.append("the seed gives other arms than the list has")
    digest = list_hash(strata, arms, lot)
    logged = session.scalars(
        select(IdentityAudit.reason).where(
            IdentityAudit.action == ACTION, IdentityAudit.object == f"allocation:{found.id}"
        )
    ).all()
    if digest != found.hash or logged != [f"sha256:{digest}"]:
        faults.append("the list is not the one whose hash was logged")
    for unit in _allocated(session, found):
        if unit.arm != arms.get(mark_of(lot.seed, unit.id)):
            faults.append(f"{found.unit} {unit.id} has another arm than the lot gave it")
    return faults


def _allocated(session: Session, found: AllocationList) -> Sequence[Unit]:
    if found.unit == "cohort":
        return session.scalars(select(Cohort).where(Cohort.allocation_id == found.id)).all()
    return session.scalars(select(Person).where(Person.allocation_id == found.id)).all()


def _units(session: Session, study: Study, design: Allocation) -> tuple[Mapping[Unit, str], int]:
    """Units that wait for a lot, with their strata, and how many were left out although they have none."""
    members = _members(session, study)
    units: dict[Unit, list[Person]] = {}
    for cohort, people in members.items():
        if not all(study.can_enrol(arm, cohort.starts_on) for arm in design.ratio):
            # In a stepped wedge some arm would have crossed over before the cohort begins.
            people = []
        units |= {person: [person] for person in people} if design.unit == "person" else {cohort: people}
    waiting = {unit: people for unit, people in units.items() if unit.allocation_id is None}
    begun = _begun(session)
    ready = {
        unit: _stratum(people, design) for unit, people in waiting.items()
        if people and not any(person.id in begun for person in people)
    }  # fmt: skip
    return ready, len(waiting) - len(ready)


def _members(session: Session, study: Study) -> dict[Cohort, list[Person]]:
    cohorts = session.scalars(select(Cohort).where(Cohort.study == study.id, Cohort.is_archived.is_(False)))
    members: dict[Cohort, list[Person]] = {cohort: [] for cohort in cohorts}
    rows = session.execute(
        select(Cohort, Person)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.is_current.is_(True), Cohort.study == study.id, Cohort.is_archived.is_(False))
    )
    for cohort, person in rows:
        members[cohort].append(person)
    return members


def _begun(session: Session) -> frozenset[str]:
    return frozenset(session.scalars(select(StepOver.person_id).where(StepOver.step == "opened")))


def _stratum(people: list[Person], design: Allocation) -> str:
    """The values that all of the unit's people share. Test people and real ones never meet in a block."""
    parts = []
    for name in design.strata:
        values = Counter(getattr(person, name) or UNKNOWN for person in people)
        parts.append(next(iter(values)) if len(values) == 1 else MIXED)
    if any(person.is_test for person in people):
        parts.append("test")
    return " ".join(parts) or "all"

"""Changing what is known of a cohort, and putting it away. Study and arm stay: answers are read by them."""

import hashlib
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kapabla.errors import Refused
from kapabla.identity import sending
from kapabla.identity.cohorts import FIRST_DAY, LAST_DAY, Cohort, Enrolment
from kapabla.identity.correcting import ChangedSince
from kapabla.identity.enrolling import CohortDaysWrong, WrongPeriod, check_name
from kapabla.identity.people import StepOver
from kapabla.material import Study


class CohortArchived(Refused):
    """It is put away: it is looked at, and nothing is done in it before it is taken back."""

    code = "cohort_archived"


class HasBegun(Refused):
    """Somebody has opened the course: those who wait are told days that are counted from the first day."""

    code = "cohort_has_begun"


def version_of(cohort: Cohort) -> str:
    told = f"{cohort.name}|{cohort.starts_on}|{cohort.ends_on}|{cohort.responsible}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def change_cohort(
    session: Session, cohort: Cohort, study: Study, *, name: str, starts_on: date, ends_on: date, responsible: str,
    seen: str,
) -> None:  # fmt: skip
    """`seen` is the version that the change was made from."""
    name = " ".join(name.split())
    if version_of(cohort) != seen:
        raise ChangedSince()
    if not FIRST_DAY <= starts_on <= ends_on <= LAST_DAY:
        raise CohortDaysWrong(starts_on=starts_on, ends_on=ends_on)
    check_name(session, name, of=cohort)
    if starts_on != cohort.starts_on:
        if has_begun(session, cohort):
            raise HasBegun()
        if not study.can_enrol(cohort.arm, starts_on):
            raise WrongPeriod(arm=cohort.arm, starts_on=starts_on)
    cohort.name, cohort.responsible = name, " ".join(responsible.split())
    cohort.starts_on, cohort.ends_on = starts_on, ends_on
    session.flush()


def has_begun(session: Session, cohort: Cohort) -> bool:
    here = exists().where(Enrolment.person_id == StepOver.person_id, Enrolment.cohort_id == cohort.id)
    return session.scalar(select(StepOver.person_id).where(here).limit(1)) is not None


def archive(session: Session, cohort: Cohort, *, at: datetime) -> None:
    """What waits to be sent is stopped; people go on with their links as before."""
    cohort.is_archived = True
    session.flush()
    sending.stop_cohort(session, cohort, at=at)


def take_back(session: Session, cohort: Cohort) -> None:
    """It can be worked with again. What was stopped stays so: whoever it was for can be invited anew."""
    cohort.is_archived = False
    session.flush()

"""Gallring of the identity vault: everybody who was in a study and in no other, with all that hangs on them."""

from datetime import date

from sqlalchemy import ColumnElement, Select, delete, exists, func, select, update
from sqlalchemy.orm import Session

from kapabla.identity.allocating import AllocationList
from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.meetings import Meeting
from kapabla.identity.messages import Message, MessageBatch
from kapabla.identity.people import Person, StepOver, Tombstone
from kapabla.identity.rights_requests import RightsRequest
from kapabla.vaults import table_of

_people, _cohorts, _enrolments = table_of(Person), table_of(Cohort), table_of(Enrolment)


def count_people(session: Session, study: str) -> int:
    return session.scalar(select(func.count()).select_from(_of_study_alone(study).subquery())) or 0


def is_open(session: Session, study: str, *, on: date) -> bool:
    """Whether a cohort of the study still takes people in."""
    query = select(_cohorts.c.id).where(_cohorts.c.study == study, _cohorts.c.ends_on >= on)
    return session.execute(query.limit(1)).first() is not None


def count_restricted(session: Session, study: str) -> int:
    found = _of_study_alone(study).where(_people.c.is_restricted.is_(True))
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def destroy_people(session: Session, study: str) -> int:
    """How many they were. No tombstone: nobody has asked for it. With the last cohort of all go the tombstones too,
    since no list can invite anybody again."""
    number, people = count_people(session, study), _of_study_alone(study)
    session.execute(delete(RightsRequest).where(RightsRequest.person_id.in_(people)))
    session.execute(delete(StepOver).where(StepOver.person_id.in_(people)))
    session.execute(delete(Person).where(Person.id.in_(people)))
    cohorts = select(_cohorts.c.id).where(_cohorts.c.study == study)
    batches = select(MessageBatch.id).where(MessageBatch.cohort_id.in_(cohorts))
    session.execute(update(Message).where(Message.batch_id.in_(batches)).values(batch_id=None))
    for model in (MessageBatch, Meeting, Enrolment):
        session.execute(delete(model).where(model.cohort_id.in_(cohorts)))
    session.execute(delete(Cohort).where(Cohort.study == study))
    session.execute(delete(AllocationList).where(AllocationList.study == study))
    if session.scalar(select(Cohort.id).limit(1)) is None:
        session.execute(delete(Tombstone))
        session.execute(delete(RightsRequest))
    session.expire_all()
    return number


def _of_study_alone(study: str) -> Select[tuple[str]]:
    return select(_people.c.id).where(_enrolled(_cohorts.c.study == study), ~_enrolled(_cohorts.c.study != study))


def _enrolled(wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    places = _enrolments.join(_cohorts, _cohorts.c.id == _enrolments.c.cohort_id)
    return exists().select_from(places).where(_enrolments.c.person_id == _people.c.id, wanted)

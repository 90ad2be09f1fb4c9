"""What waits for an enrolment officer (D01): messages that did not arrive, fates to settle, letters to print."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.letters import to_print
from kapabla.identity.messages import Message, MessageBatch
from kapabla.identity.people import Person


@dataclass(frozen=True)
class Undelivered:
    """Messages of one batch that failed, or whose fate somebody has to settle."""

    cohort_id: str
    cohort: str
    batch_id: str
    kind: str
    state: str
    count: int


def undelivered(session: Session) -> list[Undelivered]:
    """Those alone that staff have ordered or may see (D05). An address that does not work is a task of its own."""
    columns = (Cohort.id, Cohort.name, MessageBatch.id, MessageBatch.kind, Message.state)
    query = (
        select(*columns, func.count())
        .join(MessageBatch, MessageBatch.cohort_id == Cohort.id)
        .join(Message, Message.batch_id == MessageBatch.id)
        .join(Person, Person.id == Message.person_id)
        .where(Message.state.in_(("failed", "unclear")), Person.address_broken.is_(False), Person.left != "all")
        .group_by(*columns)
        .order_by(Cohort.name, MessageBatch.id, Message.state.desc())
    )
    return [Undelivered(*row) for row in session.execute(query)]


def letters_to_print(session: Session) -> Sequence[tuple[str, str, int]]:
    """(cohort id, name, letters that have not been printed)."""
    people = to_print().where(Person.printed_on.is_(None)).with_only_columns(Person.id).order_by(None)
    query = (
        select(Cohort.id, Cohort.name, func.count())
        .join(Enrolment, (Enrolment.cohort_id == Cohort.id) & Enrolment.is_current.is_(True))
        .where(Enrolment.person_id.in_(people), Cohort.is_archived.is_(False))
        .group_by(Cohort.id, Cohort.name)
        .order_by(Cohort.name)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]

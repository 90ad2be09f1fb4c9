"""Ordering messages: a batch, a message a person, and an outbox row each, in one transaction. Jobs do the sending."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.orm import Session

from kapabla.clock import epoch
from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.messages import Message, MessageBatch
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityOutbox
from kapabla.ids import new_id
from kapabla.vaults import table_of

_people, _messages, _enrolments = table_of(Person), table_of(Message), table_of(Enrolment)
_batches, _outbox = table_of(MessageBatch), table_of(IdentityOutbox)
INVITATION_STEP = "start"
STATES = ("waiting", "handed_over", "failed", "unclear", "stopped")


def not_yet_invited(session: Session, cohort: Cohort) -> list[str]:
    """People of the cohort who can be reached by e-mail, may be contacted, and have no invitation yet."""
    invited = select(_messages.c.person_id).where(_messages.c.step == INVITATION_STEP, _messages.c.number == 0)
    query = (
        select(_people.c.id)
        .join(_enrolments, _enrolments.c.person_id == _people.c.id)
        .where(
            _enrolments.c.cohort_id == cohort.id, _enrolments.c.is_current.is_(True), _people.c.channel == "email",
            _people.c.email_sealed.is_not(None), _people.c.left != "all", _people.c.no_more_messages.is_(False),
            _people.c.is_restricted.is_(False), _people.c.address_broken.is_(False), _people.c.id.not_in(invited),
        )
        .order_by(_people.c.number)
    )  # fmt: skip
    return list(session.scalars(query))


def order_invitations(session: Session, cohort: Cohort, people: Sequence[str], *, by: str, at: datetime) -> str:
    """Queue one invitation a person. A person is invited once, held by the database; returns the batch's id."""
    batch = MessageBatch(cohort_id=cohort.id, kind="invitation", ordered_by=by, ordered_at=at, is_stopped=False)
    session.add(batch)
    session.flush()
    messages: list[dict[str, Any]] = [
        {
            "id": new_id(), "person_id": person, "batch_id": batch.id, "step": INVITATION_STEP, "number": 0,
            "channel": "email", "state": "waiting", "fault": "",
        }
        for person in people
    ]  # fmt: skip
    if messages:
        session.execute(insert(_messages), messages)
        session.execute(insert(_outbox), [_job(message["id"], at) for message in messages])
    return batch.id


def _job(message: str, at: datetime) -> dict[str, object]:
    return {
        "id": new_id(), "kind": "send_message", "payload": {"message": message},
        "idempotency_key": f"message:{message}",
        "state": "waiting", "attempts": 0, "due": epoch(at), "locked_until": 0, "fault": "",
    }  # fmt: skip


def batch_numbers(session: Session, batch_id: str) -> dict[str, int]:
    """By state; what a runner holds at this moment ("sending") counts as waiting."""
    seen = case((_messages.c.state == "sending", "waiting"), else_=_messages.c.state)
    columns = [func.sum(case((seen == state, 1), else_=0)) for state in STATES]
    row = session.execute(select(*columns).where(_messages.c.batch_id == batch_id)).one()
    return dict(zip(STATES, (int(value or 0) for value in row), strict=True))


def batches_of(session: Session, cohort: Cohort) -> list[MessageBatch]:
    query = select(MessageBatch).where(MessageBatch.cohort_id == cohort.id)
    return list(session.scalars(query.order_by(MessageBatch.ordered_at.desc()).limit(20)))


def stop_rest(session: Session, batch_id: str) -> None:
    """What has not been handed over stays. What has cannot be called back, and is not."""
    session.execute(update(_batches).where(_batches.c.id == batch_id).values(is_stopped=True))
    waiting = (_messages.c.batch_id == batch_id) & (_messages.c.state == "waiting")
    session.execute(update(_messages).where(waiting).values(state="stopped"))

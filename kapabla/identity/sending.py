"""Ordering messages: a batch, a message a person, and an outbox row each, in one transaction. Jobs do the sending."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, exists, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from kapabla.clock import epoch
from kapabla.errors import NotFound
from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.entry import AT_ONCE
from kapabla.identity.messages import (
    ADDRESS_CORRECTED,
    COURSE_STEP,
    INVITATION,
    INVITATION_STEP,
    REMINDER,
    Message,
    MessageBatch,
)
from kapabla.identity.people import Person, StepOver
from kapabla.identity.records import IdentityOutbox, outbox
from kapabla.ids import ID_LENGTH, new_id
from kapabla.vaults import table_of

_people, _messages, _enrolments = table_of(Person), table_of(Message), table_of(Enrolment)
_batches, _outbox = table_of(MessageBatch), table_of(IdentityOutbox)
_cohorts, _steps = table_of(Cohort), table_of(StepOver)
# The ways by which messages leave by themselves, and what each is sent to.
SENT_TO = {"email": "email", "sms": "phone"}
_others = _people.alias("others")
# Why a job waits although nothing is wrong: it is night, or a weekend.
QUIET = "quiet_hours"
# Or its batch is paused: then its job is due when somebody lets it go on, and until then never.
PAUSED = "batch_paused"
NEVER = datetime(2999, 1, 1, tzinfo=UTC)
# Of an invitation: there is none, for all that a row of it stands there.
NEVER_CAME = ("stopped", "failed")
STATES = ("waiting", "handed_over", "failed", "unclear", "stopped")


@dataclass(frozen=True)
class Invitee:
    """Somebody to invite, as staff may choose them: by number, never by name."""

    id: str
    number: str
    municipality: str | None
    role: str | None
    language: str
    channel: str


def invitees(session: Session, cohort: Cohort) -> list[Invitee]:
    """People of the cohort who can be reached by e-mail or text message, may be contacted, and are not invited yet."""
    names = ("id", "number", "municipality", "role", "language", "channel")
    query = _to_invite(cohort).with_only_columns(*(_people.c[name] for name in names))
    return [Invitee(*row) for row in session.execute(query.order_by(_people.c.number))]


def not_yet_invited(session: Session, cohort: Cohort) -> list[str]:
    return [found.id for found in invitees(session, cohort)]


def stopped_invitations(session: Session, cohort: Cohort) -> int:
    """How many of those to invite had an invitation on its way that staff have stopped."""
    stopped = _has_first(INVITATION_STEP, _messages.c.state == "stopped")
    query = _to_invite(cohort).where(stopped).with_only_columns(func.count())
    return session.scalar(query) or 0


def _to_invite(cohort: Cohort) -> Select[str]:
    """Whose invitation was stopped, or did not arrive, has not been invited. Who has opened it had it some other way:
    at a meeting, on paper, by word of mouth."""
    invited = _has_first(INVITATION_STEP, _messages.c.state.not_in(NEVER_CAME))
    return reachable().where(_enrolments.c.cohort_id == cohort.id, ~invited, ~_is_over("opened"))


def not_told_of_course(session: Session, study: str, arms: Sequence[str]) -> list[str]:
    """People of the arms that wait who have opened the invitation, are not through the course, and can be reached."""
    opened, through = _is_over("opened"), _is_over("delar")
    query = (
        reachable()
        .join(_cohorts, _cohorts.c.id == _enrolments.c.cohort_id)
        .where(
            _cohorts.c.study == study, func.coalesce(_people.c.arm, _cohorts.c.arm).in_(arms), opened, ~through,
            ~_has_first(COURSE_STEP),
        )
    )  # fmt: skip
    return list(session.scalars(query))


def _is_over(step: str) -> ColumnElement[bool]:
    return exists().where(_steps.c.person_id == _people.c.id, _steps.c.step == step)


def _has_first(step: str, *of_which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The first message of this step has been made for the person."""
    return exists().where(
        _messages.c.person_id == _people.c.id, _messages.c.step == step, _messages.c.number == 0, *of_which
    )  # fmt: skip


def reachable() -> Select[str]:
    """The ids of those whom a message can reach and who may be contacted, each in the present cohort."""
    ways = (
        (_people.c.channel == way) & _people.c[f"{field}_sealed"].is_not(None) for way, field in SENT_TO.items()
    )  # fmt: skip
    return (
        select(_people.c.id)
        .join(_enrolments, (_enrolments.c.person_id == _people.c.id) & _enrolments.c.is_current.is_(True))
        .where(
            or_(*ways), _people.c.left != "all",
            _people.c.no_more_messages.is_(False), _people.c.is_restricted.is_(False),
            _people.c.address_broken.is_(False), ~is_second_at_address(),
        )
    )  # fmt: skip


def is_second_at_address() -> ColumnElement[bool]:
    """Walked in with the e-mail of somebody who is here already: it is them once more, or another's mailbox. Neither
    gets two links in one (D03), and nobody in the room is told that an address is known."""
    first = or_(_others.c.name_index.is_not(None), _others.c.id < _people.c.id)
    return _people.c.name_index.is_(None) & exists().where(
        _others.c.email_index == _people.c.email_index, _others.c.id != _people.c.id, _others.c.left != "all", first
    )


def order_invitations(
    session: Session, cohort: Cohort, people: Sequence[str], *, by: str, at: datetime, batch_id: str | None = None
) -> str:
    """Queue one invitation a person. A person is invited once, held by the database; returns the batch's id.

    What never came gives way: its job, should it still wait, finds no message and sends nothing.
    """
    forget_lost(session, people)
    batch = _make_batch(session, cohort.id, INVITATION, by=by, at=at, batch_id=batch_id)
    queue(session, [NewMessage(person, INVITATION_STEP) for person in people], batch, at)
    return batch


def forget_lost(session: Session, people: Sequence[str]) -> None:
    lost = (_messages.c.step == INVITATION_STEP) & (_messages.c.number == 0) & _messages.c.state.in_(NEVER_CAME)
    session.execute(delete(_messages).where(_messages.c.person_id.in_(people), lost))


def order_reminders(session: Session, cohort_id: str, people: Mapping[str, int], *, at: datetime) -> str:
    """Of those who have not begun, each with the number of the reminder. Ordered by nobody: by the study's days."""
    batch = _make_batch(session, cohort_id, REMINDER, by="", at=at)
    queue(session, [NewMessage(person, INVITATION_STEP, number) for person, number in people.items()], batch, at)
    return batch


def _make_batch(
    session: Session, cohort_id: str, kind: str, *, by: str, at: datetime, batch_id: str | None = None
) -> str:
    batch = MessageBatch(
        id=batch_id or new_id(), cohort_id=cohort_id, kind=kind, ordered_by=by, ordered_at=at, is_stopped=False
    )
    session.add(batch)
    session.flush()
    return batch.id


def order_course_messages(session: Session, people: Sequence[str], *, at: datetime) -> None:
    """That the course has opened, once a person. In no batch: staff see nothing of it (D05)."""
    queue(session, [NewMessage(person, COURSE_STEP) for person in people], None, at)


@dataclass(frozen=True)
class NewMessage:
    person_id: str
    step: str
    number: int = 0


def queue(session: Session, wanted: Sequence[NewMessage], batch: str | None, at: datetime) -> None:
    channels = _channels(session, [message.person_id for message in wanted])
    messages: list[dict[str, Any]] = [
        {
            "id": new_id(), "person_id": message.person_id, "batch_id": batch, "step": message.step,
            "number": message.number, "channel": channels[message.person_id], "state": "waiting", "fault": "",
        }
        for message in wanted
    ]  # fmt: skip
    if messages:
        session.execute(insert(_messages), messages)
        session.execute(insert(_outbox), [_job(message["id"], at) for message in messages])


def _channels(session: Session, people: Sequence[str]) -> dict[str, str]:
    """The way of each: one statement for each `AT_ONCE`."""
    return {
        row.id: row.channel
        for first in range(0, len(people), AT_ONCE)
        for row in session.execute(
            select(_people.c.id, _people.c.channel).where(_people.c.id.in_(people[first : first + AT_ONCE]))
        )
    }


def _job(message: str, at: datetime) -> dict[str, object]:
    return {
        "id": new_id(), "kind": "send_message", "payload": {"message": message},
        "idempotency_key": f"message:{message}",
        "state": "waiting", "attempts": 0, "due": epoch(at), "locked_until": 0, "fault": "",
    }  # fmt: skip


def can_reach(session: Session, person_id: str) -> bool:
    return session.scalar(reachable().where(_people.c.id == person_id)) is not None


def send_new_link(
    session: Session, person_id: str, cohort: Cohort, generation: int, *, by: str, at: datetime
) -> str | None:
    """The invitation with the link that holds now. One that has gone is sent anew once for each link. The batch that it
    is in, or None where it is on its way already: the text is made when it leaves."""
    message = first_message(session, person_id)
    if message is None or message.state in NEVER_CAME:
        return order_invitations(session, cohort, [person_id], by=by, at=at)
    if message.state in ("waiting", "sending"):
        return None
    again = {"message": message.id}
    if not outbox.put(session, "send_message", again, key=f"message:{message.id}:link {generation}", at=at):
        return None
    if message.batch_id is None:
        # By letter until now.
        message.batch_id = _make_batch(session, cohort.id, INVITATION, by=by, at=at)
    session.execute(update(_batches).where(_batches.c.id == message.batch_id).values(is_stopped=False))
    message.channel, message.state, message.fault = _channels(session, [person_id])[person_id], "waiting", ""
    session.flush()
    return message.batch_id


def mark_in_hand(session: Session, person_id: str) -> bool:
    """The code was handed over, on paper or by word of mouth: an invitation. False where there is one already."""
    forget_lost(session, [person_id])
    if first_message(session, person_id) is not None:
        return False
    session.add(
        Message(person_id=person_id, batch_id=None, step=INVITATION_STEP, number=0, channel="letter",
                state="handed_over", fault="")
    )  # fmt: skip
    session.flush()
    return True


def first_message(session: Session, person_id: str) -> Message | None:
    """The person's invitation, whatever became of it."""
    return session.scalar(
        select(Message).where(Message.person_id == person_id, Message.step == INVITATION_STEP, Message.number == 0)
    )


def batch_numbers(session: Session, batch_id: str) -> dict[str, int]:
    """By state; what a runner holds at this moment ("sending") counts as waiting."""
    seen = case((_messages.c.state == "sending", "waiting"), else_=_messages.c.state)
    columns = [func.sum(case((seen == state, 1), else_=0)) for state in STATES]
    row = session.execute(select(*columns).where(_messages.c.batch_id == batch_id)).one()
    return dict(zip(STATES, (int(value or 0) for value in row), strict=True))


def ways_of(session: Session, batch_id: str) -> set[str]:
    """By which ways the messages of a batch go."""
    return set(session.scalars(select(_messages.c.channel).where(_messages.c.batch_id == batch_id).distinct()))


def has_waiting_sms(session: Session) -> bool:
    waiting = select(_messages.c.id).where(_messages.c.channel == "sms", _messages.c.state == "waiting")
    return session.execute(waiting.limit(1)).first() is not None


def batches_of(session: Session, cohort: Cohort) -> list[MessageBatch]:
    """Those to begin alone: later ones are shown as numbers of the cohort, never message by message (D05)."""
    query = select(MessageBatch).where(MessageBatch.cohort_id == cohort.id)
    return list(session.scalars(query.order_by(MessageBatch.ordered_at.desc()).limit(20)))


@dataclass(frozen=True)
class Delayed:
    """Messages of a batch that the mail server has not taken: how many, why, and when the first is tried again."""

    count: int
    fault: str
    due: int


def delayed_in(session: Session, batch_id: str) -> Delayed | None:
    tried = {
        payload["message"]: (fault, due)
        for payload, fault, due in outbox.retried_payloads(session, "send_message")
        if fault not in (QUIET, PAUSED)
    }
    if not tried:
        return None
    waiting = select(_messages.c.id).where(_messages.c.batch_id == batch_id, _messages.c.state == "waiting")
    mine = [tried[message] for message in session.scalars(waiting) if message in tried]
    return Delayed(len(mine), mine[0][0], min(due for _, due in mine)) if mine else None


@dataclass(frozen=True)
class Trouble:
    """A message that did not arrive, or may have: by number, and never which step it was about."""

    message: str
    number: str
    state: str
    fault: str
    is_address_broken: bool
    channel: str


def troubles_of(session: Session, batch_id: str) -> list[Trouble]:
    query = (
        select(
            _messages.c.id,
            _people.c.number,
            _messages.c.state,
            _messages.c.fault,
            _people.c.address_broken,
            _messages.c.channel,
        )
        .join(_people, _people.c.id == _messages.c.person_id)
        .where(_messages.c.batch_id == batch_id, _messages.c.state.in_(("failed", "unclear")))
        .order_by(_people.c.number)
    )
    return [Trouble(*row) for row in session.execute(query)]


def retry_failed(session: Session, batch_id: str, *, at: datetime) -> int:
    """Only what failed, and only to addresses that are not known to be broken (D06). Returns how many."""
    query = (
        select(_messages.c.id)
        .join(_people, _people.c.id == _messages.c.person_id)
        .where(_messages.c.batch_id == batch_id, _messages.c.state == "failed", _people.c.address_broken.is_(False))
    )
    failed = list(session.scalars(query))
    _send_again(session, batch_id, failed, at)
    return len(failed)


def settle_unclear(session: Session, batch_id: str, message_id: str, *, arrived: bool, at: datetime) -> None:
    """A person decides: it counts as arrived, or it is sent once more."""
    message = session.get(Message, message_id)
    if message is None or message.batch_id != batch_id or message.state != "unclear":
        raise NotFound("message_unknown")
    if arrived:
        message.state, message.fault = "handed_over", ""
        session.flush()
    else:
        _send_again(session, batch_id, [message_id], at)


def address_changed(session: Session, person_id: str) -> None:
    """What has gone went to the address of before: a report that it did not arrive says nothing of the new one."""
    gone = (_messages.c.person_id == person_id) & (_messages.c.channel == "email")
    gone &= _messages.c.state.in_(("handed_over", "done"))
    session.execute(update(_messages).where(gone).values(fault=ADDRESS_CORRECTED))


def _send_again(session: Session, batch_id: str, messages: list[str], at: datetime) -> None:
    """Of a batch that was stopped too: what was stopped stays so, and these are wanted."""
    if not messages:
        return
    session.execute(update(_batches).where(_batches.c.id == batch_id).values(is_stopped=False))
    mine = _messages.c.id.in_(messages)
    session.execute(update(_messages).where(mine).values(state="waiting", fault=""))
    # A job of its own: the former one is done, and its key with it.
    session.execute(
        insert(_outbox),
        [_job(message, at) | {"idempotency_key": f"message:{message}:{new_id()}"} for message in messages],
    )
    session.expire_all()


def leave_unclear(session: Session) -> None:
    """After a restore: what waited then may have left since. Nobody gets it twice unless somebody has asked."""
    waiting = _messages.c.state.in_(("waiting", "sending"))
    is_shown = _messages.c.step.in_((INVITATION_STEP, COURSE_STEP))
    session.execute(update(_messages).where(waiting, is_shown).values(state="unclear", fault="restored"))
    session.execute(update(_messages).where(waiting, ~is_shown).values(state="done", fault=""))
    session.expire_all()


def pause_batch(session: Session, batch_id: str) -> None:
    """What has not been handed over waits until somebody lets it go on. The jobs do not look at it meanwhile."""
    session.execute(update(_batches).where(_batches.c.id == batch_id).values(is_paused=True))
    _let_wait_until(session, _batches.c.id == batch_id, NEVER)


def resume_batch(session: Session, batch_id: str, *, at: datetime) -> None:
    session.execute(update(_batches).where(_batches.c.id == batch_id).values(is_paused=False))
    _let_wait_until(session, _batches.c.id == batch_id, at)


def _let_wait_until(session: Session, which: ColumnElement[bool], until: datetime) -> None:
    """The jobs of messages that wait: each is known by the message that its key begins with."""
    waiting = select(literal("message:").concat(_messages.c.id)).where(
        _messages.c.batch_id.in_(select(_batches.c.id).where(which)), _messages.c.state == "waiting"
    )
    of_message = func.substr(_outbox.c.idempotency_key, 1, len("message:") + ID_LENGTH)
    mine = (_outbox.c.kind == "send_message") & (_outbox.c.state == "waiting") & of_message.in_(waiting)
    session.execute(update(_outbox).where(mine).values(due=epoch(until), fault=""))
    session.expire_all()


def stop_rest(session: Session, batch_id: str, *, at: datetime) -> None:
    """What has not been handed over stays. What has cannot be called back, and is not."""
    _stop(session, _batches.c.id == batch_id, at)


def stop_cohort(session: Session, cohort: Cohort, *, at: datetime) -> None:
    _stop(session, _batches.c.cohort_id == cohort.id, at)


def waiting_in(session: Session, cohort: Cohort) -> int:
    """How many messages of the cohort's batches would be stopped."""
    batches = select(_batches.c.id).where(_batches.c.cohort_id == cohort.id)
    waiting = (_messages.c.batch_id.in_(batches)) & (_messages.c.state == "waiting")
    return session.scalar(select(func.count()).select_from(_messages).where(waiting)) or 0


def _stop(session: Session, which: ColumnElement[bool], at: datetime) -> None:
    # The jobs of what was paused too find that there is nothing to send, and are gone.
    _let_wait_until(session, which, at)
    waiting = _messages.c.batch_id.in_(select(_batches.c.id).where(which)) & (_messages.c.state == "waiting")
    session.execute(update(_batches).where(which).values(is_stopped=True, is_paused=False))
    session.execute(update(_messages).where(waiting).values(state="stopped"))
    session.expire_all()

"""Whom to remind, as far as this vault knows: who is reached, what stands before them, what is sent.

Who has not begun is seen from the invitation's day. All later steps have their days beside the answers, and the jobs
ask for them through the bridge.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, select, update
from sqlalchemy.orm import Session

from kapabla.clock import local_date
from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.messages import COURSE_STEP, INVITATION_STEP, Message, MessageBatch
from kapabla.identity.people import Person, StepOver
from kapabla.identity.sending import reachable
from kapabla.vaults import table_of

_people, _messages, _batches = table_of(Person), table_of(Message), table_of(MessageBatch)
_cohorts, _steps, _enrolments = table_of(Cohort), table_of(StepOver), table_of(Enrolment)
_others = _messages.alias("others")
# The start questions are over: for whom they are, whatever the reason, nobody says any more that they can begin (D05).
BEGUN = "fore"


@dataclass(frozen=True)
class Coming:
    """When the next reminder goes, and to how many."""

    on: date
    people: int


def is_anybody_not_begun(session: Session, study: str, *, invited_before: datetime, on: date) -> bool:
    query = _not_begun(on).where(_cohorts.c.study == study, _batches.c.ordered_at < invited_before)
    return session.execute(query.limit(1)).first() is not None


def is_there_any_left(session: Session, study: str, step: str, *, after: str, on: date) -> bool:
    return session.execute(_has_left(study, step, after, on).limit(1)).first() is not None


def not_begun_due(
    session: Session, study: str, days: Sequence[int], *, grace: int, on: date
) -> dict[str, dict[str, int]]:
    """By cohort, who has a reminder to begin today, and which."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in session.execute(_not_begun(on).where(_cohorts.c.study == study)):
        number = _number_on(row, days, grace, on)
        if number is not None:
            found[row.cohort_id][row.id] = number
    return found


def next_not_begun(session: Session, cohort: Cohort, days: Sequence[int], *, grace: int, on: date) -> Coming | None:
    """The next day on which somebody of the cohort is reminded to begin, as things stand."""
    coming: Counter[date] = Counter()
    for row in session.execute(_not_begun(on).where(_cohorts.c.id == cohort.id)):
        day = _next_day(row, days, grace, on)
        if day is not None and day <= cohort.ends_on:
            coming[day] += 1
    first = min(coming, default=None)
    return None if first is None else Coming(first, coming[first])


def _not_begun(on: date) -> Select[Any]:
    """Invited, and the start questions are not over: with the invitation's day and the last reminder's number."""
    reminded = (
        select(func.max(_others.c.number))
        .where(_others.c.person_id == _people.c.id, _others.c.step == INVITATION_STEP)
        .correlate(_people)
        .scalar_subquery()
        .label("reminded")
    )
    invitation = (
        (_messages.c.person_id == _people.c.id)
        & (_messages.c.step == INVITATION_STEP)
        & (_messages.c.number == 0)
        & (_messages.c.state == "handed_over")
    )
    columns = (_people.c.id, _enrolments.c.cohort_id, _batches.c.ordered_at, reminded)
    return (
        _running(on)
        .join(_messages, invitation)
        .join(_batches, _batches.c.id == _messages.c.batch_id)
        .where(~_is_over(BEGUN))
        .with_only_columns(*columns)
    )


def _running(on: date) -> Select[Any]:
    """Who is reached in a cohort that runs and is not paused, and has nothing else waiting to leave."""
    waits = exists().where(_others.c.person_id == _people.c.id, _others.c.state.in_(("waiting", "sending")))
    return (
        reachable()
        .join(_cohorts, _cohorts.c.id == _enrolments.c.cohort_id)
        .where(
            _cohorts.c.reminders_paused.is_(False), _cohorts.c.is_archived.is_(False), _cohorts.c.starts_on <= on,
            ~waits,
        )
    )  # fmt: skip


def _is_over(step: str) -> ColumnElement[bool]:
    return exists().where(_steps.c.person_id == _people.c.id, _steps.c.step == step)


def _number_on(row: Row[Any], days: Sequence[int], grace: int, on: date) -> int | None:
    invited_on = local_date(row.ordered_at)
    for number, after in enumerate(days, 1):
        since = on - invited_on - timedelta(days=after)
        if number > row.reminded and timedelta() <= since <= timedelta(days=grace):
            return number
    return None


def _next_day(row: Row[Any], days: Sequence[int], grace: int, on: date) -> date | None:
    """The first day from this one on; a reminder that was due within the grace goes today."""
    if _number_on(row, days, grace, on) is not None:
        return on
    invited_on = local_date(row.ordered_at)
    ahead = (invited_on + timedelta(days=after) for number, after in enumerate(days, 1) if number > row.reminded)
    return min((day for day in ahead if day > on), default=None)


def who_has_left(session: Session, study: str, step: str, *, after: str, on: date) -> list[str]:
    """Who has the step `after` behind them and this one before them, as staff see it."""
    return list(session.scalars(_has_left(study, step, after, on)))


def _has_left(study: str, step: str, after: str, on: date) -> Select[Any]:
    query = _running(on).where(_cohorts.c.study == study, _is_over(after), ~_is_over(step))
    return query.with_only_columns(_people.c.id)


def numbers_made(session: Session, step: str) -> dict[str, set[int]]:
    """Which messages of a step have been made ready, by person."""
    found: dict[str, set[int]] = defaultdict(set)
    for row in session.execute(select(_messages.c.person_id, _messages.c.number).where(_messages.c.step == step)):
        found[row.person_id].add(row.number)
    return found


def is_running(session: Session, person_id: str, *, on: date) -> bool:
    """Asked again when a message leaves: staff may have paused the cohort since, or it may have closed."""
    cohort = _cohort_of(session, person_id)
    return cohort is not None and not cohort.reminders_paused and not cohort.is_archived and cohort.starts_on <= on


def has_closed(session: Session, person_id: str, *, on: date) -> bool:
    """Nobody new is let in any more."""
    cohort = _cohort_of(session, person_id)
    return cohort is None or cohort.ends_on < on


def _cohort_of(session: Session, person_id: str) -> Any:
    return session.execute(
        select(_cohorts)
        .join(_enrolments, _enrolments.c.cohort_id == _cohorts.c.id)
        .where(_enrolments.c.person_id == person_id, _enrolments.c.is_current.is_(True))
    ).one_or_none()


def pause(session: Session, cohort: Cohort, *, paused: bool) -> bool:
    """Whether that changed anything."""
    change = update(_cohorts).where(_cohorts.c.id == cohort.id, _cohorts.c.reminders_paused.is_(not paused))
    changed = session.execute(change.values(reminders_paused=paused).returning(_cohorts.c.id)).first() is not None
    session.expire(cohort)
    return changed


def made_ready(session: Session, cohort: Cohort, steps: Sequence[str]) -> Mapping[str, int]:
    """For how many of the cohort the time of each later step has come: alike for who is asked and who is not."""
    query = (
        select(_messages.c.step, func.count(_messages.c.person_id.distinct()))
        .join(_enrolments, _enrolments.c.person_id == _messages.c.person_id)
        .where(
            _enrolments.c.cohort_id == cohort.id, _enrolments.c.is_current.is_(True), _messages.c.step.in_(steps),
            _messages.c.number == 0,
        )
        .group_by(_messages.c.step)
    )  # fmt: skip
    return {row[0]: row[1] for row in session.execute(query)}


@dataclass(frozen=True)
class Waiting:
    """Messages of one kind in one cohort that wait to leave."""

    cohort_id: str
    cohort: str
    study: str
    step: str
    reminds: bool
    people: int


def waiting(session: Session) -> list[Waiting]:
    """Of those who are reached as things stand. What was stopped, or is of a cohort that is put away or has a pause,
    does not leave."""
    reminds = (_messages.c.number > 0).label("reminds")
    kind = (_cohorts.c.id, _cohorts.c.name, _cohorts.c.study, _messages.c.step, reminds)
    query = (
        select(*kind, func.count())
        .join(_enrolments, (_enrolments.c.person_id == _messages.c.person_id) & _enrolments.c.is_current.is_(True))
        .join(_cohorts, _cohorts.c.id == _enrolments.c.cohort_id)
        .outerjoin(_batches, _batches.c.id == _messages.c.batch_id)
        .where(
            _messages.c.state.in_(("waiting", "sending")), func.coalesce(_batches.c.is_stopped, False).is_(False),
            _messages.c.person_id.in_(reachable()), _cohorts.c.is_archived.is_(False),
            ~_cohorts.c.reminders_paused | _messages.c.step.in_((INVITATION_STEP, COURSE_STEP)) & ~reminds,
        )
        .group_by(*kind)
        .order_by(_cohorts.c.name, _messages.c.step, reminds)
    )  # fmt: skip
    return [Waiting(*row) for row in session.execute(query)]


def running_cohorts(session: Session, on: date) -> list[Cohort]:
    """Where somebody may be reminded to begin today."""
    query = select(Cohort).where(
        Cohort.is_archived.is_(False), Cohort.reminders_paused.is_(False), Cohort.starts_on <= on, Cohort.ends_on >= on
    )
    return list(session.scalars(query.order_by(Cohort.name)))

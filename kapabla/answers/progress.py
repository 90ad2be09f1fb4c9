"""Progress in the course, derived from events and never stored: recounting always gives the same (D4)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kapabla.answers.learning import Certificate, LearningEvent
from kapabla.errors import Crowded
from kapabla.vaults import table_of

_events = table_of(LearningEvent)
_certificates = table_of(Certificate)
_COLLISIONS_ALLOWED = 25


@dataclass(frozen=True)
class Event:
    """`kind`: read or skipped (a step is over), choice (a scenario's node), answer (a question of a check)."""

    kind: str
    module: int
    step: int
    node: str = ""
    choice: str = ""


@dataclass(frozen=True)
class Progress:
    """The day on which each step (module, number) was first over, and the first choice and answer at each place."""

    over_on: dict[tuple[int, int], date] = field(default_factory=dict)
    first_choices: dict[tuple[int, int, str], str] = field(default_factory=dict)

    def is_over(self, module: int, steps: int) -> bool:
        """A module is over when every one of its steps was read or skipped."""
        return all((module, step) in self.over_on for step in range(1, steps + 1))

    def next_step(self, module: int, steps: int) -> int:
        """The first step that is not over; the first of all when everything is."""
        return next((step for step in range(1, steps + 1) if (module, step) not in self.over_on), 1)

    def has_begun(self, module: int) -> bool:
        return any(begun == module for begun, _ in self.over_on)

    @property
    def is_begun(self) -> bool:
        """Something of the course was read, chosen or answered."""
        return bool(self.over_on or self.first_choices)


def progress_of(events: Iterable[tuple[Event, date]]) -> Progress:
    """From events with their days, in the order of their numbers. A step that is read again is over as of the first
    time."""
    over: dict[tuple[int, int], date] = {}
    first: dict[tuple[int, int, str], str] = {}
    for event, on in events:
        if event.kind in ("read", "skipped"):
            place = (event.module, event.step)
            over[place] = min(on, over.get(place, on))
        else:
            first.setdefault((event.module, event.step, event.node), event.choice)
    return Progress(over, first)


def read_progress(session: Session, subject: str) -> Progress:
    rows = session.execute(
        select(
            _events.c.kind, _events.c.module, _events.c.step, _events.c.node, _events.c.choice, _events.c.happened_on
        )
        .where(_events.c.subject == subject)
        .order_by(_events.c.number)
    )
    return progress_of((Event(*row[:5]), row.happened_on) for row in rows)


def record_event(
    session: Session, subject: str, key: str, event: Event, *, course: str, course_version: int, on: date
) -> bool:
    """Keep an event once a key. False for a replay."""
    for _ in range(_COLLISIONS_ALLOWED):
        known = select(_events.c.number).where(_events.c.subject == subject, _events.c.idempotency_key == key)
        if session.execute(known).first():
            return False
        last = session.scalar(select(func.max(_events.c.number)).where(_events.c.subject == subject)) or 0
        try:
            with session.begin_nested():
                session.execute(
                    insert(_events).values(
                        subject=subject, number=last + 1, idempotency_key=key, kind=event.kind, course=course,
                        course_version=course_version, module=event.module, step=event.step, node=event.node,
                        choice=event.choice, happened_on=on,
                    )
                )  # fmt: skip
        except IntegrityError:
            continue
        return True
    raise Crowded()


def find_certificate(session: Session, subject: str, *, course: str, course_version: int) -> tuple[str, date] | None:
    """Serial and day of the valid certificate."""
    query = select(_certificates.c.serial, _certificates.c.completed_on).where(
        _certificates.c.subject == subject,
        _certificates.c.course == course,
        _certificates.c.course_version == course_version,
        _certificates.c.revoked_on.is_(None),
    )
    row = session.execute(query).one_or_none()
    return (row.serial, row.completed_on) if row else None


def certify(
    session: Session, subject: str, serial: str, *, course: str, course_version: int, completed_on: date
) -> tuple[str, date]:
    """The valid certificate: the one there is, or a new one with this serial."""
    row = {
        "subject": subject, "serial": serial, "course": course, "course_version": course_version,
        "completed_on": completed_on, "revoked_on": None,
    }  # fmt: skip
    for _ in range(_COLLISIONS_ALLOWED):
        known = find_certificate(session, subject, course=course, course_version=course_version)
        if known:
            return known
        try:
            with session.begin_nested():
                session.execute(insert(_certificates).values(row))
        except IntegrityError:
            # Asked for at the same moment by another request of the same person: that one's serial holds.
            continue
        return serial, completed_on
    raise Crowded()

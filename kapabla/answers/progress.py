"""Progress in the course, derived from events and never stored: recounting always gives the same (D4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, insert, or_, select
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


def record_events(
    session: Session, subject: str, events: Mapping[str, Event], *, course: str, course_version: int, on: date
) -> None:
    """Keep each event once a key; what is known already is left as it is. As many statements for ten as for one."""
    for _ in range(_COLLISIONS_ALLOWED):
        before = _latest_and_known(session, subject, events)
        last = max(before.values(), default=0)
        new = [(key, event) for key, event in events.items() if key not in before]
        rows = [
            {
                "subject": subject, "number": number, "idempotency_key": key, "kind": event.kind, "course": course,
                "course_version": course_version, "module": event.module, "step": event.step, "node": event.node,
                "choice": event.choice, "happened_on": on,
            }
            for number, (key, event) in enumerate(new, start=last + 1)
        ]  # fmt: skip
        if not rows:
            return
        try:
            with session.begin_nested():
                session.execute(insert(_events), rows)
        except IntegrityError:
            continue
        return
    raise Crowded()


def _latest_and_known(session: Session, subject: str, keys: Iterable[str]) -> dict[str, int]:
    """By key the numbers of the latest event and of those that have one of these keys."""
    latest = select(func.max(_events.c.number)).where(_events.c.subject == subject).scalar_subquery()
    wanted = or_(_events.c.number == latest, _events.c.idempotency_key.in_(list(keys)))
    query = select(_events.c.idempotency_key, _events.c.number).where(_events.c.subject == subject, wanted)
    return {row[0]: row[1] for row in session.execute(query)}


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

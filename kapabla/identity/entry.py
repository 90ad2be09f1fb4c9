"""Coming in by link or code, and the live session that follows. Keyed reads only: no object graph on this path."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kapabla.clock import epoch
from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.invitations import Invitation
from kapabla.identity.people import Person, StepOver
from kapabla.identity.sessions import CodeAttempt, ParticipantSession
from kapabla.ids import new_id
from kapabla.keys import keyed_hash
from kapabla.vaults import table_of

# A database takes so many values in a statement.
AT_ONCE = 500
ATTEMPTS_ALLOWED = 30
ATTEMPT_WINDOW_SECONDS = 15 * 60
KEEP_ATTEMPTS_SECONDS = 24 * 3600
SEEN_EVERY_SECONDS = 300
# Idle time by device (S08, A12): a phone that may be somebody else's is left sooner.
IDLE_SECONDS = {"own": 12 * 3600, "shared": 20 * 60, "unknown": 20 * 60, "kiosk": 5 * 60}
# A page may be filled in slowly: so long after somebody was last here it is still saved, and nothing is shown. What is
# known of the time is blurred to the hour meanwhile. On a shared computer the next person sits there.
KEEP_ENDED_SECONDS = 24 * 3600
_BLUR_SECONDS = 3600

# The step that ends the first pages: whoever is past it has been here before.
CONTACT_CHOSEN = "kontakt"
# A warning is given this long before the session can have ended, with a way to stay (WCAG 2.2.1).
WARN_SECONDS = 120

_person, _cohort, _enrolment = table_of(Person), table_of(Cohort), table_of(Enrolment)
_invitation, _live, _steps = table_of(Invitation), table_of(ParticipantSession), table_of(StepOver)
_attempts = table_of(CodeAttempt)


@dataclass(frozen=True)
class Entrant:
    """A person at the door: what the participant's path needs to know, and no contact detail."""

    person_id: str
    secret: bytes
    municipality: str | None
    role: str | None
    channel: str
    language: str
    left: str
    is_protected: bool
    is_restricted: bool
    is_test: bool
    gate_overridden: bool
    cohort_id: str
    study: str
    arm: str
    arm_by_lot: bool
    starts_on: date
    ends_on: date
    generation: int


@dataclass(frozen=True)
class Live:
    """A live session with the person behind it."""

    entrant: Entrant
    device: str
    has_seen_safety: bool
    last_seen: int
    meeting_id: str | None = None


_ENTRANT = (
    _person.c.id.label("person_id"), _person.c.secret, _person.c.municipality, _person.c.role, _person.c.channel,
    _person.c.language, _person.c.left, _person.c.is_protected, _person.c.is_restricted, _person.c.is_test,
    _person.c.gate_overridden,
    _cohort.c.id.label("cohort_id"), _cohort.c.study, func.coalesce(_person.c.arm, _cohort.c.arm).label("arm"),
    func.coalesce(_person.c.allocation_id, _cohort.c.allocation_id).is_not(None).label("arm_by_lot"),
    _cohort.c.starts_on, _cohort.c.ends_on, _invitation.c.generation,
)  # fmt: skip
_PLACES = (
    _person.join(_enrolment, (_enrolment.c.person_id == _person.c.id) & _enrolment.c.is_current.is_(True))
    .join(_cohort, _cohort.c.id == _enrolment.c.cohort_id)
    .join(_invitation, _invitation.c.person_id == _person.c.id)
)
_OF_ALL = select(*_ENTRANT).select_from(_PLACES)
_BY_SESSION = select(
    *_ENTRANT, _live.c.device, _live.c.has_seen_safety, _live.c.last_seen, _live.c.meeting_id
).select_from(_PLACES.join(_live, _live.c.person_id == _person.c.id))


def warn_after(device: str) -> int:
    """Seconds after a page has come. When somebody was last here is known to within a few minutes only."""
    return IDLE_SECONDS[device] - seen_every(device) - WARN_SECONDS


def seen_every(device: str) -> int:
    """A kiosk is left within minutes, so it is noted more often that somebody is there."""
    return 60 if device == "kiosk" else SEEN_EVERY_SECONDS


def find_by_token(session: Session, token_hash: bytes) -> Entrant | None:
    return _as_entrant(session.execute(_OF_ALL.where(_invitation.c.token_hash == token_hash)).one_or_none())


def find_by_code(session: Session, code_hash: bytes) -> Entrant | None:
    return _as_entrant(session.execute(_OF_ALL.where(_invitation.c.code_hash == code_hash)).one_or_none())


def find_by_short_link(session: Session, short_hash: bytes) -> Entrant | None:
    return _as_entrant(session.execute(_OF_ALL.where(_invitation.c.short_hash == short_hash)).one_or_none())


def find_by_person(session: Session, person_id: str) -> Entrant | None:
    """For the jobs, which carry out what staff have recorded of a person."""
    return _as_entrant(session.execute(_OF_ALL.where(_person.c.id == person_id)).one_or_none())


def find_all(session: Session, study: str) -> list[Entrant]:
    """Everybody who is in the study now."""
    return [_entrant(row) for row in session.execute(_OF_ALL.where(_cohort.c.study == study))]


def find_people(session: Session, person_ids: Sequence[str]) -> list[Entrant]:
    """Those of them who are still there: one statement for each `AT_ONCE`."""
    return [
        _entrant(row)
        for first in range(0, len(person_ids), AT_ONCE)
        for row in session.execute(_OF_ALL.where(_person.c.id.in_(person_ids[first : first + AT_ONCE])))
    ]


def _as_entrant(row: Any) -> Entrant | None:
    return _entrant(row) if row else None


def _entrant(row: Any) -> Entrant:
    return Entrant(**{name: row._mapping[name] for name in Entrant.__dataclass_fields__})


def start_session(
    session: Session, person_id: str, *, at: datetime, device: str = "unknown", meeting_id: str | None = None,
    has_seen_safety: bool = False,
) -> tuple[str, str]:  # fmt: skip
    """A new session: the secret of the cookie and of its companion. Both are needed, only hashes are kept."""
    token, companion = secrets.token_urlsafe(24), secrets.token_urlsafe(9)
    session.execute(
        insert(_live).values(
            id_hash=_hash(token), person_id=person_id, companion_hash=_hash(companion), device=device, language="sv",
            has_seen_safety=has_seen_safety, last_seen=epoch(at), offline_key_id=None, meeting_id=meeting_id,
        )
    )  # fmt: skip
    return token, companion


def find_session(session: Session, token: str, companion: str, *, at: datetime) -> Live | None:
    found = _find_live(session, token, companion)
    return found if found and _is_alive(found, at) else None


def find_idle_session(session: Session, token: str, companion: str, *, at: datetime) -> Live | None:
    """A session that nobody ended, but that was idle for too long. It opens nothing: see `KEEP_ENDED_SECONDS`."""
    found = _find_live(session, token, companion)
    if found is None or found.device == "kiosk" or _is_alive(found, at):
        return None
    return found if found.last_seen + KEEP_ENDED_SECONDS >= epoch(at) else None


def _find_live(session: Session, token: str, companion: str) -> Live | None:
    row = session.execute(
        _BY_SESSION.where(_live.c.id_hash == _hash(token), _live.c.companion_hash == _hash(companion))
    ).one_or_none()
    return Live(_entrant(row), row.device, row.has_seen_safety, row.last_seen, row.meeting_id) if row else None


def _is_alive(live: Live, at: datetime) -> bool:
    return live.last_seen + IDLE_SECONDS[live.device] >= epoch(at)


def has_unread_code(session: Session, person_id: str, *, at: datetime) -> bool:
    """Whether somebody who has walked into a meeting sits, in a session that lives, before the code that they got."""
    query = select(_live.c.device, _live.c.last_seen).where(
        _live.c.person_id == person_id, _live.c.meeting_id.is_not(None)
    )
    return any(row.last_seen + IDLE_SECONDS[row.device] >= epoch(at) for row in session.execute(query))


def update_session(session: Session, token: str, **values: object) -> None:
    session.execute(update(_live).where(_live.c.id_hash == _hash(token)).values(**values))


def mark_code_kept(session: Session, person_id: str) -> None:
    """In every session that the form of the walk-in has begun."""
    session.execute(update(_live).where(_live.c.person_id == person_id).values(meeting_id=None))


def end_session(session: Session, token: str) -> None:
    session.execute(delete(_live).where(_live.c.id_hash == _hash(token)))


def end_sessions_of(session: Session, person_id: str) -> None:
    session.execute(delete(_live).where(_live.c.person_id == person_id))


def end_all_sessions(session: Session) -> None:
    """After a restore: a session of then may have been ended since."""
    session.execute(delete(_live))


def sweep_sessions(session: Session, *, at: datetime) -> None:
    """Sessions that nobody ended go too: nothing remains of when somebody was here."""
    for device, idle in IDLE_SECONDS.items():
        kept = 0 if device == "kiosk" else KEEP_ENDED_SECONDS
        of_device = _live.c.device == device
        session.execute(delete(_live).where(of_device, _live.c.last_seen < epoch(at) - max(idle, kept)))
        is_idle, blur = _live.c.last_seen < epoch(at) - idle, _live.c.last_seen % _BLUR_SECONDS
        session.execute(update(_live).where(of_device, is_idle, blur > 0).values(last_seen=_live.c.last_seen - blur))
    session.execute(delete(_attempts).where(_attempts.c.at < epoch(at) - KEEP_ATTEMPTS_SECONDS))


def steps_over(session: Session, person_id: str) -> frozenset[str]:
    return frozenset(session.scalars(select(_steps.c.step).where(_steps.c.person_id == person_id)))


def course_over_but_not(session: Session, study: str, steps: Sequence[str]) -> list[Entrant]:
    """People who are through the course of this study and have not all of these steps behind them: one statement."""
    return [_entrant(row) for row in session.execute(_course_over_but_not(study, steps))]


def is_anybody_course_over_but_not(session: Session, study: str, steps: Sequence[str]) -> bool:
    return session.execute(_course_over_but_not(study, steps).limit(1)).first() is not None


def _course_over_but_not(study: str, steps: Sequence[str]) -> Select[Any]:
    have = select(func.count()).where(_steps.c.person_id == _person.c.id, _steps.c.step.in_(steps)).scalar_subquery()
    return _OF_ALL.where(_cohort.c.study == study, _is_over("delar"), have < len(steps))


def _is_over(step: str) -> ColumnElement[bool]:
    return exists().where(_steps.c.person_id == _person.c.id, _steps.c.step == step)


def mark_over_for(session: Session, step: str, people: Sequence[str]) -> None:
    """The same step for many, who may have been erased since they were looked at: one statement for each `AT_ONCE`."""
    for first in range(0, len(people), AT_ONCE):
        some = _person.c.id.in_(people[first : first + AT_ONCE])
        session.execute(
            insert(_steps).from_select(
                ["person_id", "step"], select(_person.c.id, literal(step)).where(some, ~_is_over(step))
            )
        )


def mark_over(session: Session, person_id: str, step: str) -> None:
    """A step is over. Said twice is the same as once."""
    known = select(_steps.c.step).where(_steps.c.person_id == person_id, _steps.c.step == step)
    if session.execute(known).first() is not None:
        return
    try:
        with session.begin_nested():
            session.execute(insert(_steps).values(person_id=person_id, step=step))
    except IntegrityError:
        # Said at the same moment by another request of the same person.
        return


def may_try(session: Session, key: bytes, address: str, *, at: datetime) -> bool:
    since = epoch(at) - ATTEMPT_WINDOW_SECONDS
    query = select(func.count(), func.max(_attempts.c.at)).where(
        _attempts.c.address_hash == _address(key, address), _attempts.c.at > since
    )
    count, latest = session.execute(query).one()
    # After thirty wrong codes a pause of one minute: a village hall shares one address.
    return bool(count < ATTEMPTS_ALLOWED or latest + 60 < epoch(at))


def count_wrong_code(session: Session, key: bytes, address: str, *, at: datetime) -> None:
    row = {"id": new_id(), "address_hash": _address(key, address), "at": epoch(at)}
    session.execute(insert(_attempts).values(row))


def set_channel(session: Session, person_id: str, channel: str) -> None:
    session.execute(update(_person).where(_person.c.id == person_id).values(channel=channel))


def set_left(session: Session, person_id: str, left: str) -> None:
    """Whoever leaves the research takes back that a researcher may ask, and is asked anew when coming back."""
    values = {"left": left} if left == "none" else {"left": left, "interview": False}
    session.execute(update(_person).where(_person.c.id == person_id).values(values))


def find_left(session: Session, person_id: str) -> str | None:
    """What the person has left; None for somebody who is erased."""
    left: str | None = session.scalar(select(_person.c.left).where(_person.c.id == person_id))
    return left


def _address(key: bytes, address: str) -> bytes:
    return keyed_hash(key, b"code attempt", address.encode())


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

"""Saving and reading the pages of a questionnaire: each form once, the latest save of a page holds.

A browser that goes back may show a form that was saved already, and it can be changed and sent again under its key. So
a save is known by its key and its `mark`, a keyed hash of what was entered: the same again is a replay, another is a
new save (`docs/decisions/0019`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kapabla.answers.attendance import Attendance
from kapabla.answers.learning import LearningEvent
from kapabla.answers.placement import Placement
from kapabla.answers.submissions import FreeText, Submission, WaveState
from kapabla.errors import Crowded, Refused
from kapabla.ids import new_id
from kapabla.vaults import table_of

_pages = table_of(Submission)
_waves = table_of(WaveState)
_texts = table_of(FreeText)
_attendance = table_of(Attendance)
_events = table_of(LearningEvent)

MAX_DURATION_SECONDS = 1800
_COLLISIONS_ALLOWED = 25
# A key, a number and a mark share the forty characters of a column.
_KEY_LENGTH, MARK_LENGTH = 22, 10


class AlreadySent(Refused):
    """The questionnaire was sent in; its answers can no longer be changed."""

    code = "already_sent"


class NotOpen(Refused):
    """The questionnaire takes no answers from this person today."""

    code = "questionnaire_not_open"


@dataclass(frozen=True)
class PageSave:
    """Everything that is kept of one saved page, but for its free texts. No clock time: the day and a duration."""

    wave: str
    page: int
    instrument: str
    instrument_version: int
    values: Mapping[str, Any]
    missing: Mapping[str, str]
    language: str
    mode: str
    device: str
    on: date
    duration_seconds: int | None = None
    seed: int = 0
    was_online: bool = True


def save_page(
    session: Session, subject: str, key: str, page: PageSave, texts: Mapping[str, str] | None = None, *, mark: str = ""
) -> bool:
    """Save a form exactly once. False for a replay, which changes nothing. Raises `AlreadySent`."""
    for _ in range(_COLLISIONS_ALLOWED):
        last, latest_key, sent = _before(session, subject, key, page.wave)
        if _is_same(latest_key, mark):
            return False
        if sent is not None:
            raise AlreadySent(wave=page.wave)
        try:
            with session.begin_nested():
                session.execute(insert(_pages).values(_as_row(subject, last + 1, key, mark, page)))
        except IntegrityError:
            # Somebody else took the number: look again.
            continue
        _keep_texts(session, subject, page.wave, texts or {})
        return True
    raise Crowded()


def is_replay(session: Session, subject: str, key: str, mark: str) -> bool:
    """Is this the form that was last saved under its key?"""
    latest: str | None = session.scalar(_latest_key(subject, key))
    return _is_same(latest, mark)


def _before(session: Session, subject: str, key: str, wave: str) -> tuple[int, str | None, str | None]:
    """In one look: the subject's last number, what was last saved under this key, and the state of the wave."""
    state = select(_waves.c.state).where(_waves.c.subject == subject, _waves.c.wave == wave).scalar_subquery()
    latest_key = _latest_key(subject, key).scalar_subquery()
    row = session.execute(select(func.max(_pages.c.number), latest_key, state).where(_pages.c.subject == subject)).one()
    return row[0] or 0, row[1], row[2]


def _latest_key(subject: str, key: str) -> Select[Any]:
    mine = _pages.alias()
    known = or_(
        mine.c.idempotency_key == key, mine.c.idempotency_key.startswith(f"{key[:_KEY_LENGTH]}.", autoescape=True)
    )
    query = select(mine.c.idempotency_key).where(mine.c.subject == subject, known)
    return query.order_by(mine.c.number.desc()).limit(1)


def _is_same(stored: str | None, mark: str) -> bool:
    """What was saved before marks were kept has a bare key: it is taken for the same."""
    return stored is not None and ("." not in stored or stored.rsplit(".", 1)[1] == mark)


def _stored_key(key: str, number: int, mark: str) -> str:
    """With the number, so that who changes an answer back to what it was has a row for that too."""
    return f"{key[:_KEY_LENGTH]}.{number}.{mark}"


def _as_row(subject: str, number: int, key: str, mark: str, page: PageSave) -> dict[str, Any]:
    duration = page.duration_seconds
    return {
        "subject": subject, "number": number, "idempotency_key": _stored_key(key, number, mark),
        "wave": page.wave, "page": page.page,
        "instrument": page.instrument, "instrument_version": page.instrument_version, "values": dict(page.values),
        "missing": dict(page.missing), "seed": page.seed, "language": page.language, "mode": page.mode,
        "duration_seconds": None if duration is None else max(0, min(duration, MAX_DURATION_SECONDS)),
        "device": page.device, "was_online": page.was_online, "saved_on": page.on,
        "course_had_begun": select(_course_had_begun(subject, page.on)).scalar_subquery(),
    }  # fmt: skip


def _course_had_begun(subject: str, on: date) -> ColumnElement[bool]:
    """Something was read, or a meeting was attended on a day before. One of the very day begins with the questions
    (docs/decisions/0022)."""
    attended = exists().where(_attendance.c.subject == subject, _attendance.c.attended_on < on)
    return or_(exists().where(_events.c.subject == subject), attended)


def _keep_texts(session: Session, subject: str, wave: str, texts: Mapping[str, str]) -> None:
    """A page saved anew replaces its texts: an older wording that was taken back is not kept."""
    for item, text in texts.items():
        session.execute(delete(_texts).where(_texts.c.subject == subject, _texts.c.wave == wave, _texts.c.item == item))
        if text.strip():
            row = {"subject": subject, "id": new_id(), "wave": wave, "item": item, "text": text, "state": "held"}
            session.execute(insert(_texts).values(row))


def wave_state(session: Session, subject: str, wave: str) -> str | None:
    query = select(_waves.c.state).where(_waves.c.subject == subject, _waves.c.wave == wave)
    return session.scalar(query)


def saved_pages(session: Session, subject: str, wave: str) -> dict[int, dict[str, Any]]:
    """The latest save of each page of a wave: `{page: {"values", "missing"}}`."""
    rows = session.execute(
        select(_pages.c.page, _pages.c["values"], _pages.c.missing)
        .where(_pages.c.subject == subject, _pages.c.wave == wave)
        .order_by(_pages.c.number)
    )
    return {row[0]: {"values": row[1], "missing": row[2]} for row in rows}


def written_texts(session: Session, subject: str, wave: str) -> set[str]:
    """The items of a wave that were answered in words, never the words."""
    rows = session.scalars(select(_texts.c.item).where(_texts.c.subject == subject, _texts.c.wave == wave))
    return set(rows)


def send_in(session: Session, subject: str, wave: str, *, on: date, state: str = "sent") -> bool:
    """Close a wave for good. False when it was closed already: sending twice is the same as once."""
    if wave_state(session, subject, wave) is not None:
        return False
    try:
        with session.begin_nested():
            session.execute(insert(_waves).values(subject=subject, wave=wave, state=state, reached_on=on))
    except IntegrityError:
        return False
    return True


def has_real_answers(session: Session, study: str) -> bool:
    """Whether anybody who is no test person has saved a page of the study."""
    place = table_of(Placement)
    query = select(_pages.c.subject).join(place, place.c.subject == _pages.c.subject)
    return session.execute(query.where(place.c.study == study, place.c.is_test.is_(False)).limit(1)).first() is not None

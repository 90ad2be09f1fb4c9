"""Saving and reading the pages of a questionnaire: each page once a key, the latest save of a page holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, delete, exists, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kapabla.answers.learning import LearningEvent
from kapabla.answers.placement import Placement
from kapabla.answers.submissions import FreeText, Submission, WaveState
from kapabla.errors import Crowded, Refused
from kapabla.ids import new_id
from kapabla.vaults import table_of

_pages = table_of(Submission)
_waves = table_of(WaveState)
_texts = table_of(FreeText)
_events = table_of(LearningEvent)

MAX_DURATION_SECONDS = 1800
_COLLISIONS_ALLOWED = 25


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


def save_page(session: Session, subject: str, key: str, page: PageSave, texts: Mapping[str, str] | None = None) -> bool:
    """Save a page exactly once a key. False for a replay, which changes nothing. Raises `AlreadySent`."""
    for _ in range(_COLLISIONS_ALLOWED):
        last, is_known, sent = _before(session, subject, key, page.wave)
        if is_known:
            return False
        if sent is not None:
            raise AlreadySent(wave=page.wave)
        try:
            with session.begin_nested():
                session.execute(insert(_pages).values(_as_row(subject, last + 1, key, page)))
        except IntegrityError:
            # Somebody else took the number, or the very key: look again.
            continue
        _keep_texts(session, subject, page.wave, texts or {})
        return True
    raise Crowded()


def is_known(session: Session, subject: str, key: str) -> bool:
    known = select(_pages.c.number).where(_pages.c.subject == subject, _pages.c.idempotency_key == key)
    return session.execute(known).first() is not None


def _before(session: Session, subject: str, key: str, wave: str) -> tuple[int, bool, str | None]:
    """In one look: the subject's last number, whether this key is saved, and the state of the wave."""
    state = select(_waves.c.state).where(_waves.c.subject == subject, _waves.c.wave == wave).scalar_subquery()
    with_key = func.count(case((_pages.c.idempotency_key == key, 1)))
    row = session.execute(select(func.max(_pages.c.number), with_key, state).where(_pages.c.subject == subject)).one()
    return row[0] or 0, bool(row[1]), row[2]


def _as_row(subject: str, number: int, key: str, page: PageSave) -> dict[str, Any]:
    duration = page.duration_seconds
    return {
        "subject": subject, "number": number, "idempotency_key": key, "wave": page.wave, "page": page.page,
        "instrument": page.instrument, "instrument_version": page.instrument_version, "values": dict(page.values),
        "missing": dict(page.missing), "seed": page.seed, "language": page.language, "mode": page.mode,
        "duration_seconds": None if duration is None else max(0, min(duration, MAX_DURATION_SECONDS)),
        "device": page.device, "was_online": page.was_online, "saved_on": page.on,
        "course_had_begun": exists().where(_events.c.subject == subject).select().scalar_subquery(),
    }  # fmt: skip


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


def wave_states(session: Session, subject: str) -> dict[str, str]:
    rows = session.execute(select(_waves.c.wave, _waves.c.state).where(_waves.c.subject == subject))
    return {row.wave: row.state for row in rows}


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


def count_answers(session: Session, subject: str) -> int:
    """How many answers the vault holds of a subject, each page at its latest save: a number, never the answers."""
    rows = session.execute(
        select(_pages.c.wave, _pages.c.page, _pages.c["values"])
        .where(_pages.c.subject == subject)
        .order_by(_pages.c.number)
    )
    latest = {(row[0], row[1]): len(row[2]) for row in rows}
    return sum(latest.values())

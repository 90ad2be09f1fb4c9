"""Meetings: a cohort, a day and a short code that is shown in the room. Who came stands in no row here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Integer, LargeBinary, Select, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.errors import NotFound, Refused
from kapabla.identity import codes
from kapabla.identity.cohorts import Cohort
from kapabla.ids import new_id
from kapabla.vaults import IdentityBase, table_of

# How people are taught at a meeting. One that is held in both ways at once is two meetings, with a code each.
ROOM, ONLINE = "room", "online"


class MeetingOutsideCohort(Refused):
    """A day on which the cohort is not open, or that has been."""

    code = "meeting_outside_cohort"


class Meeting(IdentityBase):
    """The code is derived from the id; the row holds its keyed hash. `came` is a number and says nothing of whom."""

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("held_on", "code_hash", name="uq_meeting_held_on_code_hash"),
        {"info": {"retention": "identity"}},
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id"), index=True)
    held_on: Mapped[date] = mapped_column(Date)
    mode: Mapped[str] = mapped_column(String(8))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    # The code is an open one: whoever is not enrolled may come along.
    takes_walk_ins: Mapped[bool] = mapped_column(Boolean)
    is_closed: Mapped[bool] = mapped_column(Boolean, default=False)
    came: Mapped[int] = mapped_column(Integer, default=0)

    def is_open(self, on: date) -> bool:
        """On its own day, until it is closed: nobody has to remember to close it."""
        return self.held_on == on and not self.is_closed


_meetings, _cohorts = table_of(Meeting), table_of(Cohort)


@dataclass(frozen=True)
class OpenMeeting:
    """A meeting as those who have its code meet it."""

    id: str
    cohort_id: str
    held_on: date
    mode: str
    takes_walk_ins: bool
    cohort_starts_on: date


def open_meeting(
    session: Session, invitation_key: bytes, cohort: Cohort, *, held_on: date, mode: str, takes_walk_ins: bool,
    today: date, meeting_id: str | None = None,
) -> Meeting:  # fmt: skip
    """Open a meeting for a day of the cohort, with this id where its code is free. Raises `MeetingOutsideCohort`."""
    if held_on < today or not cohort.starts_on <= held_on <= cohort.ends_on:
        raise MeetingOutsideCohort(cohort=cohort.id)
    taken = set(session.scalars(select(_meetings.c.code_hash).where(_meetings.c.held_on == held_on)))
    candidates = _with_codes(invitation_key, chain([meeting_id or new_id()], iter(new_id, None)))
    free_id, code_hash = next(found for found in candidates if found[1] not in taken)
    meeting = Meeting(
        id=free_id, cohort_id=cohort.id, held_on=held_on, mode=mode, code_hash=code_hash,
        takes_walk_ins=takes_walk_ins, is_closed=False, came=0,
    )  # fmt: skip
    session.add(meeting)
    session.flush()
    return meeting


def _with_codes(invitation_key: bytes, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Ids, each with the look-up of its code: a code is short, so two ids may have the same."""
    for meeting_id in ids:
        code = codes.derive_meeting_code(invitation_key, meeting_id)
        yield meeting_id, codes.code_lookup(invitation_key, code)


def close_meeting(session: Session, meeting: Meeting) -> None:
    meeting.is_closed = True
    session.flush()


def get_meeting(session: Session, cohort: Cohort, meeting_id: str) -> Meeting:
    meeting = session.get(Meeting, meeting_id)
    if meeting is None or meeting.cohort_id != cohort.id:
        raise NotFound("meeting_unknown")
    return meeting


def meetings_of(session: Session, cohort: Cohort) -> list[Meeting]:
    """The latest day first."""
    query = select(Meeting).where(Meeting.cohort_id == cohort.id).order_by(Meeting.held_on.desc(), Meeting.id)
    return list(session.scalars(query))


# --- For those in the room: keyed reads only ---

_FOUND = select(
    _meetings.c.id, _meetings.c.cohort_id, _meetings.c.held_on, _meetings.c.mode, _meetings.c.takes_walk_ins,
    _cohorts.c.starts_on.label("cohort_starts_on"),
).join_from(_meetings, _cohorts, _cohorts.c.id == _meetings.c.cohort_id)  # fmt: skip


def find_open(session: Session, invitation_key: bytes, code: str, *, on: date) -> OpenMeeting | None:
    """The meeting behind a code today. One that is closed, or of another day, is as if it were not there."""
    code_hash = codes.code_lookup(invitation_key, code)
    return _as_open(session, _FOUND.where(_meetings.c.code_hash == code_hash, *_open_on(on)))


def find_walked_into(session: Session, meeting_id: str) -> OpenMeeting | None:
    """The meeting that somebody has come in by, though it may have been closed since."""
    return _as_open(session, _FOUND.where(_meetings.c.id == meeting_id))


def is_held_for(session: Session, cohort_id: str, *, on: date) -> bool:
    """Whether a meeting of the cohort is open today: then its people are asked for the code."""
    return session.execute(_FOUND.where(_meetings.c.cohort_id == cohort_id, *_open_on(on))).first() is not None


def count_one(session: Session, meeting_id: str) -> None:
    session.execute(update(_meetings).where(_meetings.c.id == meeting_id).values(came=_meetings.c.came + 1))


def _open_on(on: date) -> tuple[Any, ...]:
    """Nobody comes in by a meeting of a cohort that is put away."""
    return _meetings.c.held_on == on, _meetings.c.is_closed.is_(False), _cohorts.c.is_archived.is_(False)


def _as_open(session: Session, query: Select[Any]) -> OpenMeeting | None:
    row = session.execute(query).first()
    return OpenMeeting(**row._mapping) if row else None

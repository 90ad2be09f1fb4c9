"""Sessions of staff as rows: begun with what somebody signed in with, listed, ended at once, dead with the account."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kapabla.clock import epoch, local_date
from kapabla.office.staff import Staff, StaffSession

IDLE_SECONDS = 2 * 3600
LIFE_SECONDS = 12 * 3600
STAGE_SECONDS = 600
SEEN_EVERY_SECONDS = 300
# How long a session that somebody may have left open on a desk does what cannot be undone without asking who it is.
PROVED_SECONDS = 15 * 60


@dataclass(frozen=True)
class SignedIn:
    """The member of staff behind a request."""

    staff: Staff
    session: StaffSession

    @property
    def is_full(self) -> bool:
        return self.session.stage == "full"

    def has_proved(self, *, at: datetime) -> bool:
        """Lately enough for what is done to others, or cannot be undone."""
        return self.session.proved + PROVED_SECONDS >= epoch(at)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def has_ended(staff: Staff, *, at: datetime) -> bool:
    return staff.ends_on < local_date(at)


def start_session(
    session: Session, staff: Staff, *, stage: str, at: datetime, method: str = "password", device: str = ""
) -> str:
    """Returns the token. A whole sign-in is itself a proof of who it is."""
    token, now = secrets.token_urlsafe(32), epoch(at)
    session.execute(delete(StaffSession).where(StaffSession.started < now - LIFE_SECONDS))
    session.add(
        StaffSession(
            id_hash=hash_of(token), staff_id=staff.id, stage=stage, last_seen=now, started=now, may_see_until=0,
            method=method, device=device, proved=now if stage == "full" else 0,
        )
    )  # fmt: skip
    session.flush()
    return token


def find_session(session: Session, token: str, *, at: datetime) -> SignedIn | None:
    row = session.execute(
        select(StaffSession, Staff)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .where(StaffSession.id_hash == hash_of(token))
    ).one_or_none()
    if row is None:
        return None
    live, staff = row
    return SignedIn(staff, live) if _is_live(live, staff, at) else None


def _is_live(live: StaffSession, staff: Staff, at: datetime) -> bool:
    """Not of an account that has ended, nor of one that waits for a new sign-up: what was open is closed."""
    idle, now = STAGE_SECONDS if live.stage == "password" else IDLE_SECONDS, epoch(at)
    is_young = live.last_seen + idle >= now and live.started + LIFE_SECONDS >= now
    return is_young and staff.sign_up_hash is None and not has_ended(staff, at=at)


def live_sessions(session: Session, staff: Staff, *, at: datetime) -> Sequence[StaffSession]:
    """Those that would be let in now, the one used last first."""
    rows = session.scalars(select(StaffSession).where(StaffSession.staff_id == staff.id, StaffSession.stage == "full"))
    return sorted((row for row in rows if _is_live(row, staff, at)), key=lambda row: row.last_seen, reverse=True)


def touch_session(session: Session, token: str, *, at: datetime) -> None:
    live = session.get(StaffSession, hash_of(token))
    if live:
        live.last_seen = epoch(at)
        session.flush()


def note_proof(session: Session, live: StaffSession, *, at: datetime) -> None:
    live.proved = epoch(at)
    session.flush()


def end_session(session: Session, token: str) -> None:
    session.execute(delete(StaffSession).where(StaffSession.id_hash == hash_of(token)))


def end_one_of(session: Session, staff: Staff, id_hash: bytes) -> bool:
    """One of the account's own; of somebody else's it is as if there were none."""
    mine = delete(StaffSession).where(StaffSession.id_hash == id_hash, StaffSession.staff_id == staff.id)
    return session.execute(mine.returning(StaffSession.id_hash)).first() is not None


def end_everybodys(session: Session) -> None:
    """After a restore: a session of then may have been ended since."""
    session.execute(delete(StaffSession))


def end_all_of(session: Session, staff: Staff, *, but: StaffSession | None = None) -> None:
    all_of = delete(StaffSession).where(StaffSession.staff_id == staff.id)
    session.execute(all_of.where(StaffSession.id_hash != but.id_hash) if but else all_of)

"""The outbox, once: each vault takes its own table of this shape. What a process may not do itself it leaves as a row.

The row is written in the transaction of its cause, leased by one runner at a time and done once. Times are whole epoch
seconds, and a done row is removed within a day, so an outbox row never tells when somebody did something.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, String, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from kapabla.clock import epoch
from kapabla.ids import new_id
from kapabla.vaults import table_of

LEASE_SECONDS = 120
MAX_ATTEMPTS = 8
KEEP_DONE_SECONDS = 24 * 3600


class OutboxColumns:
    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[int] = mapped_column(Integer, default=0)
    fault: Mapped[str] = mapped_column(String(60), default="")

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return "outbox"


@dataclass(frozen=True)
class Job:
    id: str
    kind: str
    payload: dict[str, Any]
    attempts: int


class Outbox:
    """The outbox of one vault."""

    def __init__(self, model: type[Any]) -> None:
        self._table = table_of(model)

    def put(self, session: Session, kind: str, payload: dict[str, Any], *, key: str, at: datetime) -> bool:
        """Leave a job, once a key. False when the same job already stands there."""
        known = session.execute(select(self._table.c.id).where(self._table.c.idempotency_key == key)).first()
        if known:
            return False
        try:
            with session.begin_nested():
                session.execute(
                    insert(self._table).values(
                        id=new_id(), kind=kind, payload=payload, idempotency_key=key,
                        state="waiting", attempts=0, due=epoch(at), locked_until=0, fault="",
                    )
                )  # fmt: skip
        except IntegrityError:
            return False
        return True

    def lease(self, session: Session, *, at: datetime) -> Job | None:
        """Take one due job for `LEASE_SECONDS`. A runner that dies leaves it to the next when the lease runs out."""
        table, now = self._table, epoch(at)
        row = session.execute(
            select(table)
            .where(table.c.state == "waiting", table.c.due <= now, table.c.locked_until <= now)
            .order_by(table.c.due, table.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return None
        taken = {"locked_until": now + LEASE_SECONDS, "attempts": row.attempts + 1}
        session.execute(update(table).where(table.c.id == row.id).values(**taken))
        return Job(row.id, row.kind, row.payload, row.attempts + 1)

    def finish(self, session: Session, job: Job, *, at: datetime) -> None:
        self._set(session, job.id, state="done", due=epoch(at), locked_until=0)

    def fail(self, session: Session, job: Job, fault: str, *, at: datetime) -> None:
        """Try again later with growing pauses; after `MAX_ATTEMPTS` it is a dead letter for a person to look at."""
        if job.attempts >= MAX_ATTEMPTS:
            self._set(session, job.id, state="dead", fault=fault, locked_until=0)
        else:
            self._set(session, job.id, fault=fault, due=epoch(at) + 30 * 2**job.attempts, locked_until=0)

    def count(self, session: Session, state: str) -> int:
        return session.scalar(select(func.count()).select_from(self._table).where(self._table.c.state == state)) or 0

    def oldest_due(self, session: Session) -> int | None:
        oldest: int | None = session.scalar(select(func.min(self._table.c.due)).where(self._table.c.state == "waiting"))
        return oldest

    def sweep(self, session: Session, *, at: datetime) -> None:
        table = self._table
        session.execute(delete(table).where(table.c.state == "done", table.c.due < epoch(at) - KEEP_DONE_SECONDS))

    def _set(self, session: Session, job_id: str, **values: Any) -> None:
        session.execute(update(self._table).where(self._table.c.id == job_id).values(**values))

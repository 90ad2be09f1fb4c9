"""The outbox, once: each vault takes its own table of this shape. What a process may not do itself it leaves as a row.

The row is written in the transaction of its cause, leased by one runner at a time and done once. Only who carries the
token of the present lease may renew, finish or put back. Times are whole epoch seconds, and a done row is removed
within a day, so an outbox row never tells when somebody did something.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, String, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from kapabla.clock import epoch
from kapabla.errors import KapablaError
from kapabla.ids import new_id
from kapabla.vaults import table_of

LEASE_SECONDS = 120
MAX_ATTEMPTS = 8
KEEP_DONE_SECONDS = 24 * 3600
PAUSE_SECONDS = 30


class LeaseLost(KapablaError):
    """The lease ran out and another runner has the job now: what this one did of it is not to be kept."""

    code = "lease_lost"


class OutboxColumns:
    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[int] = mapped_column(Integer, default=0)
    holder: Mapped[str] = mapped_column(String(20), default="", server_default="")
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
    holder: str


@dataclass(frozen=True)
class Retried:
    """Jobs that wait for another try. `due` is that of the first of them, `attempts` of the one tried most."""

    kind: str
    fault: str
    count: int
    due: int
    attempts: int


@dataclass(frozen=True)
class Dead:
    id: str
    kind: str
    attempts: int
    fault: str


class Outbox:
    """The outbox of one vault."""

    def __init__(self, model: type[Any]) -> None:
        self._table = table_of(model)

    def has(self, session: Session, key: str) -> bool:
        return self.payload_of(session, key) is not None

    def payload_of(self, session: Session, key: str) -> dict[str, Any] | None:
        """Of the job that stands under this key, until a day after it was done."""
        payload: dict[str, Any] | None = session.scalar(
            select(self._table.c.payload).where(self._table.c.idempotency_key == key)
        )
        return payload

    def put(self, session: Session, kind: str, payload: dict[str, Any], *, key: str, at: datetime) -> bool:
        """Leave a job, once a key. False when the same job already stands there."""
        if self.has(session, key):
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
        job = Job(row.id, row.kind, row.payload, row.attempts + 1, new_id())
        taken = {"locked_until": now + LEASE_SECONDS, "attempts": job.attempts, "holder": job.holder}
        session.execute(update(table).where(table.c.id == job.id).values(**taken))
        return job

    def renew(self, session: Session, job: Job, *, at: datetime) -> bool:
        """Hold the job for another `LEASE_SECONDS`. False when it is no longer ours."""
        return self._set(session, job, locked_until=epoch(at) + LEASE_SECONDS)

    def finish(self, session: Session, job: Job, *, at: datetime) -> None:
        """Part of the job's own transaction: `LeaseLost` takes back what this runner wrote after another took over."""
        if not self._set(session, job, state="done", due=epoch(at), locked_until=0, holder=""):
            raise LeaseLost(job=job.id)

    def fail(self, session: Session, job: Job, fault: str, *, at: datetime) -> None:
        """Try again later with growing pauses; after `MAX_ATTEMPTS` it is a dead letter for a person to look at."""
        if job.attempts >= MAX_ATTEMPTS:
            self._set(session, job, state="dead", fault=fault, locked_until=0, holder="")
        else:
            due = epoch(at) + PAUSE_SECONDS * 2**job.attempts
            self._set(session, job, fault=fault, due=due, locked_until=0, holder="")

    def postpone(self, session: Session, job: Job, fault: str, *, at: datetime, until: datetime | None = None) -> None:
        """Something else is missing than luck: look again in a while, or at that time, and count no attempt."""
        due = epoch(until) if until else epoch(at) + PAUSE_SECONDS
        self._set(session, job, fault=fault, due=due, attempts=job.attempts - 1, locked_until=0, holder="")

    def count(self, session: Session, state: str) -> int:
        return session.scalar(select(func.count()).select_from(self._table).where(self._table.c.state == state)) or 0

    def dead(self, session: Session) -> list[Dead]:
        """Dead letters, for a person to look at: what was to be done and how it failed, never for whom."""
        columns = (self._table.c.id, self._table.c.kind, self._table.c.attempts, self._table.c.fault)
        query = select(*columns).where(self._table.c.state == "dead").order_by(self._table.c.due, self._table.c.id)
        return [Dead(*row) for row in session.execute(query)]

    def retried(self, session: Session) -> list[Retried]:
        """What was tried in vain and is tried again, by kind and reason: how many, and when the first of them is."""
        table = self._table
        query = (
            select(table.c.kind, table.c.fault, func.count(), func.min(table.c.due), func.max(table.c.attempts))
            .where(table.c.state == "waiting", table.c.fault != "")
            .group_by(table.c.kind, table.c.fault)
            .order_by(table.c.kind, table.c.fault)
        )
        return [Retried(*row) for row in session.execute(query)]

    def retried_payloads(self, session: Session, kind: str) -> list[tuple[dict[str, Any], str, int]]:
        """Of one kind: what each is about, why it waits and until when."""
        table = self._table
        tried = (table.c.kind == kind) & (table.c.state == "waiting") & (table.c.fault != "")
        query = select(table.c.payload, table.c.fault, table.c.due).where(tried)
        return [(row.payload, row.fault, row.due) for row in session.execute(query)]

    def revive(self, session: Session, job_id: str, *, at: datetime) -> bool:
        """From the beginning. False for a job that is not dead."""
        table = self._table
        dead = (table.c.id == job_id) & (table.c.state == "dead")
        anew = {"state": "waiting", "attempts": 0, "fault": "", "due": epoch(at)}
        return session.execute(update(table).where(dead).values(**anew).returning(table.c.id)).first() is not None

    def oldest_due(self, session: Session) -> int | None:
        oldest: int | None = session.scalar(select(func.min(self._table.c.due)).where(self._table.c.state == "waiting"))
        return oldest

    def sweep(self, session: Session, *, at: datetime) -> None:
        table = self._table
        session.execute(delete(table).where(table.c.state == "done", table.c.due < epoch(at) - KEEP_DONE_SECONDS))

    def _set(self, session: Session, job: Job, **values: Any) -> bool:
        """Only for the holder of the lease, however late it comes: the next one's lease is not touched."""
        table = self._table
        held = (table.c.id == job.id) & (table.c.holder == job.holder) & (table.c.state == "waiting")
        return session.execute(update(table).where(held).values(**values).returning(table.c.id)).first() is not None

"""The hash-chained audit log, once: each vault takes its own table of this shape (`privacy.md` E5).

A row is written in the same transaction as the change it tells of. Ids and codes only: never a name, an address, an
answer, a token or a search string, so nothing in it ever has to be erased.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, LargeBinary, String, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from kapabla.keys import keyed_hash
from kapabla.vaults import table_of

GENESIS = b"\0" * 32


class AuditColumns:
    """`at` is a text: date and time for staff, the date alone where a participant did something."""

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(25))
    actor: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(30))
    action: Mapped[str] = mapped_column(String(40))
    object: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(200), default="")
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return "audit"


class AuditHeadColumns:
    """One row: the end of the chain. Locked only by transactions that write an audit row."""

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(Integer)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return "audit_head"


@dataclass(frozen=True)
class Event:
    """Who did what to what. A required argument of every writing function that has to leave a trace."""

    actor: str
    role: str
    action: str
    object: str
    outcome: str = "done"
    reason: str = ""


@dataclass(frozen=True)
class Search:
    """Which rows are looked for. `since` and `before` are moments; what is empty narrows nothing."""

    actions: tuple[str, ...]
    not_by: str = ""
    actor: str = ""
    object: str = ""
    since: datetime | None = None
    before: datetime | None = None


class Chain:
    """The chain of one vault. `tables` are the vault's own audit and head classes."""

    def __init__(self, audit: type[Any], head: type[Any], key: bytes) -> None:
        self._audit = table_of(audit)
        self._head = table_of(head)
        self._key = key

    def append(self, session: Session, event: Event, *, at: datetime, date_only: bool = False) -> int:
        head = session.execute(select(self._head.c.seq, self._head.c.hash).with_for_update()).one()
        seq: int = head.seq + 1
        previous = head.hash
        row = _as_row(event, at, date_only) | {"seq": seq, "previous": previous}
        row["hash"] = row_hash(self._key, row)
        session.execute(insert(self._audit).values(row))
        session.execute(update(self._head).where(self._head.c.id == 1).values(seq=seq, hash=row["hash"]))
        return seq

    def verify(self, session: Session) -> int | None:
        """The first sequence number that does not fit, or None when the chain is whole."""
        previous, expected = GENESIS, 1
        for row in session.execute(select(self._audit).order_by(self._audit.c.seq)).mappings():
            if row["seq"] != expected or row["previous"] != previous or row["hash"] != row_hash(self._key, row):
                return expected
            previous, expected = row["hash"], expected + 1
        head = session.execute(select(self._head.c.seq, self._head.c.hash)).one()
        return None if (head.seq, head.hash) == (expected - 1, previous) else expected

    def head(self, session: Session) -> tuple[int, str]:
        """The end of the chain: how many rows, and the hash that a second authority keeps, in hex (E5.1)."""
        row = session.execute(select(self._head.c.seq, self._head.c.hash)).one()
        return row.seq, bytes(row.hash).hex()

    def about(self, session: Session, object_: str, *, actions: Sequence[str]) -> list[Any]:
        """The rows of one object with one of these actions, newest first."""
        query = select(self._audit).where(self._audit.c.object == object_, self._audit.c.action.in_(actions))
        return list(session.execute(query.order_by(self._audit.c.seq.desc())).mappings())

    def count(self, session: Session, search: Search) -> int:
        return session.scalar(select(func.count()).select_from(self._audit).where(*self._wanted(search))) or 0

    def search(self, session: Session, search: Search, *, limit: int | None = None, offset: int = 0) -> list[Any]:
        """The newest first."""
        query = select(self._audit).where(*self._wanted(search)).order_by(self._audit.c.seq.desc())
        return list(session.execute(query.limit(limit).offset(offset)).mappings())

    def _wanted(self, search: Search) -> list[ColumnElement[bool]]:
        table = self._audit.c
        wanted: list[ColumnElement[bool]] = []
        if search.actions:
            wanted.append(table.action.in_(search.actions))
        if search.not_by:
            wanted.append(table.role != search.not_by)
        if search.actor:
            wanted.append(table.actor == search.actor)
        if search.object:
            wanted.append(table.object == search.object)
        # Moments are written as texts, all in UTC, so that they stand in their own order.
        if search.since:
            wanted.append(table.at >= _moment(search.since))
        if search.before:
            wanted.append(table.at < _moment(search.before))
        return wanted

    def latest_of(self, session: Session, objects: Any, search: Search, *, limit: int) -> list[Any]:
        """The newest rows of the objects that a statement finds, among what is looked for."""
        query = select(self._audit).where(self._audit.c.object.in_(objects), *self._wanted(search))
        return list(session.execute(query.order_by(self._audit.c.seq.desc()).limit(limit)).mappings())

    def latest(self, session: Session, limit: int, *, actions: Sequence[str] = ()) -> list[Any]:
        query = select(self._audit).order_by(self._audit.c.seq.desc()).limit(limit)
        if actions:
            query = query.where(self._audit.c.action.in_(actions))
        return list(session.execute(query).mappings())


def row_hash(key: bytes, row: Any) -> bytes:
    """HMAC over every field and the hash before: changing, removing or moving a row breaks the chain from there."""
    fields = [str(row[name]) for name in ("seq", "at", "actor", "role", "action", "object", "outcome", "reason")]
    return keyed_hash(key, bytes(row["previous"]), *(field.encode() for field in fields))


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _as_row(event: Event, at: datetime, date_only: bool) -> dict[str, Any]:
    stamp = at.date().isoformat() if date_only else _moment(at)
    return {
        "at": stamp, "actor": event.actor, "role": event.role, "action": event.action,
        "object": event.object, "outcome": event.outcome, "reason": event.reason,
    }  # fmt: skip

"""The three databases, their engines, and the unit of work that commits them in a fixed order.

Each vault has a metadata of its own and each wing that owns one imports only its own tables. There is no transaction
over two vaults: `Work` commits answers, identity, office in that order and rolls the rest back at the first failure,
so a step that touches two is written to be safe to repeat.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast
from weakref import WeakSet

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, MetaData, Table, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session
from sqlalchemy.pool import ConnectionPoolEntry

from kapabla.errors import KapablaError

COMMIT_ORDER = ("answers", "identity", "office")

# Predictable names, so that a violated constraint can be mapped to a domain error.
_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class IdentityBase(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMING, info={"bind_key": "identity"})


class AnswersBase(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMING, info={"bind_key": "answers"})


class OfficeBase(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMING, info={"bind_key": "office"})


METADATA = {"identity": IdentityBase.metadata, "answers": AnswersBase.metadata, "office": OfficeBase.metadata}

db = SQLAlchemy(metadata=AnswersBase.metadata)
db.metadatas.update(METADATA)


def table_of(model: type[DeclarativeBase]) -> Table:
    """The table behind a model, for the reads and writes by key of the participant's path: no object graph there."""
    return cast(Table, model.__table__)


class VaultClosed(KapablaError):
    """This process was not given that vault (`KAPABLA_AUDIENCES`)."""

    code = "vault_closed"


def engine_options(url: str) -> dict[str, Any]:
    # What is saved are answers and sealed contacts: the message of a failed statement must not carry them to a log.
    always = {"url": url, "hide_parameters": True}
    if url.startswith("sqlite"):
        # The last to close a vault folds its log into it, with two syncs: done after each transaction, that costs more
        # than the transaction.
        return always | {"pool_size": 4, "max_overflow": -1, "connect_args": {"timeout": 20}}
    return always | {"pool_size": 4, "max_overflow": 2, "pool_timeout": 10, "pool_pre_ping": True}


def prepare_engine(engine: Engine) -> None:
    """Durable and forgetful SQLite: WAL with full sync, and deleted rows overwritten (`architecture.md`, erasure)."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "checkout", _must_be_the_same)
        event.listen(engine, "begin", _begin)
        _OPEN.add(engine)


def never_create(engine: Engine) -> None:
    """Migrations alone make a vault: a SQLite file that has gone is a database that is away, not an empty one."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", _must_exist)


def _must_exist(_dialect: object, _record: object, arguments: list[Any], _options: object) -> None:
    if not os.path.exists(arguments[0]):
        raise sqlite3.OperationalError("no such file")


def _set_pragmas(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    path = connection.execute("PRAGMA database_list").fetchone()[2]
    record.info["file"] = path, _file_at(path)


def _must_be_the_same(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
    """A connection that waited may belong to a file that has been removed, or replaced by a restore."""
    path, file = record.info["file"]
    if _file_at(path) != file:
        raise DisconnectionError()


def _file_at(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


# SQLite must not be carried over a fork: the child leaves what its parent has opened, untouched, and opens its own.
_OPEN: "WeakSet[Engine]" = WeakSet()


def _leave_to_parent() -> None:
    for engine in list(_OPEN):
        engine.dispose(close=False)


os.register_at_fork(after_in_child=_leave_to_parent)


def _forget(engine: Engine) -> None:
    """Fold the log into the vault and empty it: until then what was deleted stands there (`architecture.md`)."""
    connection = engine.raw_connection()
    try:
        cast(sqlite3.Connection, connection.driver_connection).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _begin(connection: Any) -> None:
    # A writer takes its lock at once: two deferred transactions that both turn to writing would refuse one another.
    writing = connection.get_execution_options().get("kapabla_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


class VaultSession(Session):
    """A session that says when something was written through it. One listener for all: one each costs more than a
    statement."""


@event.listens_for(VaultSession, "after_flush")
def _flushed(session: Session, _context: object) -> None:
    session.info["wrote"] = True
    if session.deleted:
        session.info["deleted"] = True


@event.listens_for(VaultSession, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        state.session.info["wrote"] = True
    if state.is_delete:
        state.session.info["deleted"] = True


class Work:
    """One unit of work: a session a vault, opened at first use, committed in a fixed order or not at all."""

    def __init__(self, engines: Mapping[str, Engine]) -> None:
        self._engines = engines
        self._sessions: dict[str, Session] = {}
        self._to_forget: set[str] = set()

    @property
    def identity(self) -> Session:
        return self._session("identity")

    @property
    def answers(self) -> Session:
        return self._session("answers")

    @property
    def office(self) -> Session:
        return self._session("office")

    @property
    def has_uncommitted(self) -> bool:
        """True when something was written (or waits to be) and neither committed nor rolled back."""
        pending = any(session.new or session.dirty or session.deleted for session in self._sessions.values())
        return pending or any(session.info.get("wrote") for session in self._sessions.values())

    def commit(self) -> None:
        try:
            for name in COMMIT_ORDER:
                if name in self._sessions:
                    self._sessions[name].commit()
                    if self._sessions[name].info.get("deleted"):
                        self._to_forget.add(name)
                    self._sessions[name].info.clear()
        except BaseException:
            self.rollback()
            raise

    def rollback(self) -> None:
        for session in self._sessions.values():
            session.rollback()
            session.info.clear()

    def close(self) -> None:
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
        for name in self._to_forget:
            if self._engines[name].dialect.name == "sqlite":
                _forget(self._engines[name])
        self._to_forget.clear()

    def _session(self, name: str) -> Session:
        if name not in self._sessions:
            if name not in self._engines:
                raise VaultClosed(vault=name)
            self._sessions[name] = VaultSession(self._engines[name], expire_on_commit=False)
        return self._sessions[name]


class Vaults:
    """The engines that this process was given, and the only way to open work on them."""

    def __init__(self, engines: dict[str, Engine]) -> None:
        self.engines = engines
        self._writing = {name: engine.execution_options(kapabla_writing=True) for name, engine in engines.items()}

    def work(self, *, writing: bool = True) -> Work:
        return Work(self._writing if writing else self.engines)

    @contextmanager
    def unit(self) -> Iterator[Work]:
        """For commands and jobs: commit at the end, roll back on any error."""
        work = self.work()
        try:
            yield work
            work.commit()
        except BaseException:
            work.rollback()
            raise
        finally:
            work.close()

    @contextmanager
    def reading(self) -> Iterator[Work]:
        work = self.work(writing=False)
        try:
            yield work
        finally:
            work.close()

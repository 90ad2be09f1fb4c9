"""A place beside a vault where a backup is rebuilt, and from which it takes the vault's place whole or not at all.

For SQLite a file beside the vault's own, for PostgreSQL a schema in the same database. What serves the vault sees
neither, so a drill can be held beside it.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, make_url, text
from sqlalchemy.exc import DatabaseError

from kapabla.backup import rows
from kapabla.vaults import engine_options, prepare_engine

SCHEMA = "kapabla_restoring"
_LOGS = {"audit": None, "audit_head": None}
_Answer = TypeVar("_Answer")


class Scratch(Protocol):
    url: str

    def clear(self) -> None:
        """Nothing is left there."""

    def make(self) -> None:
        """Empty and ready for migrations."""

    def holds_something(self) -> bool:
        """Of the vault itself: rows that an installation does not have from the beginning."""

    def is_in_place(self) -> bool:
        """The vault already holds what was rebuilt: a restore was broken off after that."""

    def take_out(self) -> None:
        """The vault itself is gone: nobody can start to serve it before it is back."""

    def put_in_place(self) -> None:
        """What was rebuilt is the vault."""


def scratch_for(url: str) -> Scratch:
    return _File(url) if url.startswith("sqlite") else _Schema(url)


def _engine(url: str) -> Engine:
    options = engine_options(url)
    engine = create_engine(options.pop("url"), **options)
    prepare_engine(engine)
    return engine


def _ask(url: str, question: Callable[[Connection], _Answer]) -> _Answer:
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            return question(connection)
    finally:
        engine.dispose()


def _same(one: str, other: str) -> bool:
    """Row for row, but for what every restore adds: its own entry in the log."""
    found, wanted = _ask(one, rows.tally), _ask(other, rows.tally)
    return {**found, **_LOGS} == {**wanted, **_LOGS}


class _File:
    def __init__(self, url: str) -> None:
        self._vault, self._target = url, Path(make_url(url).database or "")
        self._path = self._target.with_name(f"{self._target.name}.restoring")
        self.url = f"sqlite:///{self._path}"

    def clear(self) -> None:
        _remove(self._path)

    def make(self) -> None:
        self.clear()
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def holds_something(self) -> bool:
        try:
            return self._target.exists() and _ask(self._vault, rows.has_rows)
        except DatabaseError:
            return True  # what cannot be read is not taken for nothing

    def is_in_place(self) -> bool:
        try:
            return self._target.exists() and _same(self._vault, self.url)
        except DatabaseError:
            return False

    def take_out(self) -> None:
        _remove(self._target)

    def put_in_place(self) -> None:
        engine = _engine(self.url)
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        _remove(self._target)
        self._path.chmod(0o600)
        self._path.replace(self._target)
        handle = os.open(self._target.parent, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)


class _Schema:
    def __init__(self, url: str) -> None:
        self._vault, made = url, make_url(url)
        before = str(made.query.get("options", ""))
        inside = made.update_query_dict({"options": f"{before} -csearch_path={SCHEMA}".strip()})
        self.url = inside.render_as_string(hide_password=False)

    def clear(self) -> None:
        self._run(_drop_schema)

    def make(self) -> None:
        self.clear()
        self._run(lambda connection: connection.execute(text(f"CREATE SCHEMA {SCHEMA}")))

    def holds_something(self) -> bool:
        return _ask(self._vault, rows.has_rows)

    def is_in_place(self) -> bool:
        return _same(self._vault, self.url)

    def take_out(self) -> None:
        self._run(_drop_tables)

    def put_in_place(self) -> None:
        self._run(_move)

    def _run(self, what: Callable[[Connection], object]) -> None:
        engine = _engine(self._vault)
        try:
            with engine.begin() as connection:
                what(connection)
        finally:
            engine.dispose()


def _drop_schema(connection: Connection) -> None:
    connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))


def _drop_tables(connection: Connection) -> None:
    metadata = MetaData()
    metadata.reflect(connection)
    metadata.drop_all(connection)
    for name in _functions(connection, inspect(connection).default_schema_name or "public"):
        connection.execute(text(f'DROP FUNCTION "{name}"'))


def _move(connection: Connection) -> None:
    """In one transaction: tables take their indexes, triggers and policies with them."""
    into = inspect(connection).default_schema_name or "public"
    _drop_tables(connection)
    for name in inspect(connection).get_table_names(schema=SCHEMA):
        connection.execute(text(f'ALTER TABLE {SCHEMA}."{name}" SET SCHEMA "{into}"'))
    for name in _functions(connection, SCHEMA):
        connection.execute(text(f'ALTER FUNCTION {SCHEMA}."{name}" SET SCHEMA "{into}"'))
    connection.execute(text(f"DROP SCHEMA {SCHEMA}"))


def _functions(connection: Connection, schema: str) -> list[str]:
    """Those that our migrations make; what somebody else has made in the database is left alone."""
    found = connection.execute(
        text("SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = :schema"),
        {"schema": schema},
    )
    return [name for (name,) in found if name == "audit_append_only"]

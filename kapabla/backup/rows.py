"""The rows of a vault as lines, and back. One form for SQLite and PostgreSQL, so that what was saved in the one can be
restored into the other; the tables are read from the database, whichever version it stands at.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Connection, MetaData, Table, Text, cast, delete, insert, select
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator

# So many rows in a statement.
_AT_ONCE = 1_000
# Made by the migrations, at the version that the rows are of.
_NOT_ROWS = {"alembic_version"}


@dataclass(frozen=True)
class Tally:
    """How many rows, and the sum of their hashes: the same in whatever order a database gives them."""

    rows: int = 0
    sum: int = 0

    def with_row(self, line: str) -> "Tally":
        found = int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")
        return Tally(self.rows + 1, (self.sum + found) % 2**256)


class _JsonText(TypeDecorator[str]):
    """JSON as PostgreSQL keeps it, letter by letter: read into values it would lose what NULL and `null` differ by."""

    impl = Text
    cache_ok = True

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return cast(column, Text)

    def bind_expression(self, bindvalue: Any) -> ColumnElement[Any]:
        return cast(cast(bindvalue, Text), JSON)


def tables(connection: Connection) -> list[Table]:
    """Those that hold rows, each after what it refers to."""
    metadata = MetaData()
    metadata.reflect(connection)
    found = [table for table in metadata.sorted_tables if table.name not in _NOT_ROWS]
    for table in found:
        for column in table.columns:
            if isinstance(column.type, JSON):
                column.type = _JsonText() if connection.dialect.name == "postgresql" else Text()
    return found


def columns_of(table: Table) -> list[str]:
    """By name: the databases have them in orders of their own."""
    return sorted(table.c.keys())


def lines_of(connection: Connection, table: Table) -> Iterator[str]:
    query = select(*(table.c[name] for name in columns_of(table)))
    rows = connection.execute(query, execution_options={"yield_per": _AT_ONCE})
    for row in rows:
        yield json.dumps([_written(value) for value in row], ensure_ascii=False, separators=(",", ":"))


def tally(connection: Connection) -> dict[str, Tally]:
    found = {}
    for table in tables(connection):
        of_table = Tally()
        for line in lines_of(connection, table):
            of_table = of_table.with_row(line)
        found[table.name] = of_table
    return found


def has_rows(connection: Connection) -> bool:
    """Anything that an installation does not have from the beginning: every chain has a head."""
    others = (table for table in tables(connection) if table.name != "audit_head")
    return any(connection.execute(select(table).limit(1)).first() is not None for table in others)


def load(connection: Connection, lines: Iterable[tuple[str, list[str], str]]) -> None:
    """Put rows (table, columns, line) into empty tables."""
    here = {table.name: table for table in tables(connection)}
    for table in reversed(here.values()):
        if table.name != "audit":  # which refuses it, and is empty
            connection.execute(delete(table))
    held: list[dict[str, Any]] = []
    name = None
    for of_table, columns, line in lines:
        if held and (of_table != name or len(held) == _AT_ONCE):
            connection.execute(insert(here[str(name)]), held)
            held = []
        name = of_table
        held.append(dict(zip(columns, map(_read, json.loads(line)), strict=True)))
    if held:
        connection.execute(insert(here[str(name)]), held)


def _written(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"b": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return {"t": moment.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return value


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    if kind == "b":
        return base64.b64decode(text)
    return datetime.fromisoformat(text) if kind == "t" else date.fromisoformat(text)

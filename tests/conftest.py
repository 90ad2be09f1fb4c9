"""What tests stand on: a fixed clock, real vaults (SQLite copied from a template, PostgreSQL emptied), a page client."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from kapabla.app import create_app
from kapabla.config import Config
from kapabla.installing import make_keys
from kapabla.migrating import upgrade
from kapabla.service import Service, open_engines, open_service
from kapabla.vaults import METADATA, db
from tests import postgres
from tests.page_client import PageClient

KEYS = [
    ("invitation", "1"), ("certificate", "1"), ("sealing", "1"), ("session", "1"), ("tombstone", "1"),
    ("audit", "identity"), ("audit", "answers"), ("audit", "office"), ("study", "kapabla-2026"),
]  # fmt: skip
_STARTED: dict[str, Any] = {}


class FixedClock:
    """Stands still until it is told to go."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def tick(self, **amount: float) -> None:
        self.now += timedelta(**amount)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        uri, server, folder = postgres.start_server()
        _STARTED.update(uri=uri, server=server, folder=folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if "server" in _STARTED:
        postgres.stop_server(_STARTED["server"], _STARTED["folder"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["pg_uri"] = _STARTED["uri"]


@pytest.fixture(scope="session")
def pg_uri(request: pytest.FixtureRequest) -> str:
    worker = getattr(request.config, "workerinput", None)
    return worker["pg_uri"] if worker else _STARTED["uri"]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(scope="session")
def key_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_keys(replace(_bare_config(folder), key_dir=folder), KEYS, date(2026, 11, 1))
    return folder


def _bare_config(folder: Path) -> Config:
    return Config(
        data_dir=folder, key_dir=folder / "keys", release_dir=folder / "releases", identity_url=None, answers_url=None,
        office_url=None, base_url="http://localhost", neutral_exit_url="/vader", testing=True,
    )  # fmt: skip


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three databases, migrated once: each test gets a copy."""
    folder = tmp_path_factory.mktemp("template")
    config = _with_sqlite(_bare_config(folder), folder)
    upgrade(config)
    for engine in open_engines(config).values():
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
    return folder


def _with_sqlite(config: Config, folder: Path) -> Config:
    urls = {f"{vault}_url": f"sqlite:///{folder / vault}.db" for vault in postgres.VAULTS}
    return replace(config, **urls)


@pytest.fixture
def config(tmp_path: Path, sqlite_template: Path, key_template: Path) -> Config:
    data, keys = tmp_path / "data", tmp_path / "keys"
    data.mkdir()
    shutil.copytree(key_template, keys)
    for vault in postgres.VAULTS:
        shutil.copy(sqlite_template / f"{vault}.db", data / f"{vault}.db")
    return replace(_with_sqlite(_bare_config(data), data), key_dir=keys, release_dir=data / "releases")


@pytest.fixture(scope="session")
def pg_urls(pg_uri: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    urls = postgres.create_databases(pg_uri, f"kapabla_{worker}")
    folder = tmp_path_factory.mktemp("pg")
    upgrade(replace(_bare_config(folder), **{f"{vault}_url": url for vault, url in urls.items()}))
    return urls


@pytest.fixture
def pg_config(config: Config, pg_urls: dict[str, str]) -> Iterator[Config]:
    found = replace(config, **{f"{vault}_url": url for vault, url in pg_urls.items()})
    _empty(found)
    yield found


def _empty(config: Config) -> None:
    """TRUNCATE, since the audit table refuses DELETE; its head stands ready again."""
    for vault, engine in open_engines(config).items():
        names = ", ".join(f'"{name}"' for name in METADATA[vault].tables)
        with engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {names} CASCADE"))
            connection.execute(text("INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, :hash)"), {"hash": bytes(32)})
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def any_config(request: pytest.FixtureRequest) -> Config:
    """For what must hold on both databases."""
    found: Config = request.getfixturevalue("config" if request.param == "sqlite" else "pg_config")
    return found


@pytest.fixture
def open_any(clock: FixedClock) -> Iterator[Callable[[Config], Service]]:
    opened: list[Service] = []

    def open_(config: Config) -> Service:
        opened.append(open_service(config, clock=clock))
        return opened[-1]

    yield open_
    for service in opened:
        for engine in service.vaults.engines.values():
            engine.dispose()


@pytest.fixture
def service(config: Config, open_any: Callable[[Config], Service]) -> Service:
    return open_any(config)


@pytest.fixture
def any_service(any_config: Config, open_any: Callable[[Config], Service]) -> Service:
    return open_any(any_config)


@pytest.fixture
def make_app(clock: FixedClock) -> Iterator[Callable[[Config], Flask]]:
    made: list[Flask] = []

    def make(config: Config) -> Flask:
        made.append(create_app(config, clock=clock))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()


@pytest.fixture
def app(config: Config, make_app: Callable[[Config], Flask]) -> Flask:
    return make_app(config)


@pytest.fixture
def client(app: Flask) -> PageClient:
    return PageClient(app)

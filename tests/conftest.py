"""What tests stand on: a fixed clock, real vaults (SQLite copied from a template, PostgreSQL emptied), a page client.

`config`, `service`, `app` and `client` stand on SQLite; `any_config`, `any_service`, `any_app` and `any_client` run the
test twice, on SQLite and on PostgreSQL. All of them read the same clock.
"""

import gc
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Dialect, Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from kapabla.app import create_app
from kapabla.config import Config
from kapabla.installing import make_keys
from kapabla.keys import Keyring
from kapabla.material import Material, default_root, load_material
from kapabla.migrating import upgrade
from kapabla.office import sign_in as sign_in_module
from kapabla.service import Service, open_engines, open_service
from kapabla.vaults import db
from tests import postgres, r
from tests.factories import sign_in_as
from tests.page_client import PageClient
from tests.scheduling import ByFile, longest_first
from tests.trial import make_root, make_root_with_texts

KEYS = [
    ("invitation", "1"), ("certificate", "1"), ("sealing", "1"), ("session", "1"), ("tombstone", "1"), ("offline", "1"),
    ("audit", "identity"), ("audit", "answers"), ("audit", "office"), ("study", "kapabla-2026"),
]  # fmt: skip
# The same examples every time, and no clock: a slow machine is not a fault of the product.
settings.register_profile("kapabla", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kapabla")
_UNCHANGING: set[Path] = set()
# A seventh of the run went to looking for cycles among what 6,000 collected tests hold.
_SELDOM = 100_000, 20, 50
# More than all tests together compile.
_STATEMENTS = 10_000
_SERVER = pytest.StashKey[postgres.Server]()


class CompiledOnce(BytecodeCache):
    """Every test makes an application of its own; without this each would compile its templates anew."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_TEMPLATES = CompiledOnce()


class FixedClock:
    """Stands still until it is told to go."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float = 0, **amount: float) -> None:
        self.now += timedelta(seconds=seconds, **amount)


# --- Where what tests write lies ---

_MEMORY, _ROOM = Path("/dev/shm"), 2 * 1024**3


def pytest_configure(config: pytest.Config) -> None:
    """In memory where there is room: the vaults sync at every save, and half the time would be spent waiting for the
    disk. Nothing is weaker for it, since what kills a process in a test never cuts the power."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


# --- One PostgreSQL server a run ---


def _server_of(config: pytest.Config) -> postgres.Server:
    if _SERVER not in config.stash:
        config.stash[_SERVER] = postgres.Server.start()
    return config.stash[_SERVER]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Workers come and go; the server belongs to the process that starts them."""
    server = _server_of(node.config)
    node.workerinput["pg_uri"], node.workerinput["pg_prefix"] = server.uri, server.prefix


def pytest_collection_finish() -> None:
    """What is there from now on is there to the end: it is not looked through again for what can be thrown away."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_SELDOM)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _SERVER in config.stash:
        config.stash[_SERVER].stop()


# --- What needs R runs where R is ---


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    r.choose(config, items)
    longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Every worker has looked at all tests; what it found goes to the run that started it."""
    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["r_left_out"] = session.config.stash.get(r.LEFT_OUT, {})
        told["r_used"] = sorted(session.config.stash.get(r.USED, set()))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    told = getattr(node, "workeroutput", {})
    node.config.stash.setdefault(r.LEFT_OUT, {}).update(told.get("r_left_out", {}))
    node.config.stash.setdefault(r.USED, set()).update(told.get("r_used", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in r.summary(config.stash.get(r.LEFT_OUT, {}), config.stash.get(r.USED, set())):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Databases]:
    given = getattr(request.config, "workerinput", None)
    if given:
        uri, prefix = given["pg_uri"], given["pg_prefix"]
    else:
        server = _server_of(request.config)
        uri, prefix = server.uri, server.prefix
    bare = _bare_config(tmp_path_factory.mktemp("pg"))
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    made = postgres.Databases(uri, prefix, worker, lambda urls: upgrade(_with_vaults(bare, urls)))
    yield made
    made.close()


# --- Settings, keys and vaults ---


def _bare_config(folder: Path) -> Config:
    return Config(
        data_dir=folder, key_dir=folder / "keys", release_dir=folder / "releases", identity_url=None, answers_url=None,
        office_url=None, base_url="http://localhost", neutral_exit_url="/vader", testing=True,
    )  # fmt: skip


def _with_vaults(config: Config, urls: dict[str, str]) -> Config:
    return replace(config, identity_url=urls["identity"], answers_url=urls["answers"], office_url=urls["office"])


def _sqlite_urls(folder: Path) -> dict[str, str]:
    return {vault: f"sqlite:///{folder / vault}.db" for vault in postgres.VAULTS}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def fixed_clock(clock: FixedClock) -> FixedClock:
    return clock


@pytest.fixture(scope="session")
def key_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_keys(replace(_bare_config(folder), key_dir=folder), KEYS, date(2026, 11, 1))
    return folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three databases, migrated once and with nothing left in their logs: each test gets a copy."""
    folder = tmp_path_factory.mktemp("template")
    config = _with_vaults(_bare_config(folder), _sqlite_urls(folder))
    upgrade(config)
    lay_to_rest(config)
    return folder


def lay_to_rest(config: Config) -> None:
    """What stands in the logs goes into the databases, so that they can be copied as files."""
    for engine in open_engines(config).values():
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()


@pytest.fixture
def config(tmp_path: Path, sqlite_template: Path, key_template: Path) -> Config:
    return copied_config(tmp_path, sqlite_template, key_template)


def copied_config(folder: Path, sqlite_template: Path, key_template: Path) -> Config:
    """Vaults and keys of its own in the folder, copied from the templates."""
    data, keys = folder / "data", folder / "keys"
    data.mkdir()
    shutil.copytree(key_template, keys)
    for vault in postgres.VAULTS:
        shutil.copy(sqlite_template / f"{vault}.db", data / f"{vault}.db")
    return replace(_with_vaults(_bare_config(data), _sqlite_urls(data)), key_dir=keys)


@pytest.fixture
def pg_config(config: Config, databases: postgres.Databases) -> Config:
    databases.empty()
    return _with_vaults(config, databases.urls)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def vault_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def any_config(vault_kind: str, request: pytest.FixtureRequest) -> Config:
    """For what must hold on both databases."""
    found: Config = request.getfixturevalue("config" if vault_kind == "sqlite" else "pg_config")
    return found


@pytest.fixture
def keys(config: Config) -> Keyring:
    return Keyring(config.key_dir)


# --- What stands on them ---


@pytest.fixture(scope="session", autouse=True)
def _material_once() -> Iterator[None]:
    """What never changes, our own course material and that with the trial, is read and checked once a run."""
    read: dict[Path, Material] = {}

    def load(root: Path, added: Mapping[str, bytes] | None = None) -> Material:
        if added or (root != default_root() and root not in _UNCHANGING):
            return load_material(root, added)
        if root not in read:
            read[root] = load_material(root)
        return read[root]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kapabla.service.load_material", load)
        yield


@pytest.fixture(scope="session", autouse=True)
def _routes_once() -> Iterator[None]:
    """Nine tenths of the making of an application is compiling its addresses, the same for each of them."""
    compile_rule, compiled = Rule.compile, {}

    def compile_once(rule: Rule) -> None:
        made_of = rule.rule, repr(rule.defaults), rule.endpoint, rule.subdomain, rule.merge_slashes
        if made_of not in compiled:
            compile_rule(rule)
            compiled[made_of] = rule
            return
        same = compiled[made_of]
        rule._parts, rule._trace, rule._converters = same._parts, same._trace, same._converters
        rule.arguments = same.arguments
        for name in ("_build", "_build_unknown"):
            setattr(rule, name, getattr(same, name).__func__.__get__(rule))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", compile_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_once() -> Iterator[None]:
    """Every test opens vaults of its own; without this each would compile its statements anew."""
    kept: defaultdict[type[Dialect], LRUCache[Any, Any]] = defaultdict(lambda: LRUCache(_STATEMENTS))
    shared = property(lambda engine: kept[type(engine.dialect)], lambda _engine, _own: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_compiled_cache", shared, raising=False)
        # The key of a compiled statement names the dialect that it was compiled for.
        patch.setattr(DefaultDialect, "__hash__", lambda dialect: hash(type(dialect)))
        patch.setattr(DefaultDialect, "__eq__", lambda dialect, other: type(dialect) is type(other))
        yield


@pytest.fixture(scope="session", autouse=True)
def shipped_hasher() -> Iterator[PasswordHasher]:
    """That of the product, which is slow on purpose; in its place tests use one that is as quick as it can be."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        shipped = sign_in_module._hasher
        patch.setattr(sign_in_module, "_hasher", quick)
        patch.setattr(sign_in_module, "_NOBODY", quick.hash("nobody has this password"))
        yield shipped


@pytest.fixture(scope="session")
def trial_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course material with an instrument that has every type of item, in place of all others (`tests/trial.py`)."""
    root = make_root(tmp_path_factory.mktemp("trial"))
    _UNCHANGING.add(root)
    return root


@pytest.fixture
def trial_config(config: Config, trial_root: Path) -> Config:
    return replace(config, material_dir=trial_root)


@pytest.fixture
def trial_client(trial_config: Config, make_app: Callable[[Config], Flask]) -> PageClient:
    return PageClient(make_app(trial_config))


@pytest.fixture(scope="session")
def texts_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course material with a comment in the person's own words, which the study releases (`tests/trial.py`)."""
    root = make_root_with_texts(tmp_path_factory.mktemp("texts"))
    _UNCHANGING.add(root)
    return root


@pytest.fixture
def texts_config(config: Config, texts_root: Path) -> Config:
    return replace(config, material_dir=texts_root)


@pytest.fixture
def texts_client(texts_config: Config, make_app: Callable[[Config], Flask]) -> PageClient:
    return PageClient(make_app(texts_config))


@pytest.fixture
def texts_service(texts_config: Config, open_any: Callable[[Config], Service]) -> Service:
    return open_any(texts_config)


@pytest.fixture
def any_texts_service(any_config: Config, texts_root: Path, open_any: Callable[[Config], Service]) -> Service:
    return open_any(replace(any_config, material_dir=texts_root))


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
        made[-1].jinja_env.bytecode_cache = _TEMPLATES
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
def any_app(any_config: Config, make_app: Callable[[Config], Flask]) -> Flask:
    return make_app(any_config)


@pytest.fixture
def client(app: Flask) -> PageClient:
    return PageClient(app)


@pytest.fixture
def any_client(any_app: Flask) -> PageClient:
    return PageClient(any_app)


@pytest.fixture
def sign_in() -> Callable[..., str]:
    """`sign_in(client, role)` walks the real sign-in: a new account, its password, its one-time code."""
    return sign_in_as

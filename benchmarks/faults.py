"""Killed under load: workers and the job runner die at random moments while people save, on the embedded databases.

Each goes from page to page, and sends the same form until it is answered, as a browser does. A value is how many
acknowledged saves are lost or stand twice; then how many requests had no answer. Killing the database is left to
`tests/web/test_going_wrong.py`, one stop at a time.
"""

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import Engine, text

from benchmarks.installation import installation, invite
from benchmarks.measuring import ROOT, Row
from benchmarks.visitor import answers_in, hidden_in
from kapabla.cli.serving import Runner
from kapabla.config import Config
from kapabla.service import open_engines, open_service

LONG, SHORT = 500, 10
PEOPLE = 8
PAUSES = (0.02, 0.25)
# How often it is a worker, and not the job runner.
WORKERS = 0.75
PATIENCE_SECONDS = 30
FIRST_PAGE = "/fragor/fore/1"
_JOBS = [sys.executable, "-m", "kapabla.cli", "jobs", "run", "--loop"]
_SERVE = [sys.executable, "-m", "gunicorn", "--workers", "2", "--worker-class", "gthread", "--threads", "4",
          "--log-level", "critical", "kapabla:create_app()"]  # fmt: skip


@dataclass
class Tried:
    """What browsers have seen: keys of saves that were answered with yes, and requests that had no such answer."""

    kept: set[str] = field(default_factory=set)
    in_vain: int = 0


def rows(*, long: bool) -> Iterator[Row]:
    points = LONG if long else SHORT
    with installation() as config:
        yield from _survived(config, points)


def _survived(config: Config, points: int) -> Iterator[Row]:
    service = open_service(config)
    tokens = invite(service, PEOPLE * (2 + points // 20))
    for engine in service.vaults.engines.values():
        engine.dispose()
    tried, over = Tried(), threading.Event()
    with _served(config) as (port, server, runner):
        walkers = [threading.Thread(target=_walk, args=(port, tokens[n::PEOPLE], tried, over)) for n in range(PEOPLE)]
        for walker in walkers:
            walker.start()
        _kill(points, tried, server, runner)
        over.set()
        for walker in walkers:
            walker.join()
    stored = _stored(open_engines(config)["answers"])
    lost = sum(stored[key] == 0 for key in tried.kept)
    doubled = sum(count > 1 for count in stored.values())
    told = f"killed at {points} points under load"
    yield Row(f"{told}: acknowledged saves lost", lost, "saves", len(tried.kept), "acknowledged")
    yield Row(f"{told}: saves that stand twice", doubled, "saves", len(tried.kept), "acknowledged")
    yield Row(f"{told}: requests without an answer", tried.in_vain, "requests", len(tried.kept), "acknowledged")


def _kill(points: int, tried: Tried, server: int, runner: Runner) -> None:
    """The next when somebody has got through since the last: a service that never came back would be seen by that."""
    chance = random.Random("faults")  # noqa: S311  (reproducible, and protects nothing)
    for _ in range(points):
        before, until = len(tried.kept), time.monotonic() + PATIENCE_SECONDS
        while len(tried.kept) == before and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(chance.uniform(*PAUSES))
        pids = _children(server) if chance.random() < WORKERS else [runner.pid]
        with suppress(ProcessLookupError):
            if pids:
                os.kill(chance.choice(pids), signal.SIGKILL)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


# --- A browser that does not give up ---


def _walk(port: int, tokens: list[str], tried: Tried, over: threading.Event) -> None:
    """One person after the other, page by page: a page that has been saved is not shown again."""
    for token in tokens:
        browser = _Browser(port, tried)
        for path, fields in (
            (f"/k/{token}", {}), ("/start/telefon", {"telefon": "egen"}), ("/start/bra-att-veta", {}),
            ("/start/samtycke", {"val1": "ja", "val2": "ja", "val3": "nej"}), ("/start/kontakt", {"kontakt": "email"}),
        ):  # fmt: skip
            browser.send(path, browser.get(path), fields)
        where = FIRST_PAGE
        while not where.endswith("/skicka"):
            if over.is_set():
                return
            page = browser.get(where)
            # Whatever is unanswered stays so: without it the page asks once more.
            where = browser.send(where, page, answers_in(page) | {"anda": "1"})
            tried.kept.add(hidden_in(page)["nyckel"])


class _Browser:
    def __init__(self, port: int, tried: Tried) -> None:
        self._port, self._tried, self._cookies = port, tried, dict[str, str]()

    def get(self, path: str) -> str:
        return self._until_answered("GET", path, None, 200)

    def send(self, path: str, page: str, fields: dict[str, str]) -> str:
        """Where it leads."""
        return self._until_answered("POST", path, urlencode(hidden_in(page) | fields), 303)

    def _until_answered(self, method: str, path: str, body: str | None, wanted: int) -> str:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            with suppress(OSError, http.client.HTTPException):
                status, found = self._ask(method, path, body)
                if status == wanted:
                    return found
            self._tried.in_vain += 1
            time.sleep(0.05)
        raise TimeoutError(f"{method} {path}: no answer within {PATIENCE_SECONDS} s")

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
                   "Sec-Fetch-Site": "same-origin"}  # fmt: skip
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            found = reply.read().decode()
        finally:
            connection.close()
        for cookie in reply.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";")[0].partition("=")
            self._cookies[name] = value
        return reply.status, reply.headers.get("Location") or found


def _stored(engine: Engine) -> Counter[str]:
    """By the key of the form, which a save begins with."""
    with engine.connect() as connection:
        keys = [key for (key,) in connection.execute(text("SELECT idempotency_key FROM submission"))]
    engine.dispose()
    return Counter(key[:16] for key in keys)


# --- What is killed ---


@contextmanager
def _served(config: Config) -> Iterator[tuple[int, int, Runner]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"KAPABLA_DATA_DIR": str(config.data_dir), "KAPABLA_AUDIENCES": "participant"}
    env |= {f"KAPABLA_{vault.upper()}_DATABASE_URL": url for vault, url in config.vault_urls.items()}
    server = subprocess.Popen(
        [*_SERVE, "--bind", f"127.0.0.1:{port}"], cwd=ROOT, env=env, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    jobs = {name: value for name, value in env.items() if name != "KAPABLA_AUDIENCES"}
    runner = Runner(_JOBS, jobs, pause=0.2)
    try:
        yield port, server.pid, runner
    finally:
        runner.stop()
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)

"""The journey of seven requests of a person who has consented: link, "Kom igång", page, save, send page, send, thanks.

Between the second and the third lie the pages that each session begins with (whose phone, what is good to know); they
are walked and not weighed, so that the journey stays the one that the budgets were set for.
"""

import cProfile
import pstats
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from benchmarks.floor import ANSWERS, floor_app
from benchmarks.installation import installation, invite
from benchmarks.measuring import ROOT, RUNS, Row, cpu_ms, medians
from benchmarks.visitor import Scales, Visitor, first_answers, unweighed
from kapabla.app import create_app
from kapabla.service import Service

REQUESTS = 7
FLOOR_REQUESTS = 3
# The page of ten items that is weighed, and the wave it belongs to.
WAVE, PAGE = "fore", 1
FLOOR = "bare Flask, 3 requests, one durable insert"


@dataclass
class Prepared:
    """Somebody who has consented in an earlier session, with the link in hand."""

    app: Flask
    token: str
    visitor: Visitor


def prepare(app: Flask, token: str, *, research: str = "ja") -> Prepared:
    visitor = Visitor(app)
    _come_in(visitor, token)
    visitor.send_form(visitor.get("/start/samtycke"), val1=research, val2=research, val3="nej")
    visitor.send_form(visitor.get("/start/kontakt"), kontakt="email")
    return Prepared(app, token, visitor)


def _come_in(visitor: Visitor, token: str, scales: Scales = unweighed) -> None:
    visitor.scales = scales
    visitor.get(f"/k/{token}")
    visitor.post(f"/k/{token}", {})
    visitor.scales = unweighed
    visitor.send_form(visitor.get("/start/telefon"), telefon="egen")
    visitor.send_form(visitor.get("/start/bra-att-veta"))


def walk(prepared: Prepared, scales: Scales) -> None:
    visitor = Visitor(prepared.app)
    _come_in(visitor, prepared.token, scales)
    visitor.scales = scales
    page = visitor.get(f"/fragor/{WAVE}/{PAGE}")
    visitor.send_form(page, **first_answers(page))
    visitor.send_form(visitor.get(f"/fragor/{WAVE}/skicka"))
    visitor.get(f"/fragor/{WAVE}/tack")


def walk_floor(app: Flask, scales: Scales) -> None:
    visitor = Visitor(app, scales)
    visitor.get("/")
    visitor.post("/", ANSWERS)
    visitor.get("/thanks")


# --- What is weighed ---


def count_calls(walk_with: Callable[[Scales], None]) -> Counter[str]:
    """Function calls under cProfile, by request."""
    calls: Counter[str] = Counter()

    def scales(name: str, answer: Callable[[], Any]) -> Any:
        profile = cProfile.Profile()
        try:
            return profile.runcall(answer)
        finally:
            calls[name] += pstats.Stats(profile).total_calls  # type: ignore[attr-defined]  # set in its constructor, unknown to the stubs

    walk_with(scales)
    return calls


def count_statements(service: Service, walk_with: Callable[[Scales], None]) -> Counter[str]:
    """Statements by request; what begins, ends or nests a transaction is not counted."""
    statements: Counter[str] = Counter()
    present: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if present and not statement.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")):
            statements[present[-1]] += 1

    def scales(name: str, answer: Callable[[], Any]) -> Any:
        present.append(name)
        statements[name] += 0
        try:
            return answer()
        finally:
            present.pop()

    with _listening(service, note):
        walk_with(scales)
    return statements


@contextmanager
def _listening(service: Service, note: Callable[..., None]) -> Iterator[None]:
    engines = service.vaults.engines.values()
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def measure_cpu_ms(walk_with: Callable[[Scales], None]) -> float:
    spent: list[float] = []

    def scales(_name: str, answer: Callable[[], Any]) -> Any:
        given: list[Any] = []
        spent.append(cpu_ms(lambda: given.append(answer())))
        return given[0]

    walk_with(scales)
    return sum(spent)


# --- Rows ---


def rows(*, long: bool) -> Iterator[Row]:
    many = 50 if long else 10
    with installation() as config:
        app, floor = create_app(config), floor_app(config.data_dir / "floor.db")
        service: Service = app.extensions["kapabla"]
        people = iter([prepare(app, token) for token in invite(service, 3 + many * (RUNS + 1))])
        walk(next(people), unweighed)
        walk_floor(floor, unweighed)
        calls = count_calls(lambda scales: walk(next(people), scales))
        least = count_calls(lambda scales: walk_floor(floor, scales))
        yield Row("journey of seven: function calls", calls.total(), "calls", least.total(), FLOOR)
        statements = count_statements(service, lambda scales: walk(next(people), scales))
        for name, limit in (("GET", 4), ("POST", 8)):
            most = max(count for request, count in statements.items() if request.startswith(name))
            yield Row(f"journey of seven: statements of the longest {name}", most, "statements", limit, "hard limit")

        def ours() -> float:
            return sum(measure_cpu_ms(lambda scales: walk(next(people), scales)) for _ in range(many)) / many

        def least_ms() -> float:
            return sum(measure_cpu_ms(lambda scales: walk_floor(floor, scales)) for _ in range(many)) / many

        value, least_value = medians(ours, least_ms)
        yield Row("journey of seven: CPU", value, "ms", least_value, FLOOR)
    yield from _instructions()


def _instructions() -> Iterator[Row]:
    """Where `perf` counts them (few virtual machines let it): the difference between many journeys and few."""
    with suppress(CannotCount):
        found = {kind: (_perf(kind, 60) - _perf(kind, 10)) / 50e6 for kind in ("ours", "floor")}
        yield Row("journey of seven: user instructions", found["ours"], "millions", found["floor"], FLOOR)


class CannotCount(Exception):
    """No `perf` here, or a machine that does not let it count."""


def _perf(kind: str, count: int) -> float:
    command = ["perf", "stat", "-x", ",", "-e", "instructions:u", sys.executable, "-m", "benchmarks.journey", kind]
    try:
        done = subprocess.run([*command, str(count)], cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError as missing:
        raise CannotCount from missing
    counted = done.stderr.strip().splitlines()[-1].split(",")[0] if done.stderr.strip() else ""
    if not counted.isdigit():
        raise CannotCount
    return float(counted)


def repeat(kind: str, count: int) -> None:
    """For `perf`: always as many people prepared, `count` of them walk."""
    with installation() as config:
        if kind == "floor":
            floor = floor_app(Path(config.data_dir) / "floor.db")
            for _ in range(count):
                walk_floor(floor, unweighed)
            return
        app = create_app(config)
        people = [prepare(app, token) for token in invite(app.extensions["kapabla"], 60)]
        for person in people[:count]:
            walk(person, unweighed)


if __name__ == "__main__":
    repeat(sys.argv[1], int(sys.argv[2]))

"""The demo's population: simulated people walk the real services, a unit of work each.

Floor: as many rows, in as many durable transactions, inserted into one table by SQLite itself.
"""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import func, select

from benchmarks.floor import open_durable
from benchmarks.installation import STUDY, installation
from benchmarks.measuring import Row, cpu_ms, medians
from kapabla.answers.learning import LearningEvent
from kapabla.answers.submissions import Submission
from kapabla.clock import local_date
from kapabla.jobs.population import make_population
from kapabla.jobs.simulation import DEFAULT_ATTRITION, DEFAULT_EFFECT
from kapabla.service import Service, open_service

# About a saved page with its answers.
BODY = "x" * 300


def rows(*, long: bool) -> Iterator[Row]:
    people = 240 if long else 24
    made: list[int] = []
    value, floor = medians(partial(_simulate, people, made), lambda: _insert(people, made[-1]))
    yield Row(f"population of {people} people", value, "ms", floor, "as many durable inserts")


def _simulate(people: int, made: list[int]) -> float:
    with installation() as config:
        service = open_service(config)
        spent = cpu_ms(partial(_populate, service, people))
        with service.vaults.reading() as work:
            tables = (LearningEvent, Submission)
            made.append(sum(work.answers.scalar(select(func.count()).select_from(table)) or 0 for table in tables))
        return spent


def _populate(service: Service, people: int) -> None:
    make_population(
        service, people=people, seed=2026, study=STUDY, today=local_date(service.clock()), effect=DEFAULT_EFFECT,
        attrition=DEFAULT_ATTRITION,
    )  # fmt: skip


def _insert(people: int, number: int) -> float:
    with installation() as config:
        connection = open_durable(config.data_dir / "floor.db")
        connection.execute("CREATE TABLE saved (id INTEGER PRIMARY KEY, body)")

        def insert() -> None:
            for _ in range(people):
                connection.execute("BEGIN IMMEDIATE")
                for _ in range(number // people):
                    connection.execute("INSERT INTO saved (body) VALUES (?)", (BODY,))
                connection.execute("COMMIT")

        return cpu_ms(insert)

"""Protecting and releasing: k-anonymity for thousands of people, and a release from the vault to its last file.

`long`: of twenty thousand people as well, by the way of the services, against the minute that it may take.
"""

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import combinations, count

from benchmarks.installation import STUDY, installation
from benchmarks.many import multiply
from benchmarks.measuring import Row, cpu_ms, medians
from kapabla.clock import local_date
from kapabla.config import Config
from kapabla.jobs.population import make_population
from kapabla.jobs.releases import build_release
from kapabla.jobs.simulation import DEFAULT_ATTRITION, DEFAULT_EFFECT
from kapabla.office import release_register, sign_in
from kapabla.release.disclosure import Person, enforce_k
from kapabla.release.disclosure.rules import K
from kapabla.release.quasi_identifiers import quasi_identifier
from kapabla.service import Service, open_service
from tests.unit.release.samples import make_people

NAMES = ("role", "bak_3", "bak_4", "municipality", "cohort")
WORK = "bench@example.com"


def rows(*, long: bool) -> Iterator[Row]:
    for number in (5_000, 20_000) if long else (5_000,):
        people: list[Person] = make_people(number, seed=1)  # type: ignore[no-untyped-call]  # a sample of the tests
        columns = [quasi_identifier(name, K) for name in NAMES]
        value, floor = medians(
            partial(cpu_ms, partial(enforce_k, people, columns, k=K)), partial(cpu_ms, partial(_group, people))
        )
        yield Row(
            f"k-anonymity of {number} people", value, "ms", floor, "pandas groups by every subset of columns once"
        )
    for number in (60, 2_000) if long else (60,):
        with installation() as config:
            service = open_service(config)
            today = local_date(service.clock())
            make_population(
                service, people=number, seed=1, study=STUDY, today=today, effect=DEFAULT_EFFECT,
                attrition=DEFAULT_ATTRITION,
            )  # fmt: skip
            add_researcher(service)
            numbers = count(1)
            value, floor = medians(
                lambda: build(service, f"{today.isoformat()}-{next(numbers)}"),  # noqa: B023  (called in this turn)
                partial(cpu_ms, partial(_read_and_write, config)),
            )
        yield Row(f"release of {number} people", value, "ms", floor, "sqlite3 reads the answers, csv writes them")
    if long:
        with installation() as config:
            yield _large(config)


def _large(config: Config) -> Row:
    """Of those who walk about three in four are in a release."""
    service = open_service(config)
    today = local_date(service.clock())
    make_population(
        service, people=240, seed=1, study=STUDY, today=today, effect=DEFAULT_EFFECT, attrition=DEFAULT_ATTRITION
    )
    multiply(service, times=110, seed=1)
    add_researcher(service)
    name = f"{today.isoformat()}-1"
    value = build(service, name)
    with service.vaults.reading() as work:
        people = release_register.get(work.office, name).people
    return Row(f"release of {people} people by the services", value, "ms", 60_000, "hard limit")


def _group(people: list[Person]) -> None:
    import pandas

    frame = pandas.DataFrame([person.values for person in people], columns=list(NAMES))
    for size in range(1, len(NAMES) + 1):
        for subset in combinations(NAMES, size):
            frame.groupby(list(subset)).size()


def add_researcher(service: Service) -> None:
    at = service.clock()
    with service.vaults.unit() as work:
        sign_in.add_staff(
            work.office,
            email=WORK,
            name="Mätning",
            role="researcher",
            ends_on=local_date(at) + timedelta(days=9),
            at=at,
        )


def build(service: Service, name: str) -> float:
    """CPU of building a release that somebody has ordered, in ms."""
    with service.vaults.unit() as work:
        release_register.order(
            work.office, service.office_chain, release=name, study=STUDY, purpose="evaluation", is_test=True,
            by=sign_in.get_staff(work.office, WORK), at=service.clock(),
        )  # fmt: skip

    def run() -> None:
        with service.vaults.unit() as work:
            record = build_release(service, work, name)
            assert record.state == "built", record.reason

    return cpu_ms(run)


def _read_and_write(config: Config) -> None:
    connection = sqlite3.connect(config.data_dir / "answers.db")
    out = csv.writer(io.StringIO())
    for subject, wave, values in connection.execute('SELECT subject, wave, "values" FROM submission'):
        out.writerow([subject, wave, *json.loads(values).values()])
    connection.close()

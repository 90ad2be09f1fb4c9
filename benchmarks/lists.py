"""A long messy list of people: read, judged against who is there, and imported; nothing is skipped that the page does.

Floor: the `csv` module reads the same bytes, and SQLite takes the rows in one durable transaction.
"""

import csv
import io
import sqlite3
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.floor import open_durable
from benchmarks.installation import installation, new_cohort
from benchmarks.measuring import Row, cpu_ms, medians
from kapabla.clock import local_date
from kapabla.identity import importing
from kapabla.identity.cohorts import Cohort
from kapabla.identity.list_reading import read_list
from kapabla.identity.vocabulary import vocabulary_of
from kapabla.service import Service, open_service
from tests.data.lists.messy import HEADER, make_messy

FLOOR = "csv module and one durable transaction"


def rows(*, long: bool) -> Iterator[Row]:
    for number in (5_000, 20_000) if long else (5_000,):
        data = make_messy(number, encoding="utf-8").data
        value, floor = medians(partial(_import, data), partial(_floor, data))
        yield Row(f"import of {number} messy rows", value, "ms", floor, FLOOR)


def _import(data: bytes) -> float:
    """Into an installation of its own, so that every good row is a new person each time."""
    with installation() as config:
        service = open_service(config)
        cohort_id = new_cohort(service, "Mätning")
        return cpu_ms(lambda: _read_and_create(service, cohort_id, data))


def _read_and_create(service: Service, cohort_id: str, data: bytes) -> None:
    reading = read_list(data, vocabulary=vocabulary_of(service.material))
    with service.vaults.unit() as work:
        cohort = work.identity.get_one(Cohort, cohort_id)
        found = importing.preview(work.identity, service.keys, reading, cohort)
        on = local_date(service.clock())
        importing.carry_out(work.identity, service.keys, found, cohort, on=on, is_test=True)


def _floor(data: bytes) -> float:
    with tempfile.TemporaryDirectory(prefix="kapabla-bench-") as folder:
        connection = open_durable(Path(folder) / "floor.db")
        connection.execute(f"CREATE TABLE person ({', '.join(f'c{n}' for n in range(len(HEADER)))})")
        return cpu_ms(lambda: _read_and_insert(connection, data))


def _read_and_insert(connection: sqlite3.Connection, data: bytes) -> None:
    width = len(HEADER)
    found = [[*row, *[""] * width][:width] for row in csv.reader(io.StringIO(data.decode()), delimiter=";")]
    connection.execute("BEGIN")
    connection.executemany(f"INSERT INTO person VALUES ({', '.join('?' * width)})", found)  # noqa: S608  (only marks)
    connection.execute("COMMIT")

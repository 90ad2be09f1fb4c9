"""The files of a release: each writer beside the least that its library does for the same table; a million rows to
Parquet; and a whole release of 20,000 people, from a vault to its last file.

Floors of the writers: one call of the library on what it takes (rows of values, a data frame with its missing values
coded), made beforehand. What ours does more is to make that of the released table, and to take the time out of it.
"""

import csv
import hashlib
import io
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from benchmarks.installation import STUDY, installation
from benchmarks.measuring import ROOT, Row, cpu_ms, medians
from benchmarks.releases import add_researcher, build
from benchmarks.tables import make_table
from kapabla.clock import local_date
from kapabla.jobs.population import make_population
from kapabla.jobs.simulation import DEFAULT_ATTRITION, DEFAULT_EFFECT
from kapabla.material.instruments import MissingReason
from kapabla.release.dataset import Dataset
from kapabla.release.writers import WRITERS
from kapabla.release.writers.parquet import copy_csv, parquet_of_csv
from kapabla.release.writers.spss import MISSING_RANGE
from kapabla.service import open_service

TITLE, COLUMNS = "Mätning", 100
BIG_ROWS, BIG_COLUMNS = 1_000_000, 60
# Of so many people that walk the real services, each is copied under new names until there are enough.
WALKING, RELEASED = 200, 20_000
LIMIT_SECONDS = 60
MB = 1024  # of the kilobytes that Linux tells


def rows(*, long: bool) -> Iterator[Row]:
    yield from _writers(20_000 if long else 1_000, runs=1 if long else 5)
    if long:
        yield from _million()
        yield _whole_release()


def _writers(people: int, *, runs: int) -> Iterator[Row]:
    table = make_table(people, COLUMNS)
    table.cells  # noqa: B018  (a release reads them when it checks the table)
    body = WRITERS["csv"][1](table, TITLE)
    with tempfile.TemporaryDirectory() as folder:
        floors = _floors(table, body, Path(folder))
        for name, (_, write) in WRITERS.items():
            ours: Callable[[], object] = partial(write, table, TITLE)
            if name == "parquet":
                ours = partial(parquet_of_csv, body, table.columns, TITLE)
            value, floor = medians(partial(cpu_ms, ours), partial(cpu_ms, floors[name][0]), runs=runs)
            yield Row(f"{name} of {people} people, 3 waves, {COLUMNS} columns", value, "ms", floor, floors[name][1])


def _floors(table: Dataset, body: bytes, folder: Path) -> dict[str, tuple[Callable[[], object], str]]:
    import duckdb
    import pyreadstat

    names = [column.name for column in table.columns]
    plain = [[None if isinstance(cell, MissingReason) else cell for cell in row.values()] for row in table.rows]
    coded = [column.name for column in table.columns if not column.is_text]
    labels: dict[str, Any] = {column.name: dict(column.categories) for column in table.columns if column.categories}
    spss, stata = _frame(table, lambda reason: float(reason.value)), _frame(table, lambda reason: reason.stata)
    letters = {name: sorted(set(map(str, stata[name].unique())) & set("abcdef")) for name in coded}
    source = folder / "data.csv"
    source.write_bytes(body)
    copy = f"COPY (FROM read_csv('{source}')) TO '{folder / 'x.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
    return {
        "csv": (partial(_csv, names, plain, ","), "csv module on rows of values"),
        "csv-excel": (partial(_csv, names, plain, ";"), "csv module on rows of values"),
        "xlsx": (partial(_xlsx, names, plain), "xlsxwriter on rows of values"),
        "sav": (
            partial(
                pyreadstat.write_sav, spss, str(folder / "x.sav"), variable_value_labels=labels, row_compress=True,
                missing_ranges={name: [MISSING_RANGE] for name in coded},
            ),
            "pyreadstat on a data frame",
        ),
        "dta": (
            partial(
                pyreadstat.write_dta, stata, str(folder / "x.dta"), version=14,
                variable_value_labels={name: of for name, of in labels.items() if name in coded},
                missing_user_values={name: used for name, used in letters.items() if used},
            ),
            "pyreadstat on a data frame",
        ),
        "parquet": (partial(duckdb.execute, copy), "DuckDB on the same CSV"),
    }  # fmt: skip


def _frame(table: Dataset, code: Callable[[MissingReason], Any]) -> Any:
    """As the libraries take it: numbers with what stands for a reason, letters as categories beside them."""
    import pandas

    def series(cells: tuple[Any, ...]) -> Any:
        values = [code(cell) if isinstance(cell, MissingReason) else cell for cell in cells]
        kinds = set(map(type, values))
        if kinds <= {int, float}:
            return pandas.Series(values, dtype="float64")
        if str in kinds and len(kinds) > 1:
            distinct = sorted(set(values), key=lambda value: (isinstance(value, str), value))
            return pandas.Series(pandas.Categorical(values, categories=pandas.Index(distinct, dtype="object")))
        return pandas.Series(values, dtype="str")

    return pandas.DataFrame(
        {column.name: series(cells) for column, cells in zip(table.columns, table.cells, strict=True)}
    )


def _csv(names: list[str], plain: list[list[Any]], delimiter: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(plain)
    return out.getvalue().encode()


def _xlsx(names: list[str], plain: list[list[Any]]) -> bytes:
    import xlsxwriter

    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate([names, *plain]):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, place, cell)
                elif cell is not None:
                    sheet.write_number(line, place, cell)
    return body.getvalue()


def _million() -> Iterator[Row]:
    """Each in a process of its own, so that its memory is its own."""
    with tempfile.TemporaryDirectory() as folder:
        for count in (BIG_ROWS // 10, BIG_ROWS):
            _make_csv(Path(folder) / f"{count}.csv", count)
        ours, few = (_alone("ours", folder, count) for count in (BIG_ROWS, BIG_ROWS // 10))
        name = f"parquet of {BIG_ROWS} rows, {BIG_COLUMNS} columns"
        yield Row(name, ours[0], "ms", _alone("csv", folder, BIG_ROWS)[0], "DuckDB from the same CSV")
        yield Row(name, ours[0], "ms", _alone("table", folder, BIG_ROWS)[0], "DuckDB from a table of its own")
        yield Row(f"{name}: memory", ours[1], "MB", few[1], "a tenth of the rows")


def _make_csv(path: Path, count: int) -> None:
    """By DuckDB, as quickly as it can."""
    import duckdb

    cells = {"text": "['2404', '2409'][1 + i % 2]", "whole": "(hash(i, {n}) % 5 + 1)::INT"}
    cells |= {"score": "1 + (hash(i, {n}) % 29) / 7.0"}
    chosen = []
    for n, column in enumerate(make_table(1, BIG_COLUMNS).columns):
        kind = "text" if column.is_text else "whole" if column.is_whole else "score"
        value = cells[kind].format(n=n)
        if column.missing:
            value = f"CASE WHEN hash(i, {n + 100}) % 20 = 0 THEN NULL ELSE {value} END"
        chosen.append(f"{value} AS {column.name}")
    made = f"SELECT {', '.join(chosen)} FROM range({count}) t(i)"  # noqa: S608  (our own names)
    duckdb.execute(f"COPY ({made}) TO '{path}' (HEADER)")


def _alone(which: str, folder: str, count: int) -> tuple[float, float]:
    """CPU in ms and peak memory in MB."""
    command = [sys.executable, "-m", "benchmarks.files", which, folder, str(count)]
    spent, peak = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return float(spent), float(peak)


def _in_a_process(which: str, folder: str, count: str) -> None:
    import duckdb

    source, target = Path(folder) / f"{count}.csv", Path(folder) / "x.parquet"
    if which == "ours":
        spent = cpu_ms(partial(copy_csv, source, target, make_table(1, BIG_COLUMNS).columns, TITLE))
    else:
        database, read = duckdb.connect(), f"(FROM read_csv('{source}'))"
        if which == "table":
            database.execute(f"CREATE TABLE t AS {read}")
            read = "t"
        spent = cpu_ms(partial(database.execute, f"COPY {read} TO '{target}' (FORMAT parquet, COMPRESSION zstd)"))
    # Of this process alone: what getrusage tells goes over from the process that started it.
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(spent, int(peak.split()[1]) / MB)


def _whole_release() -> Row:
    with installation() as config:
        service = open_service(config)
        today = local_date(service.clock())
        make_population(
            service, people=WALKING, seed=1, study=STUDY, today=today, effect=DEFAULT_EFFECT,
            attrition=DEFAULT_ATTRITION,
        )  # fmt: skip
        _copy_answers(make_url(config.vault_urls["answers"]).database or "", RELEASED // WALKING - 1)
        add_researcher(service)
        spent = build(service, f"{today.isoformat()}-1")
        return Row(f"release of {RELEASED} people, every file", spent, "ms", LIMIT_SECONDS * 1000, "hard limit")


def _copy_answers(vault: str, times: int) -> None:
    """Every row of a subject again for a subject that nobody is: keys begin with it, so nothing else need differ."""
    connection = sqlite3.connect(vault)
    connection.create_function("other", 2, _other, deterministic=True)
    for table in ("placement", "consent", "submission", "wave_state", "learning_event", "attendance"):
        names = [f'"{row[1]}"' for row in connection.execute(f"PRAGMA table_info({table})")]
        others = ", ".join("other(subject, n.value)" if name == '"subject"' else name for name in names)
        connection.execute(
            f"INSERT INTO {table} ({', '.join(names)}) WITH RECURSIVE n(value) AS "  # noqa: S608  (our own names)
            f"(SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < {times}) SELECT {others} FROM {table}, n"
        )
    connection.commit()
    connection.close()


def _other(subject: str, number: int) -> str:
    return hashlib.sha256(f"{subject} {number}".encode()).hexdigest()


if __name__ == "__main__":
    _in_a_process(*sys.argv[1:])

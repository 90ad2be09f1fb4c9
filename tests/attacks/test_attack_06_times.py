"""Attack 6: the time of a line in a log, or of a receipt by mail, against the time of an answer."""

import re
import sqlite3
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy.engine import make_url

from kapabla.release import published
from kapabla.release.coarse_time import DateStep, Visit, coarsen, finest_step

CLOCK = re.compile(rb"\b([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?\b")
DAY = re.compile(rb"\b20\d\d-\d\d-\d\d\b")
# Formats with parts of their own that hold a fixed time, looked at by attack 24.
BINARY = (".xlsx", ".sav", ".dta", ".parquet")


def dumped(url):
    with sqlite3.connect(make_url(url).database) as connection:
        return "\n".join(connection.iterdump()).encode()


def test_no_clock_time_stands_in_the_answers_vault(simulated):
    """C7.6, C2.3."""
    dump = dumped(simulated.service.config.answers_url)
    assert DAY.search(dump)
    assert not CLOCK.search(dump)


def test_a_clock_time_in_the_vault_would_be_found(simulated):
    """The mutant."""
    assert CLOCK.search(dumped(simulated.service.config.answers_url) + b"INSERT INTO x VALUES('2026-11-25 09:14:03')")


def test_the_identity_vault_has_no_day_of_what_a_participant_did(simulated):
    """C2.3: the days of somebody's answers are not among those of the person."""
    config = simulated.service.config
    with sqlite3.connect(make_url(config.identity_url).database) as connection:
        for table in ("person", "step_over", "invitation"):
            for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608
                assert not any(isinstance(cell, str) and DAY.search(cell.encode()) for cell in row)


@pytest.mark.parametrize("name", ["r1", "r2"])
def test_no_export_holds_a_clock_time_or_a_day(simulated, name):
    """C7.6: of the rows. The manifest has the day of the build, and a codebook the study's own texts."""
    folder = simulated.service.config.release_dir
    files = [file for file in published.files(folder, name) if file.name.startswith(("data_", "missing"))]
    assert len(files) > 8
    for file in files:
        body = published.read(folder, file)
        if not file.name.endswith(BINARY):
            assert not CLOCK.search(body), file.name
            assert not DAY.search(body), file.name


def visits(spread):
    """Sixty people in two groups, who answer within so many days."""
    return [Visit(n, "t0", date(2026, 11, 2) + timedelta(days=(n * 7) % spread)) for n in range(60)]


ROWS = [("a" if n % 2 else "b",) for n in range(60)]


def shared_by(step, spread):
    found = Counter((ROWS[visit.person], coarsen(visit.on, step)) for visit in visits(spread))
    return min(found.values())


@pytest.mark.parametrize("spread", [5, 20, 60, 200, 900])
def test_the_step_of_a_date_is_the_finest_that_five_people_share(spread):
    """C7.6, C4.1: with their quasi-identifiers."""
    step = finest_step(visits(spread), ROWS, k=5)
    steps = list(DateStep)
    if step is not DateStep.NONE:
        assert shared_by(step, spread) >= 5
    finer = steps[: steps.index(step)]
    assert all(shared_by(one, spread) < 5 for one in finer)


def test_a_finer_step_would_leave_somebody_alone():
    """The mutant: the week whatever the answers are spread over."""
    assert shared_by(DateStep.WEEK, 900) < 5
    assert finest_step(visits(900), ROWS, k=5) is not DateStep.WEEK

"""Attack 7: how long somebody took, on what device: a fingerprint in a column that nobody meant to send."""

import csv
import io
import json
import re
from dataclasses import replace

import pytest

from kapabla.release import published, test_people
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import Withheld
from kapabla.release.study_columns import columns_of
from tests import factories as make
from tests.unit.release.samples import make_dataset

# What the vault holds of how a page was answered, and no file may.
PROCESS = re.compile(
    r"second|duration|saved|started|device|language|idempotency|seed|token|session|agent|(^|_)ip($|_)|subject"
)


def header(simulated, release, name):
    return next(csv.reader(io.StringIO(simulated.part(release, name).decode())))


@pytest.mark.parametrize("name", ["r1", "r2"])
def test_a_release_has_exactly_the_columns_of_the_allow_list(simulated, name):
    """C7.7, F6: in every file and in the codebook, in one order; and that the people are made up, for each (C12)."""
    service = simulated.service
    columns = columns_of(service.material.studies[make.STUDY], service.material)
    allowed = [column.name for column in (*columns, test_people.COLUMN)]
    assert header(simulated, name, "data_long.csv") == allowed
    codebook = json.loads(simulated.part(name, "codebook.json"))["columns"]
    assert [column["name"] for column in codebook] == allowed
    assert [column["name"] for column in published.codebook(service.config.release_dir, name)] == allowed
    assert not [column for column in allowed if PROCESS.search(column)]


def test_the_names_that_are_looked_for_are_those_of_the_vault(simulated):
    """The positive twin: the vault has them."""
    with simulated.service.vaults.engines["answers"].connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM pragma_table_info('submission')").scalars().all()
    assert {name for name in names if PROCESS.search(name)} >= {
        "duration_seconds",
        "device",
        "seed",
        "saved_on",
        "language",
    }


@pytest.mark.parametrize("extra", ["duration_seconds", "device", "email"])
def test_a_column_that_nobody_described_ends_the_build(extra):
    """C7.7: the mutant is a builder that adds one."""
    data = make_dataset()
    with pytest.raises(Withheld, match="unknown_column"):
        replace(data, rows=tuple(row | {extra: 1} for row in data.rows))


def test_a_column_that_is_missing_ends_the_build_too():
    data = make_dataset()
    with pytest.raises(Withheld, match="unknown_column"):
        Dataset(
            data.columns,
            tuple({k: v for k, v in row.items() if k != "arm"} for row in data.rows),
            data.waves,
            data.arms,
        )

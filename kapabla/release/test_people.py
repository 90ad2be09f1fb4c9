"""Releases of test people say so in every file (C12). A CSV has no room beside its rows: there each row says it."""

from dataclasses import replace

from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset

TEST_MARK = "Exempeldata"
COLUMN = ColumnSpec(
    "test_people", Kind.PLACE, {"sv": "Exempeldata: personen är påhittad", "en": "Example data: the person is made up"},
    categories={TEST_MARK: "Personen är påhittad"}, categories_en={TEST_MARK: "The person is made up"},
)  # fmt: skip


def marked(dataset: Dataset) -> Dataset:
    """The table with a last column that says so. A table of real people has no such column.

    Example: rows that somebody puts together with those of real people are still known by their cell `Exempeldata`.
    """
    rows = tuple({**row, COLUMN.name: TEST_MARK} for row in dataset.rows)
    return replace(dataset, columns=(*dataset.columns, COLUMN), rows=rows)

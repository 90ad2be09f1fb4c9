"""Stata .dta with labels and extended missing values .a to .f, through pyreadstat."""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec
from kapabla.release.dataset import Cell, Dataset

# The header tells when it was written; a fixed time of the same length keeps every offset in the file as it was.
_TIMESTAMP = re.compile(rb"<timestamp>\x11.{17}</timestamp>", re.DOTALL)
_MADE_AT = b"<timestamp>\x1101 Jan 2000 00:00</timestamp>"
_MAX_LABEL = 80
# Version 14 (format 118): read by Stata 14 and later, and by pandas.
_VERSION = 14


def write_dta(dataset: Dataset, title: str) -> bytes:
    """Numbers with .a (not reached) to .f (withheld) where there is none; text columns blank, which Stata itself takes
    for missing.

    Value labels stand on numeric columns (Stata has none for text) and name the reasons as well. Labels are Swedish,
    cut at Stata's 80 characters; the codebook has them whole.
    """
    import pandas as pd
    import pyreadstat

    table = list(zip(dataset.columns, dataset.cells, strict=True))
    letters = {column.name: _letters(cells) for column, cells in table if not column.is_text}
    frame = pd.DataFrame({c.name: _series(cells, letters.get(c.name)) for c, cells in table})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "release.dta"
        pyreadstat.write_dta(
            frame,
            str(path),
            file_label=title[:_MAX_LABEL],
            column_labels=[column.labels["sv"][:_MAX_LABEL] for column in dataset.columns],
            version=_VERSION,
            variable_value_labels={
                column.name: _value_labels(column, letters[column.name])
                for column in dataset.columns
                if not column.is_text and (column.categories or letters[column.name])
            },
            missing_user_values={name: used for name, used in letters.items() if used},
        )
        body = path.read_bytes()
    fixed, found = _TIMESTAMP.subn(_MADE_AT, body, count=1)
    if found != 1:
        raise RuntimeError("the .dta header has no timestamp where it is looked for")
    return fixed


def _series(cells: Sequence[Cell], letters: Sequence[str] | None) -> Any:
    """The column with its type told; `letters` is None where it is text. The writer would otherwise guess it from the
    first hundred cells: from letters alone it takes a column of numbers for text, and stops at the first number."""
    import numpy as np
    import pandas as pd

    if letters is None:
        return pd.Series(["" if isinstance(cell, MissingReason) else cell for cell in cells], dtype="str")
    if not letters:
        return pd.Series(np.fromiter(cells, dtype="float64", count=len(cells)))
    # Of a categorical column the writer looks at the categories, and here a number comes first where there is one.
    distinct = set(cells)
    numbers = sorted({float(cell) for cell in distinct if not isinstance(cell, MissingReason)})
    categories: list[float | str] = [*numbers, *letters]
    place = {category: number for number, category in enumerate(categories)}
    of = {cell: place[cell.stata if isinstance(cell, MissingReason) else float(cell)] for cell in distinct}
    codes = np.fromiter(map(of.__getitem__, cells), dtype="int32", count=len(cells))
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index(categories, dtype="object")))


def _letters(cells: Sequence[Cell]) -> list[str]:
    return sorted(cell.stata for cell in set(cells) if isinstance(cell, MissingReason))


def _value_labels(column: ColumnSpec, letters: list[str]) -> dict[Any, str]:
    labels: dict[Any, str] = {int(value): label for value, label in column.categories.items()}
    return labels | {reason.stata: reason.label_sv for reason in MissingReason if reason.stata in letters}

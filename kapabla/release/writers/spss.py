"""SPSS .sav with labels, measure levels and user-missing codes, through pyreadstat."""

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec
from kapabla.release.dataset import Cell, Dataset

MISSING_RANGE: Any = {"lo": -99, "hi": -91}
# The creation date and time stand at bytes 92-108 of the header: replaced, so that same in is same out.
_MADE_SLICE, _MADE_AT = slice(92, 109), b"01 Jan 0000:00:00"
_TIMESTAMP = re.compile(rb"\d\d [A-Z][a-z][a-z] \d\d\d\d:\d\d:\d\d")
# What SPSS allows, in bytes of UTF-8: a letter may not be cut in two.
_MAX_TITLE, _MAX_LABEL, _MAX_VALUE_LABEL = 64, 255, 120


def write_sav(dataset: Dataset, title: str) -> bytes:
    """Numbers with the codes -91 to -97 in the cell and -99 to -91 declared missing; text columns blank, and the blank
    declared missing, with why as its label."""
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame(
        {
            column.name: pd.Series(_values(column, cells), dtype="str" if column.is_text else "float64")
            for column, cells in zip(dataset.columns, dataset.cells, strict=True)
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "release.sav"
        pyreadstat.write_sav(
            frame,
            str(path),
            file_label=_cut(title, _MAX_TITLE),
            column_labels=[_cut(column.labels["sv"], _MAX_LABEL) for column in dataset.columns],
            variable_value_labels={
                column.name: _value_labels(column) for column in dataset.columns if column.categories or column.missing
            },
            missing_ranges={
                column.name: [""] if column.is_text else [MISSING_RANGE]
                for column in dataset.columns
                if not column.is_text or column.missing
            },
            variable_measure={column.name: column.measure for column in dataset.columns},
            row_compress=True,
        )
        body = bytearray(path.read_bytes())
    if not _TIMESTAMP.fullmatch(body[_MADE_SLICE]):
        raise RuntimeError("the .sav header has no timestamp where it is looked for")
    body[_MADE_SLICE] = _MADE_AT
    return bytes(body)


def _values(column: ColumnSpec, cells: Sequence[Cell]) -> Any:
    """Blank text and the codes of numbers where there is none. Each distinct value is looked at once."""
    import numpy as np

    if column.is_text:
        return ["" if isinstance(cell, MissingReason) else cell for cell in cells]
    codes = {cell: float(cell.value if isinstance(cell, MissingReason) else cell) for cell in set(cells)}
    return np.fromiter(map(codes.__getitem__, cells), dtype="float64", count=len(cells))


def _value_labels(column: ColumnSpec) -> dict[Any, str]:
    if column.is_text:
        texts = {str(value): _cut(label, _MAX_VALUE_LABEL) for value, label in column.categories.items()}
        why = " eller ".join(reason.label_sv for reason in column.missing)
        return texts | ({"": why} if why else {})
    labels: dict[Any, str] = {float(value): _cut(label, _MAX_VALUE_LABEL) for value, label in column.categories.items()}
    return labels | {float(reason.value): reason.label_sv for reason in MissingReason}


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")

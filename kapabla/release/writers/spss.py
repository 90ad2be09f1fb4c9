"""SPSS .sav with labels, measure levels and user-missing codes, through pyreadstat."""

import tempfile
from pathlib import Path
from typing import Any

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec
from kapabla.release.dataset import Cell, Dataset

MISSING_RANGE: Any = {"lo": -99, "hi": -91}
# The creation date and time stand at a fixed place of the header (bytes 92-108): fixed, so that same in is same out.
_DATE_AT, _DATE = 92, b"01 Jan 2600:00:00"


def write_sav(dataset: Dataset, title: str) -> bytes:
    """Numbers with the codes -91 to -97 in the cell and -99 to -91 declared missing; text columns blank."""
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame({column.name: _column(dataset, column) for column in dataset.columns})
    coded = [column for column in dataset.columns if not column.is_text]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "release.sav"
        pyreadstat.write_sav(
            frame,
            str(path),
            file_label=title[:64],
            column_labels=[column.labels["sv"][:250] for column in dataset.columns],
            variable_value_labels={
                column.name: _value_labels(column) for column in dataset.columns if column.categories
            },
            missing_ranges={column.name: [MISSING_RANGE] for column in coded},
            variable_measure={column.name: column.measure for column in dataset.columns},
            row_compress=True,
        )
        body = bytearray(path.read_bytes())
    body[_DATE_AT : _DATE_AT + 17] = _DATE
    return bytes(body)


def _column(dataset: Dataset, column: ColumnSpec) -> list[Any]:
    cells = [row[column.name] for row in dataset.rows]
    if column.is_text:
        return ["" if isinstance(cell, MissingReason) else str(cell) for cell in cells]
    return [float(_code(cell)) for cell in cells]


def _code(cell: Cell) -> float:
    return float(cell.value if isinstance(cell, MissingReason) else cell)


def _value_labels(column: ColumnSpec) -> dict[Any, str]:
    if column.is_text:
        return {str(value): label for value, label in column.categories.items()}
    labels: dict[Any, str] = {float(value): label for value, label in column.categories.items()}
    return labels | {float(reason.value): reason.label_sv for reason in MissingReason}

"""CSV in two profiles: for machines (UTF-8, comma, point) and for Swedish Excel (mark, semicolon, decimal comma)."""

import csv
import io
from collections.abc import Callable, Iterable

from kapabla.material.instruments import MissingReason
from kapabla.release.dataset import Cell, Dataset

# A cell that begins so is a formula to a spreadsheet; a quote before it makes it text again (attack 25).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d")


def write_csv(dataset: Dataset, _title: str) -> bytes:
    """UTF-8 without a mark, comma, LF, decimal point. Missing cells are blank; the reason stands in missing.csv."""
    return _write(dataset, ",", _plain).encode()


def write_csv_excel(dataset: Dataset, _title: str) -> bytes:
    """What opens rightly in Swedish Excel: with a mark, semicolon, decimal comma, formulas made text."""
    return b"\xef\xbb\xbf" + _write(dataset, ";", _excel).encode()


def rows_for_excel(rows: Iterable[Iterable[Cell]]) -> bytes:
    """Any rows as `write_csv_excel` writes a table."""
    return b"\xef\xbb\xbf" + _rows(([_excel(cell) for cell in row] for row in rows), ";").encode()


def write_missing(dataset: Dataset) -> bytes:
    return _rows([("record_id", "wave", "column", "reason"), *dataset.missing()], ",").encode()


def _write(dataset: Dataset, delimiter: str, text: Callable[[Cell], str]) -> str:
    names = [column.name for column in dataset.columns]
    return _rows([names, *([text(row[name]) for name in names] for row in dataset.rows)], delimiter)


def _rows(rows: Iterable[Iterable[str]], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _plain(cell: Cell) -> str:
    if isinstance(cell, MissingReason):
        return ""
    # repr gives the shortest text that reads back as the very same number.
    return repr(cell) if isinstance(cell, float) else str(cell)


def _excel(cell: Cell) -> str:
    text = _plain(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return text.replace(".", ",")
    return without_formula(text)


def without_formula(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text

"""CSV in two profiles: for machines (UTF-8, comma, point) and for Swedish Excel (mark, semicolon, decimal comma)."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from kapabla.material.instruments import MissingReason
from kapabla.release.dataset import Cell, Dataset

# A cell that begins so is a formula to a spreadsheet; a quote before it makes it text again (attack 25).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d")
_MARK = b"\xef\xbb\xbf"


def write_csv(dataset: Dataset, _title: str) -> bytes:
    """UTF-8 without a mark, comma, LF, decimal point. Missing cells are blank; the reason stands in missing.csv."""
    return _write(dataset, ",", _plain)


def write_csv_excel(dataset: Dataset, _title: str) -> bytes:
    """What opens rightly in Swedish Excel: with a mark, semicolon, decimal comma, formulas made text."""
    return _MARK + _write(dataset, ";", _excel)


def rows_for_excel(rows: Iterable[Iterable[Cell]]) -> bytes:
    """Any rows as `write_csv_excel` writes a table."""
    return _MARK + _rows(([_excel(cell) for cell in row] for row in rows), ";")


def write_missing(dataset: Dataset) -> bytes:
    return _rows([("record_id", "wave", "column", "reason"), *dataset.missing()], ",")


def _write(dataset: Dataset, delimiter: str, text: Callable[[Cell], str]) -> bytes:
    names = [column.name for column in dataset.columns]
    columns = [_texts(cells, text) for cells in dataset.cells]
    return _rows([names, *zip(*columns, strict=True)], delimiter)


def _texts(cells: Sequence[Cell], text: Callable[[Cell], str]) -> list[str]:
    """Each distinct value is spelt once. 1 and 1.0 are one key and two texts: a column with both is spelt out."""
    if len(set(map(type, cells)) - {MissingReason}) > 1:
        return [text(cell) for cell in cells]
    spelt = {cell: text(cell) for cell in set(cells)}
    return [spelt[cell] for cell in cells]


def _rows(rows: Iterable[Iterable[str]], delimiter: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


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

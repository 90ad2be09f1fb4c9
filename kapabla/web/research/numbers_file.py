"""The table of a figure as a file for programs: what the table shows and no more, its numbers as numbers.

An interval is two columns, a share is 0 to 1, and a p that stands as `< 0,001` is 0.001 with a column that says below.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from kapabla.release.writers.delimited import rows_for_excel

_NUMBER = r"[\u2212-]?\d+(?:[.,]\d+)?"
_INTERVAL = re.compile(rf"\[({_NUMBER})[;,] ({_NUMBER})\]")
_BELOW = re.compile(rf"(< )?({_NUMBER})")
_PERCENT = re.compile(rf"({_NUMBER})\u00a0?%")
_NOTHING = "–"  # no such number, for anybody to see
Cell = Any


class Parts(NamedTuple):
    """What the columns are called that a column is taken apart into."""

    low: str = "nedre"
    high: str = "övre"
    below: str = "mindre än"


def rows_of(headers: Sequence[str], rows: Sequence[Sequence[Cell]], parts: Parts) -> Iterator[list[Cell]]:
    """Head and rows, columns of written numbers read; None is a blank. The first column names its row, and stays.

    >>> list(rows_of(["Skala", "n", "KI"], [["a", 9, "[0,10; 0,30]"], ["b", None, None]], Parts()))
    [['Skala', 'n', 'KI, nedre', 'KI, övre'], ['a', 9, 0.1, 0.3], ['b', None, None, None]]
    """
    columns = [(headers[0], [row[0] for row in rows])] if headers else []
    for place, header in enumerate(headers[1:], start=1):
        columns += _read(header, [None if row[place] == _NOTHING else row[place] for row in rows], parts)
    yield [header for header, _ in columns]
    yield from map(list, zip(*(cells for _, cells in columns), strict=True))


def as_csv(headers: Sequence[str], rows: Sequence[Sequence[Cell]], parts: Parts) -> bytes:
    """UTF-8, comma, decimal point."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        ["" if cell is None else cell for cell in row] for row in rows_of(headers, rows, parts)
    )
    return out.getvalue().encode()


def as_csv_excel(headers: Sequence[str], rows: Sequence[Sequence[Cell]], parts: Parts) -> bytes:
    """What opens rightly in Swedish Excel."""
    return rows_for_excel(["" if cell is None else cell for cell in row] for row in rows_of(headers, rows, parts))


def _read(header: str, cells: Sequence[Cell], parts: Parts) -> list[tuple[str, list[Cell]]]:
    """One column or two. What is words anywhere is words all the way."""
    if found := _matched(_INTERVAL, cells):
        return [
            (f"{header}, {end}", [match and _number(match[group]) for match in found])
            for group, end in enumerate((parts.low, parts.high), start=1)
        ]
    if found := _matched(_PERCENT, cells):
        return [(header, [match and round(_number(match[1]) / 100, 4) for match in found])]
    if found := _matched(_BELOW, cells):
        numbers = (header, [match and _number(match[2]) for match in found])
        if not any(match and match[1] for match in found):
            return [numbers]
        return [numbers, (f"{header}, {parts.below}", [match and int(bool(match[1])) for match in found])]
    return [(header, list(cells))]


def _matched(pattern: re.Pattern[str], cells: Sequence[Cell]) -> list[re.Match[str] | None]:
    """Empty where a cell is something else, or no cell is anything."""
    texts = [cell for cell in cells if cell is not None]
    if not texts or not all(isinstance(cell, str) and pattern.fullmatch(cell) for cell in texts):
        return []
    return [None if cell is None else pattern.fullmatch(cell) for cell in cells]


def _number(told: str) -> float:
    return float(told.replace(",", ".").replace("\u2212", "-"))

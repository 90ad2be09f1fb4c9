"""Reading a CSV as the contract says: numbers are numbers, blanks are missing, and everything else is refused."""

import csv
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from analysis.columns import Floats
from analysis.envelope import Misuse, Refused

MISSING = frozenset({"", "NA", "NaN"})
CHUNK = 8_192


@dataclass(frozen=True)
class Table:
    """The named columns of one file, in file order: `numbers` with NaN for missing, `texts` with None for missing."""

    numbers: dict[str, Floats]
    texts: dict[str, list[str | None]]


def read_numbers(path: Path, names: Sequence[str]) -> dict[str, Floats]:
    """The named columns as floats. See `read_table`."""
    return read_table(path, numbers=names).numbers


def read_table(path: Path, *, numbers: Sequence[str], texts: Sequence[str] = ()) -> Table:
    """Read only the named columns of a UTF-8 file, with or without a byte order mark, LF or CRLF.

    A header with more semicolons than commas means `;` between cells and a decimal comma (Swedish Excel). Missing is an
    empty cell, blanks only, `NA` or `NaN`, and nothing else. A line without any cell is a missing value in a file of
    one column and no row at all in a wider one; a row that ends early has blanks at its end. A column may be asked for
    both as numbers and as texts; a text is the cell as it stands.

    Raises Refused (column_not_found, no_rows, non_numeric), and Misuse for a file that is no readable table: no UTF-8,
    a row wider than the header (often a decimal comma that is not quoted), a quote that never ends, or a named column
    that stands twice.
    """
    with _opened(path) as (reader, header, decimal):
        places = {name: _position(header, name) for name in [*numbers, *texts]}
        floats: dict[str, list[Floats]] = {name: [] for name in numbers}
        levels: dict[str, list[str | None]] = {name: [] for name in texts}
        n_rows = 0
        for rows in _chunks(reader, len(header)):
            n_rows += len(rows)
            for name, parts in floats.items():
                parts.append(_floats(name, [row[places[name]] for row in rows], decimal))
            for name, cells in levels.items():
                cells += _texts([row[places[name]] for row in rows])
        if not n_rows:
            raise Refused("no_rows", "the file has a header and no rows")
    return Table({name: np.concatenate(parts) for name, parts in floats.items()}, levels)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Iterator[list[str]], list[str], str]]:
    """The rows after the header, the header, and the decimal sign; reading faults become Misuse."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = next((line for line in file if line.strip()), "")
            semicolons = first.count(";") > first.count(",")
            file.seek(0)
            reader = csv.reader(file, delimiter=";" if semicolons else ",", strict=True)
            header = next((row for row in reader if "".join(row).strip()), [])
            yield reader, [name.strip() for name in header], "," if semicolons else "."
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Misuse(f"cannot read {path} as a UTF-8 CSV table: {error}") from error


def _position(header: Sequence[str], name: str) -> int:
    places = [place for place, column in enumerate(header) if column == name]
    if not places:
        raise Refused("column_not_found", f"there is no column {name}")
    if len(places) > 1:
        raise Misuse(f"the header has the column {name} {len(places)} times")
    return places[0]


def _chunks(reader: Iterator[list[str]], width: int) -> Iterator[list[list[str]]]:
    """Rows of the header's width, many at a time."""
    first = 1
    while read := list(islice(reader, CHUNK)):
        # Nearly always all rows are whole, and then none is looked at by itself.
        rows = read if set(map(len, read)) == {width} else list(_mended(read, width, first))
        first += len(read)
        if rows:
            yield rows


def _mended(rows: Sequence[list[str]], width: int, first: int) -> Iterator[list[str]]:
    for number, row in enumerate(rows, start=first):
        if len(row) > width:
            raise Misuse(f"data row {number} has {len(row)} cells and the header {width}")
        if width == 1 or "".join(row).strip():
            yield row + [""] * (width - len(row))


def _floats(name: str, cells: Sequence[str], decimal: str) -> Floats:
    distinct = set(cells)
    together = "".join(distinct)
    if len(distinct) > len(cells) / 2 and decimal == "." and together.isascii() and "_" not in together:
        # Measurements, nearly all different: where each is a finite number, none need be looked at by itself.
        with suppress(ValueError):
            plain = np.fromiter(map(float, cells), dtype=np.float64, count=len(cells))
            if np.all(np.isfinite(plain)):
                return plain
    known = {cell: _number(name, cell, decimal) for cell in distinct}
    return np.fromiter(map(known.__getitem__, cells), dtype=np.float64, count=len(cells))


def _number(name: str, cell: str, decimal: str) -> float:
    text = cell.strip()
    if text in MISSING:
        return math.nan
    try:
        # With a decimal comma a point could only separate thousands: it is refused, not guessed at.
        number = float(text if decimal == "." else text.replace(".", " ").replace(",", "."))
    except ValueError:
        number = math.nan
    # float() also takes "nan", "inf", "1_000" and the digits of other scripts: none of them is a number here.
    if not math.isfinite(number) or "_" in text or not text.isascii():
        raise Refused("non_numeric", f"column {name} has a cell that is no number: {text[:40]}")
    return number


def _texts(cells: Sequence[str]) -> list[str | None]:
    known = {cell: None if cell.strip() in MISSING else cell.strip() for cell in set(cells)}
    return [known[cell] for cell in cells]

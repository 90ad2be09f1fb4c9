"""From text to lines of cells: which delimiter, quoted cells with line breaks, and the line that each row begins on."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from kapabla.identity.list_reading.columns import known_in
from kapabla.identity.list_reading.decoding import decode
from kapabla.identity.list_reading.headings import HEADING_ROWS, from_headings
from kapabla.identity.list_reading.shapes import Line, ListRefused, Table

_DELIMITERS = ";,\t|"


def read_delimited(data: bytes) -> Table:
    text, encoding = decode(data)
    text, delimiter, first = _take_hint(text)
    delimiter = delimiter or _sniff(text)
    try:
        lines = tuple(line for line in _lines(text, delimiter, first) if any(cell.strip() for cell in line.cells))
    except csv.Error as error:
        # A line of more than 128 kB: this is no list of people.
        raise ListRefused("wrong_type") from error
    return Table(from_headings(lines), "csv", encoding, delimiter)


def _take_hint(text: str) -> tuple[str, str | None, int]:
    """Without the line `sep=;` that Excel itself writes first to say which delimiter follows."""
    head, _, rest = text.partition("\n")
    hint = head.strip(' "')
    if len(hint) == 5 and hint[:4].lower() == "sep=" and hint[4] in _DELIMITERS:
        return rest, hint[4], 2
    return text, None, 1


def _sniff(text: str) -> str:
    """The delimiter between headings that are known; else the one that the first line has most of, outside quotes.

    Swedish Excel's semicolon where there is none.
    """
    head = list(islice((line for line in io.StringIO(text) if line.strip()), HEADING_ROWS)) or [""]
    unquoted = "".join(head[0].split('"')[::2])

    def names(delimiter: str) -> int:
        return max(len(known_in(tuple(line.replace('"', "").split(delimiter)))) for line in head)

    return max(_DELIMITERS, key=lambda delimiter: (names(delimiter), unquoted.count(delimiter)))


def _lines(text: str, delimiter: str, first: int) -> Iterator[Line]:
    """Each row with its first line. A stray quotation mark would swallow what follows: it spoils its own line alone."""
    source, start = io.StringIO(text).readlines(), 0
    while start < len(source):
        skipped = start
        rest = (source[index] for index in range(start, len(source)))
        reader = csv.reader(rest, delimiter=delimiter, skipinitialspace=True, strict=True)
        try:
            for cells in reader:
                yield Line(first + start, tuple(cells))
                start = skipped + reader.line_num
        except csv.Error:
            # A mark that is never closed, is closed in the midst of another cell, or opens a cell of over 128 kB.
            yield Line(first + start, _cells_of(source[start], delimiter))
            start += 1


def _cells_of(line: str, delimiter: str) -> tuple[str, ...]:
    return tuple(next(csv.reader([line], delimiter=delimiter, skipinitialspace=True)))

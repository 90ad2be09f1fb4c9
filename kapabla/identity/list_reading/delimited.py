"""From text to lines of cells: which delimiter, quoted cells with line breaks, and the line that each row begins on."""

import csv
import io
from collections.abc import Iterator

from kapabla.identity.list_reading.decoding import decode
from kapabla.identity.list_reading.shapes import Line, ListRefused, Table

_DELIMITERS = ";,\t|"
_END = "\x04"


def read_delimited(data: bytes) -> Table:
    text, encoding = decode(data)
    text, delimiter, first = _take_hint(text)
    delimiter = delimiter or _sniff(text)
    try:
        lines = tuple(line for line in _lines(text, delimiter, first) if any(cell.strip() for cell in line.cells))
    except csv.Error as error:
        # A line of more than 128 kB: this is no list of people.
        raise ListRefused("wrong_type") from error
    return Table(lines, "csv", encoding, delimiter)


def _take_hint(text: str) -> tuple[str, str | None, int]:
    """Without the line `sep=;` that Excel itself writes first to say which delimiter follows."""
    head, _, rest = text.partition("\n")
    hint = head.strip(' "')
    if len(hint) == 5 and hint[:4].lower() == "sep=" and hint[4] in _DELIMITERS:
        return rest, hint[4], 2
    return text, None, 1


def _sniff(text: str) -> str:
    """The delimiter that the header has most of, outside quotes; Swedish Excel's semicolon where it has none."""
    header = next((line for line in text.split("\n") if line.strip()), "")
    unquoted = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=unquoted.count)


def _lines(text: str, delimiter: str, first: int) -> Iterator[Line]:
    """Each row with its first line. A last mark tells whether a quotation mark was opened and never closed."""
    reader = csv.reader(io.StringIO(f"{text}\n{_END}"), delimiter=delimiter, skipinitialspace=True)
    began, last = first, Line(first, ())
    try:
        for cells in reader:
            yield last
            began, last = first + reader.line_num, Line(began, tuple(cells))
    except csv.Error:
        # A cell of more than 128 kB: most likely the rest of the list, behind a quotation mark.
        last = Line(began, ())
    if last.cells != (_END,):
        yield from _line_by_line(text, delimiter, last.row, first)


def _line_by_line(text: str, delimiter: str, began: int, first: int) -> Iterator[Line]:
    """Where one stray quotation mark would swallow the rest of the list, it spoils its own line alone."""
    for row, line in enumerate(text.split("\n")[began - first :], start=began):
        for cells in csv.reader([line], delimiter=delimiter, skipinitialspace=True):
            yield Line(row, tuple(cells))

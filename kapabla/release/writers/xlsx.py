"""Excel .xlsx: values as cells, names as the first row, nothing of whoever wrote it.

xlsxwriter makes the book and its first row. The cells are put into its sheet here: a call of the library for each of
some million cells would take longer than all the rest of a release.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import compress
from xml.sax.saxutils import escape

from kapabla.material.instruments import MissingReason
from kapabla.release.dataset import Cell, Dataset

# The same bytes every time: a workbook would otherwise tell when it was made.
_MADE_AT = datetime(2000, 1, 1)  # noqa: DTZ001  (xlsxwriter wants a naive one)
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
_SHEET, _END_OF_ROWS = "xl/worksheets/sheet1.xml", b"</sheetData>"
# What XML cannot hold, written as Excel writes it; and a text that looks so written.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x(?=[0-9a-fA-F]{4}_)")
_ROWS_AT_ONCE = 1000


def write_xlsx(dataset: Dataset, title: str) -> bytes:
    """One sheet, `data`. Numbers are numbers, texts are texts (never formulas or links), missing cells are blank.

    The title (with "Exempeldata" of test people) stands in the workbook's properties. Example: the cell 3.25 is a
    number, which Swedish Excel shows as 3,25.
    """
    letters = _column_letters(len(dataset.columns))
    body = io.BytesIO()
    with (
        zipfile.ZipFile(_book([column.name for column in dataset.columns], title)) as book,
        zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for entry in book.infolist():
            part = book.read(entry)
            with archive.open(_dateless(entry.filename), "w") as file:
                if entry.filename != _SHEET:
                    file.write(part)
                    continue
                before, end, after = part.partition(_END_OF_ROWS)
                file.write(_with_size(before, f"A1:{letters[-1]}{len(dataset) + 1}"))
                for rows in _rows(dataset, letters):
                    file.write(rows)
                file.write(end + after)
    return body.getvalue()


def _book(names: Sequence[str], title: str) -> io.BytesIO:
    """The workbook with the names alone."""
    import xlsxwriter

    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True, "strings_to_urls": False}) as book:
        book.set_properties({"title": title, "created": _MADE_AT})
        sheet = book.add_worksheet("data")
        sheet.freeze_panes(1, 1)
        for place, name in enumerate(names):
            sheet.write_string(0, place, name)
    return body


def _dateless(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _with_size(head: bytes, size: str) -> bytes:
    sized, found = re.subn(rb'<dimension ref="[^"]*"/>', b'<dimension ref="' + size.encode() + b'"/>', head)
    if found != 1:
        raise RuntimeError("the sheet does not say its size where it is looked for")
    return sized


def _rows(dataset: Dataset, letters: Sequence[str]) -> Iterator[bytes]:
    """The rows below the names, some at a time."""
    written: list[str] = []
    opened = [f'<c r="{letter}' for letter in letters]
    columns = [_contents(cells) for cells in dataset.cells]
    for line, contents in enumerate(zip(*columns, strict=True), start=2):
        place = f'{line}"'
        cells = [f"{first}{place}{cell}" for first, cell in compress(zip(opened, contents, strict=True), contents)]
        written.append(f'<row r="{line}">{"".join(cells)}</row>')
        if len(written) == _ROWS_AT_ONCE:
            yield "".join(written).encode()
            written.clear()
    yield "".join(written).encode()


def _contents(cells: Sequence[Cell]) -> list[str]:
    """What stands in a cell after its address; nothing where it is blank. Each distinct value is written once."""
    # An integer and a float of the same value are one key here, and one number to a spreadsheet.
    written = {cell: _content(cell) for cell in set(cells)}
    return [written[cell] for cell in cells]


def _content(cell: Cell) -> str:
    if isinstance(cell, MissingReason):
        return ""
    if isinstance(cell, str):
        text = _NOT_IN_XML.sub(lambda found: f"_x{ord(found.group()[0]):04X}_{found.group()[1:]}", cell)
        return f' t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
    # repr keeps all 17 figures of a score.
    return f"><v>{cell!r}</v></c>"


def _column_letters(number: int) -> list[str]:
    """Example: the 27th column is AA."""
    found = []
    for place in range(1, number + 1):
        name = ""
        while place:
            place, letter = divmod(place - 1, 26)
            name = chr(65 + letter) + name
        found.append(name)
    return found

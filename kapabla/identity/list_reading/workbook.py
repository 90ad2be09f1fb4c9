"""From an Excel workbook to lines of cells. Checks the archive first, since the reader trusts what it is given."""

import html
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from kapabla.identity.list_reading.headings import best_sheet, from_headings
from kapabla.identity.list_reading.shapes import Line, ListRefused, Table

_LINKS = "xl/_rels/workbook.xml.rels"
MAX_UNPACKED = 100 * 1024 * 1024
MAX_CELLS = 2_000_000
# A damaged archive, or a locked part (RuntimeError).
_DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
_PLACE = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br=["\']([A-Z]{1,3})([0-9]{1,7})["\']')


def read_workbook(data: bytes) -> Table:
    """The sheet that is a list. Formulas come as their results, dates as YYYY-MM-DD.

    Rows and sheets that somebody has hidden, as a filter hides rows, were chosen away and are not read.
    """
    hidden = _check_archive(data)
    left_out: dict[str, int] = {}
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        name, lines, unread = best_sheet(_sheets(book, hidden, left_out))
    except (CalamineError, ValueError, OverflowError) as error:
        raise ListRefused("wrong_type") from error
    return Table(lines, "xlsx", "", "", name, unread, left_out.get(name, 0))


def _sheets(
    book: CalamineWorkbook, hidden: dict[str, set[int]], left_out: dict[str, int]
) -> Iterator[tuple[str, tuple[Line, ...]]]:
    """One at a time, so that no more than two are held. `left_out` is filled on the way."""
    for sheet in book.sheets_metadata:
        if sheet.visible == SheetVisibleEnum.Visible:
            lines = _lines(book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False))
            seen = tuple(line for line in lines if line.row not in hidden.get(sheet.name, ()))
            left_out[sheet.name] = len(lines) - len(seen)
            yield sheet.name, from_headings(seen)


def _check_archive(data: bytes) -> dict[str, set[int]]:
    """A workbook and no other zip, not packed to burst, and no far cell: the reader makes room for all before it.

    Returns the hidden rows of each sheet, which the reader does not tell of.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            ways_to_pack = {part.compress_type for part in parts}
            if "xl/workbook.xml" not in archive.namelist() or ways_to_pack - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise ListRefused("wrong_type")
            if sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise ListRefused("too_large", maximum_mb=MAX_UNPACKED // 1024**2)
            hidden = {}
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    sheet = archive.read(part)
                    _check_extent(sheet)
                    hidden[part.filename] = _hidden_rows(sheet)
            return {name: hidden.get(path, set()) for name, path in _paths(archive)}
    except _DAMAGED as error:
        raise ListRefused("wrong_type") from error


def _paths(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Each sheet's name, and where in the archive it lies."""
    links = archive.read(_LINKS) if _LINKS in archive.namelist() else b""
    targets = {
        _attribute(tag, b"Id"): _attribute(tag, b"Target") for tag in re.findall(rb"<Relationship\b[^>]*>", links)
    }
    sheets = re.findall(rb"<(?:\w+:)?sheet\b[^>]*>", archive.read("xl/workbook.xml"))
    found = [(_attribute(tag, b"name"), targets.get(_attribute(tag, rb"\w+:id"), "")) for tag in sheets]
    return [(name, posixpath.join("/xl", target).removeprefix("/")) for name, target in found]


def _hidden_rows(sheet: bytes) -> set[int]:
    hidden, number = set(), 0
    for tag in re.findall(rb"<(?:\w+:)?row\b[^>]*>", sheet):
        # A row that does not say which it is follows the one before it.
        number = int(_attribute(tag, b"r") or number + 1)
        if _attribute(tag, b"hidden") in ("1", "true"):
            hidden.add(number)
    return hidden


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\s" + name + rb"\s*=\s*[\"']([^\"']*)", tag)
    return html.unescape(found[1].decode("utf-8", "replace")) if found else ""


def _check_extent(sheet: bytes) -> None:
    places = _PLACE.findall(sheet)
    height = max((int(row) for _, row in places), default=0)
    width = max((_column_number(letters) for letters, _ in places), default=0)
    if height * width > MAX_CELLS:
        raise ListRefused("too_many_rows", maximum=MAX_CELLS // max(width, 1))


def _column_number(letters: bytes) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _lines(rows: Sequence[Sequence[object]]) -> tuple[Line, ...]:
    lines = (Line(number, tuple(_as_text(value) for value in row)) for number, row in enumerate(rows, start=1))
    return tuple(line for line in lines if any(cell.strip() for cell in line.cells))


def _as_text(value: object) -> str:
    """A whole number comes back as 1951.0: it is written 1951."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\r\n", "\n")

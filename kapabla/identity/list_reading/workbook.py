"""From an Excel workbook to lines of cells. Checks the archive first, since the reader trusts what it is given."""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence

from python_calamine import CalamineError, CalamineWorkbook

from kapabla.identity.list_reading.shapes import Line, ListRefused, Table

MAX_UNPACKED = 100 * 1024 * 1024
MAX_CELLS = 2_000_000
# A damaged archive, or a locked part (RuntimeError).
_DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
_PLACE = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br=["\']([A-Z]{1,3})([0-9]{1,7})["\']')


def read_workbook(data: bytes) -> Table:
    """The first sheet with anything in it. Formulas come as their results, dates as YYYY-MM-DD."""
    _check_archive(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = (_lines(book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names)
        lines = next((lines for lines in found if lines), ())
    except (CalamineError, ValueError, OverflowError) as error:
        raise ListRefused("wrong_type") from error
    return Table(lines, "xlsx", "", "")


def _check_archive(data: bytes) -> None:
    """A workbook and no other zip, not packed to burst, and no far cell: the reader makes room for all before it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            ways_to_pack = {part.compress_type for part in parts}
            if "xl/workbook.xml" not in archive.namelist() or ways_to_pack - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise ListRefused("wrong_type")
            if sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise ListRefused("too_large", maximum_mb=MAX_UNPACKED // 1024**2)
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    _check_extent(archive.read(part))
    except _DAMAGED as error:
        raise ListRefused("wrong_type") from error


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

"""From bytes to rows of cells, whatever kind of file it is. Knows files, not people."""

import re
from dataclasses import replace

from kapabla.identity.list_reading.delimited import read_delimited
from kapabla.identity.list_reading.shapes import Line, ListRefused, Table

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
# What files that are no lists begin with: PDF, pictures, old Excel and locked xlsx (both OLE), RTF, RAR, 7-zip.
_NO_LIST = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"Rar!", b"7z\xbc\xaf")
# No page may hold them, and nobody has typed them: shown as the sign for what cannot be read, by which the row is told.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


def read_table(data: bytes) -> Table:
    """What the file begins with decides, not its name: a list saved as the wrong kind is still a list."""
    if len(data) > MAX_BYTES:
        raise ListRefused("too_large", maximum_mb=MAX_BYTES // 1024**2)
    if data.startswith(_NO_LIST):
        raise ListRefused("wrong_type")
    table = _read_workbook(data) if data.startswith(b"PK\x03\x04") else read_delimited(data)
    if not table.lines:
        raise ListRefused("empty")
    if len(table.lines) > MAX_ROWS + 1:
        raise ListRefused("too_many_rows", maximum=MAX_ROWS)
    sheets = tuple(_readable(name) for name in table.unread_sheets)
    return replace(
        table, lines=tuple(_as_shown(line) for line in table.lines), unread_sheets=sheets,
        sheet=_readable(table.sheet),
    )  # fmt: skip


def _as_shown(line: Line) -> Line:
    if not any(_UNREADABLE.search(cell) for cell in line.cells):
        return line
    return replace(line, cells=tuple(_readable(cell) for cell in line.cells))


def _readable(text: str) -> str:
    return _UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _read_workbook(data: bytes) -> Table:
    # Loaded when a workbook comes: most processes never see one.
    from kapabla.identity.list_reading.workbook import read_workbook

    return read_workbook(data)

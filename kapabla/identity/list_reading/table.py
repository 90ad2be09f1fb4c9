"""From bytes to rows of cells, whatever kind of file it is. Knows files, not people."""

from kapabla.identity.list_reading.delimited import read_delimited
from kapabla.identity.list_reading.shapes import ListRefused, Table

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
# What files that are no lists begin with: PDF, pictures, old Excel and locked xlsx (both OLE), RTF, RAR, 7-zip.
_NO_LIST = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"Rar!", b"7z\xbc\xaf")


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
    return table


def _read_workbook(data: bytes) -> Table:
    # Loaded when a workbook comes: most processes never see one.
    from kapabla.identity.list_reading.workbook import read_workbook

    return read_workbook(data)

"""From bytes to rows of cells, each with the line of the file that it begins on. Knows files, not people."""

import csv
import io
from dataclasses import dataclass

from kapabla.errors import KapablaError

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_CELL = 1_000
_DELIMITERS = ";,\t|"
_ENCODINGS = ("utf-8-sig", "cp1252", "mac-roman")
# What files that are no lists begin with: PDF, old Excel, pictures, and zip (which is xlsx, or something else).
_NO_LIST = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"Rar!", b"7z\xbc\xaf")


class ListRefused(KapablaError):
    """The file as a whole cannot be read as a list. The code says why; nothing of it is kept."""

    code = "list_refused"


@dataclass(frozen=True)
class Line:
    """`row` is the line of the file: the header is on the first that is not blank."""

    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    lines: tuple[Line, ...]
    format: str
    encoding: str
    delimiter: str


def read_table(data: bytes) -> Table:
    if len(data) > MAX_BYTES:
        raise ListRefused("too_large", maximum_mb=MAX_BYTES // 1024**2)
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise ListRefused("empty")
    if data.startswith(b"PK\x03\x04"):
        return _read_xlsx(data)
    if data.startswith(_NO_LIST):
        raise ListRefused("wrong_type")
    return _read_csv(data)


def _read_csv(data: bytes) -> Table:
    text, encoding = _decode(data)
    if "\0" in text:
        raise ListRefused("wrong_type")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    skipped, delimiter = 0, None
    if text[:4].lower() == "sep=" and len(text) > 5 and text[5] == "\n":
        # The line that Excel itself writes to say which delimiter follows.
        delimiter, text, skipped = text[4], text[6:], 1
    delimiter = delimiter or _sniff(text)
    lines, reader = [], csv.reader(io.StringIO(text), delimiter=delimiter, strict=False)
    began = 1 + skipped
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append(Line(began, tuple(cells)))
            began = reader.line_num + 1 + skipped
            _check_length(lines)
    except csv.Error as error:
        raise ListRefused("wrong_type") from error
    return Table(tuple(lines), "csv", encoding, delimiter)


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _try(data, "utf-16")
    # UTF-16 without its mark: every other byte of ordinary text is zero.
    sample = data[:400]
    if sample.count(0) > len(sample) // 4:
        return _try(data, "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be")
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252" and _looks_like_mac(data):
            continue
        return text, encoding
    raise ListRefused("unreadable")


def _try(data: bytes, encoding: str) -> tuple[str, str]:
    try:
        return data.decode(encoding).lstrip("\ufeff"), encoding
    except UnicodeDecodeError as error:
        raise ListRefused("unreadable") from error


def _looks_like_mac(data: bytes) -> bool:
    """Mac Roman writes å ä ö as 8C 8A 9A and Å Ä Ö as 81 80 85: signs that nobody has in a Swedish name."""
    mac = sum(data.count(byte) for byte in (b"\x8c", b"\x8a", b"\x9a", b"\x81", b"\x80", b"\x85"))
    windows = sum(data.count(byte) for byte in (b"\xe5", b"\xe4", b"\xf6", b"\xc5", b"\xc4", b"\xd6"))
    return mac > windows


def _sniff(text: str) -> str:
    """The delimiter that the header has most of; a semicolon, Swedish Excel's own, where it has none."""
    header = next((line for line in text.split("\n") if line.strip()), "")
    return max(_DELIMITERS, key=lambda delimiter: (header.count(delimiter), -_DELIMITERS.index(delimiter)))


def _read_xlsx(data: bytes) -> Table:
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
        rows = next((found for sheet in sheets if (found := sheet.to_python(skip_empty_area=False))), [])
    except Exception as error:
        # The library has no single class for a file that is no workbook, or that is locked by a password.
        raise ListRefused("wrong_type") from error
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = tuple(_as_text(value) for value in row)
        if any(cell.strip() for cell in cells):
            lines.append(Line(number, cells))
        _check_length(lines)
    return Table(tuple(lines), "xlsx", "", "")


def _as_text(value: object) -> str:
    """A whole number comes back as 1951.0: it is written 1951."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _check_length(lines: list[Line]) -> None:
    if len(lines) > MAX_ROWS + 1:
        raise ListRefused("too_many_rows", maximum=MAX_ROWS)

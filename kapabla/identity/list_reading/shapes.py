"""What reading a list gives back: people, faults by line and column, and what was left unread. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass

from kapabla.errors import KapablaError


class ListRefused(KapablaError):
    """The file as a whole cannot be read as a list. The code says why; nothing of it is kept."""

    code = "list_refused"


@dataclass(frozen=True)
class Vocabulary:
    """Folded names and aliases to codes."""

    municipalities: Mapping[str, str]
    roles: Mapping[str, str]
    languages: Mapping[str, str]


# What was written in place of the cells of some rows, by the row and the column's name.
Mended = Mapping[int, Mapping[str, str]]


@dataclass(frozen=True)
class Line:
    """`row` is the line of the file where the cells begin, or the row of the sheet; the first is 1."""

    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The lines that are not blank: the header and what follows it. In a workbook: of which sheet, which others look
    like lists too, and how many rows that somebody has hidden are left out.
    """

    lines: tuple[Line, ...]
    format: str
    encoding: str
    delimiter: str
    sheet: str = ""
    unread_sheets: tuple[str, ...] = ()
    hidden_rows: int = 0


@dataclass(frozen=True)
class ListRow:
    row: int
    name: str
    email: str | None
    phone: str | None
    address: str | None
    municipality: str
    role: str
    language: str
    shares_address_with: int | None = None


@dataclass(frozen=True, order=True)
class RowFault:
    """`value` repeats only what is safe to repeat: an unknown place or trade, or the number of another row."""

    row: int
    column: str
    code: str
    value: str = ""


@dataclass(frozen=True)
class ListReading:
    """`row_count` is all rows with anything in them, good or not; rows and faults stand in the order of the file.
    `columns` is what is read, by our names, from left to right.

    `cells` is what stood in each line, by column and made tidy, so that rows can be handed back to be mended. A cell
    with a personal number is empty there, and so is all of a row that is marked as protected.
    """

    rows: tuple[ListRow, ...]
    cells: Mapping[int, Mapping[str, str]]
    rejected: tuple[RowFault, ...]
    row_count: int
    columns: tuple[str, ...]
    ignored_columns: tuple[str, ...]
    personal_number_columns: tuple[str, ...]
    format: str
    encoding: str
    delimiter: str
    heading_row: int = 1
    sheet: str = ""
    unread_sheets: tuple[str, ...] = ()
    hidden_rows: int = 0

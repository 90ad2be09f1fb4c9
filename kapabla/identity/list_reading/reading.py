"""From rows of cells to people: every fault of every row, with the line, the column and a code."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from kapabla.identity.list_reading.columns import Columns, find_columns
from kapabla.identity.list_reading.personal_numbers import has_personal_number
from kapabla.identity.list_reading.table import MAX_CELL, Line, Table, read_table

_FORMULA = ("=", "+", "-", "@", "\t", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_YES = {"ja", "j", "x", "1", "yes", "y", "true", "sant", "skyddad"}
_NO = {"", "nej", "n", "0", "no", "false", "falskt", "-"}
_EMAIL = re.compile(r"^[^@\s,;:<>()\[\]\\\"]+@[a-z0-9åäö](?:[a-z0-9åäö.-]*[a-z0-9åäö])?\.[a-z]{2,}$")
_PHONE = re.compile(r"^\+?[\d\s()\-/.]{6,25}$")


@dataclass(frozen=True)
class Vocabulary:
    """Folded names and aliases to codes."""

    municipalities: Mapping[str, str]
    roles: Mapping[str, str]
    languages: frozenset[str] = frozenset({"sv", "en"})


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
    rows: tuple[ListRow, ...]
    rejected: tuple[RowFault, ...]
    row_count: int
    ignored_columns: tuple[str, ...]
    personal_number_columns: tuple[str, ...]
    format: str
    encoding: str
    delimiter: str


def read_list(data: bytes, *, vocabulary: Vocabulary) -> ListReading:
    """Read a file of any of the known kinds. Raises `ListRefused` where it is no list of people."""
    return _read(read_table(data), vocabulary)


def read_pasted(text: str, *, vocabulary: Vocabulary) -> ListReading:
    """The same from a paste box: what a spreadsheet copies is separated by tabs."""
    return _read(read_table(text.encode()), vocabulary)


def _read(table: Table, vocabulary: Vocabulary) -> ListReading:
    header, lines = table.lines[0], table.lines[1:]
    columns = find_columns(header, lines)
    good: list[ListRow] = []
    rejected: list[RowFault] = []
    for line in lines:
        row, faults = _read_row(line, columns, vocabulary)
        rejected += faults
        if row is not None and not faults:
            good.append(row)
    rows, doubles = _find_doubles(good)
    return ListReading(
        rows=tuple(rows),
        rejected=tuple(sorted(rejected + doubles)),
        row_count=len(lines),
        ignored_columns=columns.ignored,
        personal_number_columns=columns.personal_numbers,
        format=table.format,
        encoding=table.encoding,
        delimiter=table.delimiter,
    )


def _read_row(line: Line, columns: Columns, vocabulary: Vocabulary) -> tuple[ListRow | None, list[RowFault]]:
    cells = list(line.cells)
    while len(cells) > columns.width and not cells[-1].strip():
        cells.pop()
    if len(cells) != columns.width:
        return None, [RowFault(line.row, "", "too_few_cells" if len(cells) < columns.width else "too_many_cells")]
    texts = {name: _clean(cells[place]) for name, place in columns.places.items()}
    faults = [fault for name, text in texts.items() if (fault := _unsafe(line.row, name, text, cells, columns))]
    if faults:
        return None, faults
    if texts.get("protected", "").casefold() not in _NO:
        return None, [RowFault(line.row, "protected", "protected")]
    return _as_person(line.row, texts, vocabulary)


def _unsafe(row: int, name: str, text: str, cells: list[str], columns: Columns) -> RowFault | None:
    """What must not be read further: a personal number, a formula, control characters, an endless cell."""
    raw = cells[columns.places[name]]
    if any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in raw):
        return RowFault(row, name, "control_characters")
    if len(text) > MAX_CELL:
        return RowFault(row, name, "too_long")
    if has_personal_number(text):
        return RowFault(row, name, "personal_number")
    if text.startswith(_FORMULA) and text not in ("-", "–") and not (name == "phone" and _PHONE.match(text)):
        return RowFault(row, name, "formula")
    return None


def _as_person(row: int, texts: dict[str, str], vocabulary: Vocabulary) -> tuple[ListRow | None, list[RowFault]]:
    faults: list[RowFault] = []
    name = texts.get("name") or " ".join(part for part in (texts.get("first_name"), texts.get("last_name")) if part)
    if not name:
        faults.append(RowFault(row, "name", "name_missing"))
    municipality = _known(row, "municipality", texts["municipality"], vocabulary.municipalities, faults)
    role = _known(row, "role", texts["role"], vocabulary.roles, faults)
    email = _email(row, texts.get("email", ""), faults)
    phone = _phone(row, texts.get("phone", ""), faults)
    address = texts.get("address") or None
    reached = any(texts.get(way) for way in ("email", "phone", "address"))
    if not reached:
        faults.append(RowFault(row, "contact", "contact_missing"))
    language = texts.get("language", "").casefold()[:2] or "sv"
    if faults:
        return None, faults
    known_language = language if language in vocabulary.languages else "sv"
    return ListRow(row, name, email, phone, address, municipality, role, known_language), []


def _known(row: int, column: str, text: str, known: Mapping[str, str], faults: list[RowFault]) -> str:
    code = known.get(fold(text))
    if code is None:
        missing = not text
        faults.append(RowFault(row, column, f"{column}_missing" if missing else f"{column}_unknown", text[:60]))
    return code or ""


def _email(row: int, text: str, faults: list[RowFault]) -> str | None:
    email = text.casefold()
    if not email:
        return None
    if "@" not in email:
        faults.append(RowFault(row, "email", "email_no_at"))
    elif not _EMAIL.match(email) or ".." in email:
        faults.append(RowFault(row, "email", "email_wrong"))
    return email


def _phone(row: int, text: str, faults: list[RowFault]) -> str | None:
    """To +46…: a Swedish number begins with 0, which a spreadsheet may have dropped."""
    if not text:
        return None
    digits = re.sub(r"\D", "", text)
    if not _PHONE.match(text) or not 7 <= len(digits) <= 15:
        faults.append(RowFault(row, "phone", "phone_wrong"))
        return None
    if text.startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+46{digits.removeprefix('0')}"


def _find_doubles(rows: list[ListRow]) -> tuple[list[ListRow], list[RowFault]]:
    """The same address and name is the same person; the same address and another name is a household."""
    first: dict[tuple[str, str], ListRow] = {}
    kept: list[ListRow] = []
    doubles: list[RowFault] = []
    for row in rows:
        others = [first[way] for way in _ways(row) if way in first]
        same = next((other for other in others if fold(other.name) == fold(row.name)), None)
        if same is not None:
            doubles.append(RowFault(row.row, "name", "duplicate_in_file", str(same.row)))
            continue
        shared = others[0].row if others else None
        kept.append(ListRow(**{**row.__dict__, "shares_address_with": shared}))
        for way in _ways(row):
            first.setdefault(way, row)
    return kept, doubles


def _ways(row: ListRow) -> list[tuple[str, str]]:
    return [(kind, value) for kind, value in (("email", row.email), ("phone", row.phone)) if value]


def fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _clean(text: str) -> str:
    """Without the spaces around, NBSP included, and with letters composed as everybody else writes them."""
    return unicodedata.normalize("NFC", text.replace("\xa0", " ").replace("\ufeff", "")).strip(" \n")

"""From rows of cells to people: every fault of every row, with the line, the column and a code."""

from collections.abc import Mapping
from dataclasses import replace

from kapabla.identity.list_reading.cells import (
    clean,
    find_unsafe,
    fold,
    join_address,
    looks_like_phone,
    read_email,
    read_phone,
)
from kapabla.identity.list_reading.columns import Columns, find_columns
from kapabla.identity.list_reading.doubles import find_doubles
from kapabla.identity.list_reading.personal_numbers import has_personal_number, has_personal_number_for_phone
from kapabla.identity.list_reading.protection import is_protected
from kapabla.identity.list_reading.shapes import (
    Line,
    ListReading,
    ListRefused,
    ListRow,
    Mended,
    RowFault,
    Table,
    Vocabulary,
)
from kapabla.identity.list_reading.table import read_table

__all__ = ["fold", "read_list", "read_pasted"]


def read_list(data: bytes, *, vocabulary: Vocabulary, mended: Mended | None = None) -> ListReading:
    """Read a file of any of the known kinds. Raises `ListRefused` where it is no list of people."""
    return _read(read_table(data), vocabulary, mended or {})


def read_pasted(text: str, *, vocabulary: Vocabulary) -> ListReading:
    """The same from a paste box: what a spreadsheet copies is separated by tabs."""
    return _read(read_table(text.encode("utf-8", "replace")), vocabulary, {})


def _read(table: Table, vocabulary: Vocabulary, mended: Mended) -> ListReading:
    header, lines = table.lines[0], table.lines[1:]
    try:
        columns = find_columns(header, lines)
    except ListRefused as refused:
        raise ListRefused(refused.code, **{**refused.context, "row": header.row, "sheet": table.sheet}) from None
    lines = tuple(_write_over(line, columns, mended[line.row]) if line.row in mended else line for line in lines)
    good: list[ListRow] = []
    rejected: list[RowFault] = []
    for line in lines:
        row, faults = _read_row(line, columns, vocabulary)
        rejected += faults
        if row is not None:
            good.append(row)
    rows, doubles = find_doubles(good)
    return ListReading(
        rows=tuple(rows),
        cells={line.row: _to_hand_back(line, columns) for line in lines},
        rejected=tuple(sorted(rejected + doubles)),
        row_count=len(lines),
        columns=tuple(sorted(columns.places, key=columns.places.__getitem__)),
        ignored_columns=columns.ignored,
        personal_number_columns=columns.personal_numbers,
        format=table.format,
        encoding=table.encoding,
        delimiter=table.delimiter,
        heading_row=header.row,
        sheet=table.sheet,
        unread_sheets=table.unread_sheets,
        hidden_rows=table.hidden_rows,
    )


def _write_over(line: Line, columns: Columns, texts: Mapping[str, str]) -> Line:
    """The line as it was written anew, as wide as the header. What belongs to no column that is read goes."""
    cells = [*line.cells, *[""] * columns.width][: columns.width]
    for name, place in columns.places.items():
        cells[place] = texts.get(name, cells[place])
    return replace(line, cells=tuple(cells))


def _read_row(line: Line, columns: Columns, vocabulary: Vocabulary) -> tuple[ListRow | None, list[RowFault]]:
    if is_protected(line, columns):
        # The row is never to be mended, only taken out: nothing of it is looked at, or repeated.
        return None, [RowFault(line.row, "protected", "protected")]
    misfit = columns.misfit_of(line.cells)
    if misfit is not None:
        # Which cell belongs to which column is anybody's guess, so nothing more is said about the row.
        return None, [RowFault(line.row, "", misfit)]
    raw = {name: line.cells[place] for name, place in columns.places.items()}
    texts = {name: clean(cell) for name, cell in raw.items()}
    unsafe = {name: code for name, text in texts.items() if (code := _unsafe(name, raw[name], text))}
    faults = [RowFault(line.row, name, code) for name, code in unsafe.items()]
    if _has_number_unread(line, columns):
        faults.append(RowFault(line.row, "", "personal_number"))
    if not any(texts.get(way) or way in unsafe for way in ("email", "phone", "address")):
        faults.append(RowFault(line.row, "contact", "contact_missing"))
    row, others = _as_person(line.row, texts, vocabulary)
    faults += [fault for fault in others if fault.column not in unsafe]
    return (None if faults else row), faults


def _has_number_unread(line: Line, columns: Columns) -> bool:
    """In a column that is not used: the list lies here for an hour, and the file is sent on."""
    known = columns.dropped | set(columns.places.values())
    return any(has_personal_number(clean(cell)) for place, cell in enumerate(line.cells) if place not in known)


def _to_hand_back(line: Line, columns: Columns) -> dict[str, str]:
    texts = {name: clean(line.cells[place]) for name, place in columns.places.items() if place < len(line.cells)}
    if is_protected(line, columns):
        return dict.fromkeys(texts, "")
    return {name: "" if _unsafe(name, text, text) == "personal_number" else text for name, text in texts.items()}


def _unsafe(name: str, raw: str, text: str) -> str | None:
    """What must not be read further: a personal number, a formula, control characters, an endless cell."""
    has_number = has_personal_number_for_phone if name == "phone" else has_personal_number
    if has_number(text):
        return "personal_number"
    code = find_unsafe(raw, text)
    return None if code == "formula" and name == "phone" and looks_like_phone(text) else code


def _as_person(row: int, texts: Mapping[str, str], vocabulary: Vocabulary) -> tuple[ListRow, list[RowFault]]:
    """The person as far as the row tells, and all that is wrong with it."""
    faults: list[RowFault] = []
    name = _one_line(texts.get("name") or f"{texts.get('first_name', '')} {texts.get('last_name', '')}")
    if not name:
        faults.append(RowFault(row, "name", "name_missing"))
    person = ListRow(
        row=row,
        name=name,
        email=_email(row, texts.get("email", ""), faults),
        phone=_phone(row, texts.get("phone", ""), faults),
        address=join_address(texts.get("address", ""), texts.get("postal_code", ""), texts.get("town", "")),
        municipality=_known(row, "municipality", texts["municipality"], vocabulary.municipalities, faults),
        role=_known(row, "role", texts["role"], vocabulary.roles, faults),
        language=_language(row, texts.get("language", ""), vocabulary, faults),
    )
    return person, faults


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _known(row: int, column: str, text: str, known: Mapping[str, str], faults: list[RowFault]) -> str:
    code = known.get(fold(text))
    if code is None:
        faults.append(RowFault(row, column, f"{column}_unknown" if text else f"{column}_missing", _one_line(text)[:60]))
    return code or ""


def _email(row: int, text: str, faults: list[RowFault]) -> str | None:
    if not text:
        return None
    email, code = read_email(text)
    if code is not None:
        faults.append(RowFault(row, "email", code))
    return email


def _phone(row: int, text: str, faults: list[RowFault]) -> str | None:
    phone = read_phone(text) if text else None
    if text and phone is None:
        faults.append(RowFault(row, "phone", "phone_wrong"))
    return phone


def _language(row: int, text: str, vocabulary: Vocabulary, faults: list[RowFault]) -> str:
    """An empty cell is Swedish. A language that the material is not written in is told, so that nobody is surprised."""
    if not text:
        return "sv"
    language = vocabulary.languages.get(fold(text)) or vocabulary.languages.get(fold(text.partition("-")[0]))
    if language is None:
        faults.append(RowFault(row, "language", "language_unknown", _one_line(text)[:60]))
    return language or ""

"""A data dictionary as an instrument: every row that cannot be said is told by row and column, all in one reading."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kapabla.material.faults import Fault, say
from kapabla.material.instruments.checks import check_instrument
from kapabla.material.instruments.definition import Instrument, Status
from kapabla.material.instruments.redcap_dictionary.columns import (
    CHOICES,
    HEADINGS,
    MAX_DECIMALS,
    MISSING_TAG,
    NEEDED,
    RECORD_ID,
    TAGS,
    VALIDATION,
    parts_of,
    stem_field,
)
from kapabla.material.instruments.redcap_dictionary.logic import NO_OPINION, LogicNotSaid, read
from kapabla.material.reading import Shelf
from kapabla.material.texts import Text

MAX_ROWS = 2000
# Tags of the editor of REDCap; any other < is a sign like another.
MARKUP = re.compile(r"</?(?:a|b|i|u|p|br|div|span|em|strong|font|h[1-6]|ul|ol|li|img|table|t[rdh]|style|label)\b", re.I)
PIPED = re.compile(r"\[[a-z][a-z0-9_:()-]*\]", re.I)
_TAG = re.compile(r"@[A-Z][A-Z0-9-]*(?:\s*=\s*(?:'[^']*'|\"[^\"]*\"|\S+))?")
_YES_NO = {"yesno": "1, Ja | 0, Nej", "truefalse": "1, Sant | 0, Falskt"}
_NO_FIELD = {
    "calc": "scores are computed by scales here; remove the row, and write the scale afterwards.",
    "file": "nobody sends files here; remove the row.",
    "sql": "options do not come from a database here; write them as choices of a radio field.",
}
_DROPPED = {
    "field_note": "the note beside the field is not shown here.",
    "required_field": "no answer is required here.",
    "custom_alignment": "the alignment is not used here.",
    "question_number": "questions are numbered by themselves.",
    "matrix_ranking": "the ranking within a matrix is not used here; a rank item is written in TOML.",
}


@dataclass(frozen=True)
class About:
    """What an instrument is and no column says."""

    id: str
    version: int
    title: Text
    construct_name: str
    kirkpatrick_level: int | None = None
    status: Status = "draft"


@dataclass(frozen=True)
class DictionaryRead:
    """`instrument` is None where there is a fault. `losses`: what stands in the file and is not in the instrument."""

    instrument: Instrument | None
    faults: list[Fault]
    losses: list[Fault]


@dataclass(frozen=True)
class Row:
    """`number` is the line of the file where the row begins; the headings are line 1."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def place(self, column: str = "") -> str:
        return ", ".join(part for part in (f"row {self.number}", HEADINGS.get(column, column)) if part)


@dataclass
class _Reading:
    about: About
    faults: list[Fault] = field(default_factory=list)
    losses: list[Fault] = field(default_factory=list)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    pages: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)

    def fault(self, row: Row, column: str, message: str) -> None:
        self.faults.append(Fault("", row.place(column), message))

    def lose(self, row: Row, column: str, message: str) -> None:
        self.losses.append(Fault("", row.place(column), message))


def read_dictionary(body: bytes, about: About, *, form: str | None = None) -> DictionaryRead:
    """The one form of the file, or the one named `form`."""
    reading = _Reading(about)
    rows = list(_rows(body, reading))
    if reading.faults:
        return DictionaryRead(None, reading.faults, [])
    rows = _of_one_form(rows, form, reading)
    for row in rows:
        _read_row(row, rows, reading)
    instrument = _built(rows, reading)
    # A line break within a cell: rows are told in the order of their lines.
    faults = sorted(reading.faults, key=lambda fault: (_number_of(fault.place), fault.place))
    return DictionaryRead(None if faults else instrument, faults, reading.losses)


def _number_of(place: str) -> int:
    found = re.match(r"row (\d+)", place)
    return int(found[1]) if found else 0


# --- The table ---


def _rows(body: bytes, reading: _Reading) -> Iterator[Row]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        reading.faults.append(Fault("", "", "the file is not UTF-8; save it as CSV UTF-8."))
        return
    first = text.partition("\n")[0]
    table = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    columns: list[str] | None = None
    line, count = 1, 0
    try:
        for cells in table:
            number, line = line, table.line_num + 1
            if columns is None:
                columns = _columns(cells, reading)
            elif any(cell.strip() for cell in cells):
                if len(cells) > len(columns):
                    reading.faults.append(Fault("", f"row {number}", _TOO_MANY))
                count += 1
                if count > MAX_ROWS:
                    told = say("the file has more than {highest} rows; split it into several.", highest=MAX_ROWS)
                    reading.faults.append(Fault("", "", told))
                    return
                yield Row(number, dict(zip(columns, cells, strict=False)))
    except csv.Error as error:
        told = say("the row is not CSV ({what}); open the file in a spreadsheet and save it as CSV.", what=str(error))
        reading.faults.append(Fault("", f"row {line}", told))
    if columns is None:
        reading.faults.append(Fault("", "", "the file is empty; export the data dictionary from REDCap again."))


_TOO_MANY = "the row has more cells than there are headings; put texts with commas in quotation marks."


def _columns(cells: list[str], reading: _Reading) -> list[str]:
    """By heading as REDCap writes it, or by the short names of its API."""
    short = {heading.casefold(): column for column, heading in HEADINGS.items()} | {
        column: column for column in HEADINGS
    }
    found = [short.get(cell.strip().casefold(), "") for cell in cells]
    for cell, column in zip(cells, found, strict=True):
        if not column and cell.strip():
            told = say("no column of a data dictionary is called {name!r}; remove it or mend the heading.", name=cell)
            reading.faults.append(Fault("", "row 1", told))
    for column in NEEDED:
        if column not in found:
            told = say("the column {name!r} is missing; add it.", name=HEADINGS[column])
            reading.faults.append(Fault("", "row 1", told))
    return found


def _of_one_form(rows: list[Row], form: str | None, reading: _Reading) -> list[Row]:
    rows = [row for row in rows if not (row["field_name"] == RECORD_ID and row["field_type"] == "text")]
    forms = list(dict.fromkeys(row["form_name"] for row in rows))
    wanted = form or (forms[0] if len(forms) == 1 else None)
    if not forms:
        reading.faults.append(Fault("", "", "the file has no questions; write at least one row."))
    elif wanted not in forms:
        told = say("the file has the forms {forms}; choose one of them.", forms=", ".join(forms))
        reading.faults.append(Fault("", HEADINGS["form_name"], told))
    return [row for row in rows if row["form_name"] == wanted]


# --- A row ---


def _read_row(row: Row, rows: list[Row], reading: _Reading) -> None:
    name, before = row["field_name"], len(reading.faults)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        told = "{given!r} cannot be a code; write a-z, digits and _, and begin with a letter."
        reading.fault(row, "field_name", say(told, given=name))
    elif len(name) > 26 and not _is_stem(row, rows):
        told = "{given!r} is too long; write at most {max_length} characters."
        reading.fault(row, "field_name", say(told, given=name, max_length=26))
    if name in reading.rows:
        reading.fault(row, "field_name", "the name is used twice; give each field a name of its own.")
        return
    reading.rows[name] = row
    _note_what_is_dropped(row, reading)
    _check_label(row, "field_label", reading)
    if not row["field_label"]:
        reading.fault(row, "field_label", "the field has no label; write the question.")
    _place_on_page(row, reading)
    if _is_stem(row, rows):
        return
    item: dict[str, Any] = {"code": name, "text": _text(row["field_label"] or "…")} | _of_type(row, reading)
    item |= _of_annotation(row, reading)
    rule = _rule_of(row, reading)
    if rule is not None:
        item["show_if"] = rule
    if row["identifier"].casefold() in ("y", "yes"):
        reading.fault(row, "identifier", "a questionnaire asks for nothing that names a person; remove the row.")
    if len(reading.faults) > before:
        reading.unread.add(name)
    if "kind" in item:
        reading.items[name] = item
        reading.pages[-1]["items"].append(name)
        _place_in_matrix(row, item, reading)


def _note_what_is_dropped(row: Row, reading: _Reading) -> None:
    for column, message in _DROPPED.items():
        if row[column] and row[column].casefold() != "n":
            reading.lose(row, column, message)


def _check_label(row: Row, column: str, reading: _Reading) -> None:
    if MARKUP.search(row[column]):
        reading.fault(row, column, "the text has markup; write plain text, without < >.")
    if PIPED.search(row[column]):
        reading.fault(row, column, "the text fills in another answer; write it without [ ].")


def _place_on_page(row: Row, reading: _Reading) -> None:
    """A section header begins a page, as in a REDCap survey of one section a page."""
    header = row["section_header"]
    if header or not reading.pages:
        _check_label(row, "section_header", reading)
        heading, intro, stem = parts_of(header) if header else ("", None, None)
        texts = {"heading": heading or None, "intro": intro, "stem": stem}
        reading.pages.append({"items": [], **{name: _text(text) for name, text in texts.items() if text}})


def _place_in_matrix(row: Row, item: dict[str, Any], reading: _Reading) -> None:
    name = row["matrix_group_name"]
    if not name:
        return
    stem = reading.rows.get(stem_field(name))
    if item["kind"] != "single" or stem is None:
        told = say("the matrix becomes questions one by one; a field {field} before it would hold them together.",
                   field=stem_field(name))  # fmt: skip
        reading.lose(row, "matrix_group_name", told)
        return
    group = next((group for group in reading.groups if group["code"] == name), None)
    if group is None:
        group = {"code": name, "kind": "matrix", "text": _text(stem["field_label"]), "items": []}
        reading.groups.append(group)
    group["items"].append(row["field_name"])


def _is_stem(row: Row, rows: list[Row]) -> bool:
    """The text above a matrix, as we write it."""
    return row["field_type"] == "descriptive" and any(
        other["matrix_group_name"] and row["field_name"] == stem_field(other["matrix_group_name"]) for other in rows
    )


def _of_type(row: Row, reading: _Reading) -> dict[str, Any]:
    kind = row["field_type"].casefold()
    if kind in ("radio", "dropdown", "checkbox", *_YES_NO):
        return {"kind": "multi" if kind == "checkbox" else "single", "options": _options(row, reading)}
    if kind == "notes":
        return {"kind": "long_text"}
    if kind == "descriptive":
        return {"kind": "information"}
    if kind == "slider":
        return {"kind": "number", "slider": _slider(row, reading), **_limits(row, reading, ("0", "100"))}
    if kind == "text":
        return _text_field(row, reading)
    told = _NO_FIELD.get(kind) or say(
        "there is no field type {given!r}; write radio, checkbox, text, notes, slider or descriptive.", given=kind
    )
    reading.fault(row, "field_type", told)
    return {}


def _options(row: Row, reading: _Reading) -> tuple[dict[str, Any], ...]:
    written = row[CHOICES] or _YES_NO.get(row["field_type"].casefold(), "")
    _check_label(row, CHOICES, reading)
    found = []
    for choice in (part.strip() for part in re.split(r"[|\n]", written) if part.strip()):
        code, comma, label = (part.strip() for part in choice.partition(","))
        if not comma or not label:
            reading.fault(row, CHOICES, say("{given!r} is no choice; write a code, a comma and a text.", given=choice))
        elif not re.fullmatch(r"-?\d{1,9}", code):
            told = say("the code {given!r} is not a whole number; write one, such as 1.", given=code)
            reading.fault(row, CHOICES, told)
        else:
            option: dict[str, Any] = {"value": int(code), "text": _text(label)}
            found.append(option | {"missing": "no_opinion"} if code == NO_OPINION else option)
    return tuple(found)


def _slider(row: Row, reading: _Reading) -> dict[str, Any]:
    ends = [part.strip() for part in row[CHOICES].split("|")]
    if len(ends) < 2 or not ends[0] or not ends[-1]:
        reading.fault(row, CHOICES, "the ends of the slider have no names; write them like Inte alls | | Helt.")
        return {"low": _text("…"), "high": _text("…")}
    if any(ends[1:-1]):
        reading.lose(row, CHOICES, "the middle of the slider has no name here.")
    return {"low": _text(ends[0]), "high": _text(ends[-1])}


def _text_field(row: Row, reading: _Reading) -> dict[str, Any]:
    kind = row[VALIDATION].casefold()
    decimals = re.fullmatch(rf"number_([1-{MAX_DECIMALS}])dp", kind)
    if not kind:
        return {"kind": "short_text"}
    if kind in ("date_ymd", "date_dmy", "date_mdy"):
        if row["text_validation_min"] or row["text_validation_max"]:
            reading.lose(row, "text_validation_min", "the first and last day that can be given are not used here.")
        return {"kind": "date"}
    if kind == "integer" or decimals:
        more = {"decimals": int(decimals[1])} if decimals else {}
        return {"kind": "number", **more, **_limits(row, reading, ("", ""))}
    if kind == "number":
        told = "how many decimals a number may have is not said; write integer, or number_1dp to number_4dp."
    else:
        told = say("nothing of the kind {given!r} is asked here; leave the cell empty, or remove the row.", given=kind)
    reading.fault(row, VALIDATION, told)
    return {}


def _limits(row: Row, reading: _Reading, otherwise: tuple[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    columns = {"minimum": "text_validation_min", "maximum": "text_validation_max"}
    for (key, column), default in zip(columns.items(), otherwise, strict=True):
        given = row[column] or default
        if re.fullmatch(r"-?\d{1,9}", given):
            found[key] = int(given)
        else:
            told = say(
                "{given!r} is not a limit; write the lowest and highest whole number that can be true.", given=given
            )
            reading.fault(row, column, told)
    return found


def _of_annotation(row: Row, reading: _Reading) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for tag in _TAG.findall(row["field_annotation"]):
        name, _, value = (part.strip() for part in tag.partition("="))
        if name in TAGS:
            key, means = TAGS[name]
            found[key] = means
        elif name == MISSING_TAG:
            if "declined" in value.strip("'\"").split(","):
                found["may_decline"] = True
        else:
            reading.lose(row, "field_annotation", say("the tag {tag} does nothing here.", tag=name))
    if _TAG.sub("", row["field_annotation"]).strip():
        reading.lose(row, "field_annotation", "the annotation is not in the instrument.")
    return found


def _rule_of(row: Row, reading: _Reading) -> Any:
    if not row["branching_logic"]:
        return None
    try:
        return read(row["branching_logic"])
    except LogicNotSaid as refused:
        reading.fault(row, "branching_logic", refused.sentence)
        return None


def _text(text: str) -> dict[str, str]:
    return {"sv": text}


# --- The whole ---


def _built(rows: list[Row], reading: _Reading) -> Instrument | None:
    about, shelf = reading.about, Shelf(Path())
    raw = {
        "id": about.id, "version": about.version, "status": about.status, "construct_name": about.construct_name,
        "kirkpatrick_level": about.kirkpatrick_level, "title": about.title,
        "form_name": rows[0]["form_name"] if rows else "form", "items": tuple(reading.items.values()),
        "pages": tuple({**page, "items": tuple(page["items"])} for page in reading.pages if page["items"]),
        "groups": tuple({**group, "items": tuple(group["items"])} for group in reading.groups),
    }  # fmt: skip
    instrument = shelf.build(Instrument, "", raw)
    if instrument is not None:
        shelf.tell("", check_instrument(instrument))
    reading.faults.extend(_with_row(fault, reading) for fault in shelf.faults if not _is_echo(fault, reading))
    return None if shelf.faults else instrument


def _is_echo(fault: Fault, reading: _Reading) -> bool:
    """A fault that follows from a row that is told of already."""
    named = {str(value) for value in getattr(fault.message, "values", {}).values()}
    code = re.match(r"items? (\w+)", fault.place)
    return bool(named & reading.unread) or bool(code and code[1] in reading.unread)


def _with_row(fault: Fault, reading: _Reading) -> Fault:
    found = re.match(r"(?:items?|group) (\w+)", fault.place)
    row = reading.rows.get(found[1]) if found else None
    if row is None:
        return fault
    column = next((column for key, column in _COLUMN_OF_KEY.items() if key in fault.place), "")
    return replace(fault, place=row.place(column) if column else f"row {row.number}, {fault.place}")


_COLUMN_OF_KEY = {"show_if": "branching_logic", "option": CHOICES, "slider": CHOICES, "minimum": "text_validation_min"}

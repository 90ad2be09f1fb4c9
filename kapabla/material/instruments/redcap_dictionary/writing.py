"""An instrument as the rows of a data dictionary: one form, in Swedish, in the order of its pages."""

import csv
import io
from collections.abc import Iterator

from kapabla.material.instruments.definition import Group, Instrument, Item, Page
from kapabla.material.instruments.redcap_dictionary.columns import (
    CHOICES,
    HEADINGS,
    MISSING_TAG,
    RECORD_ID,
    TAGS,
    VALIDATION,
    header_of,
    stem_field,
)
from kapabla.material.instruments.redcap_dictionary.logic import can_be_written, written
from kapabla.material.texts import Text

Row = dict[str, str]
FIELD_TYPES = {
    "single": "radio", "knowledge": "radio", "multi": "checkbox", "number": "text", "date": "text",
    "short_text": "text", "long_text": "notes", "information": "descriptive",
}  # fmt: skip


def write_dictionary(instrument: Instrument) -> str:
    """The CSV that REDCap reads. Its first field is the record's, as a project demands."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADINGS.values())
    first = _row(instrument, RECORD_ID, "text", "Record ID")
    writer.writerows([row.get(column, "") for column in HEADINGS] for row in (first, *rows(instrument)))
    return out.getvalue()


def can_be_asked(item: Item) -> bool:
    """REDCap ranks with a matrix of its own kind, which is another question than ours."""
    return item.kind in FIELD_TYPES


def choice_text(text: str) -> str:
    """A bar parts two choices, and a choice is one line."""
    return " ".join(text.replace("|", "/").split())


def sv_of(text: Text | None) -> str | None:
    return None if text is None else text.sv


def rows(instrument: Instrument) -> Iterator[Row]:
    asked = {item.code: item for item in instrument.items if can_be_asked(item)}
    for page in instrument.pages:
        above = header_of((page.heading or instrument.title).sv, sv_of(page.intro), sv_of(page.stem))
        for row in _rows_of_page(instrument, page, asked):
            yield row | {"section_header": above}
            above = ""


def _rows_of_page(instrument: Instrument, page: Page, asked: dict[str, Item]) -> Iterator[Row]:
    told: set[str] = set()
    for item in (asked[code] for code in page.items if code in asked):
        group = instrument.group_of(item.code)
        if group is not None and group.code not in told:
            told.add(group.code)
            yield _group_row(instrument, group)
        row = _item_row(instrument, item, asked)
        yield row | {"matrix_group_name": group.code} if group is not None and group.kind == "matrix" else row


def _group_row(instrument: Instrument, group: Group) -> Row:
    if group.kind == "matrix":
        return _row(instrument, stem_field(group.code), "descriptive", group.text.sv)
    title = f"{group.title.sv}\n\n" if group.title else ""
    return _row(instrument, group.code, "descriptive", f"{title}{group.text.sv}")


def _item_row(instrument: Instrument, item: Item, asked: dict[str, Item]) -> Row:
    row = _row(instrument, item.code, FIELD_TYPES[item.kind], item.text.sv) | _answer_of(item)
    if item.show_if is not None and can_be_written(item.show_if, asked):
        row["branching_logic"] = written(item.show_if, asked)
    tags = [tag for tag, (key, value) in TAGS.items() if getattr(item, key) is value]
    row["field_annotation"] = " ".join([*tags, f"{MISSING_TAG}='declined'"] if item.may_decline else tags)
    return row


def _answer_of(item: Item) -> Row:
    if item.is_choice:
        return {CHOICES: " | ".join(f"{option.value}, {choice_text(option.text.sv)}" for option in item.options)}
    if item.kind == "date":
        return {VALIDATION: "date_ymd"}
    if item.kind != "number":
        return {}
    limits = {"text_validation_min": str(item.minimum), "text_validation_max": str(item.maximum)}
    if item.slider is not None:
        ends = f"{choice_text(item.slider.low.sv)} |  | {choice_text(item.slider.high.sv)}"
        return limits | {"field_type": "slider", CHOICES: ends, VALIDATION: "number"}
    return limits | {VALIDATION: f"number_{item.decimals}dp" if item.decimals else "integer"}


def _row(instrument: Instrument, name: str, field_type: str, label: str) -> Row:
    return {"field_name": name, "form_name": instrument.form_name, "field_type": field_type, "field_label": label}

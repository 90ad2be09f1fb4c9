"""A release's codebook as a REDCap project: forms of fields, events, and which column of data_long is which.

The first form holds the record's id and what is said once of a person, at the first event. What differs between waves
beside the answers has a form of its own, and then each questionnaire is one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from kapabla.material.instruments.redcap_dictionary.columns import MISSING_TAG
from kapabla.material.instruments.redcap_dictionary.writing import choice_text
from kapabla.release.columns import ColumnUnsound, Kind

Entry = Mapping[str, Any]

ARM = 1  # the study's arm is a column, so that one person never stands in two projects
FIRST_FORM, WAVE_FORM = "bakgrund", "mattillfalle"
_FORM_LABELS = {
    FIRST_FORM: {"sv": "Bakgrund", "en": "Background"},
    WAVE_FORM: {"sv": "Om mättillfället", "en": "About the occasion"},
}
_TAGS = {
    "quasi_identifier": "@KAPABLA-QI", "sensitive": "@KAPABLA-SENSITIVE", "reversed_in_scale": "@KAPABLA-REVERSED",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One exported column. source: its column in data_long; none for the status of a form. choice: of a checkbox."""

    name: str
    source: str = ""
    choice: str = ""


@dataclass(frozen=True)
class Field:
    """One field of the dictionary; a checkbox is one field of several columns."""

    name: str
    form: str
    kind: str  # text, radio or checkbox
    label: str
    columns: tuple[Column, ...]
    choices: Mapping[str, str] = field(default_factory=dict)
    validation: str = ""
    minimum: str = ""
    maximum: str = ""
    matrix: str = ""
    annotation: str = ""
    waves: tuple[str, ...] = ()
    is_per_person: bool = False

    @property
    def choices_told(self) -> str:
        return " | ".join(f"{code}, {choice_text(label)}" for code, label in self.choices.items())


@dataclass(frozen=True)
class Form:
    name: str
    label: str
    fields: tuple[Field, ...]
    waves: frozenset[str]

    @property
    def status(self) -> Column:
        return Column(f"{self.name}_complete")


@dataclass(frozen=True)
class Event:
    wave: str
    name: str
    label: str
    number: int


@dataclass(frozen=True)
class Project:
    """forms: in dictionary order, the record's id first. date_column: of data_long, where the release has dates."""

    forms: tuple[Form, ...]
    events: tuple[Event, ...]
    date_column: str

    @property
    def is_longitudinal(self) -> bool:
        return len(self.events) > 1

    @cached_property
    def fields(self) -> dict[str, Field]:
        return {found.name: found for form in self.forms for found in form.fields}

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every exported column in its place: form by form, the status of each after its last field."""
        return tuple(
            column
            for form in self.forms
            for column in (*(column for found in form.fields for column in found.columns), form.status)
        )

    @cached_property
    def field_of(self) -> dict[str, Field]:
        """By exported column; the status of a form belongs to no field."""
        return {column.name: found for found in self.fields.values() for column in found.columns}


def make_project(codebook: Sequence[Entry], wide: Sequence[Entry], language: str) -> Project:
    """`wide`: what data_wide calls each column at each wave; a column that is not there says the same at every wave.

    Raises `ColumnUnsound` where two columns would get one name in the protocol.
    """
    by_kind = {entry["kind"]: entry for entry in codebook}
    events = _events(by_kind[Kind.WAVE.value], language)
    spread = {entry["column"] for entry in wide}
    entries = [entry for entry in codebook if entry["kind"] != Kind.WAVE.value]
    fields = [_with_form(found, spread) for found in _fields(entries, language)]
    labels = {entry["form"]: entry["form_labels"] for entry in codebook if entry["form"]}
    forms = tuple(_forms(fields, _FORM_LABELS | labels, events, language))
    dated = by_kind.get(Kind.DATE_STEP.value)
    project = Project(forms, events, dated["name"] if dated else "")
    names = Counter(column.name for column in project.columns) + Counter({"redcap_event_name": 1})
    for name, times in names.items():
        if times > 1:
            raise ColumnUnsound(column=name, fault="twice")
    return project


def checkbox_column(name: str, code: str) -> str:
    """REDCap's own rule for the column of an option.

    >>> checkbox_column("hinder", "-99")
    'hinder____99'
    """
    return f"{name}___{re.sub('[^a-z0-9]', '_', code.lower())}"


def _events(wave: Entry, language: str) -> tuple[Event, ...]:
    labels = wave["values_en" if language == "en" else "values"]
    return tuple(
        Event(code, f"{wave['slugs'][code]}_arm_{ARM}", label, number)
        for number, (code, label) in enumerate(labels.items(), start=1)
    )


def _fields(entries: Iterable[Entry], language: str) -> Iterator[Field]:
    """In the order of the codebook; the boxes of a question, which stand together there, become one field."""
    boxes: list[Entry] = []
    for entry in (*entries, None):
        if boxes and (entry is None or not _is_box(entry) or entry["part_of"] != boxes[0]["part_of"]):
            yield _checkbox(boxes, language)
            boxes = []
        if entry is not None and _is_box(entry):
            boxes.append(entry)
        elif entry is not None:
            yield _single(entry, language)


def _is_box(entry: Entry) -> bool:
    return bool(entry["part_of"]) and entry["kind"] == Kind.FLAG.value


def _single(entry: Entry, language: str) -> Field:
    name = entry["name"]
    if entry["part_of"]:
        # The place that an option was given: a field of its own, since three underscores mean a box that is checked.
        name = f"{entry['part_of']}_{name.partition('___')[2]}"
    choices = entry["values_en" if language == "en" else "values"]
    base = _base(entry, name, entry["labels"][language], (Column(name, entry["name"]),))
    if choices:
        return replace(base, kind="radio", choices=choices)
    return _limited(base, entry)


def _checkbox(boxes: Sequence[Entry], language: str) -> Field:
    first, name = boxes[0], boxes[0]["part_of"]
    codes = {box["name"].partition("___")[2]: box for box in boxes}
    columns = tuple(Column(checkbox_column(name, code), box["name"], code) for code, box in codes.items())
    label = first["labels"][language].removesuffix(first["option"][language]).rstrip()
    choices = {code: box["option"][language] for code, box in codes.items()}
    return replace(_base(first, name, label, columns), kind="checkbox", choices=choices)


def _base(entry: Entry, name: str, label: str, columns: tuple[Column, ...]) -> Field:
    return Field(
        name, entry["form"], "text", label, columns, matrix=entry["group"], annotation=_annotation(entry),
        waves=tuple(entry["waves"]),
    )  # fmt: skip


def _limited(base: Field, entry: Entry) -> Field:
    """What a text may hold: a number with its limits, a date, or anything."""
    if entry["kind"] == Kind.DATE_STEP.value:
        return replace(base, validation="date_ymd")
    if entry["kind"] in (Kind.ID.value, Kind.PLACE.value):
        return base
    is_decimal = entry["kind"] == Kind.SCORE.value or bool(entry["decimals"])
    low, high = ("" if entry[name] is None else f"{entry[name]:g}" for name in ("minimum", "maximum"))
    return replace(base, validation="number" if is_decimal else "integer", minimum=low, maximum=high)


def _annotation(entry: Entry) -> str:
    tags = [tag for key, tag in _TAGS.items() if entry[key]]
    if entry["missing"]:
        tags.append(f"{MISSING_TAG}='{','.join(entry['missing'])}'")
    return " ".join(tags)


def _with_form(found: Field, spread: set[str]) -> Field:
    is_per_person = found.columns[0].source not in spread
    form = FIRST_FORM if is_per_person else found.form or WAVE_FORM
    return replace(found, form=form, is_per_person=is_per_person)


def _forms(
    fields: Sequence[Field], labels: Mapping[str, Mapping[str, str]], events: Sequence[Event], language: str
) -> Iterator[Form]:
    """What is said once of a person first in the first form, so that it can be left out of the later events."""
    every = [event.wave for event in events]
    for name in dict.fromkeys((FIRST_FORM, WAVE_FORM, *(found.form for found in fields))):
        own = sorted((found for found in fields if found.form == name), key=lambda found: not found.is_per_person)
        waves = {
            wave for found in own for wave in (every[:1] if found.is_per_person else found.waves or every)
        }  # fmt: skip
        if own:
            yield Form(name, labels[name][language], tuple(_with_matrix(own)), frozenset(waves))


def _with_matrix(fields: Sequence[Field]) -> Iterator[Field]:
    """A group is a matrix where all of it is answered alike; a vignette with unlike questions is none."""
    kinds: dict[str, set[tuple[str, str]]] = {}
    for found in fields:
        kinds.setdefault(found.matrix, set()).add((found.kind, found.choices_told))
    for found in fields:
        is_matrix = bool(found.choices) and len(kinds[found.matrix]) == 1
        yield found if is_matrix else replace(found, matrix="")

"""The records of a release: which rows, which columns, as values or as labels; flat or a line for each value."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from csv import reader as csv_reader
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from itertools import groupby
from operator import itemgetter

from kapabla.material.instruments.redcap_dictionary.columns import RECORD_ID
from kapabla.release.redcap.filter_logic import Predicate, make_predicate
from kapabla.release.redcap.formats import Layout, Table
from kapabla.release.redcap.frozen import Frozen
from kapabla.release.redcap.parameters import Parameters
from kapabla.release.redcap.project import Column, Field, Form, Project
from kapabla.release.redcap.refusals import Refusal, not_valid

EVENT = "redcap_event_name"
STATUS_LABELS = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
_ANSWERED, _NO_ANSWER = "2", "0"
_BOX_LABELS = {"1": "Checked", "0": "Unchecked"}
# Known and sent by clients, for columns that would be blank throughout (decision 26).
_WITHOUT_EFFECT = ("exportSurveyFields", "exportDataAccessGroups")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?", re.ASCII)

Cells = Sequence[str]
# Unique event name to the cells of the exported columns, of one person.
Record = Mapping[str, Cells]


@dataclass(frozen=True)
class Asked:
    """What one call wants. columns: in dictionary order. events: unique names. records: None is everybody. begin, end:
    to the second, or empty."""

    columns: tuple[Column, ...]
    events: frozenset[str]
    records: frozenset[str] | None
    predicate: Predicate | None
    begin: str
    end: str
    is_label: bool


@dataclass
class _Read:
    """What has been read so far: how many people, and whether some row of theirs was left out."""

    people: int = 0
    is_short: bool = False


def export_records(frozen: Frozen, project: Project, parameters: Parameters) -> Table:
    asked = _asked(project, parameters)
    read = _Read()
    found = _rows(frozen, project, asked, read, blank_gray=parameters.flag("exportBlankForGrayFormStatus"))
    shown = _shown(project, asked.columns, parameters, is_label=asked.is_label)
    layout = Layout.of(parameters)

    def is_whole() -> bool:
        """By what came of it: a filter that lets everybody pass leaves nothing out."""
        has_all = {column.name for column in asked.columns} >= set(project.field_of)
        return has_all and not read.is_short and read.people == frozen.people

    if parameters.choice("type", ("flat", "eav"), "flat") == "eav":
        return Table(_eav_names(project), _eav(project, asked, found, shown), layout=layout, is_whole=is_whole)
    headers = _labels(project, asked.columns) if _wants_labelled_headers(parameters) else ()
    rows = _flat(project, asked, found, shown)
    return Table(_names(project, asked.columns), rows, headers, layout=layout, is_whole=is_whole)


# --- What is asked for ---


def _asked(project: Project, parameters: Parameters) -> Asked:
    columns = _columns(project, parameters)
    known = {event.name for event in project.events} if project.is_longitudinal else set[str]()
    events, records = parameters.items("events"), parameters.items("records")
    if unknown := [event for event in events if event not in known]:
        raise not_valid("events", unknown)
    logic, begin, end = parameters.text("filterLogic"), *_dates(project, parameters)
    for name in _WITHOUT_EFFECT:
        parameters.flag(name)
    return Asked(
        columns, frozenset(events) or frozenset(event.name for event in project.events),
        frozenset(records) if records else None, make_predicate(logic, project) if logic else None, begin, end,
        is_label=parameters.choice("rawOrLabel", ("raw", "label"), "raw") == "label",
    )  # fmt: skip


def _columns(project: Project, parameters: Parameters) -> tuple[Column, ...]:
    """The union of the fields and forms that are named, in dictionary order; all where none are."""
    fields, forms = parameters.items("fields"), parameters.items("forms")
    statuses = {form.status.name for form in project.forms}
    if unknown := [name for name in fields if name not in project.fields and name not in statuses]:
        raise not_valid("fields", unknown)
    if unknown := [name for name in forms if name not in {form.name for form in project.forms}]:
        raise not_valid("forms", unknown)
    if not fields and not forms:
        return project.columns
    return tuple(
        column
        for form in project.forms
        for column in _columns_of(form, None if form.name in forms else set(fields))
    )  # fmt: skip


def _columns_of(form: Form, named: set[str] | None) -> Iterator[Column]:
    for found in form.fields:
        if named is None or found.name in named:
            yield from found.columns
    if named is None or form.status.name in named:
        yield form.status


def _dates(project: Project, parameters: Parameters) -> tuple[str, str]:
    """Only the released step of a date is known here: whoever halves the time again and again finds its first midnight
    and nothing finer (attack 13)."""
    found = []
    for name in ("dateRangeBegin", "dateRangeEnd"):
        given = parameters.text(name)
        if given and not project.date_column:
            raise Refusal(f'The parameter "{name}" cannot be used: the release has no dates')
        found.append(_as_time(name, given) if given else "")
    return found[0], found[1]


def _as_time(name: str, given: str) -> str:
    """To the second, so that it can be compared as a text."""
    try:
        if _DATE.fullmatch(given):
            return datetime.fromisoformat(given).isoformat(sep=" ")
    except ValueError:
        pass
    raise not_valid(name)


# --- Rows ---


def _rows(
    frozen: Frozen, project: Project, asked: Asked, read: _Read, *, blank_gray: bool
) -> Iterator[tuple[str, Record, list[str]]]:
    """For each person: the id, all cells by event, and the events that are asked for, in their order."""
    lines = csv_reader(StringIO(frozen.lines(asked.records).decode()))
    arrange = _Arranging(frozen.header, project, blank_gray=blank_gray)
    wave = frozen.header.index("wave")
    dated = frozen.header.index(project.date_column) if asked.begin or asked.end else None
    for record_id, own in groupby(lines, key=itemgetter(0)):
        by_wave = {line[wave]: line for line in own}
        record = arrange(by_wave)
        wanted = [
            event.name
            for event in project.events
            if event.name in record and event.name in asked.events
            and (dated is None or _is_within(by_wave.get(event.wave), dated, asked))
            and (asked.predicate is None or asked.predicate(record, event.name))
        ]  # fmt: skip
        read.people += 1
        read.is_short |= len(wanted) < len(record)
        yield record_id, record, wanted


def _is_within(line: Cells | None, dated: int, asked: Asked) -> bool:
    if line is None or not line[dated]:
        return False
    at = f"{line[dated]} 00:00:00"
    return asked.begin <= at and (not asked.end or at <= asked.end)


class _Arranging:
    """Lines of data_long as the cells of the exported columns.

    What is said once of a person stands at the first event alone, and makes a row of it where the person has none. The
    status of a form is 2 where it holds an answer, else 0 (or blank, where that is asked for); blank where the event
    does not have the form. Why an answer is missing stands in missing.csv.
    """

    def __init__(self, header: Sequence[str], project: Project, *, blank_gray: bool) -> None:
        places = {name: place for place, name in enumerate(header)}
        sources = [column.source for form in project.forms for found in form.fields for column in found.columns]
        self._pick = itemgetter(*(places[source] for source in sources))
        self._once = sum(len(found.columns) for found in project.forms[0].fields if found.is_per_person)
        self._blanks = ("",) * (self._once - 1)
        self._spans = []
        start = 0
        for form in project.forms:
            end = start + sum(len(found.columns) for found in form.fields)
            self._spans.append((start, end, form.waves))
            start = end
        self._no_answer = "" if blank_gray else _NO_ANSWER
        self.names = [(event.wave, event.name) for event in project.events]
        self._first = project.events[0].wave
        self._width = len(sources)

    def __call__(self, by_wave: Mapping[str, list[str]]) -> dict[str, list[str]]:
        record: dict[str, list[str]] = {}
        for wave, name in self.names:
            if wave in by_wave:
                cells: tuple[str, ...] = self._pick(by_wave[wave])
                if wave != self._first:
                    cells = (cells[0], *self._blanks, *cells[self._once :])
            elif wave == self._first:
                once = self._pick(next(iter(by_wave.values())))[: self._once]
                cells = (*once, *("",) * (self._width - self._once))
            else:
                continue
            record[name] = self._with_status(cells, wave)
        return record

    def _with_status(self, cells: tuple[str, ...], wave: str) -> list[str]:
        out: list[str] = []
        for start, end, waves in self._spans:
            own = cells[start:end]
            out += own
            if wave not in waves:
                out.append("")
            else:
                # The id stands in every row, and is no answer.
                out.append(_ANSWERED if any(own[1:] if start == 0 else own) else self._no_answer)
        return out


# --- How it is shown ---


def _shown(
    project: Project, columns: Sequence[Column], parameters: Parameters, *, is_label: bool
) -> list[Callable[[str], str] | None]:
    """For each column what becomes of a value; None where it is handed out as it is."""
    mark = parameters.choice("decimalCharacter", (".", ",", "comma"), ".").replace("comma", ",")
    with_option = parameters.flag("exportCheckboxLabel")
    return [_showing(project.field_of.get(column.name), column, mark, with_option, is_label) for column in columns]


def _showing(
    found: Field | None, column: Column, mark: str, with_option: bool, is_label: bool
) -> Callable[[str], str] | None:
    if found is not None and found.validation in ("number", "integer"):
        return None if mark == "." else lambda value: value.replace(".", mark)
    if not is_label or (found is not None and not found.choices):
        return None
    if found is None:
        labels: Mapping[str, str] = STATUS_LABELS
    elif found.kind == "checkbox":
        labels = {"1": found.choices[column.choice], "0": ""} if with_option else _BOX_LABELS
    else:
        labels = found.choices
    return lambda value: labels.get(value, value)


def _wants_labelled_headers(parameters: Parameters) -> bool:
    return parameters.choice("rawOrLabelHeaders", ("raw", "label"), "raw") == "label"


def _names(project: Project, columns: Sequence[Column]) -> list[str]:
    """The event comes along with the id, right after it."""
    names = [column.name for column in columns]
    if project.is_longitudinal and RECORD_ID in names:
        names.insert(1, EVENT)
    return names


def _labels(project: Project, columns: Sequence[Column]) -> list[str]:
    labels = [_label(project.field_of.get(column.name), column) for column in columns]
    if project.is_longitudinal and columns and columns[0].name == RECORD_ID:
        labels.insert(1, "Event Name")
    return labels


def _label(found: Field | None, column: Column) -> str:
    if found is None:
        return "Complete?"
    return f"{found.label} (choice={found.choices[column.choice]})" if found.kind == "checkbox" else found.label


Found = Iterable[tuple[str, Record, list[str]]]


def _flat(
    project: Project, asked: Asked, found: Found, shown: Sequence[Callable[[str], str] | None]
) -> Iterator[list[str]]:
    pick = _picking(project, asked.columns)
    changing = [(place, show) for place, show in enumerate(shown) if show is not None]
    has_event = EVENT in _names(project, asked.columns)
    events = _event_names(project, is_label=asked.is_label)
    for _, record, names in found:
        for name in names:
            row = pick(record[name])
            for place, show in changing:
                row[place] = show(row[place])
            if has_event:
                row.insert(1, events[name])
            yield row


def _picking(project: Project, columns: Sequence[Column]) -> Callable[[Cells], list[str]]:
    if len(columns) == len(project.columns):
        return list
    places = {column.name: place for place, column in enumerate(project.columns)}
    wanted = [places[column.name] for column in columns]
    return lambda cells: [cells[place] for place in wanted]


def _event_names(project: Project, *, is_label: bool) -> dict[str, str]:
    return {event.name: event.label if is_label else event.name for event in project.events}


def _eav_names(project: Project) -> list[str]:
    return ["record", *([EVENT] if project.is_longitudinal else []), "field_name", "value"]


def _eav(
    project: Project, asked: Asked, found: Found, shown: Sequence[Callable[[str], str] | None]
) -> Iterator[list[str]]:
    """A line for each value that is there; of a checkbox for each box that is checked."""
    pick = _picking(project, asked.columns)
    told = [_told(project, column, is_label=asked.is_label) for column in asked.columns]
    events = _event_names(project, is_label=asked.is_label)
    first = project.events[0].name
    for record_id, record, names in found:
        for event in names:
            key = [record_id, events[event]] if project.is_longitudinal else [record_id]
            for (name, box), show, cell in zip(told, shown, pick(record[event]), strict=True):
                is_said = cell == "1" if box is not None else cell != ""
                # The id is a field of the first event's form, whatever rows it stands in.
                if is_said and (name != RECORD_ID or event == first):
                    yield [*key, name, box if box is not None else show(cell) if show else cell]


def _told(project: Project, column: Column, *, is_label: bool) -> tuple[str, str | None]:
    """The name of the field, and of a box what stands where it is checked."""
    found = project.field_of.get(column.name)
    if found is None:
        return column.name, None
    if found.kind != "checkbox":
        return found.name, None
    return found.name, found.choices[column.choice] if is_label else column.choice

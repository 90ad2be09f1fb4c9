"""The records of a release: which columns and rows a call wants, and the rows of the file as those of the protocol."""

import re
from collections.abc import Iterator, Mapping, Sequence
from csv import reader as csv_reader
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from itertools import groupby
from operator import itemgetter

from kapabla.release.redcap.filter_logic import Predicate, make_predicate
from kapabla.release.redcap.formats import Layout, Table
from kapabla.release.redcap.frozen import Frozen
from kapabla.release.redcap.parameters import Parameters
from kapabla.release.redcap.project import Column, Form, Project
from kapabla.release.redcap.refusals import Refusal, not_valid
from kapabla.release.redcap.showing import Cells, Record, Showing

_ANSWERED, _NO_ANSWER = "2", "0"
# Known and sent by clients, for columns that would be blank throughout (decision 26).
_WITHOUT_EFFECT = ("exportSurveyFields", "exportDataAccessGroups")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?", re.ASCII)


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


@dataclass
class _Read:
    """What has been read so far: how many people, and whether some row of theirs was left out."""

    people: int = 0
    is_short: bool = False


def export_records(frozen: Frozen, project: Project, parameters: Parameters) -> Table:
    asked = _asked(project, parameters)
    read = _Read()
    found = _rows(frozen, project, asked, read, blank_gray=parameters.flag("exportBlankForGrayFormStatus"))
    showing = Showing(project, asked.columns, parameters)
    layout = Layout.of(parameters)

    def is_whole() -> bool:
        """By what came of it: a filter that lets everybody pass leaves nothing out."""
        has_all = {column.name for column in asked.columns} >= set(project.field_of)
        return has_all and not read.is_short and read.people == frozen.people

    is_labelled = parameters.choice("rawOrLabelHeaders", ("raw", "label"), "raw") == "label"
    if parameters.choice("type", ("flat", "eav"), "flat") == "eav":
        return Table(showing.line_names(), showing.lines(found), layout=layout, is_whole=is_whole)
    headers = showing.labels() if is_labelled else ()
    return Table(showing.names(), showing.flat(found), headers, layout=layout, is_whole=is_whole)


# --- What is asked for ---


def _asked(project: Project, parameters: Parameters) -> Asked:
    columns = _columns(project, parameters)
    known = {event.name for event in project.events} if project.is_longitudinal else set[str]()
    events, records = parameters.items("events"), parameters.items("records")
    if unknown := [event for event in events if event not in known]:
        raise not_valid("events", unknown)
    logic, begin, end = parameters.whole("filterLogic"), *_dates(project, parameters)
    for name in _WITHOUT_EFFECT:
        parameters.flag(name)
    return Asked(
        columns, frozenset(events) or frozenset(event.name for event in project.events),
        frozenset(records) if records else None, make_predicate(logic, project) if logic else None, begin, end,
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

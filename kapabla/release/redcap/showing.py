"""How records are shown: as values or as labels, a line for each event or for each value."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from kapabla.material.instruments.redcap_dictionary.columns import RECORD_ID
from kapabla.release.redcap.parameters import Parameters
from kapabla.release.redcap.project import Column, Field, Project

EVENT = "redcap_event_name"
STATUS_LABELS = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
_BOX_LABELS = {"1": "Checked", "0": "Unchecked"}

Cells = Sequence[str]
# Unique event name to the cells of the exported columns, of one person.
Record = Mapping[str, Cells]
# For each person the id, all cells by event, and the events that are asked for.
Found = Iterable[tuple[str, Record, list[str]]]


class Showing:
    """columns: those that are asked for, in dictionary order."""

    def __init__(self, project: Project, columns: Sequence[Column], parameters: Parameters) -> None:
        self._project = project
        self._columns = columns
        self._is_label = parameters.choice("rawOrLabel", ("raw", "label"), "raw") == "label"
        self._mark = parameters.choice("decimalCharacter", (".", ",", "comma"), ".").replace("comma", ",")
        self._with_option = parameters.flag("exportCheckboxLabel")
        self._events = {event.name: event.label if self._is_label else event.name for event in project.events}
        self._has_event = project.is_longitudinal and RECORD_ID in {column.name for column in columns}
        self._changes = [self._change(project.field_of.get(column.name), column) for column in columns]

    def names(self) -> list[str]:
        """The event comes along with the id, right after it."""
        return self._with_event([column.name for column in self._columns], EVENT)

    def labels(self) -> list[str]:
        labels = [_label(self._project.field_of.get(column.name), column) for column in self._columns]
        return self._with_event(labels, "Event Name")

    def flat(self, found: Found) -> Iterator[list[str]]:
        pick = self._picking()
        changing = [(place, change) for place, change in enumerate(self._changes) if change is not None]
        for _, record, names in found:
            for name in names:
                row = pick(record[name])
                for place, change in changing:
                    row[place] = change(row[place])
                yield self._with_event(row, self._events[name])

    def line_names(self) -> list[str]:
        return ["record", *([EVENT] if self._project.is_longitudinal else []), "field_name", "value"]

    def lines(self, found: Found) -> Iterator[list[str]]:
        """A line for each value that is there; of a checkbox for each box that is checked."""
        pick, told = self._picking(), [self._told(column) for column in self._columns]
        first = self._project.events[0].name
        for record_id, record, names in found:
            for event in names:
                key = [record_id, self._events[event]] if self._project.is_longitudinal else [record_id]
                for (name, box), change, cell in zip(told, self._changes, pick(record[event]), strict=True):
                    is_said = cell == "1" if box is not None else cell != ""
                    # The id is a field of the first event's form, whatever rows it stands in.
                    if is_said and (name != RECORD_ID or event == first):
                        yield [*key, name, box if box is not None else change(cell) if change else cell]

    def _with_event(self, row: list[str], event: str) -> list[str]:
        if self._has_event:
            row.insert(1, event)
        return row

    def _picking(self) -> Callable[[Cells], list[str]]:
        if len(self._columns) == len(self._project.columns):
            return list
        places = {column.name: place for place, column in enumerate(self._project.columns)}
        wanted = [places[column.name] for column in self._columns]
        return lambda cells: [cells[place] for place in wanted]

    def _change(self, found: Field | None, column: Column) -> Callable[[str], str] | None:
        """What becomes of a value; None where it is handed out as it is."""
        if found is not None and found.validation in ("number", "integer"):
            return None if self._mark == "." else lambda value: value.replace(".", self._mark)
        if not self._is_label or (found is not None and not found.choices):
            return None
        if found is None:
            labels: Mapping[str, str] = STATUS_LABELS
        elif found.kind == "checkbox":
            labels = {"1": found.choices[column.choice], "0": ""} if self._with_option else _BOX_LABELS
        else:
            labels = found.choices
        return lambda value: labels.get(value, value)

    def _told(self, column: Column) -> tuple[str, str | None]:
        """The name of the field, and of a box what stands where it is checked."""
        found = self._project.field_of.get(column.name)
        if found is None:
            return column.name, None
        if found.kind != "checkbox":
            return found.name, None
        return found.name, found.choices[column.choice] if self._is_label else column.choice


def _label(found: Field | None, column: Column) -> str:
    if found is None:
        return "Complete?"
    return f"{found.label} (choice={found.choices[column.choice]})" if found.kind == "checkbox" else found.label

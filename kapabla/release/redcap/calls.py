"""One call: is it a reading at all, which content is meant, and the answer in the form that was asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kapabla.release.redcap import structure
from kapabla.release.redcap.formats import Cell, Table, pieces
from kapabla.release.redcap.frozen import Frozen
from kapabla.release.redcap.parameters import Parameters
from kapabla.release.redcap.project import Project
from kapabla.release.redcap.records import export_records
from kapabla.release.redcap.refusals import CONTENT, CONTENT_TYPES, NO_API, NO_WRITING, NOT_OFFERED, Refusal, not_valid
from kapabla.release.redcap.structure import Told

_WRITING = frozenset({"import", "delete", "rename", "switch", "randomize", "createfolder"})
# What would tell who somebody is or how they answered, and what would change something.
_NEVER = frozenset(
    {
        "file", "fileRepository", "fileInfo", "pdf", "surveyLink", "surveyQueueLink", "surveyAccessCode",
        "surveyReturnCode", "participantList", "generateNextRecordName", "userRole", "userRoleMapping",
        "userDagMapping", "log",
    }
)  # fmt: skip
_NOT_OFFERED = frozenset({"project_xml", "project_settings"})

Export = Callable[[Frozen, Project, Parameters, Told], Table]
_EXPORTS: Mapping[str, Export] = {
    "project": structure.export_project,
    "metadata": lambda _f, project, parameters, _t: structure.export_metadata(project, parameters),
    "exportFieldNames": lambda _f, project, parameters, _t: structure.export_field_names(project, parameters),
    "instrument": lambda _f, project, parameters, _t: structure.export_instruments(project, parameters),
    "event": lambda _f, project, parameters, _t: structure.export_events(project, parameters),
    "arm": lambda _f, project, parameters, _t: structure.export_arms(project, parameters),
    "formEventMapping": lambda _f, project, parameters, _t: structure.export_mapping(project, parameters),
    "record": lambda frozen, project, parameters, _t: export_records(frozen, project, parameters),
    "user": lambda _f, _p, parameters, _t: structure.export_users(parameters),
    "dag": lambda _f, _p, parameters, _t: structure.export_groups(parameters),
    "repeatingFormsEvents": lambda _f, _p, _q, _t: structure.refuse_repeating(),
}
CONTENTS = ("version", *_EXPORTS)


class _Counted:
    """Rows, counted on their way through."""

    def __init__(self, rows: Iterable[Sequence[Cell]]) -> None:
        self._rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        for row in self._rows:
            self.number += 1
            yield row


@dataclass(frozen=True)
class Reply:
    """The body in pieces of text, made as it is read. is_whole: whether every answer of the release was in it."""

    content_type: str
    body: Iterable[str]
    is_whole: Callable[[], bool] = lambda: False
    counted: _Counted = field(default_factory=lambda: _Counted(()))

    @property
    def rows(self) -> int:
        """How many there were in what has been read."""
        return self.counted.number


def check_reading(parameters: Parameters, *, has_data: bool) -> None:
    """Decided before anything else is looked at: nothing here can be written, and whoever tries is told so."""
    if has_data or parameters.text("action").lower() in _WRITING:
        raise Refusal(NO_WRITING, 403)
    parameters.check_refusal_form()


def answer(frozen: Frozen, parameters: Parameters, told: Told) -> Reply:
    """Raises `Refusal`; all that can be refused is, before the first piece of the body is made."""
    content = parameters.text("content")
    if content == "version":
        return Reply("text/plain; charset=utf-8", [structure.VERSION])
    if content in _NEVER:
        raise Refusal(NO_API, 403)
    if content in _NOT_OFFERED:
        raise Refusal(NOT_OFFERED, 501)
    if content == "report":
        raise not_valid("report_id", [parameters.text("report_id")])
    if content not in _EXPORTS:
        raise Refusal(CONTENT)
    form = parameters.form
    table = _EXPORTS[content](frozen, frozen.project(told.language), parameters, told)
    counted = _Counted(table.rows)
    return Reply(CONTENT_TYPES[form], pieces(replace(table, rows=counted), form), table.is_whole, counted)

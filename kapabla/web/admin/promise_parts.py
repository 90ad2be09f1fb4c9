"""The parts of a cycle of promises: added, changed and taken away by the editor."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from kapabla.errors import NotFound
from kapabla.material.series import all_series
from kapabla.office import promises
from kapabla.office.promise_series import PromiseSeries, find_published
from kapabla.office.promises import CitizenPromise, CycleRecord, FeedbackItem
from kapabla.web.admin.blueprint import blueprint
from kapabla.web.admin.promise_fields import PARTS, Part, fields_of
from kapabla.web.admin.promise_forms import Overtaken, change, find_overtaken, form_page, locked, merged, trace
from kapabla.web.admin.promises import SIGNED, crumbs_of, cycle_page, to_cycle, years_of
from kapabla.web.admin.typed_fields import Field, Reading, read, written
from kapabla.web.auth import needs
from kapabla.web.promise_figures import shelf
from kapabla.web.unit_of_work import service, work

# What was agreed before is not written anew here (I2).
_AGREED = ("lofte",)
_GONE = (
    "Någon annan har tagit bort det här sedan du öppnade sidan. Din text står kvar. Spara igen om den ska läggas in."
)


@blueprint.get("/admin/loften/<owner_id>/lagg-till/<part>")
@needs("edit_promises")
def new_promise_part(owner_id: str, part: str) -> ResponseReturnValue:
    kind, cycle, _ = _to_add(owner_id, part)
    if _is_agreed(cycle, part):
        return cycle_page(cycle, error=SIGNED), 409
    return _new_page(kind, cycle, owner_id, part, Reading(given={}))


@blueprint.post("/admin/loften/<owner_id>/lagg-till/<part>")
@needs("edit_promises")
def submit_new_promise_part(owner_id: str, part: str) -> ResponseReturnValue:
    kind, cycle, parent = _to_add(owner_id, part)
    locked(cycle)
    if _is_agreed(cycle, part):
        return cycle_page(cycle, error=SIGNED), 409
    reading = _read_part(kind, cycle, request.form)
    if reading.errors:
        return _new_page(kind, cycle, owner_id, part, reading), 400
    owner = {"cycle_id": parent.id} if kind.of == "cycle" else {"promise_id": parent.id}
    record = kind.model(**owner, **reading.values)
    work().office.add(record)
    work().office.flush()
    trace("promise_part_add", f"{part}:{record.id}")
    return to_cycle(cycle.id)


def _new_page(kind: Part, cycle: CycleRecord, owner_id: str, part: str, reading: Reading, *, lead: str = "") -> str:
    return form_page(
        kind.new, crumbs_of(cycle), _fields(kind), reading, action=f"/admin/loften/{owner_id}/lagg-till/{part}",
        button="Spara", lead=lead,
    )  # fmt: skip


@blueprint.get("/admin/loften/del/<part>/<part_id>")
@needs("edit_promises")
def promise_part(part: str, part_id: str) -> ResponseReturnValue:
    kind, cycle, record = _to_change(part, part_id)
    if _is_agreed(cycle, part):
        return cycle_page(cycle, error=SIGNED), 409
    return _part_page(kind, cycle, part, record, Reading(given=written(kind.fields, record)))


@blueprint.post("/admin/loften/del/<part>/<part_id>")
@needs("edit_promises")
def submit_promise_part(part: str, part_id: str) -> ResponseReturnValue:
    """What has been published of it stays as it was: an edition is a document of its own."""
    if _is_gone(part, part_id):
        kind, cycle, parent = _to_add(request.form.get("hor-till", ""), part)
        return _new_page(kind, cycle, parent.id, part, _read_part(kind, cycle, request.form), lead=_GONE), 409
    kind, cycle, record = _to_change(part, part_id)
    locked(cycle)
    work().office.refresh(record)
    if _is_agreed(cycle, part):
        return cycle_page(cycle, error=SIGNED), 409
    standing, typed = written(kind.fields, record), read(_fields(kind), request.form).given
    reading = _read_part(kind, cycle, merged(standing, typed), part_id)
    is_removed = request.form.get("gor") == "ta-bort"
    # Whoever takes it away takes all of it away: also what another has written in a field that was not touched.
    overtaken = find_overtaken(_fields(kind), standing, typed if is_removed else reading.given)
    if overtaken:
        return _part_page(kind, cycle, part, record, reading, overtaken=overtaken), 409
    if is_removed:
        work().office.delete(record)
        work().office.flush()
        trace("promise_part_remove", f"{part}:{part_id}")
        return to_cycle(cycle.id)
    if reading.errors:
        return _part_page(kind, cycle, part, record, reading), 400
    change(record, reading.values, f"{part}:{part_id}")
    return to_cycle(cycle.id)


def _part_page(
    kind: Part, cycle: CycleRecord, part: str, record: Any, reading: Reading, *, overtaken: Overtaken | None = None
) -> str:
    return form_page(
        kind.one, crumbs_of(cycle), _fields(kind), reading, action=f"/admin/loften/del/{part}/{record.id}",
        button="Spara", may_remove=True, standing=written(kind.fields, record), overtaken=overtaken,
        owner=cycle.id if kind.of == "cycle" else record.promise_id,
    )  # fmt: skip


def _to_add(owner_id: str, part: str) -> tuple[Part, CycleRecord, CycleRecord | CitizenPromise]:
    kind = _kind(part)
    parent: CycleRecord | CitizenPromise | None = work().office.get(kind.parent, owner_id)  # type: ignore[assignment]  # one of the two
    if parent is None:
        raise NotFound("no_such_owner")
    return kind, _cycle_of(parent), parent


def _to_change(part: str, part_id: str) -> tuple[Part, CycleRecord, Any]:
    kind = _kind(part)
    record: Any = work().office.get(kind.model, part_id)
    if record is None:
        raise NotFound("no_such_part")
    owner = record if kind.of == "cycle" else work().office.get_one(CitizenPromise, record.promise_id)
    return kind, _cycle_of(owner), record


def _is_gone(part: str, part_id: str) -> bool:
    """Somebody else has taken it away while the form was open, and what was typed in it is not lost with it."""
    is_saved = request.form.get("gor") != "ta-bort" and bool(request.form.get("hor-till"))
    return is_saved and work().office.get(_kind(part).model, part_id) is None


def _kind(part: str) -> Part:
    if part not in PARTS:
        raise NotFound("no_such_part")
    return PARTS[part]


def _fields(kind: Part) -> tuple[Field, ...]:
    return fields_of(kind, all_series(service().config.release_dir)) if kind.model is PromiseSeries else kind.fields


def _cycle_of(record: Any) -> CycleRecord:
    return record if isinstance(record, CycleRecord) else promises.get_cycle(work().office, record.cycle_id)


def _is_agreed(cycle: CycleRecord, part: str) -> bool:
    return cycle.is_signed_earlier and part in _AGREED


def _read_part(kind: Part, cycle: CycleRecord, form: Mapping[str, str], part_id: str | None = None) -> Reading:
    reading = read(_fields(kind), form)
    if kind.model is CitizenPromise and not reading.errors:
        taken = {one.number for one in promises.promises_of(work().office, cycle) if one.id != part_id}
        if reading.values["number"] in taken:
            free = next(number for number in range(1, len(taken) + 2) if number not in taken)
            reading.errors["nummer"] = f"Numret är taget. Välj ett annat, till exempel {free}."
    if kind.model is PromiseSeries and not reading.errors:
        _check_series(cycle, reading)
    if kind.model is FeedbackItem and not reading.errors and reading.values["year"] not in years_of(cycle):
        reading.errors["ar"] = f"Skriv ett år i perioden som har börjat, till exempel {cycle.from_year}."
    return reading


def _check_series(cycle: CycleRecord, reading: Reading) -> None:
    """What the public could not be shown is told here, and not first when signatures are asked for."""
    if cycle.is_signed_earlier and reading.given["malvarde"]:
        reading.errors["malvarde"] = "Avtalet har inget mål i tal. Lämna tomt."
    without = PromiseSeries(series=reading.values["series"], compared="")
    if find_published(without, cycle.municipality, shelf) is None:
        reading.errors["serie"] = "Serien har inga värden att visa för kommunen. Välj en annan, eller läs in den igen."
    elif find_published(PromiseSeries(**reading.values), cycle.municipality, shelf) is None:
        reading.errors["jamfor"] = "Serien har inte det året eller den månaden för kommunen. Skriv till exempel 2022."

"""The cycle of the citizen promises, for the editor: what is overdue first, then the periods and their parts."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.errors import NotFound
from kapabla.material import PromiseCycle
from kapabla.office import promise_editions, promises
from kapabla.office.promise_tasks import tasks
from kapabla.office.promises import CitizenPromise, CycleRecord
from kapabla.web.admin import promise_fields as told
from kapabla.web.admin.blueprint import blueprint
from kapabla.web.admin.promise_fields import AGREEMENT, PARTS, Part
from kapabla.web.admin.typed_fields import Field, Reading, read, written
from kapabla.web.auth import needs, staff
from kapabla.web.promise_page import ACTIVITY_STATES, SOURCES
from kapabla.web.unit_of_work import now, service, work

_YEAR_FIELDS = (
    Field("fran", "from_year", "Första året", "number", hint="Till exempel 2026."),
    Field("till", "to_year", "Sista året", "number"),
)
# An agreement is written for some years; a longer one is a slip of the finger.
_LONGEST = 10
# What was agreed before is not written anew here (I2).
_AGREED = ("lofte",)


@blueprint.get("/admin/loften")
@needs("edit_promises")
def promise_cycles() -> ResponseReturnValue:
    today = local_date(now())
    return render_template(
        "admin/promises.html", cycles=promises.all_cycles(work().office), files=_not_taken_in(), today=today,
        tasks=[(task, told.TASKS[task.kind].format(what=task.what)) for task in tasks(work().office, today)],
        places=_places(), statuses=told.STATUSES,
    )  # fmt: skip


def _places() -> dict[str, str]:
    return {place.code: place.name for place in service().material.municipalities}


def _not_taken_in() -> list[PromiseCycle]:
    """Agreements of before that stand in a file alone."""
    return [
        file
        for file in service().material.promises
        if not promises.find_cycle(work().office, file.municipality, file.from_year)
    ]


@blueprint.post("/admin/loften/lagg-in")
@needs("edit_promises")
def take_in_cycle() -> ResponseReturnValue:
    wanted = request.form.get("avtal", "")
    file = next((file for file in _not_taken_in() if f"{file.municipality}-{file.from_year}" == wanted), None)
    if file is None:
        return redirect(url_for("admin.promise_cycles"), 303)
    cycle = promises.take_in(work().office, service().office_chain, file, by=staff(), at=now())
    return _to(cycle.id)


@blueprint.get("/admin/loften/ny")
@needs("edit_promises")
def new_promise_cycle() -> ResponseReturnValue:
    return _new_cycle_page({}, {})


@blueprint.post("/admin/loften/ny")
@needs("edit_promises")
def submit_promise_cycle() -> ResponseReturnValue:
    fields = (*_new_fields(), *_YEAR_FIELDS)
    reading = read(fields, request.form)
    if not reading.errors:
        first, last = reading.values["from_year"], reading.values["to_year"]
        if not 2000 <= first <= last < first + _LONGEST:
            reading.errors["till"] = f"Skriv två år i ordning, med högst {_LONGEST} år från första till sista."
    if reading.errors:
        return _new_cycle_page(reading.given, reading.errors), 400
    try:
        cycle = promises.create_cycle(
            work().office, service().office_chain, files=service().material.promises, by=staff(), at=now(),
            **reading.values,
        )  # fmt: skip
    except promises.CycleExists:
        taken = "Kommunen har redan en period som börjar det året. Öppna den, eller lägg in avtalet."
        return _new_cycle_page(reading.given, {"fran": taken}), 409
    return _to(cycle.id)


def _new_fields() -> tuple[Field, ...]:
    return (Field("kommun", "municipality", "Kommun", "choice", options=tuple(_places().items())),)


def _new_cycle_page(given: dict[str, str], errors: dict[str, str]) -> str:
    return _form_page(
        "Ny period", [("/admin/loften", "Medborgarlöften")], (*_new_fields(), *_YEAR_FIELDS), given, errors,
        action="/admin/loften/ny", button="Skapa perioden",
        lead="Fokusområdena följer med från perioden före. Löftena skriver ni om.",
    )  # fmt: skip


@blueprint.get("/admin/loften/<cycle_id>")
@needs("edit_promises")
def promise_cycle(cycle_id: str) -> ResponseReturnValue:
    return cycle_page(promises.get_cycle(work().office, cycle_id))


def cycle_page(cycle: CycleRecord, *, error: str = "") -> str:
    office, today = work().office, local_date(now())
    found = promises.promises_of(office, cycle)
    last = today.year if cycle.status == "prolonged" else min(cycle.to_year, today.year)
    return render_template(
        "admin/promise_cycle.html", cycle=cycle, name=name_of(cycle), sources=promises.sources_of(office, cycle),
        promises=[
            (one, promises.activities_of(office, one), promises.observations_of(office, one)) for one in found
        ],
        meetings=promises.meetings_of(office, cycle), years=range(cycle.from_year, last + 1), today=today,
        editions=promise_editions.editions_of(office, cycle), words=told, steps=sorted(promises.ALLOWED[cycle.status]),
        tasks=[
            (task, told.TASKS[task.kind].format(what=task.what))
            for task in tasks(office, today)
            if task.cycle.id == cycle.id
        ],
        source_kinds=SOURCES, activity_states=ACTIVITY_STATES, error=error,
    )  # fmt: skip


def name_of(cycle: CycleRecord) -> str:
    return f"{service().material.municipality(cycle.municipality).name} {cycle.years}"


@blueprint.post("/admin/loften/<cycle_id>/lage")
@needs("edit_promises")
def move_promise_cycle(cycle_id: str) -> ResponseReturnValue:
    cycle = promises.get_cycle(work().office, cycle_id)
    try:
        promises.move(
            work().office, service().office_chain, cycle, request.form.get("till", ""), by=staff(), at=now()
        )  # fmt: skip
    except promises.StepNotAllowed:
        return cycle_page(cycle, error="Läget är redan ändrat. Läs sidan och välj igen."), 409
    return _to(cycle_id)


@blueprint.get("/admin/loften/<cycle_id>/avtal")
@needs("edit_promises")
def promise_agreement(cycle_id: str) -> ResponseReturnValue:
    cycle = promises.get_cycle(work().office, cycle_id)
    return _agreement_page(cycle, Reading(given=written(AGREEMENT, cycle)))


@blueprint.post("/admin/loften/<cycle_id>/avtal")
@needs("edit_promises")
def submit_promise_agreement(cycle_id: str) -> ResponseReturnValue:
    cycle = promises.get_cycle(work().office, cycle_id)
    reading = read(AGREEMENT, request.form)
    if not reading.errors and reading.values["from_on"] > reading.values["to_on"]:
        reading.errors["till"] = "Avtalet slutar före det börjar. Byt plats på dagarna."
    if reading.errors:
        return _agreement_page(cycle, reading), 400
    if cycle.is_signed_earlier:
        return cycle_page(cycle, error=_SIGNED), 409
    _change(cycle, reading.values, f"cycle:{cycle.id}")
    return _to(cycle_id)


_SIGNED = "Avtalet är undertecknat sedan tidigare och ändras inte här. Det som saknas i det visas som att det saknas."


def _agreement_page(cycle: CycleRecord, reading: Reading) -> str:
    return _form_page(
        "Avtalet", _crumbs(cycle), AGREEMENT, reading.given, reading.errors,
        action=f"/admin/loften/{cycle.id}/avtal", button="Spara avtalet",
        lead=_SIGNED if cycle.is_signed_earlier else "",
    )  # fmt: skip


@blueprint.get("/admin/loften/<owner_id>/lagg-till/<part>")
@needs("edit_promises")
def new_promise_part(owner_id: str, part: str) -> ResponseReturnValue:
    kind, cycle, _ = _to_add(owner_id, part)
    if _is_agreed(cycle, part):
        return cycle_page(cycle, error=_SIGNED), 409
    return _part_page(kind, cycle, f"/admin/loften/{owner_id}/lagg-till/{part}", Reading(given={}))


@blueprint.post("/admin/loften/<owner_id>/lagg-till/<part>")
@needs("edit_promises")
def submit_new_promise_part(owner_id: str, part: str) -> ResponseReturnValue:
    kind, cycle, parent = _to_add(owner_id, part)
    if _is_agreed(cycle, part):
        return cycle_page(cycle, error=_SIGNED), 409
    reading = _read_part(kind, cycle, None)
    if reading.errors:
        return _part_page(kind, cycle, f"/admin/loften/{owner_id}/lagg-till/{part}", reading), 400
    owner = {"cycle_id": parent.id} if kind.of == "cycle" else {"promise_id": parent.id}
    record = kind.model(**owner, **reading.values)
    work().office.add(record)
    work().office.flush()
    _trace("promise_part_add", f"{part}:{record.id}")
    return _to(cycle.id)


@blueprint.get("/admin/loften/del/<part>/<part_id>")
@needs("edit_promises")
def promise_part(part: str, part_id: str) -> ResponseReturnValue:
    kind, cycle, record = _to_change(part, part_id)
    if _is_agreed(cycle, part):
        return cycle_page(cycle, error=_SIGNED), 409
    reading = Reading(given=written(kind.fields, record))
    return _part_page(kind, cycle, f"/admin/loften/del/{part}/{part_id}", reading, is_there=True)


@blueprint.post("/admin/loften/del/<part>/<part_id>")
@needs("edit_promises")
def submit_promise_part(part: str, part_id: str) -> ResponseReturnValue:
    """What has been published of it stays as it was: an edition is a document of its own."""
    kind, cycle, record = _to_change(part, part_id)
    if _is_agreed(cycle, part):
        return cycle_page(cycle, error=_SIGNED), 409
    if request.form.get("gor") == "ta-bort":
        work().office.delete(record)
        work().office.flush()
        _trace("promise_part_remove", f"{part}:{part_id}")
        return _to(cycle.id)
    reading = _read_part(kind, cycle, part_id)
    if reading.errors:
        return _part_page(kind, cycle, f"/admin/loften/del/{part}/{part_id}", reading, is_there=True), 400
    _change(record, reading.values, f"{part}:{part_id}")
    return _to(cycle.id)


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


def _kind(part: str) -> Part:
    if part not in PARTS:
        raise NotFound("no_such_part")
    return PARTS[part]


def _cycle_of(record: Any) -> CycleRecord:
    return record if isinstance(record, CycleRecord) else promises.get_cycle(work().office, record.cycle_id)


def _is_agreed(cycle: CycleRecord, part: str) -> bool:
    return cycle.is_signed_earlier and part in _AGREED


def _read_part(kind: Part, cycle: CycleRecord, part_id: str | None) -> Reading:
    reading = read(kind.fields, request.form)
    if kind.model is CitizenPromise and not reading.errors:
        taken = {one.number for one in promises.promises_of(work().office, cycle) if one.id != part_id}
        if reading.values["number"] in taken:
            free = next(number for number in range(1, len(taken) + 2) if number not in taken)
            reading.errors["nummer"] = f"Numret är taget. Välj ett annat, till exempel {free}."
    return reading


def _part_page(kind: Part, cycle: CycleRecord, action: str, reading: Reading, *, is_there: bool = False) -> str:
    return _form_page(
        kind.one if is_there else kind.new, _crumbs(cycle), kind.fields, reading.given, reading.errors, action=action,
        button="Spara", may_remove=is_there,
    )  # fmt: skip


def _crumbs(cycle: CycleRecord) -> list[tuple[str, str]]:
    return [("/admin/loften", "Medborgarlöften"), (f"/admin/loften/{cycle.id}", name_of(cycle))]


def _form_page(
    title: str, crumbs: list[tuple[str, str]], fields: tuple[Field, ...], given: dict[str, str],
    errors: dict[str, str], *, action: str, button: str, lead: str = "", may_remove: bool = False,
) -> str:  # fmt: skip
    return render_template(
        "admin/promise_form.html", title=title, crumbs=crumbs, fields=fields, given=given, found=errors,
        action=action, send=button, lead=lead, may_remove=may_remove,
    )  # fmt: skip


def _change(record: Any, values: dict[str, Any], object_: str) -> None:
    for column, value in values.items():
        setattr(record, column, value)
    _trace("promise_part_change", object_)


def _trace(action: str, object_: str) -> None:
    promises.trace(work().office, service().office_chain, action, object_, by=staff(), at=now())


def _to(cycle_id: str) -> ResponseReturnValue:
    return redirect(url_for("admin.promise_cycle", cycle_id=cycle_id), 303)

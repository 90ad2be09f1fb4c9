"""The cycle of the citizen promises, for the editor: what is overdue first, then the periods and their parts."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.material import PromiseCycle
from kapabla.material.series import all_series
from kapabla.office import promise_editions, promises
from kapabla.office.promise_series import series_of
from kapabla.office.promise_tasks import tasks
from kapabla.office.promises import CycleRecord
from kapabla.web.admin import promise_fields as told
from kapabla.web.admin.blueprint import blueprint
from kapabla.web.admin.promise_fields import AGREEMENT
from kapabla.web.admin.promise_forms import Overtaken, change, find_overtaken, form_page, locked, merged
from kapabla.web.admin.typed_fields import Field, Reading, read, written
from kapabla.web.auth import needs, staff
from kapabla.web.promise_page import ACTIVITY_STATES, CHANNELS, SOURCES
from kapabla.web.unit_of_work import now, service, work

_YEAR_FIELDS = (
    Field("fran", "from_year", "Första året", "number", hint="Till exempel 2026."),
    Field("till", "to_year", "Sista året", "number"),
)
# An agreement is written for some years; a longer one is a slip of the finger.
_LONGEST = 10


@blueprint.get("/admin/loften")
@needs("edit_promises")
def promise_cycles() -> ResponseReturnValue:
    today, files = local_date(now()), _not_taken_in()
    return render_template(
        "admin/promises.html", cycles=promises.all_cycles(work().office), files=files, today=today,
        tasks=[(task, told.told_task(task)) for task in tasks(work().office, today, files)],
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
    return to_cycle(cycle.id)


@blueprint.get("/admin/loften/ny")
@needs("edit_promises")
def new_promise_cycle() -> ResponseReturnValue:
    return _new_cycle_page(Reading())


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
        return _new_cycle_page(reading), 400
    try:
        cycle = promises.create_cycle(
            work().office, service().office_chain, files=service().material.promises, by=staff(), at=now(),
            **reading.values,
        )  # fmt: skip
    except promises.CycleExists:
        taken = "Kommunen har redan en period som börjar det året. Öppna den, eller lägg in avtalet."
        reading.errors["fran"] = taken
        return _new_cycle_page(reading), 409
    return to_cycle(cycle.id)


def _new_fields() -> tuple[Field, ...]:
    return (Field("kommun", "municipality", "Kommun", "choice", options=tuple(_places().items())),)


def _new_cycle_page(reading: Reading) -> str:
    return form_page(
        "Ny period", [("/admin/loften", "Medborgarlöften")], (*_new_fields(), *_YEAR_FIELDS), reading,
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
    return render_template(
        "admin/promise_cycle.html", cycle=cycle, name=name_of(cycle), sources=promises.sources_of(office, cycle),
        promises=[
            (one, promises.activities_of(office, one), promises.observations_of(office, one), series_of(office, one))
            for one in found
        ],
        meetings=promises.meetings_of(office, cycle), years=years_of(cycle), today=today,
        editions=promise_editions.editions_of(office, cycle), words=told, steps=sorted(promises.ALLOWED[cycle.status]),
        tasks=[(task, told.told_task(task)) for task in tasks(office, today) if task.cycle_id == cycle.id],
        told=promises.feedback_of(office, cycle), channels=CHANNELS, source_kinds=SOURCES,
        activity_states=ACTIVITY_STATES, error=error,
        series_names={one.code: one.names["sv"] for one in all_series(service().config.release_dir)},
    )  # fmt: skip


def years_of(cycle: CycleRecord) -> range:
    """Those that have begun. A period that is prolonged has more years than its agreement names."""
    today = local_date(now())
    last = today.year if cycle.status == "prolonged" else min(cycle.to_year, today.year)
    return range(cycle.from_year, last + 1)


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
    return to_cycle(cycle_id)


@blueprint.get("/admin/loften/<cycle_id>/avtal")
@needs("edit_promises")
def promise_agreement(cycle_id: str) -> ResponseReturnValue:
    cycle = promises.get_cycle(work().office, cycle_id)
    return _agreement_page(cycle, Reading(given=written(AGREEMENT, cycle)))


@blueprint.post("/admin/loften/<cycle_id>/avtal")
@needs("edit_promises")
def submit_promise_agreement(cycle_id: str) -> ResponseReturnValue:
    cycle = locked(promises.get_cycle(work().office, cycle_id))
    standing = written(AGREEMENT, cycle)
    reading = read(AGREEMENT, merged(standing, read(AGREEMENT, request.form).given))
    if not reading.errors and reading.values["from_on"] > reading.values["to_on"]:
        reading.errors["till"] = "Avtalet slutar före det börjar. Byt plats på dagarna."
    if overtaken := find_overtaken(AGREEMENT, standing, reading.given):
        return _agreement_page(cycle, reading, overtaken=overtaken), 409
    if reading.errors:
        return _agreement_page(cycle, reading), 400
    if cycle.is_signed_earlier:
        return cycle_page(cycle, error=SIGNED), 409
    change(cycle, reading.values, f"cycle:{cycle.id}")
    return to_cycle(cycle_id)


SIGNED = "Avtalet är undertecknat sedan tidigare och ändras inte här. Det som saknas i det visas som att det saknas."


def _agreement_page(cycle: CycleRecord, reading: Reading, *, overtaken: Overtaken | None = None) -> str:
    return form_page(
        "Avtalet", crumbs_of(cycle), AGREEMENT, reading, action=f"/admin/loften/{cycle.id}/avtal",
        button="Spara avtalet", lead=SIGNED if cycle.is_signed_earlier else "",
        standing=written(AGREEMENT, cycle), overtaken=overtaken,
    )  # fmt: skip


def crumbs_of(cycle: CycleRecord) -> list[tuple[str, str]]:
    return [("/admin/loften", "Medborgarlöften"), (f"/admin/loften/{cycle.id}", name_of(cycle))]


def to_cycle(cycle_id: str) -> ResponseReturnValue:
    return redirect(url_for("admin.promise_cycle", cycle_id=cycle_id), 303)

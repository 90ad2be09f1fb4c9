"""Breaches (E9): a clock of 72 hours and a timeline for the steward, and who may be affected for the officer alone."""

from datetime import UTC, datetime, time

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from kapabla.clock import LOCAL, local_date
from kapabla.identity.cohort_view import people_of_studies
from kapabla.office import incidents
from kapabla.office.access import can
from kapabla.office.incidents import Incident
from kapabla.office.staff import Staff
from kapabla.web.admin.blueprint import blueprint, leave_trace
from kapabla.web.admin.csv_files import as_file, harmless
from kapabla.web.admin.people import told_day
from kapabla.web.auth import event, needs, staff
from kapabla.web.context import stamp
from kapabla.web.unit_of_work import now, service, work

_TEXT_MISSING = "Skriv vad som har hänt eller gjorts. Skriv inga namn."
_WHY_MISSING = "Skriv varför det är osannolikt att någon skadas. Skriv inga namn."
_UNDECIDED = "Välj först att den är anmäld, eller att den inte behöver anmälas."
# What the form may say of an incident: which moment it sets, and what the log calls it.
_STATES = {
    "anmald": ("reported_at", "incident_reported"), "undantag": ("exempt_at", "incident_exempt"),
    "avslutad": ("closed_at", "incident_closed"),
}  # fmt: skip


@blueprint.get("/admin/incident")
@needs("see_incidents")
def incident_list() -> ResponseReturnValue:
    return _list_page({})


@blueprint.post("/admin/incident")
@needs("handle_incidents")
def submit_incident() -> ResponseReturnValue:
    form, errors = request.form, {}
    name, studies = form.get("vad", "").strip(), form.getlist("studier")
    day, hour = told_day(form.get("dag", "")), _clock(form.get("tid", ""))
    if not name:
        errors["vad"] = _TEXT_MISSING
    if day is None:
        errors["dag"] = "Skriv dagen då ni märkte det så här: 2026-09-12. Den kan inte ligga framåt i tiden."
    if hour is None:
        errors["tid"] = "Skriv klockslaget så här: 14.30."
    if not set(studies) <= set(service().material.studies):
        errors["studier"] = "Välj bland studierna i listan."
    if day is None or hour is None or errors:
        return _list_page(errors), 400
    noticed_at = datetime.combine(day, hour, LOCAL).astimezone(UTC)
    made = incidents.add_incident(work().office, name=name, noticed_at=noticed_at, studies=studies)
    _note("incident_add", made)
    return redirect(url_for("admin.incident", incident_id=made.id), 303)


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text.strip().replace(".", ":").zfill(5))
    except ValueError:
        return None


@blueprint.get("/admin/incident/<incident_id>")
@needs("see_incidents")
def incident(incident_id: str) -> ResponseReturnValue:
    return _page(incidents.get_incident(work().office, incident_id), {})


@blueprint.post("/admin/incident/<incident_id>")
@needs("handle_incidents")
def add_to_incident(incident_id: str) -> ResponseReturnValue:
    found, text = incidents.get_incident(work().office, incident_id), request.form.get("text", "").strip()
    what, errors = request.form.get("lage", ""), dict[str, str]()
    if not text:
        errors["text"] = _WHY_MISSING if what == "undantag" else _TEXT_MISSING
    if what == "avslutad" and not found.is_decided:
        errors["lage"] = _UNDECIDED
    if errors:
        return _page(found, errors), 400
    incidents.add_entry(work().office, found, text, staff_id=staff().id, at=now())
    moment, action = _STATES.get(what, ("", "incident_entry"))
    if moment and getattr(found, moment) is None:
        setattr(found, moment, now())
    _note(action, found)
    return redirect(url_for("admin.incident", incident_id=incident_id), 303)


@blueprint.post("/admin/incident/<incident_id>/berorda.csv")
@needs("list_affected", proof=True)
def affected(incident_id: str) -> ResponseReturnValue:
    """Numbers and municipalities, from the vault of who: that it was taken along is logged."""
    found = incidents.get_incident(work().office, incident_id)
    rows = people_of_studies(work().identity, found.studies)
    leave_trace("affected_list", f"incident:{found.id}", reason=f"{len(rows)} people")
    places = {place.code: place.name for place in service().material.municipalities}
    filename = f"kapabla_berorda_{local_date(now()).isoformat()}.csv"
    cells = [(number, places.get(place or "", "")) for number, place in rows]
    return as_file(filename, [("Deltagarnummer", "Kommun"), *([harmless(cell) for cell in row] for row in cells)])


def _note(action: str, found: Incident) -> None:
    service().office_chain.append(work().office, event(action, f"incident:{found.id}"), at=now())


def _moment(at: datetime) -> str:
    return stamp(incidents.utc(at))


def _list_page(errors: dict[str, str]) -> str:
    return render_template(
        "admin/incidents.html", found=errors, given=request.form, chosen=request.form.getlist("studier"),
        studies=[(study.id, study.title.sv) for study in service().material.studies.values()],
        rows=[(_link(row), _moment(row.noticed_at), clock_of(row)) for row in incidents.all_incidents(work().office)],
        may_add=can(staff().role, "handle_incidents"),
    )  # fmt: skip


def _link(found: Incident) -> dict[str, str]:
    return {"text": found.name, "href": url_for("admin.incident", incident_id=found.id)}


def clock_of(found: Incident) -> str:
    """Hours that are left to report in, in words."""
    if found.reported_at is not None:
        return f"Anmäld {_moment(found.reported_at)}"
    if found.exempt_at is not None:
        return f"Behöver inte anmälas, beslutat {_moment(found.exempt_at)}"
    if found.closed_at is not None:
        return "Avslutad utan anmälan"
    hours = int((found.due_at - now()).total_seconds() // 3600)
    return f"Anmäl inom {_hours(hours)}" if hours >= 0 else f"För sent: {_hours(-hours)} över"


def _hours(number: int) -> str:
    return "1 timme" if number == 1 else f"{number} timmar"


def _page(found: Incident, errors: dict[str, str]) -> str:
    names = {row.id: row.name for row in work().office.execute(select(Staff.id, Staff.name))}
    role, titles = staff().role, service().material.studies
    return render_template(
        "admin/incident.html", incident=found, found=errors, given=request.form, clock=clock_of(found),
        due=_moment(found.due_at), noticed=_moment(found.noticed_at),
        closed=_moment(found.closed_at) if found.closed_at else None,
        studies=[titles[name].title.sv if name in titles else name for name in found.studies],
        events=[
            (_moment(row.at), names.get(row.staff_id, "–"), row.text)
            for row in incidents.entries_of(work().office, found)
        ],
        may_write=can(role, "handle_incidents"), may_list=can(role, "list_affected"),
    )  # fmt: skip

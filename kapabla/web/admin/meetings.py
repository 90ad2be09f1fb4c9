"""Meetings of a cohort (D14): opened for a day, shown to the room, closed. How many came if that is safe, never who."""

import re
from datetime import date

import segno
from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.identity import meetings
from kapabla.identity.codes import derive_meeting_code, format_code
from kapabla.identity.cohorts import Cohort
from kapabla.identity.meetings import Meeting
from kapabla.ids import new_id
from kapabla.web.admin.blueprint import blueprint, leave_trace, visible_cohort
from kapabla.web.auth import needs
from kapabla.web.context import long_date
from kapabla.web.unit_of_work import now, service, work

WAYS = {"rummet": meetings.ROOM, "natet": meetings.ONLINE}
ANSWERS = {"ja": True, "nej": False}
KEY_FIELD = "nyckel"
_KEY = re.compile(r"[a-z0-9]{16}")


@blueprint.get("/admin/omgangar/<cohort_id>/moten")
@needs("hold_meetings")
def meetings_page(cohort_id: str) -> ResponseReturnValue:
    return _form(visible_cohort(cohort_id), {"dag": _today().isoformat()}, {})


@blueprint.post("/admin/omgangar/<cohort_id>/moten")
@needs("hold_meetings")
def submit_meeting(cohort_id: str) -> ResponseReturnValue:
    """Pressed twice, the second press leads to the meeting of the first: the form carries the id of what it opens."""
    cohort, key = visible_cohort(cohort_id), request.form.get(KEY_FIELD, "")
    if not _KEY.fullmatch(key):
        abort(400)
    if work().identity.get(Meeting, key) is not None:
        return _to_meeting(cohort, key)
    given = {name: request.form.get(name, "").strip() for name in ("dag", "satt", "utan_kod")}
    errors, held_on = _check(given)
    if errors or held_on is None:
        return _form(cohort, given, errors), 400
    try:
        meeting = meetings.open_meeting(
            work().identity, service().keys.get("invitation"), cohort, held_on=held_on, mode=WAYS[given["satt"]],
            takes_walk_ins=ANSWERS[given["utan_kod"]], today=_today(), meeting_id=key,
        )  # fmt: skip
    except meetings.MeetingOutsideCohort:
        return _form(cohort, given, {"dag": _outside(cohort)}), 400
    leave_trace("meeting_open", f"meeting:{meeting.id}")
    return _to_meeting(cohort, meeting.id)


def _to_meeting(cohort: Cohort, meeting_id: str) -> ResponseReturnValue:
    return redirect(url_for("admin.meeting", cohort_id=cohort.id, meeting_id=meeting_id), 303)


def _check(given: dict[str, str]) -> tuple[dict[str, str], date | None]:
    errors: dict[str, str] = {}
    try:
        held_on = date.fromisoformat(given["dag"])
    except ValueError:
        held_on = None
        errors["dag"] = "Skriv mötets dag så här: 2026-09-12."
    if given["satt"] not in WAYS:
        errors["satt"] = "Välj om mötet är i rummet eller på nätet."
    if given["utan_kod"] not in ANSWERS:
        errors["utan_kod"] = "Välj om den som inte är anmäld får vara med."
    return errors, held_on


def _outside(cohort: Cohort) -> str:
    first = max(cohort.starts_on, _today())
    if first > cohort.ends_on:
        return "Omgången är slut, så det går inte att öppna ett möte i den."
    return f"Välj en dag från {long_date(first)} till {long_date(cohort.ends_on)}."


def _form(cohort: Cohort, given: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "admin/meetings.html", cohort=cohort, given=given, found=errors, today=_today(),
        meetings=meetings.meetings_of(work().identity, cohort), key=request.form.get(KEY_FIELD) or new_id(),
    )  # fmt: skip


@blueprint.get("/admin/omgangar/<cohort_id>/moten/<meeting_id>")
@needs("hold_meetings")
def meeting(cohort_id: str, meeting_id: str) -> ResponseReturnValue:
    cohort, found = _find(cohort_id, meeting_id)
    return render_template(
        "admin/meeting.html", cohort=cohort, meeting=found, today=_today(), code=_code(found),
        door=_address("k"), kiosk=_address("delad-dator"), smallest=service().config.min_cell,
    )  # fmt: skip


@blueprint.get("/admin/omgangar/<cohort_id>/moten/<meeting_id>/skarm")
@needs("hold_meetings")
def meeting_screen(cohort_id: str, meeting_id: str) -> ResponseReturnValue:
    """For a projector: the code and its QR, and nothing of the cohort or of whoever is signed in."""
    cohort, found = _find(cohort_id, meeting_id)
    if cohort.is_archived or not found.is_open(_today()):
        return _to_meeting(cohort, found.id)
    address = f"{service().config.base_url}/mote/{_code(found).replace('-', '')}"
    return render_template(
        "admin/meeting_screen.html", cohort=cohort, meeting=found, code=_code(found), door=_address("k"),
        qr=segno.make(address, micro=False, error="m").svg_inline(
            scale=10, border=2, svgclass=None, lineclass=None, omitsize=True
        ),
    )  # fmt: skip


@blueprint.post("/admin/omgangar/<cohort_id>/moten/<meeting_id>/stang")
@needs("hold_meetings")
def close_meeting(cohort_id: str, meeting_id: str) -> ResponseReturnValue:
    cohort, found = _find(cohort_id, meeting_id)
    if not found.is_closed:
        meetings.close_meeting(work().identity, found)
        leave_trace("meeting_close", f"meeting:{found.id}")
    return _to_meeting(cohort, found.id)


def _find(cohort_id: str, meeting_id: str) -> tuple[Cohort, Meeting]:
    cohort = visible_cohort(cohort_id)
    return cohort, meetings.get_meeting(work().identity, cohort, meeting_id)


def _code(found: Meeting) -> str:
    return format_code(derive_meeting_code(service().keys.get("invitation"), found.id))


def _address(page: str) -> str:
    """As somebody types it from a screen."""
    return f"{service().config.base_url}/{page}".removeprefix("https://").removeprefix("http://")


def _today() -> date:
    return local_date(now())

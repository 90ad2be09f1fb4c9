"""What people have asked for by law (`privacy.md` E3.5): a list with the days that are left, and what came by letter or
telephone written in."""

from datetime import date, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.identity import cohort_view, rights_requests
from kapabla.identity.copy_code import COPY_STANDS_DAYS
from kapabla.identity.rights_requests import Listed
from kapabla.office.access import can
from kapabla.web.admin import receipts
from kapabla.web.admin.blueprint import blueprint, leave_trace
from kapabla.web.admin.copy_tellers import has_had_ways_in, tellers
from kapabla.web.admin.people import DAY_WRONG, WAYS, told_day
from kapabla.web.auth import needs, staff
from kapabla.web.unit_of_work import now, work

KINDS = {
    "kopia": (rights_requests.ACCESS, "Kopia av sina uppgifter"),
    "radering": (rights_requests.ERASURE, "Radering"),
    "rattelse": (rights_requests.RECTIFICATION, "Rättelse"),
    "begransning": (rights_requests.RESTRICTION, "Begränsning"),
    "invandning": (rights_requests.OBJECTION, "Invändning"),
}
OUTCOMES = {"genomford": "carried_out", "avslagen": "refused", "atertagen": "taken_back"}
_NAMES = dict(KINDS.values())
_ENDED = {"carried_out": "Genomförd", "refused": "Avslagen", "taken_back": "Återtagen"}
SHOWN_CLOSED = 50


@blueprint.get("/admin/begaran")
@needs("handle_requests")
def requests_page() -> ResponseReturnValue:
    return _list_page({})


@blueprint.post("/admin/begaran")
@needs("handle_requests")
def submit_request() -> ResponseReturnValue:
    """Who writes it in need not know the number: an unknown person is to have an answer too."""
    kind, way = KINDS.get(request.form.get("vad", ""), (None, ""))[0], WAYS.get(request.form.get("hur", ""))
    came_on, number = told_day(request.form.get("dag", "")), request.form.get("nummer", "").strip()
    person = cohort_view.find_person(work().identity, number.upper(), municipality=None) if number else None
    errors = {}
    if kind is None:
        errors["vad"] = "Välj vad personen har begärt."
    if number and person is None:
        errors["nummer"] = "Det finns ingen deltagare med det numret. Rätta det, eller lämna fältet tomt."
    if way is None:
        errors["hur"] = "Välj hur begäran kom."
    if came_on is None:
        errors["dag"] = DAY_WRONG
    if kind is None or way is None or came_on is None or errors:
        return _list_page(errors), 400
    made = rights_requests.add_request(
        work().identity, person.id if person else None, kind, way=way, came_on=came_on
    )  # fmt: skip
    leave_trace("request_add", f"person:{person.id}" if person else f"request:{made.id}", reason=kind)
    return redirect(url_for("admin.request_page", request_id=made.id), 303)


@blueprint.get("/admin/begaran/<request_id>")
@needs("handle_requests")
def request_page(request_id: str) -> ResponseReturnValue:
    return _page(rights_requests.get_request(work().identity, request_id), {})


@blueprint.post("/admin/begaran/<request_id>")
@needs("handle_requests")
def close_request(request_id: str) -> ResponseReturnValue:
    listed = rights_requests.get_request(work().identity, request_id)
    outcome = OUTCOMES.get(request.form.get("hur_gick_det", ""))
    if outcome is None:
        return _page(listed, {"hur_gick_det": "Välj hur begäran slutade."}), 400
    if not listed.request.outcome:
        rights_requests.close_request(work().identity, listed.request, outcome, on=local_date(now()))
        about = f"person:{listed.request.person_id}" if listed.request.person_id else f"request:{request_id}"
        leave_trace("request_done", about, reason=outcome)
    return redirect(url_for("admin.requests_page"), 303)


@blueprint.post("/admin/begaran/<request_id>/kod")
@needs("tell_copy_code", proof=True)
def tell_copy_code(request_id: str) -> ResponseReturnValue:
    """To the person, who has it from nobody that can get at their link: with both the answers can be read (B5)."""
    listed = rights_requests.get_request(work().identity, request_id)
    if not _has_code(listed) or has_had_ways_in(staff()):
        return redirect(url_for("admin.request_page", request_id=request_id), 303)
    leave_trace("copy_code_told", f"person:{listed.request.person_id}")
    return receipts.to_receipt("copy_code", number=listed.number, request=request_id)


def _has_code(listed: Listed) -> bool:
    """While a copy may be on its way or stand: until then as long as the request is open, and a week from when it was
    made."""
    asked = listed.request
    is_over = asked.done_on is not None and local_date(now()) > asked.done_on + timedelta(days=COPY_STANDS_DAYS)
    is_copy = asked.kind == rights_requests.ACCESS and listed.number is not None
    return is_copy and not is_over and rights_requests.is_latest(work().identity, asked)


def _list_page(errors: dict[str, str]) -> str:
    identity, on = work().identity, local_date(now())
    waiting = rights_requests.open_requests(identity)
    return render_template(
        "admin/requests.html", found=errors, given=request.form,
        kinds=[(code, name) for code, (_, name) in KINDS.items()],
        waiting=[(*_cells(listed), str(listed.request.came_on), left_of(listed, on)) for listed in waiting],
        urgent=sum(listed.is_urgent(on) for listed in waiting),
        closed=[
            (*_cells(listed), str(listed.request.came_on), _ended(listed))
            for listed in rights_requests.closed_requests(identity, limit=SHOWN_CLOSED)
        ],
    )  # fmt: skip


def _cells(listed: Listed) -> tuple[object, str]:
    address = url_for("admin.request_page", request_id=listed.request.id)
    return {"text": _NAMES[listed.request.kind], "href": address}, listed.number or "–"


def left_of(listed: Listed, on: date) -> str:
    """The clock, in words that are not colour alone."""
    left = listed.days_left(on)
    if left < 0:
        return f"För sent: {-left} {_days(-left)} över"
    told = f"{left} {_days(left)} kvar"
    return f"Bråttom: {told}" if listed.is_urgent(on) else told


def _days(number: int) -> str:
    return "dag" if number == 1 else "dagar"


def _ended(listed: Listed) -> str:
    return f"{_ENDED[listed.request.outcome]} {listed.request.done_on}"


def _page(listed: Listed, errors: dict[str, str]) -> str:
    has_ended = bool(listed.request.outcome)
    return render_template(
        "admin/request.html", listed=listed, found=errors, name=_NAMES[listed.request.kind],
        way={code: way for way, code in WAYS.items()}[listed.request.way],
        told=_ended(listed) if has_ended else left_of(listed, local_date(now())), has_ended=has_ended,
        sees_people=can(staff().role, "see_cohorts"),
        has_code=can(staff().role, "tell_copy_code") and _has_code(listed), may_tell=not has_had_ways_in(staff()),
        tellers=[member.name for member in tellers()],
    )  # fmt: skip

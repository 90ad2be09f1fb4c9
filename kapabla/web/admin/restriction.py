"""Restricting one person's data and lifting it (Art. 18), on a page of its own that says what follows."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.identity import restricting
from kapabla.identity.people import Person
from kapabla.web.admin.blueprint import blueprint, leave_trace
from kapabla.web.admin.people import DAY_WRONG, WAYS, get_person, told_day
from kapabla.web.auth import needs
from kapabla.web.unit_of_work import now, work

# The four cases of Art. 18.1, and why it ends: they go to the log as codes.
REASONS = {"stammer": "accuracy", "radera": "unlawful", "rattsligt": "claim", "invandning": "objection"}
ENDS = {"avgjord": "settled", "vill": "wish"}


@blueprint.get("/admin/deltagare/<number>/begransa")
@needs("restrict")
def restriction(number: str) -> ResponseReturnValue:
    return _page(get_person(number), {})


@blueprint.post("/admin/deltagare/<number>/begransa")
@needs("restrict")
def restrict(number: str) -> ResponseReturnValue:
    """Pressed twice it is done once."""
    found = get_person(number)
    way, reason = WAYS.get(request.form.get("hur", "")), REASONS.get(request.form.get("skal", ""))
    came_on = told_day(request.form.get("dag", ""))
    errors = {}
    if reason is None:
        errors["skal"] = "Välj varför uppgifterna ska begränsas."
    if way is None:
        errors["hur"] = "Välj hur du fick veta det."
    if came_on is None:
        errors["dag"] = DAY_WRONG
    if way is None or reason is None or came_on is None:
        return _page(found, errors), 400
    if not found.is_restricted:
        restricting.restrict(work().identity, found, way=way, came_on=came_on, on=local_date(now()), at=now())
        leave_trace("restricted", f"person:{found.id}", reason=reason)
    return redirect(url_for("admin.person", number=number), 303)


@blueprint.post("/admin/deltagare/<number>/hav-begransning")
@needs("restrict")
def lift_restriction(number: str) -> ResponseReturnValue:
    """Whoever had it restricted is told before it ends (Art. 18.3)."""
    found, reason = get_person(number), ENDS.get(request.form.get("varfor", ""))
    errors = {}
    if reason is None:
        errors["varfor"] = "Välj varför begränsningen ska hävas."
    if request.form.get("berattat") != "1":
        errors["berattat"] = "Berätta först för personen att begränsningen hävs, och kryssa i rutan."
    if reason is None or errors:
        return _page(found, errors), 400
    if found.is_restricted:
        restricting.lift(work().identity, found, at=now())
        leave_trace("restriction_lifted", f"person:{found.id}", reason=reason)
    return redirect(url_for("admin.person", number=number), 303)


def _page(found: Person, errors: dict[str, str]) -> str:
    return render_template("admin/restriction.html", person=found, found=errors, given=request.form)

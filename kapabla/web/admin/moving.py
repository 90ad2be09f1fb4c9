"""Moving one person to another cohort (A7): which there are, what follows from it, and only then the move (D11)."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.errors import NotFound
from kapabla.identity import cohort_view, correcting, withdrawals
from kapabla.identity.cohort_view import CohortRow
from kapabla.identity.people import Person
from kapabla.web.admin.blueprint import blueprint, leave_trace, visible_cohort
from kapabla.web.admin.people import get_person
from kapabla.web.auth import needs
from kapabla.web.unit_of_work import now, service, work


@blueprint.get("/admin/deltagare/<number>/flytta")
@needs("edit_cohorts")
def choose_cohort(number: str) -> ResponseReturnValue:
    found, chosen = get_person(number), request.args.get("omgang")
    if chosen is None:
        return _choices(found)
    return _consequences(found, chosen) if chosen else (_choices(found, is_missing=True), 400)


@blueprint.post("/admin/deltagare/<number>/flytta")
@needs("edit_cohorts")
def move(number: str) -> ResponseReturnValue:
    """The link and the code stay the same; what is known beside the answers follows (A7, A14)."""
    found, chosen = get_person(number), request.form.get("omgang", "")
    if not chosen:
        return _choices(found, is_missing=True), 400
    cohort = visible_cohort(chosen)
    before = correcting.current_cohort(work().identity, found)
    correcting.move_person(work().identity, found, cohort, on=local_date(now()))
    withdrawals.order_placement(work().identity, found.id, at=now())
    places = [f"cohort:{place.id}" for place in (before, cohort) if place is not None]
    leave_trace("person_move", f"person:{found.id}", reason=" to ".join(places))
    return redirect(url_for("admin.person", number=found.number), 303)


def _choices(found: Person, *, is_missing: bool = False) -> str:
    present = correcting.current_cohort(work().identity, found)
    others = [row for row in _cohorts().values() if present is None or row.id != present.id]
    return render_template(
        "admin/move_person.html", person=found, present=present,
        cohorts=[(row.id, row.name, _hint(row)) for row in others],
        error="Välj vilken omgång personen ska vara med i." if is_missing else None,
    )  # fmt: skip


def _consequences(found: Person, chosen: str) -> str:
    cohorts, present = _cohorts(), correcting.current_cohort(work().identity, found)
    if chosen not in cohorts:
        raise NotFound("cohort_unknown")
    to = cohorts[chosen]
    return render_template(
        "admin/move_person_check.html", person=found, present=present, to=to, is_closed=_is_closed(to),
        is_ahead=to.starts_on > local_date(now()),
        arm=_arm(present.study, found.arm or present.arm) if present else None,
        new_arm=_arm(to.study, found.arm or to.arm), is_by_lot=found.arm is not None,
    )  # fmt: skip


def _cohorts() -> dict[str, CohortRow]:
    return {row.id: row for row in cohort_view.list_cohorts(work().identity)}


def _is_closed(row: CohortRow) -> bool:
    return row.ends_on < local_date(now())


def _hint(row: CohortRow) -> str:
    """What tells two cohorts of one village apart."""
    closed = " Stängd för nya." if _is_closed(row) else ""
    return f"{_arm(row.study, row.arm)}, {row.starts_on}–{row.ends_on}.{closed}"


def _arm(study: str, arm: str) -> str:
    arms = {known.code: known.label.sv for known in service().material.studies[study].arms}
    return arms.get(arm, arm)

"""Cohorts: the list, a new one, and the page of one (D01, D04)."""

from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.identity import cohort_view, drafts, sending
from kapabla.identity.cohorts import FIRST_DAY, LAST_DAY
from kapabla.identity.enrolling import CohortNameTaken, WrongPeriod, create_cohort
from kapabla.office.access import can
from kapabla.web.admin.blueprint import blueprint, leave_trace, own_municipality, visible_cohort
from kapabla.web.auth import needs, staff
from kapabla.web.unit_of_work import now, service, work

_RIGHTS = ("import_people", "send_messages", "see_contact", "hold_meetings")


@blueprint.get("/admin/omgangar")
@needs("see_cohorts")
def cohorts() -> ResponseReturnValue:
    rows = cohort_view.list_cohorts(work().identity, municipality=own_municipality())
    names = {place.code: place.name for place in service().material.municipalities}
    return render_template(
        "admin/cohorts.html", rows=rows, names=names, may_edit=can(staff().role, "edit_cohorts"),
        broken=cohort_view.broken_addresses(work().identity, own_municipality()),
    )  # fmt: skip


@blueprint.get("/admin/omgangar/ny")
@needs("edit_cohorts")
def new_cohort() -> ResponseReturnValue:
    return _form({}, {})


@blueprint.post("/admin/omgangar/ny")
@needs("edit_cohorts")
def submit_new_cohort() -> ResponseReturnValue:
    given = {name: request.form.get(name, "").strip() for name in ("namn", "start", "slut", "studie")}
    errors, days = _check(given)
    if errors:
        return _form(given, errors), 400
    study = service().material.studies[given["studie"]]
    try:
        cohort = create_cohort(
            work().identity, name=given["namn"], study=study, arm=study.arms[0].code,
            starts_on=days["start"], ends_on=days["slut"], responsible=staff().name,
        )  # fmt: skip
    except CohortNameTaken:
        return _form(given, {"namn": "Det finns redan en omgång med det namnet. Välj ett annat namn."}), 400
    except WrongPeriod:
        message = "Studien tar inte emot en omgång som börjar den dagen. Välj en dag i en av studiens perioder."
        return _form(given, {"start": message}), 400
    leave_trace("cohort_add", f"cohort:{cohort.id}")
    return redirect(url_for("admin.cohort", cohort_id=cohort.id), 303)


def _check(given: dict[str, str]) -> tuple[dict[str, str], dict[str, date]]:
    errors: dict[str, str] = {}
    days: dict[str, date] = {}
    if not given["namn"] or len(given["namn"]) > 80:
        errors["namn"] = "Skriv ett namn på omgången, högst 80 tecken, till exempel Vindeln hösten 2026."
    if given["studie"] not in service().material.studies:
        errors["studie"] = "Välj en studie."
    for name, label in (("start", "första"), ("slut", "sista")):
        try:
            day = date.fromisoformat(given[name])
        except ValueError:
            errors[name] = f"Skriv omgångens {label} dag så här: 2026-09-12."
            continue
        if FIRST_DAY <= day <= LAST_DAY:
            days[name] = day
        else:
            errors[name] = f"Kontrollera årtalet för omgångens {label} dag. Det ska vara från 2000 till 2099."
    if len(days) == 2 and days["slut"] < days["start"]:
        errors["slut"] = "Omgångens sista dag ligger före den första. Skriv en senare dag."
    return {name: errors[name] for name in ("namn", "start", "slut", "studie") if name in errors}, days


def _form(given: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "admin/new_cohort.html", given=given, found=errors,
        studies=[(study.id, study.title.sv) for study in service().material.studies.values()],
    )  # fmt: skip


@blueprint.get("/admin/omgangar/<cohort_id>")
@needs("see_cohorts")
def cohort(cohort_id: str) -> ResponseReturnValue:
    group, identity, place = visible_cohort(cohort_id), work().identity, own_municipality()
    wanted = request.args.get("visa", "")
    chosen = wanted if wanted in cohort_view.FILTERS else "alla"
    page = max(1, request.args.get("sida", 1, type=int) or 1)
    search = request.args.get("sok", "")[:20]
    rows, total = cohort_view.people_page(identity, group, filter_=chosen, search=search, page=page, municipality=place)
    pages = -(-total // cohort_view.PAGE_SIZE)
    material, role, waves = service().material, staff().role, service().material.studies[group.study].waves
    follow_ups = frozenset(wave.slug for wave in waves if wave.months)
    return render_template(
        "admin/cohort.html", cohort=group, rows=rows, total=total, search=search,
        chosen=chosen, page=min(page, max(1, pages)), pages=pages, roles={r.code: r.label.sv for r in material.roles},
        numbers=cohort_view.step_numbers(identity, group, place), follow_ups=follow_ups,
        standings=cohort_view.standing_numbers(identity, group, ("fore", "delar", "efter"), place),
        batches=sending.batches_of(identity, group),
        imports=drafts.recent_imports(identity, service().keys, cohort_id=group.id, staff_id=staff().id, at=now()),
        rights={right: can(role, right) for right in _RIGHTS},
    )  # fmt: skip

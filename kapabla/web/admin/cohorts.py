"""Cohorts: the list, a new one, the page of one, its name and days, and putting it away (D01, D04)."""

from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.identity import cohort_editing, cohort_view, drafts, sending, undoing
from kapabla.identity.cohorts import FIRST_DAY, LAST_DAY, Cohort
from kapabla.identity.correcting import ChangedSince
from kapabla.identity.enrolling import CohortNameTaken, WrongPeriod, create_cohort, get_cohort
from kapabla.office.access import can
from kapabla.web.admin import log, reminders
from kapabla.web.admin.blueprint import blueprint, leave_trace, own_municipality, visible_cohort, working_cohort
from kapabla.web.admin.tasks import tasks_of_mine
from kapabla.web.auth import needs, staff
from kapabla.web.unit_of_work import now, service, work

_REFUSALS: dict[type[Exception], dict[str, str]] = {
    CohortNameTaken: {"namn": "Det finns redan en omgång med det namnet. Välj ett annat namn."},
    WrongPeriod: {
        "start": "Studien tar inte emot en omgång som börjar den dagen. Välj en dag i en av studiens perioder."
    },
    cohort_editing.HasBegun: {
        "start": "Någon i omgången har redan börjat. Då går den första dagen inte att ändra. Skriv den som den var."
    },
    ChangedSince: {
        "namn": "Någon annan har ändrat sedan du öppnade sidan. Öppna sidan igen och jämför innan du sparar."
    },
}
# New people are let in for so long: more is a slip in a year, and the links of all would hold for as long.
LONGEST_DAYS = 731
_RIGHTS = ("edit_cohorts", "import_people", "send_messages", "see_contact", "hold_meetings", "list_interviews")


@blueprint.get("/admin/omgangar")
@needs("see_cohorts")
def cohorts() -> ResponseReturnValue:
    material, wanted = service().material, _wanted()
    rows = cohort_view.list_cohorts(work().identity, municipality=own_municipality(), wanted=wanted)
    studies = material.studies.values()
    return render_template(
        "admin/cohorts.html", rows=rows, wanted=wanted, is_all=wanted == cohort_view.EVERY_COHORT,
        names={place.code: place.name for place in material.municipalities},
        studies={study.id: study.title.sv for study in studies},
        arms={arm.code: arm.label.sv for study in studies for arm in study.arms},
        roles={role.code: role.label.sv for role in material.roles}, may_edit=can(staff().role, "edit_cohorts"),
        may_find=can(staff().role, "see_contact"),
        is_own=own_municipality() is not None, tasks=tasks_of_mine(),
    )  # fmt: skip


def _wanted() -> cohort_view.CohortFilter:
    """From the address, which keeps what was chosen. A coordinator's municipality is given."""
    asked = request.args
    return cohort_view.CohortFilter(
        study=asked.get("studie", ""), arm=asked.get("grupp", ""),
        municipality="" if own_municipality() else asked.get("kommun", ""), role=asked.get("yrke", ""),
        is_archived=asked.get("visa") == "arkiverade",
    )  # fmt: skip


@blueprint.get("/admin/omgangar/ny")
@needs("edit_cohorts")
def new_cohort() -> ResponseReturnValue:
    return _form({}, {})


@blueprint.post("/admin/omgangar/ny")
@needs("edit_cohorts")
def submit_new_cohort() -> ResponseReturnValue:
    given = {name: request.form.get(name, "").strip() for name in ("namn", "start", "slut", "studie", "grupp")}
    errors, days = _check(given)
    study = service().material.studies.get(given["studie"])
    if study is None:
        errors["studie"] = "Välj en studie."
    arms = [arm.code for arm in study.arms] if study else []
    if given["grupp"] and study and given["grupp"] not in arms:
        errors["grupp"] = f"Den gruppen finns inte i {study.title.sv}. Välj en annan."
    if errors or study is None:
        return _form(given, errors), 400
    try:
        cohort = create_cohort(
            work().identity, name=given["namn"], study=study, arm=given["grupp"] or arms[0],
            starts_on=days["start"], ends_on=days["slut"], responsible=staff().name,
        )  # fmt: skip
    except (CohortNameTaken, WrongPeriod) as refused:
        return _form(given, _REFUSALS[type(refused)]), 400
    leave_trace("cohort_add", f"cohort:{cohort.id}")
    return redirect(url_for("admin.cohort", cohort_id=cohort.id), 303)


def _check(given: dict[str, str]) -> tuple[dict[str, str], dict[str, date]]:
    errors: dict[str, str] = {}
    days: dict[str, date] = {}
    if not given["namn"] or len(given["namn"]) > 80:
        errors["namn"] = "Skriv ett namn på omgången, högst 80 tecken, till exempel Vindeln hösten 2026."
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
    elif len(days) == 2 and (days["slut"] - days["start"]).days > LONGEST_DAYS:
        errors["slut"] = "En omgång är öppen i högst två år. Kontrollera årtalen."
    return errors, days


def _form(given: dict[str, str], errors: dict[str, str]) -> str:
    studies = service().material.studies.values()
    return render_template(
        "admin/new_cohort.html", given=given, found=errors,
        studies=[(study.id, study.title.sv) for study in studies],
        arms=list({arm.code: (arm.code, arm.label.sv) for study in studies for arm in study.arms}.values()),
    )  # fmt: skip


@blueprint.get("/admin/omgangar/<cohort_id>")
@needs("see_cohorts")
def cohort(cohort_id: str) -> ResponseReturnValue:
    group, identity, place = visible_cohort(cohort_id), work().identity, own_municipality()
    wanted = request.args.get("visa", "")
    chosen = wanted if wanted in _filters() else "alla"
    page = max(1, request.args.get("sida", 1, type=int) or 1)
    search = request.args.get("sok", "")[:20]
    sort = request.args.get("ordning", "")
    material, role, study = service().material, staff().role, service().material.studies[group.study]
    rows, total = cohort_view.people_page(
        identity, group, filter_=chosen, search=search, page=page, municipality=place, sort=sort,
        trades=[one.code for one in sorted(material.roles, key=lambda one: one.label.sv)],
    )  # fmt: skip
    pages = -(-total // cohort_view.PAGE_SIZE)
    follow_ups = frozenset(wave.slug for wave in study.waves if wave.months)
    return render_template(
        "admin/cohort.html", cohort=group, rows=rows, total=total, search=search,
        sort=sort if sort in cohort_view.SORTS else cohort_view.SORTS[0],
        chosen=chosen, page=min(page, max(1, pages)), pages=pages, roles={r.code: r.label.sv for r in material.roles},
        numbers=cohort_view.step_numbers(identity, group, place), follow_ups=follow_ups,
        standings=cohort_view.standing_numbers(identity, group, ("fore", "delar", "efter"), place),
        batches=sending.batches_of(identity, group),
        stopped=sending.stopped_invitations(identity, group) if can(role, "send_messages") else 0,
        reminders=reminders.sentences(group) if can(role, "send_messages") else [],
        imports=_imports_to_undo(group), events=log.latest_in(group) if can(role, "see_log") else [],
        rights={right: can(role, right) for right in _RIGHTS}, has_interviews=study.interview_question is not None,
    )  # fmt: skip


def _filters() -> tuple[str, ...]:
    may_find = can(staff().role, "import_people")
    return (*cohort_view.FILTERS, cohort_view.SAME_ADDRESS) if may_find else cohort_view.FILTERS


def _imports_to_undo(group: Cohort) -> list[tuple[str, int]]:
    """Receipt and number of people of what this member of staff has imported, and may still take back."""
    identity = work().identity
    recent = drafts.recent_imports(identity, service().keys, cohort_id=group.id, staff_id=staff().id, at=now())
    return [
        (draft_id, done.created)
        for draft_id, done in recent
        if done.created and not done.is_undone and undoing.can_undo(identity, group, [no for _, no in done.numbers])
    ]


@blueprint.get("/admin/omgangar/<cohort_id>/andra")
@needs("edit_cohorts")
def change_cohort(cohort_id: str) -> ResponseReturnValue:
    group = working_cohort(cohort_id)
    given = {
        "namn": group.name, "start": group.starts_on.isoformat(), "slut": group.ends_on.isoformat(),
        "ansvarig": group.responsible, "sedd": cohort_editing.version_of(group),
    }  # fmt: skip
    return _change_form(group, given, {})


@blueprint.post("/admin/omgangar/<cohort_id>/andra")
@needs("edit_cohorts")
def submit_change(cohort_id: str) -> ResponseReturnValue:
    group = visible_cohort(cohort_id)
    given = {name: request.form.get(name, "").strip() for name in ("namn", "start", "slut", "ansvarig", "sedd")}
    errors, days = _check(given)
    if len(given["ansvarig"]) > 80:
        errors["ansvarig"] = "Skriv den ansvarigas namn med högst 80 tecken."
    if errors:
        return _change_form(group, given, errors), 400
    try:
        cohort_editing.change_cohort(
            work().identity, group, service().material.studies[group.study], name=given["namn"],
            starts_on=days["start"], ends_on=days["slut"], responsible=given["ansvarig"], seen=given["sedd"],
        )  # fmt: skip
    except (CohortNameTaken, WrongPeriod, cohort_editing.HasBegun, ChangedSince) as refused:
        return _change_form(group, given, _REFUSALS[type(refused)]), 409
    leave_trace("cohort_change", f"cohort:{group.id}")
    return redirect(url_for("admin.cohort", cohort_id=group.id), 303)


def _change_form(group: Cohort, given: dict[str, str], errors: dict[str, str]) -> str:
    return render_template("admin/change_cohort.html", cohort=group, given=given, found=errors)


@blueprint.get("/admin/omgangar/<cohort_id>/arkivera")
@needs("edit_cohorts")
def archive_cohort(cohort_id: str) -> ResponseReturnValue:
    """What follows from it, in numbers, before it is done (D11)."""
    group = visible_cohort(cohort_id)
    numbers = cohort_view.step_numbers(work().identity, group)
    waiting = sending.waiting_in(work().identity, group)
    return render_template("admin/archive_cohort.html", cohort=group, people=numbers["people"], waiting=waiting)


@blueprint.post("/admin/omgangar/<cohort_id>/arkivera")
@needs("edit_cohorts")
def submit_archive(cohort_id: str) -> ResponseReturnValue:
    """Both ways: put away, or taken back. Pressed twice, it is done once."""
    group, wants_back = get_cohort(work().identity, cohort_id), request.form.get("gor") == "ta-tillbaka"
    if wants_back and group.is_archived:
        cohort_editing.take_back(work().identity, group)
        leave_trace("cohort_taken_back", f"cohort:{group.id}")
    elif not wants_back and not group.is_archived:
        cohort_editing.archive(work().identity, group, at=now())
        leave_trace("cohort_archived", f"cohort:{group.id}")
    return redirect(url_for("admin.cohort", cohort_id=group.id), 303)


@blueprint.errorhandler(cohort_editing.CohortArchived)
def cohort_archived(_archived: cohort_editing.CohortArchived) -> ResponseReturnValue:
    """Of a person's page it is the cohort that the person is in."""
    given = request.view_args or {}
    cohort_id = given.get("cohort_id") or _archived.context.get("cohort")
    is_form = request.method == "POST"
    return render_template("admin/cohort_archived.html", cohort_id=cohort_id, is_form=is_form), 409

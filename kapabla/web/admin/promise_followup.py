"""The yearly joint follow-up, for the editor: what is said of each promise, how it reads, and the way to signatures."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.errors import NotFound
from kapabla.material.readability import ENOUGH_WORDS, lix, words_of
from kapabla.office import promise_editions, promises
from kapabla.office.promise_editions import PromiseEdition
from kapabla.office.promises import CycleRecord, Followup
from kapabla.web.admin import promise_fields as told
from kapabla.web.admin.blueprint import blueprint
from kapabla.web.admin.promise_forms import Overtaken, find_overtaken, locked, mark_of, merged
from kapabla.web.admin.promises import name_of, years_of
from kapabla.web.admin.typed_fields import Field, Reading, read, written
from kapabla.web.auth import needs, staff
from kapabla.web.promise_figures import shelf
from kapabla.web.promise_page import view_of
from kapabla.web.unit_of_work import keep_so_far, now, service, work


@blueprint.get("/admin/loften/<cycle_id>/<int:year>")
@needs("edit_promises")
def promise_followup(cycle_id: str, year: int) -> ResponseReturnValue:
    return _page(_cycle(cycle_id, year), year)


@blueprint.post("/admin/loften/<cycle_id>/<int:year>")
@needs("edit_promises")
def submit_promise_followup(cycle_id: str, year: int) -> ResponseReturnValue:
    """A half-done follow-up is kept as it is: what it lacks is told when signatures are asked for."""
    refused = _save(_cycle(cycle_id, year), year)
    return refused or redirect(url_for("admin.promise_followup", cycle_id=cycle_id, year=year, sparad=1), 303)


def _save(cycle: CycleRecord, year: int) -> ResponseReturnValue | None:
    """None, or the page that says why nothing is saved."""
    fields, standing = _fields(locked(cycle), year), _standing(cycle, year)
    # A choice that nobody has made is not sent by a browser.
    typed = read(fields, {**standing, **request.form}).given
    reading = read(fields, merged(standing, typed))
    overtaken = find_overtaken(fields, standing, reading.given, whole=_number_of)
    if overtaken or reading.errors:
        page = _page(cycle, year, given=reading.given, errors=reading.errors, overtaken=overtaken)
        return page, 409 if overtaken else 400
    _keep(cycle, year, reading)
    promises.trace(
        work().office, service().office_chain, "promise_followup", f"cycle:{cycle.id}:{year}", by=staff(), at=now()
    )  # fmt: skip
    return None


def _keep(cycle: CycleRecord, year: int, reading: Reading) -> None:
    office = work().office
    for promise in promises.promises_of(office, cycle):
        kept = promises.followup_of(office, promise, year) or Followup(promise_id=promise.id, year=year)
        n = promise.number
        kept.verdict, kept.reason, kept.feedback = (
            reading.values[f"bedomning-{n}"] or None, reading.values[f"skal-{n}"], reading.values[f"aterkoppling-{n}"]
        )  # fmt: skip
        office.add(kept)
    draft = promise_editions.edition_draft(office, cycle, year)
    draft.publish_on, draft.note = reading.values["publish_on"], reading.values["note"]
    office.add(draft)


def _number_of(field: str) -> str:
    """A verdict, its reason and the feedback are read together: they are of one promise."""
    return field.rpartition("-")[2]


def _cycle(cycle_id: str, year: int) -> CycleRecord:
    """Of a year of the period that has begun."""
    cycle = promises.get_cycle(work().office, cycle_id)
    if year not in years_of(cycle):
        raise NotFound("no_such_year")
    return cycle


def _is_over(year: int) -> bool:
    return year < local_date(now()).year


def _fields(cycle: CycleRecord, year: int) -> list[Field]:
    """Of each promise, and of the version that it will be."""
    is_over, found = _is_over(year), promises.promises_of(work().office, cycle)
    return [*(field for one in found for field in told.followup_fields(one.number, is_over=is_over)), *told.ASK]


def _standing(cycle: CycleRecord, year: int) -> dict[str, str]:
    """What is saved, by the field that it stands in."""
    found, is_over = dict[str, str](), _is_over(year)
    for promise in promises.promises_of(work().office, cycle):
        kept = promises.followup_of(work().office, promise, year)
        said = ((kept.verdict or ""), kept.reason, kept.feedback) if kept else ("", "", "")
        names = (field.name for field in told.followup_fields(promise.number, is_over=is_over))
        found |= dict(zip(names, said, strict=True))
    return found | written(told.ASK, promise_editions.edition_draft(work().office, cycle, year))


def _page(
    cycle: CycleRecord, year: int, *, given: dict[str, str] | None = None, errors: dict[str, str] | None = None,
    faults: Sequence[str] = (), overtaken: Overtaken | None = None,
) -> str:  # fmt: skip
    found = promises.promises_of(work().office, cycle)
    standing = _standing(cycle, year)
    shown = given or standing
    editions = [one for one in promise_editions.editions_of(work().office, cycle) if one.year == year]
    return render_template(
        "admin/promise_followup.html", cycle=cycle, name=name_of(cycle), year=year, promises=found, given=shown,
        found=errors or {}, overtaken=overtaken, stood=mark_of(standing),
        verdicts=list(told.verdicts(is_over=_is_over(year))), ask=told.ASK,
        faults=[("be-om", fault) for fault in faults],
        easy={one.number: _lix(shown[f"aterkoppling-{one.number}"]) for one in found}, limit=told.LIX_LIMIT,
        saved=request.args.get("sparad") == "1" and given is None, editions=editions, words=told,
        on_the_way=next((one for one in editions if one.state in promise_editions.ON_THE_WAY), None),
    )  # fmt: skip


def _lix(text: str) -> tuple[int | None, bool]:
    """The index, and whether the text is long enough for it to be sure; None of nothing."""
    words = len(words_of(text))
    return round(lix(text)) if words else None, words >= ENOUGH_WORDS


@blueprint.get("/admin/loften/<cycle_id>/<int:year>/visa")
@needs("edit_promises")
def promise_preview(cycle_id: str, year: int) -> ResponseReturnValue:
    """As the citizen will see it, of what is saved now."""
    cycle = _cycle(cycle_id, year)
    edition = promise_editions.draft_of(work().office, cycle, year, shelf=shelf)
    return render_template(
        "admin/promise_preview.html", cycle=cycle, title=name_of(cycle), **as_citizens_see(edition)
    )  # fmt: skip


def as_citizens_see(edition: Any) -> dict[str, Any]:
    name = service().material.municipality(edition.municipality).name
    return {**view_of(edition, name, today=local_date(now())), "year": edition.year, "here": "", "order": "nummer"}


@blueprint.post("/admin/loften/<cycle_id>/<int:year>/be-om-underskrift")
@needs("edit_promises")
def ask_for_signatures(cycle_id: str, year: int) -> ResponseReturnValue:
    """What stands in the form is saved first: it is that which is signed, and it is not lost with a refusal."""
    cycle = _cycle(cycle_id, year)
    if refused := _save(cycle, year):
        return refused
    keep_so_far()
    draft, today = promise_editions.edition_draft(work().office, cycle, year), local_date(now())
    if draft.publish_on is not None and draft.publish_on < today:
        past = {"dag": "Dagen har varit. Skriv en dag som kommer, eller lämna tomt."}
        return _page(cycle, year, errors=past), 400
    try:
        edition = promise_editions.ask(
            work().office, service().office_chain, cycle, year, publish_on=draft.publish_on or today, note=draft.note,
            shelf=shelf, by=staff(), at=now(),
        )  # fmt: skip
    except promise_editions.NotReady as lacks:
        return _page(cycle, year, faults=[told.told_fault(fault) for fault in lacks.faults]), 409
    except promise_editions.OnTheWay:
        waits = "En version är redan på väg. Vänta på den, eller ta tillbaka den först."
        return _page(cycle, year, faults=[waits]), 409
    return redirect(url_for("admin.asked_edition", edition_id=edition.id), 303)


@blueprint.get("/admin/loften/utgava/<edition_id>")
@needs("edit_promises")
def asked_edition(edition_id: str) -> ResponseReturnValue:
    return _edition_page(promise_editions.get(work().office, edition_id))


def _edition_page(edition: PromiseEdition, *, error: str = "") -> str:
    cycle = promises.get_cycle(work().office, edition.cycle_id)
    return render_template(
        "admin/promise_edition.html", asked=edition, cycle=cycle, title=name_of(cycle), words=told, error=error,
        may_withdraw="withdrawn" in promise_editions.ALLOWED[edition.state], **as_citizens_see(edition.edition),
    )  # fmt: skip


@blueprint.post("/admin/loften/utgava/<edition_id>/ta-tillbaka")
@needs("edit_promises")
def withdraw_edition(edition_id: str) -> ResponseReturnValue:
    edition = promise_editions.get(work().office, edition_id)
    try:
        promise_editions.withdraw(work().office, service().office_chain, edition, by=staff(), at=now())
    except promise_editions.WrongState:
        return _edition_page(edition, error="Versionen är redan avgjord. Gör en rättelse i stället."), 409
    return redirect(url_for("admin.promise_followup", cycle_id=edition.cycle_id, year=edition.year), 303)

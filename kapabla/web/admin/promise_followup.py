"""The yearly joint follow-up, for the editor: what is said of each promise, how it reads, and the way to signatures."""

from collections.abc import Sequence
from datetime import date
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
from kapabla.web.admin.promises import name_of
from kapabla.web.admin.typed_fields import Field, read
from kapabla.web.auth import needs, staff
from kapabla.web.promise_figures import shelf
from kapabla.web.promise_page import view_of
from kapabla.web.unit_of_work import keep_so_far, now, service, work

_ASK = (
    Field("dag", "publish_on", "Publiceras tidigast den dag", "day", needed=False,
          hint="Lämna tomt om sidan ska publiceras så snart båda har skrivit under."),
    Field("rattat", "note", "Vad som är rättat", "text", needed=False, most=400,
          hint="Behövs när årets uppföljning redan är publicerad. Texten visas för invånarna."),
)  # fmt: skip


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
    fields, standing = _fields(locked(cycle)), _standing(cycle, year)
    # A choice that nobody has made is not sent by a browser.
    typed = read(fields, {**standing, **request.form}).given
    reading = read(fields, merged(standing, typed))
    overtaken = find_overtaken(fields, standing, reading.given, whole=_number_of)
    if overtaken or reading.errors:
        asked, status = read(_ASK, request.form).given, 409 if overtaken else 400
        page = _page(cycle, year, given=reading.given, errors=reading.errors, asked=asked, overtaken=overtaken)
        return page, status
    for promise in promises.promises_of(work().office, cycle):
        kept = promises.followup_of(work().office, promise, year) or Followup(promise_id=promise.id, year=year)
        n = promise.number
        kept.verdict, kept.reason, kept.feedback = (
            reading.values[f"bedomning-{n}"] or None, reading.values[f"skal-{n}"], reading.values[f"aterkoppling-{n}"]
        )  # fmt: skip
        work().office.add(kept)
    promises.trace(
        work().office, service().office_chain, "promise_followup", f"cycle:{cycle.id}:{year}", by=staff(), at=now()
    )  # fmt: skip
    return None


def _number_of(field: str) -> str:
    """A verdict, its reason and the feedback are read together: they are of one promise."""
    return field.rpartition("-")[2]


def _cycle(cycle_id: str, year: int) -> CycleRecord:
    """A period that is prolonged has more years than its agreement names; none is followed up before it has begun."""
    cycle = promises.get_cycle(work().office, cycle_id)
    last = local_date(now()).year if cycle.status == "prolonged" else cycle.to_year
    if not cycle.from_year <= year <= last:
        raise NotFound("no_such_year")
    return cycle


def _fields(cycle: CycleRecord) -> list[Field]:
    return [
        field
        for promise in promises.promises_of(work().office, cycle)
        for field in told.followup_fields(promise.number)
    ]


def _standing(cycle: CycleRecord, year: int) -> dict[str, str]:
    """What is saved of every promise, by the field that it stands in."""
    found = dict[str, str]()
    for promise in promises.promises_of(work().office, cycle):
        kept = promises.followup_of(work().office, promise, year)
        said = ((kept.verdict or ""), kept.reason, kept.feedback) if kept else ("", "", "")
        found |= dict(zip((field.name for field in told.followup_fields(promise.number)), said, strict=True))
    return found


def _page(
    cycle: CycleRecord, year: int, *, given: dict[str, str] | None = None, errors: dict[str, str] | None = None,
    asked: dict[str, str] | None = None, faults: Sequence[str] = (), overtaken: Overtaken | None = None,
) -> str:  # fmt: skip
    office = work().office
    found = promises.promises_of(office, cycle)
    standing = _standing(cycle, year)
    shown = given or standing
    editions = [one for one in promise_editions.editions_of(office, cycle) if one.year == year]
    return render_template(
        "admin/promise_followup.html", cycle=cycle, name=name_of(cycle), year=year, promises=found, given=shown,
        found=errors or {}, overtaken=overtaken, stood=mark_of(standing),
        verdicts=list(told.GIVEN_VERDICTS.items()), ask=_ASK, asked=asked or {},
        faults=[("be-om", fault) for fault in faults],
        easy={one.number: _lix(shown[f"aterkoppling-{one.number}"]) for one in found}, limit=told.LIX_LIMIT,
        saved=request.args.get("sparad") == "1" and given is None, editions=editions, words=told,
        on_the_way=next((one for one in editions if one.state in promise_editions.ON_THE_WAY), None),
    )  # fmt: skip


def _lix(text: str) -> tuple[int, bool]:
    """The index, and whether the text is long enough for it to say anything."""
    return round(lix(text)), len(words_of(text)) >= ENOUGH_WORDS


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
    cycle, reading = _cycle(cycle_id, year), read(_ASK, request.form)
    if refused := _save(cycle, year):
        return refused
    keep_so_far()
    if reading.errors:
        return _page(cycle, year, errors=reading.errors, asked=reading.given), 400
    today: date = local_date(now())
    publish_on = reading.values["publish_on"] or today
    if publish_on < today:
        past = {"dag": "Dagen har varit. Skriv en dag som kommer, eller lämna tomt."}
        return _page(cycle, year, errors=past, asked=reading.given), 400
    try:
        edition = promise_editions.ask(
            work().office, service().office_chain, cycle, year, publish_on=publish_on, note=reading.values["note"],
            shelf=shelf, by=staff(), at=now(),
        )  # fmt: skip
    except promise_editions.NotReady as lacks:
        lacking = [told.told_fault(fault) for fault in lacks.faults]
        return _page(cycle, year, asked=reading.given, faults=lacking), 409
    except promise_editions.OnTheWay:
        waits = "En version är redan på väg. Vänta på den, eller ta tillbaka den först."
        return _page(cycle, year, asked=reading.given, faults=[waits]), 409
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

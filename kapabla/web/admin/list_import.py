"""Importing people (D02): choose a file, mend what has to be mended, confirm, and take it back within a day."""

from dataclasses import dataclass, replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.identity import drafts, importing, undoing
from kapabla.identity.cohorts import Cohort
from kapabla.identity.list_reading import MAX_BYTES, ListReading, ListRefused, Mended, RowFault, read_list
from kapabla.identity.vocabulary import LANGUAGE_NAMES, languages_of, vocabulary_of
from kapabla.web.admin import known_people
from kapabla.web.admin.blueprint import blueprint, leave_trace, visible_cohort, working_cohort
from kapabla.web.admin.csv_files import as_file, harmless
from kapabla.web.admin.list_messages import (
    COLUMNS,
    WAYS,
    address_message,
    fault_text,
    file_message,
    known_message,
    namesake_message,
    row_message,
    shared_message,
)
from kapabla.web.auth import needs, staff
from kapabla.web.unit_of_work import now, service, work

SHOWN_ROWS = 500
# Rows that can be mended in the page, at a time; a list with more faults is mended where it was made.
MENDED_ROWS = 20
# Rows that the receipt names one by one.
NAMED_ROWS = 30
# A row with these is taken out of the list, not mended; and what is wrong with them is not in one of its cells.
_NOT_MENDED_HERE = {"protected", "has_left", "may_have_left"}


@blueprint.get("/admin/omgangar/<cohort_id>/import")
@needs("import_people")
def import_list(cohort_id: str) -> ResponseReturnValue:
    return _choose_page(working_cohort(cohort_id))


@blueprint.post("/admin/omgangar/<cohort_id>/import")
@needs("import_people")
def submit_list(cohort_id: str) -> ResponseReturnValue:
    """The file is kept sealed for an hour while the preview waits to be confirmed. Nobody is created here."""
    cohort = visible_cohort(cohort_id)
    pasted = request.form.get("klistrat", "")
    uploaded = _uploaded()
    if uploaded and pasted.strip():
        return _choose_page(cohort, pasted=pasted, error="Välj en fil eller klistra in rader, inte båda."), 400
    data = uploaded or pasted.encode()
    try:
        reading = _read(data)
    except ListRefused as refused:
        return _choose_page(cohort, pasted=pasted, error=file_message(refused)), 400
    if known_people.is_asked_too_often(reading):
        return _choose_page(cohort, pasted=pasted, error=known_people.TOO_OFTEN), 429
    known_people.leave_known(importing.preview(work().identity, service().keys, reading, cohort), cohort)
    draft_id = drafts.keep_draft(
        work().identity, service().keys, data, cohort_id=cohort.id, staff_id=staff().id, at=now()
    )
    return redirect(url_for("admin.preview_list", cohort_id=cohort.id, draft_id=draft_id), 303)


def _uploaded() -> bytes:
    """One byte more than is allowed is enough to know. The temporary file goes at once: it names people."""
    file = request.files.get("fil")
    if file is None or not file.filename:
        return b""
    with file.stream as stream:
        return stream.read(MAX_BYTES + 1)


def _choose_page(cohort: Cohort, *, pasted: str = "", error: str | None = None) -> str:
    languages = [LANGUAGE_NAMES[code][0].lower() for code in languages_of(service().material)]
    return render_template(
        "admin/import.html", cohort=cohort, pasted=pasted, error=error, roles=_roles(), languages=", ".join(languages)
    )  # fmt: skip


def _roles() -> list[str]:
    return [role.label.sv for role in service().material.roles]


def _read(data: bytes, mended: Mended | None = None) -> ListReading:
    return read_list(data, vocabulary=vocabulary_of(service().material), mended=mended)


def _kept(cohort_id: str, draft_id: str) -> tuple[Cohort, drafts.Draft | drafts.Imported]:
    cohort = visible_cohort(cohort_id)
    return cohort, drafts.read_draft(
        work().identity, service().keys, draft_id, cohort_id=cohort.id, staff_id=staff().id, at=now()
    )


def _draft(cohort_id: str, draft_id: str) -> tuple[Cohort, importing.Preview | drafts.Imported]:
    """The preview, made anew from the sealed file: what is shown is what would happen now. Or what has happened."""
    cohort, found = _kept(cohort_id, draft_id)
    if isinstance(found, drafts.Imported):
        return cohort, found
    reading = _read(found.data, found.mended)
    return cohort, importing.preview(
        work().identity, service().keys, reading, cohort, has_sms=service().config.sms is not None
    )  # fmt: skip


def _imported(cohort_id: str, draft_id: str) -> tuple[Cohort, drafts.Imported]:
    cohort, found = _kept(cohort_id, draft_id)
    if not isinstance(found, drafts.Imported):
        raise drafts.DraftGone()
    return cohort, found


@blueprint.get("/admin/omgangar/<cohort_id>/import/<draft_id>")
@needs("import_people")
def preview_list(cohort_id: str, draft_id: str) -> ResponseReturnValue:
    """Before it is confirmed the preview, and after it the receipt: loading it again does nothing."""
    cohort, found = _draft(cohort_id, draft_id)
    if isinstance(found, drafts.Imported):
        can_undo = not found.is_undone and undoing.can_undo(work().identity, cohort, _numbers(found))
        return render_template(
            "admin/import_done.html", cohort=cohort, done=found, can_undo=can_undo, left_out=_spelled(found.to_mend)
        )
    return _preview_page(cohort, draft_id, found)


def _spelled(rows: list[int]) -> str:
    """ "Rad 7", "Raderna 7, 12 och 20", and of very many the first."""
    shown = [str(row) for row in rows[:NAMED_ROWS]]
    more = len(rows) - len(shown)
    shown += [f"{more} till"] if more else []
    return f"Rad {shown[0]}" if len(shown) == 1 else f"Raderna {', '.join(shown[:-1])} och {shown[-1]}" if shown else ""


def _preview_page(cohort: Cohort, draft_id: str, found: importing.Preview, *, error: str | None = None) -> str:
    """Rows to mend first; then what is there already and who gets a letter, which stops nothing."""
    notes = [(row, shared_message(row, other)) for row, other in found.shared.items()]
    notes += [(row, namesake_message(row, other)) for row, other in found.namesakes.items()]
    notes += [(row, address_message(row)) for row in found.without_postal_code]
    notes += [(row.row, known_message(row.row, found.numbers[row.row], is_here=True)) for row in found.unchanged]
    notes += [(row.row, known_message(row.row, found.numbers[row.row], is_here=False)) for row in found.elsewhere]
    notes += [(fault.row, row_message(fault)) for fault in found.doubles]
    return render_template(
        "admin/import_preview.html", cohort=cohort, draft=draft_id, found=found, error=error,
        roles=_roles(), to_mend=_rows_to_mend(found)[:MENDED_ROWS],
        people=_people_of(found)[:SHOWN_ROWS],
        faults=[(fault.row, row_message(fault)) for fault in found.rejected][:SHOWN_ROWS],
        notes=sorted(notes)[:SHOWN_ROWS], shown=SHOWN_ROWS,
    )  # fmt: skip


def _people_of(found: importing.Preview) -> list[tuple[int, str, str, str, str, str]]:
    """What would be created, as it was understood: the officer's own list, so names stand in it."""
    material = service().material
    trades = {role.code: role.label.sv for role in material.roles}
    places = {place.code: place.name for place in material.municipalities}
    return [
        (row.row, row.name, trades[row.role], places[row.municipality], LANGUAGE_NAMES[row.language][0],
         WAYS[found.way_of(row)])
        for row in found.new
    ]  # fmt: skip


@dataclass(frozen=True)
class _Cell:
    name: str
    label: str
    text: str
    error: str | None
    options: list[tuple[str, str]]


def _rows_to_mend(found: importing.Preview) -> list[tuple[int, list[str], list[_Cell]]]:
    """(row, what is wrong with the whole of it, its cells) of what can be written over in the page.

    Rows that have to be; then those of a household, both of them, for an address may be a slip of the pen in either.
    """
    faults: dict[int, list[RowFault]] = {}
    for fault in found.rejected:
        faults.setdefault(fault.row, []).append(fault)
    for row, other in sorted(found.shared.items()):
        for one in {int(other), row} if other.isdecimal() else {row}:
            faults.setdefault(one, [])
    columns = [name for name in found.reading.columns if name != "protected"]
    return [
        (row, [fault_text(fault) for fault in of_row if fault.column not in columns],
         [_cell(name, found.reading.cells[row].get(name, ""), of_row) for name in columns])
        for row, of_row in faults.items()
        if not _NOT_MENDED_HERE & {fault.code for fault in of_row}
    ]  # fmt: skip


def _cell(name: str, text: str, faults: list[RowFault]) -> _Cell:
    wrong = [fault_text(fault) for fault in faults if fault.column == name]
    options: list[tuple[str, str]] = []
    if name in ("role", "municipality"):
        material = service().material
        labels = _roles() if name == "role" else [place.name for place in material.municipalities]
        options = [(label, label) for label in labels]
        if wrong or text not in labels:
            options.insert(0, (text, text or "Välj"))
    return _Cell(name, COLUMNS[name], text, " ".join(wrong) or None, options)


@blueprint.post("/admin/omgangar/<cohort_id>/import/<draft_id>/ratta")
@needs("import_people")
def mend_list(cohort_id: str, draft_id: str) -> ResponseReturnValue:
    """What was written over rows that have to be mended is kept with the list, and the list is looked at anew."""
    cohort, found = _kept(cohort_id, draft_id)
    if isinstance(found, drafts.Draft):
        mended: dict[int, dict[str, str]] = {}
        for field, text in request.form.items():
            row, _, name = field.partition(".")
            if row.isdecimal() and name in COLUMNS:
                mended.setdefault(int(row), {})[name] = text
        drafts.mend_draft(work().identity, service().keys, draft_id, found, mended, at=now())
        _, anew = _draft(cohort_id, draft_id)
        if isinstance(anew, importing.Preview):
            known_people.leave_known(anew, cohort)
    return redirect(url_for("admin.preview_list", cohort_id=cohort.id, draft_id=draft_id), 303)


@blueprint.post("/admin/omgangar/<cohort_id>/import/<draft_id>")
@needs("import_people")
def confirm_list(cohort_id: str, draft_id: str) -> ResponseReturnValue:
    """One transaction. Confirmed twice, the second time creates nobody and leads to the same receipt."""
    cohort, found = _draft(cohort_id, draft_id)
    receipt = redirect(url_for("admin.preview_list", cohort_id=cohort.id, draft_id=draft_id), 303)
    if isinstance(found, drafts.Imported):
        return receipt
    if found.rejected and request.form.get("bara_ratta") != "1":
        return _preview_page(cohort, draft_id, found, error="Kryssa i att bara de rätta raderna ska importeras."), 400
    created = importing.carry_out(
        work().identity, service().keys, found, cohort, on=local_date(now()), is_test=service().config.demo
    )
    done = drafts.Imported(created, sorted({fault.row for fault in found.rejected}))
    drafts.settle_draft(work().identity, service().keys, draft_id, done, at=now())
    leave_trace("import", f"cohort:{cohort.id}", reason=f"created {len(created)}")
    return receipt


@blueprint.errorhandler(drafts.DraftGone)
def draft_gone(_gone: drafts.DraftGone) -> ResponseReturnValue:
    return render_template("admin/draft_gone.html"), 410


@blueprint.post("/admin/omgangar/<cohort_id>/import/<draft_id>/rader")
@needs("import_people")
def rows_to_mend(cohort_id: str, draft_id: str) -> ResponseReturnValue:
    """The rows to mend as they stood, with what to do, so that the file can be mended and chosen again (D02)."""
    cohort, found = _draft(cohort_id, draft_id)
    if isinstance(found, drafts.Imported):
        raise drafts.DraftGone()
    told: dict[int, list[str]] = {}
    for fault in found.rejected:
        told.setdefault(fault.row, []).append(row_message(fault))
    names = [name for name in COLUMNS if any(name in cells for cells in found.reading.cells.values())]
    rows = [
        [*(harmless(found.reading.cells[row].get(name, "")) for name in names), " ".join(messages)]
        for row, messages in told.items()
    ]
    leave_trace("rows_export", f"cohort:{cohort.id}", reason=f"{len(rows)} rows")
    return as_file("rader_att_ratta.csv", [[*(COLUMNS[name] for name in names), "Att rätta"], *rows])


@blueprint.post("/admin/omgangar/<cohort_id>/import/<draft_id>/nummer")
@needs("import_people")
def imported_numbers(cohort_id: str, draft_id: str) -> ResponseReturnValue:
    """Which line of the officer's own list is which number, so that a code on paper finds its person."""
    _, done = _imported(cohort_id, draft_id)
    leave_trace("numbers_export", f"cohort:{cohort_id}", reason=f"{done.created} people")
    return as_file("rad_och_nummer.csv", [["Rad", "Deltagarnummer"], *([str(row), no] for row, no in done.numbers)])


@blueprint.get("/admin/omgangar/<cohort_id>/import/<draft_id>/angra")
@needs("import_people")
def undo_list(cohort_id: str, draft_id: str) -> ResponseReturnValue:
    cohort, done = _imported(cohort_id, draft_id)
    if done.is_undone or not undoing.can_undo(work().identity, cohort, _numbers(done)):
        return redirect(url_for("admin.preview_list", cohort_id=cohort.id, draft_id=draft_id), 303)
    return render_template("admin/import_undo.html", cohort=cohort, draft=draft_id, done=done)


@blueprint.post("/admin/omgangar/<cohort_id>/import/<draft_id>/angra")
@needs("import_people")
def submit_undo(cohort_id: str, draft_id: str) -> ResponseReturnValue:
    """The receipt tells what came of it, also where somebody was reached in the meantime."""
    cohort, done = _imported(cohort_id, draft_id)
    receipt = redirect(url_for("admin.preview_list", cohort_id=cohort.id, draft_id=draft_id), 303)
    if done.is_undone:
        return receipt
    try:
        undoing.undo_import(work().identity, cohort, _numbers(done))
    except undoing.TooLateToUndo:
        return receipt
    drafts.settle_draft(work().identity, service().keys, draft_id, replace(done, is_undone=True), at=now())
    leave_trace("import_undone", f"cohort:{cohort.id}", reason=f"removed {done.created}")
    return receipt


def _numbers(done: drafts.Imported) -> list[str]:
    return [number for _, number in done.numbers]


@blueprint.get("/admin/import/mall.csv")
@needs("import_people")
def list_template() -> ResponseReturnValue:
    """An empty list with the headings that are read."""
    titles = ["Namn", "E-post", "Telefon", "Adress", "Postnummer", "Ort", "Kommun", "Yrke", "Språk"]
    return as_file("deltagare_mall.csv", [titles])

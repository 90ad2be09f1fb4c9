"""Importing people (D02): choose a file, see what would happen, confirm. Until then nothing is written."""

import base64
import csv
import io

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import epoch, local_date
from kapabla.identity import importing
from kapabla.identity.cohorts import Cohort
from kapabla.identity.enrolling import get_cohort
from kapabla.identity.list_reading import MAX_BYTES, ListReading, ListRefused, RowFault, read_list
from kapabla.identity.sessions import ImportDraft
from kapabla.identity.vocabulary import vocabulary_of
from kapabla.ids import new_id
from kapabla.keys import seal, unseal
from kapabla.web.admin.blueprint import NAVIGATION, blueprint, leave_trace
from kapabla.web.admin.list_messages import file_message, row_message
from kapabla.web.auth import needs, staff
from kapabla.web.unit_of_work import now, service, work

DRAFT_SECONDS = 3600


@blueprint.get("/admin/omgangar/<cohort_id>/import")
@needs("import_people")
def import_list(cohort_id: str) -> ResponseReturnValue:
    return _choose_page(get_cohort(work().identity, cohort_id))


@blueprint.post("/admin/omgangar/<cohort_id>/import")
@needs("import_people")
def submit_list(cohort_id: str) -> ResponseReturnValue:
    """The file is kept sealed for an hour while the preview waits to be confirmed. Nobody is created here."""
    cohort = get_cohort(work().identity, cohort_id)
    file, pasted = request.files.get("fil"), request.form.get("klistrat", "")
    data = file.read(MAX_BYTES + 1) if file and file.filename else pasted.encode()
    try:
        _read(data)
    except ListRefused as refused:
        return _choose_page(cohort, pasted=pasted, error=file_message(refused)), 400
    draft = ImportDraft(
        id=new_id(),
        cohort_id=cohort.id,
        staff_id=staff().id,
        filename="",
        until=epoch(now()) + DRAFT_SECONDS,
        sealed=b"",
    )
    draft.sealed = seal(service().keys.get("sealing"), base64.b64encode(data).decode(), f"import.{draft.id}")
    work().identity.add(draft)
    work().identity.flush()
    return redirect(url_for("admin.preview_list", cohort_id=cohort.id, draft_id=draft.id), 303)


def _choose_page(cohort: Cohort, *, pasted: str = "", error: str | None = None) -> str:
    return render_template("admin/import.html", nav_items=NAVIGATION, cohort=cohort, pasted=pasted, error=error)


def _read(data: bytes) -> ListReading:
    return read_list(data, vocabulary=vocabulary_of(service().material))


def _draft(cohort_id: str, draft_id: str) -> tuple[Cohort, importing.Preview]:
    """The preview, made anew from the sealed file: what is shown is what would happen now."""
    draft = work().identity.get(ImportDraft, draft_id)
    if draft is None or draft.cohort_id != cohort_id or draft.staff_id != staff().id or draft.until < epoch(now()):
        abort(410)
    cohort = get_cohort(work().identity, cohort_id)
    data = base64.b64decode(unseal(service().keys.get("sealing"), draft.sealed, f"import.{draft.id}"))
    return cohort, importing.preview(work().identity, service().keys, _read(data), cohort)


@blueprint.get("/admin/omgangar/<cohort_id>/import/<draft_id>")
@needs("import_people")
def preview_list(cohort_id: str, draft_id: str) -> ResponseReturnValue:
    cohort, found = _draft(cohort_id, draft_id)
    faults = [(fault.row, row_message(fault)) for fault in found.rejected + tuple(_doubles(found))]
    return render_template(
        "admin/import_preview.html", nav_items=NAVIGATION, cohort=cohort, draft=draft_id, found=found,
        faults=sorted(faults)[:500], shared=[row for row in found.new if row.shares_address_with],
    )  # fmt: skip


def _doubles(found: importing.Preview) -> list[RowFault]:
    return [fault for fault in found.reading.rejected if fault.code == "duplicate_in_file"]


@blueprint.post("/admin/omgangar/<cohort_id>/import/<draft_id>")
@needs("import_people")
def confirm_list(cohort_id: str, draft_id: str) -> ResponseReturnValue:
    """One transaction. Confirmed twice, the second time creates nobody."""
    cohort, found = _draft(cohort_id, draft_id)
    if found.rejected and request.form.get("bara_ratta") != "1":
        return redirect(url_for("admin.preview_list", cohort_id=cohort_id, draft_id=draft_id), 303)
    created = importing.carry_out(
        work().identity, service().keys, found, cohort, on=local_date(now()), is_test=service().config.demo
    )
    work().identity.delete(work().identity.get_one(ImportDraft, draft_id))
    work().identity.flush()
    leave_trace("import", f"cohort:{cohort.id}", reason=f"created {created}")
    return render_template("admin/import_done.html", nav_items=NAVIGATION, cohort=cohort, created=created, found=found)


@blueprint.post("/admin/omgangar/<cohort_id>/import/<draft_id>/rader")
@needs("import_people")
def rows_to_mend(cohort_id: str, draft_id: str) -> ResponseReturnValue:
    """The rows to mend as a file: line and what to do. No name or address stands in it."""
    _, found = _draft(cohort_id, draft_id)
    out = io.StringIO()
    rows = [(fault.row, row_message(fault)) for fault in found.rejected]
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([("Rad", "Att rätta"), *rows])
    reply = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    reply.headers["Content-Disposition"] = 'attachment; filename="rader_att_ratta.csv"'
    return reply

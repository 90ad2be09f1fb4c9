"""Material without Git: upload a questionnaire or a course, look at it, ask for it to be published, approve by two."""

import re

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.material import Fault, MaterialFaults, Text
from kapabla.material.instruments.redcap_dictionary import About
from kapabla.material.pieces import sha256_of_files
from kapabla.material.uploads import MAX_BYTES, Upload, UploadRefused, read_upload
from kapabla.office import approvals, sign_in, uploads
from kapabla.office.access import can
from kapabla.office.staff import Staff
from kapabla.web.admin.blueprint import blueprint
from kapabla.web.admin.decision_code import check_code
from kapabla.web.admin.material_words import name_of, place_of, refused_message
from kapabla.web.admin.reviewing import Review, review_of
from kapabla.web.auth import needs, staff
from kapabla.web.author_words import told
from kapabla.web.language import NAMES
from kapabla.web.unit_of_work import now, service, work

SHOWN = 500


@blueprint.get("/admin/utbildning")
@needs("see_material")
def material() -> ResponseReturnValue:
    return _list_page()


@blueprint.post("/admin/utbildning")
@needs("edit_material")
def upload_material() -> ResponseReturnValue:
    """What can be read is kept, faults and all, so that they can be looked at; what cannot is told here."""
    file = request.files.get("fil")
    name = (file.filename or "") if file else ""
    body = b""
    if file is not None and name:
        with file.stream as stream:
            body = stream.read(MAX_BYTES + 1)
    try:
        upload = read_upload(name, body, _about() if name.lower().endswith(".csv") else None)
    except UploadRefused as refused:
        field = "version" if refused.code == "odd_version" else "fil"
        return _list_page(error=refused_message(refused), field=field), 400
    except MaterialFaults as faulty:
        return _list_page(faults=[told(fault) for fault in faulty.faults], file=name), 400
    return _keep(name, upload)


def _keep(name: str, upload: Upload) -> ResponseReturnValue:
    piece = upload.piece
    kept = uploads.keep(
        work().office, service().office_chain, place=piece.place, file=name, files=piece.files,
        sha256=sha256_of_files(piece.files), losses=[told(loss) for loss in upload.losses], by=staff(), at=now(),
    )  # fmt: skip
    return redirect(url_for("admin.uploaded_material", upload_id=kept.id), 303)


def _about() -> About:
    """Of a data dictionary, which does not say what it is."""
    given = {name: request.form.get(name, "").strip() for name in ("id", "version", "titel", "mater")}
    if given["version"] and not re.fullmatch(r"[1-9]\d{0,3}", given["version"]):
        raise UploadRefused("odd_version", given=given["version"][:20])
    version = int(given["version"] or 1)
    title = given["titel"] or given["id"] or "Frågor"
    return About(given["id"] or "fragor", version, Text(sv=title), given["mater"] or title)


def _list_page(
    *, error: str | None = None, field: str = "fil", faults: list[tuple[str, str]] | None = None, file: str = ""
) -> str:
    held, held_uploads = service().material, uploads.all_uploads(work().office)
    versions = [("Utbildning", name, version) for name, version in held.courses]
    versions += [("Frågeformulär", name, version) for name, version in held.instruments]
    names = ("id", "version", "titel", "mater")
    return render_template(
        "admin/material.html", uploads=held_uploads, versions=versions, overtaken=uploads.overtaken(held_uploads),
        may_edit=can(staff().role, "edit_material"), name_of=name_of, error=error,
        faults=(faults or [])[:SHOWN], file=file,
        given={name: request.form.get(name, "") for name in names}, error_field=field,
    )  # fmt: skip


@blueprint.get("/admin/utbildning/<upload_id>")
@needs("see_material")
def uploaded_material(upload_id: str) -> ResponseReturnValue:
    return _upload_page(_review(upload_id))


def _review(upload_id: str) -> Review:
    return review_of(uploads.get(work().office, upload_id))


def _upload_page(review: Review, *, error: str | None = None) -> str:
    upload, role = review.upload, staff().role
    is_open, office = upload.state in ("asked", "approved_once"), work().office
    return render_template(
        "admin/upload.html", upload=upload, review=review, error=error,
        faults=[_with_file(fault, upload.place) for fault in review.faults][:SHOWN], name=name_of(upload.place),
        changes=[(place_of(found), found.old or "–", found.new or "–") for found in review.differences][:SHOWN],
        uploader=work().office.get_one(Staff, upload.uploaded_by).name, languages=NAMES,
        may_ask=can(role, "edit_material") and upload.state == "uploaded" and not review.faults and not review.is_taken,
        awaited=uploads.other_of_version(office, upload, uploads.AWAITED) if upload.state == "uploaded" else None,
        overtaken_by=uploads.other_of_version(office, upload, ["published"]) if upload.state in uploads.OPEN else None,
        is_dictionary=upload.file.lower().endswith(".csv"),
        may_decide=can(role, "approve_material") and is_open,
        may_remove=can(role, "edit_material") and "removed" in uploads.ALLOWED[upload.state],
        is_first=uploads.first_approver(work().office, upload) == staff().id,
        address_of_page=f"{service().config.base_url}{url_for('admin.uploaded_material', upload_id=upload.id)}",
    )  # fmt: skip


def _with_file(fault: Fault, place: str) -> tuple[str, str]:
    """With the file where there is more than one: within a course, or where an upload breaks something else."""
    file = fault.file.removeprefix(place).strip("/")
    where, sentence = told(fault)
    return ", ".join(part for part in (file, where) if part) or "hela filen", sentence


@blueprint.post("/admin/utbildning/<upload_id>/be-om-publicering")
@needs("edit_material")
def ask_for_publishing(upload_id: str) -> ResponseReturnValue:
    review = _review(upload_id)
    if review.faults or review.is_taken:
        return _upload_page(review, error="faulty"), 409
    try:
        uploads.ask(work().office, service().office_chain, review.upload, by=staff(), at=now())
    except uploads.VersionAwaited as refused:
        return _upload_page(review, error=refused.code), 409
    return _to(upload_id)


@blueprint.post("/admin/utbildning/<upload_id>/godkann")
@needs("approve_material")
def decide_on_material(upload_id: str) -> ResponseReturnValue:
    """A session may be left open on a desk: a decision that is for good takes a new one-time code."""
    review, office, chain = _review(upload_id), work().office, service().office_chain
    reason = request.form.get("skal", "").strip()
    refuses = request.form.get("beslut") == "avsla"
    if refuses and not reason:
        return _upload_page(review, error="reason_missing"), 400
    if not refuses and (review.faults or review.is_taken):
        return _upload_page(review, error="faulty"), 409
    try:
        check_code()
        if refuses:
            uploads.refuse(office, chain, review.upload, by=staff(), reason=reason, at=now())
        else:
            uploads.approve(office, chain, review.upload, by=staff(), at=now())
    except (sign_in.SignInRefused, sign_in.TooManyAttempts) as refused:
        return _upload_page(review, error=refused.code), 400
    except (approvals.SameAccount, approvals.NotOpen, uploads.WrongState) as refused:
        return _upload_page(review, error=refused.code), 409
    return _to(upload_id)


@blueprint.post("/admin/utbildning/<upload_id>/ta-bort")
@needs("edit_material")
def remove_material(upload_id: str) -> ResponseReturnValue:
    upload = uploads.get(work().office, upload_id)
    try:
        uploads.remove(work().office, service().office_chain, upload, by=staff(), at=now())
    except uploads.WrongState as refused:
        return _upload_page(review_of(upload), error=refused.code), 409
    return redirect(url_for("admin.material"), 303)


def _to(upload_id: str) -> ResponseReturnValue:
    return redirect(url_for("admin.uploaded_material", upload_id=upload_id), 303)

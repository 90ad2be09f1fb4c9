"""Releases: order, approve, download (R09). A download leaves a row, so it is a POST."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.ids import new_id
from kapabla.office import approvals, release_register, settling
from kapabla.office.access import can
from kapabla.office.agreements import NoAgreement
from kapabla.office.releases import ReleaseRecord
from kapabla.release import published
from kapabla.release.difference import Edition
from kapabla.release.disclosure import Thresholds
from kapabla.release.figures.telling import Told
from kapabla.release.published import PublishedFile
from kapabla.web.auth import needs, staff
from kapabla.web.language import translated
from kapabla.web.research import risk_report
from kapabla.web.research.blueprint import blueprint
from kapabla.web.research.choosing import in_the_same_language, missing_agreement, told_in, tongue
from kapabla.web.research.downloads import role_labels
from kapabla.web.research.release_difference import FIRST_OF_ITS_KIND, change_note, changes
from kapabla.web.unit_of_work import now, service, work

_KEY = re.compile(r"[a-z0-9]{16}")
# What somebody has to have a right to who looks at the files before they are locked.
_LOOKS = ("approve_release", "download_release")
# What can be fetched beside the files one by one, as the address calls it.
_ALL, _REPORT = "alla", "rapport"
# What each kind of file is for.
CONTENTS = {
    "csv": Told("Tabell för program", "Table for programs"),
    "csv-excel": Told("Tabell för svenska Excel", "Table for Swedish Excel"),
    "xlsx": Told("Excel", "Excel"),
    "sav": Told("SPSS med etiketter", "SPSS with labels"),
    "dta": Told("Stata med etiketter", "Stata with labels"),
    "parquet": Told("Parquet, för R, Python och DuckDB", "Parquet, for R, Python and DuckDB"),
    "html": Told("Kodbok att läsa", "Codebook to read"),
    "json": Told("Beskrivning för program", "Description for programs"),
    "xml": Told("DDI Codebook, för dataarkiv", "DDI Codebook, for data archives"),
    "zip": Told("Statistikprogrammet", "The statistics program"),
    "txt": Told("Läs först: villkor och kontroll", "Read first: conditions and checks"),
    "SHA256SUMS": Told("Kontrollsummor", "Checksums"),
    "py": Told("Räknar om resultaten, Python", "Recomputes the results, Python"),
    "R": Told("Räknar om resultaten, R", "Recomputes the results, R"),
}


@blueprint.get("/forskning/data")
@needs("see_releases")
def releases() -> ResponseReturnValue:
    return _list_page()


@blueprint.post("/forskning/data")
@needs("order_release")
def order_release() -> ResponseReturnValue:
    """The order is left to the jobs, which alone may read the answers vault."""
    given = {name: request.form.get(name, "") for name in ("studie", "syfte", "testpersoner")}
    faults = _faults_of_order(given)
    if faults:
        return _list_page(given, faults), 400
    name = release_register.order_next(
        work().office, service().office_chain, study=given["studie"], purpose=given["syfte"],
        is_test=given["testpersoner"] == "1", by=staff(), at=now(), form=_form_key(),
    )  # fmt: skip
    return redirect(in_the_same_language(url_for("research.release", release=name)), 303)


def _form_key() -> str:
    key = request.form.get("nyckel", "")
    if not _KEY.fullmatch(key):
        abort(400)
    return key


def _faults_of_order(given: Mapping[str, str]) -> dict[str, str]:
    """By field, in the order of the form."""
    sentences = {
        "studie": "" if given["studie"] in service().material.studies else translated("Välj studie."),
        "syfte": "" if given["syfte"] in release_register.PURPOSES else translated("Välj syfte."),
    }
    return {name: sentence for name, sentence in sentences.items() if sentence}


def _list_page(given: Mapping[str, str] | None = None, faults: Mapping[str, str] | None = None) -> str:
    found = release_register.all_releases(work().office)
    return render_template(
        "research/releases.html", studies=service().material.studies.values(), releases=found, given=given or {},
        faults=faults or {},
        notes={record.id: _note(record) for record in found if record.state == "locked"},
        may_order=can(staff().role, "order_release"), key=request.form.get("nyckel") or new_id(),
    )  # fmt: skip


def _note(record: ReleaseRecord) -> str:
    former = release_register.former(work().office, record)
    if former is None:
        return told_in(tongue(), FIRST_OF_ITS_KIND)
    return change_note(_edition(former), _edition(record), Thresholds(service().config.min_cell), tongue())


@blueprint.get("/forskning/data/<release>")
@needs("see_releases")
def release(release: str) -> ResponseReturnValue:
    return _release_page(release)


def _release_page(name: str, *, error: str | None = None) -> str:
    record, me, folder = release_register.get(work().office, name), staff(), service().config.release_dir
    files = published.files(folder, name) if _may_see_files(record) else ()
    approvers = release_register.approvers(work().office, name)
    without_agreement = missing_agreement() if files else None
    settles_on = settling.waits_until(me, at=now())
    return render_template(
        "research/release.html", release=record, files=files, terms=published.terms(folder, name, tongue()),
        error=error,
        may_approve=can(me.role, "approve_release") and record.state in ("built", "approved_once"),
        may_download=can(me.role, "download_release") and without_agreement is None and settles_on is None,
        approvers=approvers,
        few_from=published.few_from(folder, name) if record.state == "locked" else None,
        cut_off=published.cut_off(folder, name), too_few=release_register.TOO_FEW,
        without_agreement=without_agreement, roles=role_labels(),
        contents=_in_this_language(CONTENTS),
        sees_reason=can(me.role, "approve_release"),
        mine=release_register.downloads(work().office, by=me, release=name) if files else (),
        has_approved=me.id in {approver.id for approver in approvers}, **_report(record),
        settles_on=settles_on, to_fetch=_to_fetch(files),
    )  # fmt: skip


def _to_fetch(files: Sequence[PublishedFile]) -> str:
    """What somebody was about to fetch when they were asked what it is for. Empty: nothing."""
    wanted = request.args.get("hamta", "")
    return wanted if wanted in {_ALL, _REPORT, *(file.name for file in files)} else ""


def _report(record: ReleaseRecord) -> dict[str, object]:
    """What there is to know before two say yes, and to read again after it. Empty where nothing was built or kept."""
    if record.manifest is None or record.state not in release_register.WITH_FILES:
        return {"measures": [], "protections": [], "former": None, "changes": []}
    former, present = release_register.former(work().office, record), _edition(record)
    return {
        "measures": risk_report.measures(present.manifest, tongue()),
        "protections": risk_report.protections(present.manifest, present.columns, tongue()),
        "former": former,
        "changes": _changes(former, present) if former else [],
    }


def _changes(former: ReleaseRecord, present: Edition) -> list[tuple[Any, ...]]:
    return changes(_edition(former), present, Thresholds(service().config.min_cell), tongue())


def _in_this_language(words: Mapping[str, Told]) -> dict[str, str]:
    return {key: told_in(tongue(), told) for key, told in words.items()}


def _edition(record: ReleaseRecord) -> Edition:
    return Edition(record.manifest or {}, published.codebook(service().config.release_dir, record.id))


def _may_see_files(record: ReleaseRecord) -> bool:
    """Those of a release that waits are for who approves it and may see what people answered."""
    waits = record.state in release_register.UNDECIDED
    return record.state == "locked" or (waits and all(can(staff().role, right) for right in _LOOKS))


def _checked(release: str, what: str) -> tuple[ReleaseRecord, ResponseReturnValue | None]:
    """The release, and what is to be seen instead of a file: there is no agreement that lasts, or nobody has said what
    the files are for. Who says it comes back to the release, where the file is one press away: a reply that is a file
    would leave the question standing."""
    record = release_register.get(work().office, release)
    if not _may_see_files(record):
        abort(404)
    try:
        if "andamal" in request.form:
            return record, _said_purpose(record, what, request.form["andamal"].strip())
        release_register.check_download(work().office, record=record, by=staff(), at=now())
    except NoAgreement:
        return record, (_release_page(release), 403)
    except release_register.PurposeMissing:
        # The first time it is asked; who sends it empty is told.
        return record, _purpose_page(record, "missing" if "andamal" in request.form else None)
    return record, None


def _said_purpose(record: ReleaseRecord, what: str, purpose: str) -> ResponseReturnValue:
    if len(purpose) > release_register.LONGEST_PURPOSE:
        return _purpose_page(record, "long")
    release_register.say_purpose(work().office, record=record, by=staff(), purpose=purpose, at=now())
    return redirect(url_for("research.release", release=record.id, hamta=what, sprak=_asked_for()), 303)


def _asked_for() -> str | None:
    return "en" if tongue() == "en" else None


def _purpose_page(record: ReleaseRecord, error: str | None) -> ResponseReturnValue:
    page = render_template(
        "research/purpose.html", release=record, error=error, given=request.form.get("andamal", ""),
        longest=release_register.LONGEST_PURPOSE,
    )  # fmt: skip
    return (page, 400) if error else page


@blueprint.get("/forskning/data/<release>/alla")
@blueprint.get("/forskning/data/<release>/rapport")
@blueprint.get("/forskning/data/<release>/godkann")
@blueprint.get("/forskning/data/<release>/fil/<file>")
@needs("see_releases")
def back_to_release(release: str, file: str = "") -> ResponseReturnValue:  # noqa: ARG001  (a part of the address)
    """Pages that are replies to a form have its address: who keeps one, or goes to it anew, comes to the release."""
    release_register.get(work().office, release)
    return redirect(in_the_same_language(url_for("research.release", release=release)), 303)


@blueprint.post("/forskning/data/<release>/godkann")
@needs("approve_release", proof=True)
def approve_release(release: str) -> ResponseReturnValue:
    office, chain = work().office, service().office_chain
    try:
        if request.form.get("beslut") == "avsla":
            reason = request.form.get("skal", "").strip()
            if not reason:
                return _release_page(release, error="reason_missing"), 400
            release_register.refuse(office, chain, release=release, by=staff(), reason=reason, at=now())
        else:
            release_register.approve(office, chain, release=release, by=staff(), at=now())
    except release_register.SomebodyLeft:
        # The page itself says so: it is no longer one that waits.
        return _release_page(release), 409
    except (approvals.SameAccount, approvals.NotOpen, release_register.WrongState) as refused:
        return _release_page(release, error=refused.code), 409
    return redirect(in_the_same_language(url_for("research.release", release=release)), 303)


@blueprint.post("/forskning/data/<release>/fil/<file>")
@needs("download_release")
def download(release: str, file: str) -> ResponseReturnValue:
    """One file, its bytes verified against the register before they leave; one row in the log."""
    found = next((f for f in published.files(service().config.release_dir, release) if f.name == file), None)
    if found is None:
        abort(404)
    record, instead = _checked(release, file)
    if instead is not None:
        return instead
    _record(record, file=file, sha256=found.sha256, format=found.format, rows=found.rows)
    # Under the very name that SHA256SUMS lists, so that `sha256sum -c` finds it.
    return _attachment(published.read(service().config.release_dir, found), found.content_type, file)


@blueprint.post("/forskning/data/<release>/alla")
@needs("download_release")
def download_all(release: str) -> ResponseReturnValue:
    """All files in one, each verified; one row in the log, of the bytes that left, with the id that its name has."""
    record, instead = _checked(release, _ALL)
    if instead is not None:
        return instead
    folder, download_id = service().config.release_dir, new_id()
    name = f"{published.folder_name(record.study, release, record.built_on)}_{download_id}.zip"
    body = published.as_zip(folder, record.study, release, record.built_on, download_id)
    rows = next(f.rows for f in published.files(folder, release) if f.name == "data_long.csv")
    sha256 = hashlib.sha256(body).hexdigest()
    _record(record, file=f"{release}.zip", sha256=sha256, format="zip", rows=rows, download_id=download_id)
    return _attachment(body, "application/zip", name)


@blueprint.post("/forskning/data/<release>/rapport")
@needs("download_release")
def report(release: str) -> ResponseReturnValue:
    """The evaluation report in both languages, made of the locked release alone; one row in the log."""
    # The statistics are loaded when they are used: a server that shows pages does without.
    from kapabla.release.reporting import report_files

    record, instead = _checked(release, _REPORT)
    if record.state != "locked":
        abort(404)
    if instead is not None:
        return instead
    config = service().config
    if published.few_from(config.release_dir, release) or published.cut_off(config.release_dir, release):
        return _release_page(release), 409
    made = report_files(
        config.release_dir, release, service().material, manifest_hash=record.manifest_hash or "",
        thresholds=Thresholds(config.min_cell), on=local_date(now()),
    )  # fmt: skip
    download_id = new_id()
    body = published.zip_of({**made, published.DOWNLOAD_NOTE: published.download_note(release, download_id)})
    sha256 = hashlib.sha256(body).hexdigest()
    _record(record, file=f"kapabla_rapport_{release}.zip", sha256=sha256, format="zip", download_id=download_id)
    return _attachment(body, "application/zip", f"kapabla_rapport_{release}_{download_id}.zip")


def _record(
    record: ReleaseRecord, *, file: str, sha256: str, format: str, rows: int | None = None,
    download_id: str | None = None,
) -> None:  # fmt: skip
    release_register.record_download(
        work().office, service().office_chain, record=record, file=file, sha256=sha256, by=staff(), at=now(),
        format=format, rows=rows, download_id=download_id,
    )  # fmt: skip


def _attachment(body: bytes, content_type: str, name: str) -> Response:
    reply = Response(body, content_type=content_type)
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply

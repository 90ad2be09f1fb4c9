"""The register of downloads (E6, F10): what has left, to whom and on what terms. Researchers see their own; those who
answer for the data see everybody's, and may take the register along for the record of processing (Art. 30)."""

from collections.abc import Mapping, Sequence

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.office import agreements, release_register
from kapabla.office.access import ROLE_LABELS, can
from kapabla.office.releases import Download, ReleaseRecord
from kapabla.office.staff import Staff
from kapabla.release.writers.delimited import rows_for_excel
from kapabla.web.auth import needs, staff
from kapabla.web.context import stamp
from kapabla.web.research.blueprint import blueprint
from kapabla.web.research.choosing import tongue
from kapabla.web.unit_of_work import now, work

Left = tuple[Download, Staff | None, ReleaseRecord]
PURPOSES = {"evaluation": "Utvärdering", "sharing": "Delning"}
# Who fetched what a command wrote and nobody was named for.
COMMAND = "Kommando"
_ENGLISH_ROLES = {
    "officer": "Officer", "coordinator": "Coordinator", "trainer": "Trainer", "researcher": "Researcher",
    "steward": "Data protection officer", "editor": "Editor", "signatory_municipality": "Signatory of the municipality",
    "signatory_police": "Signatory of the police", "admin": "Administrator",
}  # fmt: skip
_A_PAGE = 50
_HEADS = (
    "Tid", "Vem", "E-post", "Roll", "Avtal", "Utgåva", "Syfte", "Godkänd av", "Fil", "Format", "Rader", "SHA-256",
    "Hämtningens id", "Används till",
)  # fmt: skip


@blueprint.get("/forskning/nedladdningar")
@needs("see_releases")
def downloads() -> ResponseReturnValue:
    found, page = _shown(), request.args.get("sida", 1, type=int)
    pages = max(1, -(-len(found) // _A_PAGE))
    if not 1 <= page <= pages:
        abort(404)
    first = (page - 1) * _A_PAGE
    return render_template(
        "research/downloads.html", downloads=found[first : first + _A_PAGE], first=first, total=len(found), page=page,
        pages=pages, sees_all=_sees_all(), today=local_date(now()),
        agreements=agreements.all_agreements(work().office) if _sees_all() else (),
    )  # fmt: skip


@blueprint.get("/forskning/nedladdningar.csv")
@needs("see_releases")
def downloads_table() -> ResponseReturnValue:
    """For Excel: cells that begin as a formula are text."""
    found = _shown()
    approved = {
        record.id: ", ".join(member.name for member in release_register.approvers(work().office, record.id))
        for _, _, record in found
    }
    rows = [
        (
            stamp(download.at), *_who(download, member), download.agreement, record.id,
            PURPOSES[record.purpose], approved[record.id], download.file, download.format,
            "" if download.rows is None else download.rows, download.sha256, download.id, download.purpose,
        )
        for download, member, record in found
    ]  # fmt: skip
    reply = Response(rows_for_excel([_HEADS, *rows]), content_type="text/csv; charset=utf-8")
    reply.headers["Content-Disposition"] = 'attachment; filename="kapabla_nedladdningar.csv"'
    return reply


def role_labels() -> Mapping[str, str]:
    return _ENGLISH_ROLES if tongue() == "en" else ROLE_LABELS


def _who(download: Download, member: Staff | None) -> tuple[str, str, str]:
    """Whoever has another role now may be an account that these pages have nothing to do with (decision 35)."""
    if member is None:
        return ("–" if download.staff_id else COMMAND, "", "")
    return member.name, member.email, ROLE_LABELS[member.role]


def _sees_all() -> bool:
    return can(staff().role, "see_downloads")


def _shown() -> Sequence[Left]:
    return release_register.downloads(work().office, by=None if _sees_all() else staff())

"""Letters and labels as files to print (D07). Each shows people's way in, so what is taken out is logged."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.identity import letters
from kapabla.identity.letter_pdf import Unprintable, labels_pdf, letters_pdf
from kapabla.identity.link_list import link_rows
from kapabla.web.admin.blueprint import blueprint, leave_trace, visible_cohort
from kapabla.web.admin.sending import letters_refused
from kapabla.web.auth import needs
from kapabla.web.unit_of_work import now, service, work

ALT = "QR-kod med den personliga länken"


@blueprint.post("/admin/omgangar/<cohort_id>/brev.pdf")
@needs("send_messages", proof=True)
def print_letters(cohort_id: str) -> ResponseReturnValue:
    """Those who have had none, or everybody again: the code is the same each time."""
    cohort, base_url = visible_cohort(cohort_id), service().config.base_url
    again = request.form.get("igen") == "1"
    found = letters.letters_of(
        work().identity, service().keys, service().material, cohort.id, base_url, again=again
    )  # fmt: skip
    if not found:
        return redirect(url_for("admin.send", cohort_id=cohort_id, _anchor="brev"), 303)
    try:
        made = letters_pdf(found, alt=ALT)
    except Unprintable as error:
        return letters_refused(cohort, str(error.context["numbers"])), 400
    letters.mark_printed(work().identity, [letter.person_id for letter in found], on=local_date(now()))
    leave_trace("letters_export", f"cohort:{cohort.id}", reason=f"{len(found)} people")
    return _file(made, "brev")


@blueprint.post("/admin/omgangar/<cohort_id>/etiketter.pdf")
@needs("send_messages", proof=True)
def print_labels(cohort_id: str) -> ResponseReturnValue:
    """For what is handed over: number, square and code, without a name."""
    cohort, base_url = visible_cohort(cohort_id), service().config.base_url
    everybody = request.form.get("alla") == "1"
    rows = link_rows(work().identity, service().keys, cohort.id, base_url, everybody=everybody)
    if not rows:
        return redirect(url_for("admin.send", cohort_id=cohort_id, _anchor="brev"), 303)
    leave_trace("labels_export", f"cohort:{cohort.id}", reason=f"{len(rows)} people")
    return _file(labels_pdf(rows, address=letters.short_address(base_url), alt=ALT), "etiketter")


def _file(made: bytes, what: str) -> Response:
    reply = Response(made, mimetype="application/pdf")
    name = f"{what}_{local_date(now()).isoformat()}.pdf"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply

"""Invitations (D06): who gets one, what it says, and how far the sending has come. And the list of links and codes."""

import csv
import io

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.errors import NotFound
from kapabla.identity import sending
from kapabla.identity.enrolling import get_cohort
from kapabla.identity.link_list import link_rows
from kapabla.identity.messages import MessageBatch
from kapabla.web.admin.blueprint import NAVIGATION, blueprint, leave_trace
from kapabla.web.admin.message_preview import preview_text
from kapabla.web.auth import needs, staff
from kapabla.web.unit_of_work import now, service, work


@blueprint.get("/admin/omgangar/<cohort_id>/utskick")
@needs("send_messages")
def send(cohort_id: str) -> ResponseReturnValue:
    cohort = get_cohort(work().identity, cohort_id)
    people = sending.not_yet_invited(work().identity, cohort)
    return render_template(
        "admin/send.html", nav_items=NAVIGATION, cohort=cohort, count=len(people), text=preview_text(),
        has_mail=bool(service().config.smtp_url), batches=sending.batches_of(work().identity, cohort),
    )  # fmt: skip


@blueprint.post("/admin/omgangar/<cohort_id>/utskick")
@needs("send_messages")
def submit_send(cohort_id: str) -> ResponseReturnValue:
    cohort = get_cohort(work().identity, cohort_id)
    people = sending.not_yet_invited(work().identity, cohort)
    if not people:
        return redirect(url_for("admin.send", cohort_id=cohort_id), 303)
    batch = sending.order_invitations(work().identity, cohort, people, by=staff().name, at=now())
    leave_trace("send", f"batch:{batch}", reason=f"{len(people)} invitations")
    return redirect(url_for("admin.batch", cohort_id=cohort_id, batch_id=batch), 303)


@blueprint.get("/admin/omgangar/<cohort_id>/utskick/<batch_id>")
@needs("send_messages")
def batch(cohort_id: str, batch_id: str) -> ResponseReturnValue:
    cohort = get_cohort(work().identity, cohort_id)
    found = work().identity.get(MessageBatch, batch_id)
    if found is None or found.cohort_id != cohort.id:
        raise NotFound("batch_unknown")
    numbers = sending.batch_numbers(work().identity, batch_id)
    return render_template("admin/batch.html", nav_items=NAVIGATION, cohort=cohort, batch=found, numbers=numbers)


@blueprint.post("/admin/omgangar/<cohort_id>/utskick/<batch_id>")
@needs("send_messages")
def stop_batch(cohort_id: str, batch_id: str) -> ResponseReturnValue:
    sending.stop_rest(work().identity, batch_id)
    leave_trace("send_stop", f"batch:{batch_id}")
    return redirect(url_for("admin.batch", cohort_id=cohort_id, batch_id=batch_id), 303)


@blueprint.post("/admin/omgangar/<cohort_id>/koder")
@needs("send_messages")
def links(cohort_id: str) -> ResponseReturnValue:
    """Links and codes as a file. A POST, since it is logged."""
    cohort = get_cohort(work().identity, cohort_id)
    rows = link_rows(
        work().identity, service().keys, cohort.id, service().config.base_url, everybody=request.form.get("alla") == "1"
    )
    leave_trace("links_export", f"cohort:{cohort.id}", reason=f"{len(rows)} people")
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([("Deltagarnummer", "Länk", "Kod"), *rows])
    reply = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    reply.headers["Content-Disposition"] = 'attachment; filename="koder.csv"'
    return reply

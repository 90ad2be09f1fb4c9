"""Invitations (D06): who gets one, what it says, and how far the sending has come. And the list of links and codes."""

import re
from collections import Counter
from datetime import date, timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla.clock import from_epoch, local_date
from kapabla.errors import NotFound
from kapabla.identity import letters, sending
from kapabla.identity.cohorts import Cohort
from kapabla.identity.link_list import link_rows
from kapabla.identity.list_reading.cells import clean, read_mobile
from kapabla.identity.messages import INVITATION_STEP, MessageBatch
from kapabla.identity.sending import Invitee
from kapabla.identity.vocabulary import languages_of
from kapabla.ids import new_id
from kapabla.keys import seal
from kapabla.office.records import SEND_TRIAL, outbox
from kapabla.web.admin.blueprint import blueprint, leave_trace, visible_cohort, working_cohort
from kapabla.web.admin.csv_files import as_file
from kapabla.web.admin.jobs import why_delayed
from kapabla.web.admin.message_preview import letter_previews, previews
from kapabla.web.auth import needs, staff
from kapabla.web.unit_of_work import now, service, work

_KEY = re.compile(r"[a-z0-9]{16}")
_CHOICES = ("kommun", "yrke")
# Why a message did not arrive, in words that say what to do.
FAULTS = {
    "refused": "Adressen fungerar inte. Rätta den på personens sida, eller skicka brev.",
    "address_corrected": "Mejlet kom tillbaka. Adressen är rättad sedan dess. Försök igen.",
    "not_accepted": "E-postservern tog inte emot mejlet. Försök igen, eller skicka brev.",
    "server_away": "E-postservern svarade inte. Försök igen.",
    "no_address": "Personen har ingen e-postadress. Skicka brev eller lämna koden.",
    "connection_lost": "Förbindelsen bröts sedan mejlet hade lämnats över.",
    "runner_died": "Sändningen avbröts medan mejlet lämnades över.",
    "restored": "Registret är återställt från en säkerhetskopia, där mejlet väntade. Det kan ha gått i väg sedan dess.",
}
SMS_FAULTS = {
    "address_corrected": "Sms:et kom inte fram. Numret är rättat sedan dess. Försök igen.",
    "not_accepted": "Sms-tjänsten tog inte emot meddelandet. Kontrollera numret på personens sida, eller skicka brev.",
    "server_away": "Sms-tjänsten svarade inte, eller släppte inte in oss. Försök igen.",
    "no_address": "Personen har inget mobilnummer. Skicka brev eller lämna koden.",
    "connection_lost": "Förbindelsen bröts sedan sms:et hade lämnats över.",
    "runner_died": "Sändningen avbröts medan sms:et lämnades över.",
}
WRONG_MOBILE = "Skriv ditt mobilnummer, till exempel 070-174 06 05."


@blueprint.get("/admin/omgangar/<cohort_id>/utskick")
@needs("send_messages")
def send(cohort_id: str) -> ResponseReturnValue:
    return _send_page(working_cohort(cohort_id))


@blueprint.post("/admin/omgangar/<cohort_id>/utskick")
@needs("send_messages")
def submit_send(cohort_id: str) -> ResponseReturnValue:
    """The number in the button is the number that goes out: were they more or fewer by now, the page is shown again.

    The form carries the batch's id, so that pressed twice it leads to the same batch.
    """
    cohort, key = visible_cohort(cohort_id), _form_key("utskick")
    known = work().identity.get(MessageBatch, key)
    if known is not None and known.cohort_id == cohort.id:
        return redirect(url_for("admin.batch", cohort_id=cohort_id, batch_id=key), 303)
    people = [found.id for found in _chosen(sending.invitees(work().identity, cohort))]
    if people and _is_closed(cohort) and request.form.get("stangd") != "1":
        return _send_page(cohort, error="Kryssa i att du vill skicka fast omgången är stängd."), 400
    if not people or request.form.get("antal") != str(len(people)):
        return _send_page(cohort, has_changed=True), 409
    batch = sending.order_invitations(work().identity, cohort, people, by=staff().name, at=now(), batch_id=key)
    leave_trace("send", f"batch:{batch}", reason=f"{len(people)} invitations")
    return redirect(url_for("admin.batch", cohort_id=cohort_id, batch_id=batch), 303)


@blueprint.post("/admin/omgangar/<cohort_id>/utskick/prov")
@needs("send_messages")
def send_trial(cohort_id: str) -> ResponseReturnValue:
    """The invitation to the officer's own address or number, in one of its languages, with a link that is nobody's.

    The number is asked for each time, sealed while it waits, and kept nowhere.
    """
    cohort, key, tongue = visible_cohort(cohort_id), _form_key("nyckel"), request.form.get("sprak", "")
    if tongue not in languages_of(service().material):
        abort(400)
    given, way = {"staff": staff().id, "language": tongue}, "mejl"
    if (field := f"telefon_{tongue}") in request.form:
        mobile, way = read_mobile(clean(request.form[field])), "sms"
        if mobile is None:
            return _send_page(cohort, wrong_mobile=(field, WRONG_MOBILE)), 400
        given["sealed"] = seal(service().keys.get("sealing"), mobile, f"trial.{key}").hex()
        given["key"] = key
    if outbox.put(work().office, SEND_TRIAL, given, key=f"{SEND_TRIAL}:{key}:{tongue}:{way}", at=now()):
        leave_trace("send_trial", f"cohort:{cohort.id}", reason=f"{tongue} {way}")
    chosen: dict[str, Any] = {name: request.form.get(name) or None for name in _CHOICES}
    return redirect(url_for("admin.send", cohort_id=cohort_id, prov=way, **chosen), 303)


def _form_key(name: str) -> str:
    key = request.form.get(name, "")
    if not _KEY.fullmatch(key):
        abort(400)
    return key


def _chosen(people: list[Invitee]) -> list[Invitee]:
    """Of whom there is to invite, those of a municipality and a trade. What is not there chooses nobody."""
    place, trade = (request.values.get(name, "") for name in _CHOICES)
    return [found for found in people if place in ("", found.municipality) and trade in ("", found.role)]


def _is_closed(cohort: Cohort) -> bool:
    """New people are let in until the cohort closes: an invitation after it leads to a closed door."""
    return local_date(now()) > cohort.ends_on


def letters_refused(cohort: Cohort, numbers: str) -> str:
    """Somebody's letter cannot be printed: the page says whose, and nothing has been marked as printed."""
    return _send_page(cohort, unprintable=numbers)


def _send_page(
    cohort: Cohort, *, has_changed: bool = False, error: str | None = None, unprintable: str | None = None,
    wrong_mobile: tuple[str, str] | None = None,
) -> str:  # fmt: skip
    to_print, printed = letters.count_letters(work().identity, cohort.id)
    people = sending.invitees(work().identity, cohort)
    chosen = _chosen(people)
    return render_template(
        "admin/send.html", cohort=cohort, total=len(people), count=len(chosen), previews=previews(chosen),
        has_mail=bool(service().config.smtp_url), has_sms=service().config.sms is not None,
        wants_sms=any(found.channel == "sms" for found in people), wrong_mobile=wrong_mobile,
        has_changed=has_changed, error=error,
        is_closed=_is_closed(cohort), waits_until=service().config.quiet_hours.wait_until(now()),
        key=new_id(), trial_to=_trial_to(),
        given={name: request.values.get(name, "") for name in _CHOICES}, **_choices(people),
        to_print=to_print, printed=printed, unprintable=unprintable,
        letter_previews=letter_previews(cohort), by_hand=letters.count_by_hand(work().identity, cohort.id),
        nowhere=letters.without_postal_code(work().identity, service().keys, cohort.id),
    )  # fmt: skip


def _trial_to() -> str | None:
    """Where a trial has just been sent."""
    return {"mejl": staff().email, "sms": "din telefon"}.get(request.args.get("prov", ""))


def _choices(people: list[Invitee]) -> dict[str, list[tuple[str, str]]]:
    """The municipalities and trades there are among them, each with how many."""
    material = service().material
    places, trades = Counter(found.municipality for found in people), Counter(found.role for found in people)
    return {
        "places": [(p.code, f"{p.name} ({places[p.code]})") for p in material.municipalities if places[p.code]],
        "trades": [(r.code, f"{r.label.sv} ({trades[r.code]})") for r in material.roles if trades[r.code]],
    }


@blueprint.get("/admin/omgangar/<cohort_id>/utskick/<batch_id>")
@needs("send_messages")
def batch(cohort_id: str, batch_id: str) -> ResponseReturnValue:
    cohort, found = _batch(cohort_id, batch_id)
    troubles, delay = sending.troubles_of(work().identity, batch_id), sending.delayed_in(work().identity, batch_id)
    failed = [trouble for trouble in troubles if trouble.state == "failed"]
    return render_template(
        "admin/batch.html", cohort=cohort, batch=found, faults={"email": FAULTS, "sms": SMS_FAULTS},
        ways=sending.ways_of(work().identity, batch_id),
        waits_until=service().config.quiet_hours.wait_until(now()),
        numbers=sending.batch_numbers(work().identity, batch_id),
        failed=failed, to_retry=sum(not trouble.is_address_broken for trouble in failed),
        looked_at=now(), reminded_on=_reminded_on(cohort, found),
        delay=delay, delay_reason=why_delayed(delay.fault) if delay else "",
        next_try=from_epoch(delay.due) if delay else None,
        unclear=[trouble for trouble in troubles if trouble.state == "unclear"],
    )  # fmt: skip


def _reminded_on(cohort: Cohort, batch: MessageBatch) -> date | None:
    """When whoever had an invitation of this batch and has not begun hears from us next."""
    days = service().material.studies[cohort.study].reminders.get(INVITATION_STEP, ())
    ahead = (local_date(batch.ordered_at) + timedelta(days=after) for after in days)
    return None if cohort.reminders_paused else min((day for day in ahead if day > local_date(now())), default=None)


def _batch(cohort_id: str, batch_id: str) -> tuple[Cohort, MessageBatch]:
    cohort = visible_cohort(cohort_id)
    found = work().identity.get(MessageBatch, batch_id)
    # Later messages are in no batch: shown one by one they would tell who has come how far (D05).
    if found is None or found.cohort_id != cohort.id:
        raise NotFound("batch_unknown")
    return cohort, found


@blueprint.post("/admin/omgangar/<cohort_id>/utskick/<batch_id>")
@needs("send_messages")
def stop_batch(cohort_id: str, batch_id: str) -> ResponseReturnValue:
    _batch(cohort_id, batch_id)
    sending.stop_rest(work().identity, batch_id, at=now())
    leave_trace("send_stop", f"batch:{batch_id}")
    return redirect(url_for("admin.batch", cohort_id=cohort_id, batch_id=batch_id), 303)


@blueprint.post("/admin/omgangar/<cohort_id>/utskick/<batch_id>/pausa")
@needs("send_messages")
def pause_batch(cohort_id: str, batch_id: str) -> ResponseReturnValue:
    """And on again. Pressed twice it is done once."""
    _, found = _batch(cohort_id, batch_id)
    pauses = request.form.get("paus") == "ja"
    if pauses and not found.is_paused:
        sending.pause_batch(work().identity, batch_id)
        leave_trace("send_pause", f"batch:{batch_id}")
    elif not pauses and found.is_paused:
        sending.resume_batch(work().identity, batch_id, at=now())
        leave_trace("send_resume", f"batch:{batch_id}")
    return redirect(url_for("admin.batch", cohort_id=cohort_id, batch_id=batch_id), 303)


@blueprint.post("/admin/omgangar/<cohort_id>/utskick/<batch_id>/igen")
@needs("send_messages")
def retry_batch(cohort_id: str, batch_id: str) -> ResponseReturnValue:
    """Only those that failed. A message that was taken, or may have been, is not sent again (H8)."""
    _batch(cohort_id, batch_id)
    count = sending.retry_failed(work().identity, batch_id, at=now())
    leave_trace("send_retry", f"batch:{batch_id}", reason=f"{count} messages")
    return redirect(url_for("admin.batch", cohort_id=cohort_id, batch_id=batch_id), 303)


@blueprint.post("/admin/omgangar/<cohort_id>/utskick/<batch_id>/oklart")
@needs("send_messages")
def settle(cohort_id: str, batch_id: str) -> ResponseReturnValue:
    """A person decides what is worse, one too few or one too many (A4). Nobody is called to be asked."""
    _batch(cohort_id, batch_id)
    message_id, answer = request.form.get("mejl", ""), request.form.get("kom_fram")
    if answer not in ("ja", "nej"):
        return redirect(url_for("admin.batch", cohort_id=cohort_id, batch_id=batch_id), 303)
    arrived = answer == "ja"
    sending.settle_unclear(work().identity, batch_id, message_id, arrived=arrived, at=now())
    leave_trace("send_settle", f"message:{message_id}", reason="arrived" if arrived else "sent again")
    return redirect(url_for("admin.batch", cohort_id=cohort_id, batch_id=batch_id), 303)


@blueprint.post("/admin/omgangar/<cohort_id>/koder.csv")
@needs("send_messages", proof=True)
def links(cohort_id: str) -> ResponseReturnValue:
    """Links and codes as a file. A POST, since it is logged. `?alla=1` for everybody."""
    cohort = visible_cohort(cohort_id)
    rows = link_rows(
        work().identity, service().keys, cohort.id, service().config.base_url,
        everybody=request.values.get("alla") == "1",
    )  # fmt: skip
    leave_trace("links_export", f"cohort:{cohort.id}", reason=f"{len(rows)} people")
    filename = f"kapabla_koder_{local_date(now()).isoformat()}.csv"
    return as_file(filename, [("Deltagarnummer", "Länk", "Kod"), *rows])

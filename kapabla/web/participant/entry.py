"""In and out: the typed code (P1), the link (P2), a lost link, no more messages, and "Lämna sidan"."""

from datetime import date

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from kapabla import bridge
from kapabla.answers import journey, sealed_copy
from kapabla.clock import local_date
from kapabla.identity import codes, entry, own_contact
from kapabla.identity.contact import is_erased
from kapabla.identity.entry import Entrant
from kapabla.web import csrf, kiosk, language
from kapabla.web.participant import copies
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.code_look_up import count_wrong, look_up_code
from kapabla.web.participant.session import (
    CLEAR_STORAGE,
    COOKIE,
    GONE,
    find_participant,
    forget,
    let_in,
)
from kapabla.web.unit_of_work import now, service, work, writing


@blueprint.get("/k")
def type_code() -> ResponseReturnValue:
    said = {name: request.args.get(name) == "1" for name in ("slut", "sparat", "tack")}
    page = code_page(session_ended=said["slut"], saved=said["sparat"], sent=said["tack"])
    if not kiosk.is_kiosk() or request.cookies.get(COOKIE, GONE) == GONE:
        return page
    # Whoever comes to the door of a shared computer is somebody else: nothing of the former person opens any more.
    reply = make_response(page)
    forget(reply)
    return reply


@blueprint.post("/k")
def submit_code() -> ResponseReturnValue:
    csrf.check_same_origin()
    typed = request.form.get("kod", "")[:60]
    if meeting := codes.find_meeting_code(typed):
        return redirect(url_for("participant.meeting_door", code=meeting), 303)
    found, error = look_up_code(typed)
    if found is None:
        return code_page(error=error, typed=typed), 429 if error == "too_many" else 400
    if found.left == "all":
        count_wrong()
        return code_page(error="unknown", typed=typed), 400
    return enter(found)


@blueprint.get("/k/<token>")
def link(token: str) -> ResponseReturnValue:
    """Looks nothing up and changes nothing: mail scanners fetch links, and every token is answered alike (A3)."""
    return render_template("participant/welcome.html", inline_css=True, action=f"/k/{token}", minutes=course_minutes())


@blueprint.post("/k/<token>")
def submit_link(token: str) -> ResponseReturnValue:
    csrf.check_same_origin()
    identity, looked_up = work().identity, codes.token_hash(token)
    found = entry.find_by_token(identity, looked_up)
    if found is None and is_erased(identity, service().keys, looked_up):
        language.send_again()
        return render_template("participant/left.html", waits=False), 410
    if found and found.left == "all":
        return tell_left(found, token)
    if found is None:
        return code_page(error="link_unknown"), 400
    return enter(found)


def tell_left(found: Entrant, token: str) -> ResponseReturnValue:
    """Out, and told so. A copy that the county has ordered opens here: there is no other page left (B5)."""
    subject = bridge.subject_for(service().keys, found)
    waits = sealed_copy.waits(work().answers, subject, on=local_date(now()))
    if waits and "kod" in request.form:
        return copies.open_sealed_copy(subject, found, "participant/left.html", waits=True, token=token)
    language.send_again()
    return render_template("participant/left.html", waits=waits, token=token, error=None), 410


def enter(found: Entrant) -> ResponseReturnValue:
    today, over = local_date(now()), entry.steps_over(work().identity, found.person_id)
    if today < found.starts_on:
        return render_template("participant/not_open.html", opens=found.starts_on)
    last_day = _valid_to(found, over)
    if today > last_day:
        return render_template("participant/closed.html", last_day=last_day), 410
    meeting = _meeting_of_form()
    reply = redirect(
        url_for("participant.meeting", kod=meeting) if meeting else url_for("participant.continue_journey"), 303
    )
    let_in(reply, found, been_here=entry.CONTACT_CHOSEN in over)
    return reply


def _valid_to(found: Entrant, over: frozenset[str]) -> date:
    """New people until the cohort closes; who has opened, until the last wave's window ends (A2)."""
    if "opened" not in over:
        return found.ends_on
    return journey.last_day(service().material.studies[found.study], found.ends_on)


@blueprint.get("/ny-lank")
def lost_link() -> ResponseReturnValue:
    return render_template("participant/lost_link.html", done=False)


@blueprint.post("/ny-lank")
def submit_lost_link() -> ResponseReturnValue:
    """Always the same answer and the same work: jobs look the address up, so no timing tells who is enrolled (A15)."""
    csrf.check_same_origin()
    typed = request.form.get("epost", "").strip()[:254]
    if own_contact.read_address("email", typed) is None:
        # What is no address tells of nobody, and a slip is told before anything is looked up.
        return render_template("participant/lost_link.html", done=False, error="no_address", typed=typed), 400
    from kapabla.identity.records import outbox
    from kapabla.ids import new_id
    from kapabla.keys import seal

    key, address = service().keys.get("session"), request.remote_addr or ""
    if not entry.may_try(work().identity, key, address, at=now()):
        return render_template("participant/lost_link.html", done=False, error="too_many", typed=typed), 429
    entry.count_wrong_code(work().identity, key, address, at=now())
    job = new_id()
    sealed = seal(service().keys.get("sealing"), typed, f"lost_link.{job}").hex()
    outbox.put(work().identity, "send_lost_link", {"job": job, "sealed": sealed}, key=f"lost:{job}", at=now())
    return render_template("participant/lost_link.html", done=True)


@blueprint.get("/lamna")
def leave() -> ResponseReturnValue:
    """Leaving works without script and without a token: it only ends (S02)."""
    reply = redirect(service().config.neutral_exit_url, 303)
    _end(reply)
    return reply


@blueprint.post("/lamna")
def leave_by_script() -> ResponseReturnValue:
    """What a telephone of one's own keeps is sealed, and waits for coverage; on any other nothing is left (S09)."""
    reply = Response(status=204)
    if request.form.get("telefon") != "egen":
        reply.headers["Clear-Site-Data"] = CLEAR_STORAGE
    _end(reply)
    return reply


def _end(reply: Response) -> None:
    token = request.cookies.get(COOKIE)
    if token:
        entry.end_session(writing().identity, token)
    forget(reply)


@blueprint.post("/logga-ut-deltagare")
def log_out() -> ResponseReturnValue:
    found = find_participant()
    if found:
        csrf.check_of_person(found.token, found.entrant.person_id)
        entry.end_session(work().identity, found.token)
    reply = redirect(url_for("participant.type_code"), 303)
    forget(reply)
    return reply


def _meeting_of_form() -> str | None:
    """The code of the meeting at whose door the own code was typed."""
    return codes.find_meeting_code(request.form.get("mote", ""))


def code_page(
    *, error: str | None = None, typed: str = "", session_ended: bool = False, saved: bool = False, sent: bool = False
) -> str:
    return render_template(
        "participant/code.html", inline_css=True, error=error, typed=typed, session_ended=session_ended, saved=saved,
        sent=sent, meeting=_meeting_of_form(),
    )  # fmt: skip


def course_minutes() -> int:
    return max(course.minutes for course in service().material.courses.values())

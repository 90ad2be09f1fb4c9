"""At a meeting (D14): its door, where a QR or the short code leads, and saying that one is there."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla import bridge
from kapabla.identity import codes, entry, meetings
from kapabla.identity.meetings import OpenMeeting
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.session import find_participant, needs_session, participant, today
from kapabla.web.unit_of_work import keep_on_error, now, service, work

STATUS = {"too_many": 429, "wait": 429}


@blueprint.get("/mote/<code>")
def meeting_door(code: str) -> ResponseReturnValue:
    """Looks no meeting up, so that nobody finds one by trying addresses: every code is answered alike."""
    code = sound_code(code)
    if find_participant():
        return redirect(url_for("participant.meeting", kod=code), 303)
    return render_template("participant/meeting_door.html", inline_css=True, code=code)


@blueprint.get("/mote")
@needs_session
def meeting() -> ResponseReturnValue:
    code = codes.find_meeting_code(request.args.get("kod", ""))
    return _page(typed=codes.format_code(code) if code else "", was_there=request.args.get("med") == "1")


@blueprint.post("/mote")
@needs_session
def submit_meeting() -> ResponseReturnValue:
    typed = request.form.get("mote", "")[:60]
    found, error = look_up(typed)
    if found is None:
        return _page(error=error, typed=typed), STATUS.get(error, 400)
    bridge.attend(work(), service().keys, participant().entrant, found)
    return redirect(url_for("participant.meeting", med=1), 303)


def sound_code(code: str) -> str:
    """The code of an address, as it is kept; an address that cannot have one does not exist."""
    return codes.find_meeting_code(code) or abort(404)


def look_up(typed: str) -> tuple[OpenMeeting | None, str]:
    """The open meeting of a typed code, or what is wrong: a slip of the finger is told before anything is looked up.
    Wrong codes are counted with the other wrong ones of the same address."""
    try:
        code = codes.parse_meeting_code(typed)
    except codes.CodeEmpty:
        return None, "empty"
    except codes.CodeMistyped:
        return None, "mistyped"
    identity, key, address = work().identity, service().keys.get("session"), request.remote_addr or ""
    if not entry.may_try(identity, key, address, at=now()):
        return None, "too_many"
    found = meetings.find_open(identity, service().keys.get("invitation"), code, on=today())
    if found is None:
        entry.count_wrong_code(identity, key, address, at=now())
        keep_on_error()
        return None, "unknown"
    return found, ""


def _page(*, error: str | None = None, typed: str = "", was_there: bool = False) -> str:
    return render_template("participant/meeting.html", error=error, typed=typed, was_there=was_there)

"""Coming along to a meeting without being enrolled (A13), and the own code that one gets, on screen and on paper."""

import re
from dataclasses import dataclass

import segno
from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla import bridge
from kapabla.identity import entry, meetings, walk_ins
from kapabla.identity.codes import format_code
from kapabla.identity.contact import Contact
from kapabla.identity.enrolling import NewPerson, access_of
from kapabla.identity.list_reading.cells import clean, find_unsafe, read_email
from kapabla.identity.meetings import OpenMeeting
from kapabla.ids import new_id
from kapabla.web import csrf, language
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.meetings import STATUS, look_up, sound_code
from kapabla.web.participant.page_saving import KEY_FIELD
from kapabla.web.participant.session import let_walk_in, needs_session, participant
from kapabla.web.unit_of_work import now, service, work

_FIELDS = ("kommun", "yrke", "kontakt", "epost")
# A letter would need a name and an address, typed in a full room: staff add them (docs/decisions/0015).
_CHANNELS = ("email", "none")
_KEY = re.compile(r"^[a-z0-9]{8,40}$")


@dataclass(frozen=True)
class WalkInForm:
    """What was typed, what it says of the person, and what is wrong by field."""

    given: dict[str, str]
    contact: Contact
    errors: dict[str, str]


@blueprint.get("/mote/<code>/ny")
def walk_in(code: str) -> ResponseReturnValue:
    return _form(sound_code(code), {}, {})


@blueprint.post("/mote/<code>/ny")
def submit_walk_in(code: str) -> ResponseReturnValue:
    csrf.check_same_origin()
    code, form, key = sound_code(code), _read(), request.form.get(KEY_FIELD, "")
    if not _KEY.match(key):
        abort(400)
    if form.errors:
        return _form(code, form.given, form.errors, key=key), 400
    found, problem = _find(code)
    if found is None:
        return _form(code, form.given, {}, key=key, problem=problem), STATUS.get(problem, 400)
    return _come_in(found, form, key)


def _find(code: str) -> tuple[OpenMeeting | None, str]:
    """A meeting that takes one more, or what is wrong."""
    found, problem = look_up(code)
    if found is None:
        return None, problem
    if not found.takes_walk_ins:
        return None, "own_code_only"
    try:
        walk_ins.admit(work().identity, service().keys.get("session"), found, at=now())
    except walk_ins.TooManyAtOnce:
        return None, "wait"
    except walk_ins.MeetingFull:
        return None, "full"
    return found, ""


def _come_in(found: OpenMeeting, form: WalkInForm, key: str) -> ResponseReturnValue:
    identity, keys = work().identity, service().keys
    person_id = walk_ins.id_of_walk_in(keys.get("session"), found, key)
    new = NewPerson(
        form.contact, form.given["kommun"], form.given["yrke"], form.given["kontakt"], language=language.current(),
        is_test=service().config.demo,
    )  # fmt: skip
    is_new = walk_ins.enrol_walk_in(identity, keys, found, new, person_id=person_id)
    if not is_new and not entry.has_unread_code(identity, person_id, at=now()):
        # The form of somebody who has gone on: it opens nothing more, whoever finds it.
        return redirect(url_for("participant.type_code"), 303)
    reply = redirect(url_for("participant.own_code"), 303)
    let_walk_in(reply, person_id, found.id)
    return reply


@blueprint.get("/start/kod")
@needs_session
def own_code() -> ResponseReturnValue:
    """Only until it is said to be kept: afterwards a session does not give the code away."""
    me = participant()
    if me.live.meeting_id is None:
        return redirect(url_for("participant.continue_journey"), 303)
    base_url = service().config.base_url
    access = access_of(work().identity, service().keys, [me.entrant.person_id])[me.entrant.person_id]
    qr = segno.make(access.link(base_url), micro=False, error="m")
    return render_template(
        "participant/own_code.html", code=format_code(access.code),
        door=f"{base_url}/k".removeprefix("https://").removeprefix("http://"),
        qr=qr.svg_inline(scale=4, svgclass=None, lineclass=None),
    )  # fmt: skip


@blueprint.post("/start/kod")
@needs_session
def submit_own_code() -> ResponseReturnValue:
    """Now the person is placed, and was at the meeting. Sent twice it is done once."""
    me = participant()
    if me.live.meeting_id is not None:
        bridge.place(work(), service().keys, me.entrant)
        found = meetings.find_walked_into(work().identity, me.live.meeting_id)
        if found is not None:
            bridge.attend(work(), service().keys, me.entrant, found)
        entry.mark_code_kept(work().identity, me.entrant.person_id)
    return redirect(url_for("participant.continue_journey"), 303)


def _read() -> WalkInForm:
    given = {name: clean(request.form.get(name, "")) for name in _FIELDS}
    errors: dict[str, str] = {}
    material = service().material
    if given["kommun"] not in {place.code for place in material.municipalities}:
        errors["kommun"] = language.translated("Välj kommun.")
    if given["yrke"] not in {role.code for role in material.roles}:
        errors["yrke"] = language.translated("Välj yrke eller roll.")
    if given["kontakt"] not in _CHANNELS:
        errors["kontakt"] = language.translated("Välj hur vi ska höra av oss, eller ”Inte alls”.")
    contact = Contact()
    if given["kontakt"] == "email":
        email, fault = read_email(given["epost"])
        contact = Contact(email=email)
        if fault or find_unsafe(given["epost"], email):
            errors["epost"] = language.translated("Skriv din e-postadress så här: namn@example.com")
    return WalkInForm(given, contact, errors)


def _form(
    code: str, given: dict[str, str], errors: dict[str, str], *, key: str | None = None, problem: str | None = None
) -> str:
    material = service().material
    return render_template(
        "participant/walk_in.html", code=code, given=given, found=errors, problem=problem, key=key or new_id(),
        places=[(place.code, place.name) for place in material.municipalities],
        roles=[(role.code, language.written(role.label)) for role in material.roles],
    )  # fmt: skip

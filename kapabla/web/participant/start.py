"""The first steps: whose phone (P3), safety (P4), what it means (P5), three choices (P6), how to be reached (P7)."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla import bridge
from kapabla.answers import consents, journey
from kapabla.answers.standing import Standing
from kapabla.audit import Event
from kapabla.identity import entry, meetings, own_contact
from kapabla.material.studies.consent_values import consent_values
from kapabla.material.texts import Text
from kapabla.web import language
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.session import (
    CLEAR_STORAGE,
    Participant,
    needs_session,
    participant,
    today,
    trail,
)
from kapabla.web.unit_of_work import now, service, work

ADDRESS_FIELDS = {"email": "epost", "sms": "telefon", "letter": "adress"}
AFTER_FIELD = "efter"
DEVICES = {"egen": "own", "delad": "shared"}


@blueprint.get("/fortsatt")
@needs_session
def continue_journey() -> ResponseReturnValue:
    """To the first step that is not over: the same on every device (C8)."""
    return redirect(next_address(participant()), 303)


def next_address(me: Participant) -> str:
    if me.live.meeting_id:
        return url_for("participant.own_code")
    if me.live.device == "unknown":
        return url_for("participant.own_phone")
    if not me.live.has_seen_safety:
        return url_for("participant.good_to_know")
    standing = me.standing()
    if not standing.has_chosen:
        return url_for("participant.about_taking_part")
    if entry.CONTACT_CHOSEN not in entry.steps_over(work().identity, me.entrant.person_id):
        return url_for("participant.contact")
    return after_choices(me, standing)


def after_choices(me: Participant, standing: Standing) -> str:
    wave = journey.open_wave(me.study, me.course, standing, today())
    if wave is None:
        return url_for("participant.module_list")
    from kapabla.web.participant.asking import asking_for

    asking = asking_for(me, wave)
    if not asking.saved:
        return url_for("participant.questions_intro", wave=asking.slug)
    if asking.first_unsaved is None:
        return url_for("participant.send_page", wave=asking.slug)
    return url_for("participant.questions_page", wave=asking.slug, number=asking.first_unsaved)


@blueprint.get("/kvar")
@needs_session
def stay() -> ResponseReturnValue:
    """ "Stanna kvar": that somebody is still here is noted as for any page, and nothing is shown."""
    return Response(status=204, mimetype="text/plain")


@blueprint.get("/start/telefon")
@needs_session
def own_phone() -> ResponseReturnValue:
    if participant().live.device == "kiosk":
        return _of_no_one_here()
    return _own_phone_page()


@blueprint.post("/start/telefon")
@needs_session
def submit_own_phone() -> ResponseReturnValue:
    if participant().live.device == "kiosk":
        return _of_no_one_here()
    device = DEVICES.get(request.form.get("telefon", ""))
    if device is None:
        return _own_phone_page(error=True), 400
    live = participant().live
    entry.update_session(work().identity, participant().token, device=device)
    is_change = live.device != "unknown" and live.has_seen_safety
    reply = redirect(url_for("participant.my_data" if is_change else "participant.continue_journey"), 303)
    if device != "own":
        reply.headers["Clear-Site-Data"] = CLEAR_STORAGE
    return reply


def _own_phone_page(*, error: bool = False) -> str:
    """The first page of every visit: whoever has been here before is told that the way goes on (resumed)."""
    live = participant().live
    is_back = live.has_seen_safety and live.device == "unknown"
    return render_template("participant/own_phone.html", error=error, is_back=is_back)


def _of_no_one_here() -> ResponseReturnValue:
    """A shared computer at a meeting is nobody's own, whatever is answered."""
    return redirect(url_for("participant.continue_journey"), 303)


@blueprint.get("/start/bra-att-veta")
@needs_session
def good_to_know() -> ResponseReturnValue:
    return render_template("participant/good_to_know.html")


@blueprint.post("/start/bra-att-veta")
@needs_session
def submit_good_to_know() -> ResponseReturnValue:
    me = participant()
    entry.update_session(work().identity, me.token, has_seen_safety=True)
    if today() not in me.standing().attended and meetings.is_held_for(
        work().identity, me.entrant.cohort_id, on=today()
    ):
        return redirect(url_for("participant.meeting"), 303)
    return redirect(url_for("participant.continue_journey"), 303)


@blueprint.get("/start/om")
@needs_session
def about_taking_part() -> ResponseReturnValue:
    me = participant()
    language.narrow(me.consent_languages)
    return render_template(
        "participant/about.html", consent=me.consent_text, values=_values(me), with_waitlist=me.study.has_waitlist,
        digest=_answered_text(me).hash,
    )  # fmt: skip


@blueprint.get("/start/samtycke")
@needs_session
def choices() -> ResponseReturnValue:
    return _choices_page()


@blueprint.post("/start/samtycke")
@needs_session
def submit_choices() -> ResponseReturnValue:
    """Three separate choices, none pre-chosen. 2 and 3 are asked only of who said yes to 1."""
    me = participant()
    given = {number: request.form.get(f"val{number}") for number in (1, 2, 3)}
    if given[1] == "nej":
        given[2] = given[3] = "nej"
    unanswered = [number for number, answer in given.items() if answer not in ("ja", "nej")]
    if 1 in unanswered:
        # The others are asked only after a yes.
        unanswered = [1]
    if unanswered:
        return _choices_page(given=given, unanswered=unanswered), 400
    chosen, after = {number: answer == "ja" for number, answer in given.items()}, _made_after()
    standing = me.standing()
    if _makes_yes_of_no(standing, chosen) and consents.latest_set(work().answers, me.subject).number > after:
        # What was said later holds over an older form, and over one that comes again (docs/decisions/0044).
        return _choices_page(given=given, is_older=True), 409
    language.narrow(me.consent_languages)
    bridge.record_choices(
        work(), service().keys, trail(), me.entrant, chosen, text=_answered_text(me),
        wave=journey.present_wave(standing), channel="web", at=now(), after=after,
    )  # fmt: skip
    if given[1] == "nej":
        _steps_not_asked(me)
    if after:
        return redirect(url_for("participant.my_data", sparat=1), 303)
    return redirect(url_for("participant.continue_journey"), 303)


def _made_after() -> int:
    """The number of the choices that stood when the form was made, 0 where none did."""
    number = request.form.get(AFTER_FIELD, "")
    return int(number) if number.isdecimal() and len(number) < 9 else 0


def _makes_yes_of_no(standing: Standing, chosen: dict[int, bool]) -> bool:
    return any(answer and standing.choices.get(choice) is False for choice, answer in chosen.items())


def _steps_not_asked(me: Participant) -> None:
    """For staff the step reads "over" for everybody: who is not asked is not seen (D05)."""
    for wave in me.study.waves:
        if wave.is_before_course and wave.is_for(me.entrant.arm):
            entry.mark_over(work().identity, me.entrant.person_id, wave.slug)


def _choices_page(
    *, given: dict[int, str | None] | None = None, unanswered: list[int] | None = None, is_older: bool = False
) -> str:
    language.narrow(participant().consent_languages)
    latest = consents.latest_set(work().answers, participant().subject)
    return render_template(
        "participant/choices.html", consent=participant().consent_text, given=given or {}, unanswered=unanswered or [],
        after=latest.number, is_older=is_older,
    )  # fmt: skip


@blueprint.get("/start/kontakt")
@needs_session
def contact() -> ResponseReturnValue:
    return _contact_page(participant().entrant.channel)


@blueprint.post("/start/kontakt")
@needs_session
def submit_contact() -> ResponseReturnValue:
    """The way, and the address where we have none. People with protected identity are reached by nobody (S16)."""
    me, identity = participant(), work().identity
    person_id, channel = me.entrant.person_id, "none" if me.entrant.is_protected else request.form.get("kontakt", "")
    if channel not in _channels():
        return _contact_page("", error=True), 400
    if not own_contact.has_address_for(identity, service().keys, person_id, channel):
        typed = request.form.get(ADDRESS_FIELDS[channel])
        address = own_contact.read_address(channel, typed or "")
        if address is None:
            return _contact_page(channel, asked=channel, typed=typed), 400
        own_contact.keep_address(identity, service().keys, person_id, channel, address)
        event = Event("participant", "participant", "contact_change", f"person:{person_id}")
        service().identity_chain.append(identity, event, at=now(), date_only=True)
    own_contact.choose_way(identity, person_id, channel)
    if request.form.get("intervju") in ("ja", "nej") and _interview_question(me):
        own_contact.set_interview(identity, person_id, may_ask=request.form["intervju"] == "ja")
    first_time = entry.CONTACT_CHOSEN not in entry.steps_over(identity, person_id)
    entry.mark_over(identity, person_id, entry.CONTACT_CHOSEN)
    if not first_time:
        return redirect(url_for("participant.my_data", sparat=1), 303)
    if not me.standing().in_research:
        # Thanked and welcomed this once: the list of modules is the first that who has said no meets.
        return redirect(url_for("participant.module_list", ny=1), 303)
    return redirect(url_for("participant.continue_journey"), 303)


def _answered_text(me: Participant) -> consents.ConsentText:
    text, shown = me.consent_text, language.current()
    document = text.document(shown, _values(me), with_waitlist=me.study.has_waitlist)
    return consents.ConsentText(text.id, text.version, shown, document)


def _contact_page(channel: str, *, asked: str = "", typed: str | None = None, error: bool = False) -> str:
    """`asked` is the way whose address we lack; `typed` what was written there, None before anything was."""
    me = participant()
    return render_template(
        "participant/contact.html", channel=channel, asked=asked, typed=typed, error=error, fields=ADDRESS_FIELDS,
        is_protected=me.entrant.is_protected, channels=_channels(),
        interview_question=_interview_question(me),
        may_ask=own_contact.may_ask_for_interview(work().identity, me.entrant.person_id),
    )  # fmt: skip


def _channels() -> tuple[str, ...]:
    """Only ways that something is sent by."""
    return ("email", *(("sms",) if service().config.sms else ()), "letter", "none")


def _interview_question(me: Participant) -> Text | None:
    """Not of somebody whom nobody can reach."""
    may_be_asked = me.standing().in_research and not me.entrant.is_protected
    return me.study.interview_question if may_be_asked else None


def _values(me: Participant) -> dict[str, str]:
    """What the placeholders of the approved text stand for, computed from the published material, never typed."""
    return consent_values(me.study, service().material, language.current())

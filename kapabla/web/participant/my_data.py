"""Mina uppgifter (P17), leaving (P18) and the pause page (P20). What is asked for here happens in the request."""

from flask import Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla import bridge
from kapabla.answers import consents, saving
from kapabla.answers.consents import QUOTATION, ConsentText
from kapabla.identity import entry
from kapabla.keys import seal, unseal
from kapabla.web import language
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.session import (
    CLEAR_STORAGE,
    forget,
    needs_session,
    needs_session_or,
    note_consent,
    participant,
    today,
    trail,
)
from kapabla.web.unit_of_work import now, service, work

SCOPES = {"forskning": "research", "allt": "all"}
ANSWERS = {"kvar": False, "bort": True}
# Sealed, so that nothing in the page names the person; also what its seal is bound to.
PERSON_FIELD = "vem"


@blueprint.get("/mina-uppgifter")
@needs_session
def my_data() -> ResponseReturnValue:
    me = participant()
    language.narrow(me.consent_languages)
    material, standing = service().material, me.standing()
    said = consents.all_choices(work().answers, me.subject)
    role, municipality = me.entrant.role, me.entrant.municipality
    course = me.course
    return render_template(
        "participant/my_data.html",
        me=me,
        role=language.written(material.role(role).label) if role else None,
        municipality=material.municipality(municipality).name if municipality else None,
        choices=[row for row in said if row["choice"] != QUOTATION],
        quotations=[one for one in consents.quotations_among(said) if one.answer],
        consent=me.consent_text,
        standing=standing,
        done=sum(standing.progress.is_over(module.number, len(module.steps)) for module in course.modules),
        modules=len(course.modules),
        answers=saving.count_answers(work().answers, me.subject),
        saved=request.args.get("sparat") == "1",
    )


@blueprint.get("/mina-uppgifter/val/<int:number>")
@needs_session
def answered_text(number: int) -> ResponseReturnValue:
    """What was chosen that time and the very text, in the language it was read in (B2)."""
    return render_template("participant/answered_text.html", number=number, agreed=_agreed(number))


@blueprint.get("/mina-uppgifter/val/<int:number>.txt")
@needs_session
def answered_text_file(number: int) -> ResponseReturnValue:
    """The bytes that the hash is of."""
    agreed = _agreed(number)
    if agreed.text is None:
        abort(404)
    return Response(
        agreed.text.encode(), mimetype="text/plain",
        headers={"Content-Disposition": f'attachment; filename="mina-val-{number}.txt"'},
    )  # fmt: skip


@blueprint.post("/mina-uppgifter/val/<int:number>/citat")
@needs_session
def take_back_quotation(number: int) -> ResponseReturnValue:
    """From now on the comment may not be quoted. Safe to repeat."""
    me, answers = participant(), work().answers
    found = next((one for one in consents.quotations(answers, me.subject) if one.number == number), None)
    agreed = _agreed(number)
    if found is not None and found.answer and agreed.text is not None:
        given = consents.record_quotation(
            answers, me.subject, False, wave=found.wave, channel="web", on=today(),
            text=ConsentText(found.item, agreed.version, agreed.language, agreed.text),
        )  # fmt: skip
        if given is not None:
            note_consent(given)
    return redirect(url_for("participant.my_data", sparat=1), 303)


def _agreed(number: int) -> consents.Agreed:
    return consents.find_agreed(work().answers, participant().subject, number) or abort(404)


@blueprint.get("/mina-uppgifter/avsluta")
@needs_session
def withdraw() -> ResponseReturnValue:
    return _withdrawal_form({}, [])


def _already_carried_out() -> ResponseReturnValue | None:
    """The second of two taps, or a reload: the first ended the session. The form says whose it was, the vault whether
    just this was done; only then is the receipt true."""
    scope, erase = SCOPES.get(request.form.get("vad", "")), ANSWERS.get(request.form.get("svar", ""))
    person_id = _person_of_form()
    if scope != "all" or erase is None or person_id is None:
        return None
    left = entry.find_left(work().identity, person_id)
    is_done = left is None if erase else left == "all"
    return _receipt(scope, erase=erase) if is_done else None


@blueprint.post("/mina-uppgifter/avsluta")
@needs_session_or(_already_carried_out)
def submit_withdrawal() -> ResponseReturnValue:
    """No reason asked. Carried out now, in both vaults; the receipt is the reply (B4)."""
    me = participant()
    given = {"vad": request.form.get("vad", ""), "svar": request.form.get("svar", "")}
    errors = [name for name, known in (("vad", SCOPES), ("svar", ANSWERS)) if given[name] not in known]
    if errors:
        return _withdrawal_form(given, errors), 400
    scope, erase = SCOPES[given["vad"]], ANSWERS[given["svar"]]
    bridge.withdraw(work(), service().keys, trail(), me.entrant, scope=scope, erase=erase, at=now())
    return _receipt(scope, erase=erase)


def _withdrawal_form(given: dict[str, str], errors: list[str]) -> str:
    sealed = seal(service().keys.get("sealing"), participant().entrant.person_id, PERSON_FIELD).hex()
    return render_template("participant/withdraw.html", given=given, errors=errors, person=sealed)


def _person_of_form() -> str | None:
    from cryptography.exceptions import InvalidTag

    try:
        sealed = bytes.fromhex(request.form.get(PERSON_FIELD, ""))
        return unseal(service().keys.get("sealing"), sealed, PERSON_FIELD)
    except (ValueError, InvalidTag):
        return None


def _receipt(scope: str, *, erase: bool) -> ResponseReturnValue:
    if scope == "research":
        return render_template("participant/withdrawn.html", scope=scope, erase=erase)
    # From now on this telephone is nobody's here: the script removes what it kept, beside what the header removes.
    g.device = "shared"
    reply = make_response(render_template("participant/withdrawn.html", scope=scope, erase=erase))
    reply.headers["Clear-Site-Data"] = CLEAR_STORAGE
    forget(reply)
    return reply


@blueprint.get("/paus")
@needs_session
def pause() -> ResponseReturnValue:
    return render_template("participant/pause.html")

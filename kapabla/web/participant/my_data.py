"""Mina uppgifter (P17), leaving (P18) and the pause page (P20). What is asked for here happens in the request."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla import bridge
from kapabla.answers import consents
from kapabla.answers.consents import QUOTATION, ConsentText
from kapabla.answers.held import Held, held_of
from kapabla.answers.standing import Standing
from kapabla.clock import local_date
from kapabla.identity import entry
from kapabla.keys import seal, unseal
from kapabla.web import language
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.session import (
    CLEAR_STORAGE,
    Participant,
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
    standing = me.standing()
    said = consents.all_choices(work().answers, me.subject)
    held, course = held_of(work().answers, me.subject), me.course
    return render_template(
        "participant/my_data.html",
        me=me,
        places=_places(me.entrant.role, me.entrant.municipality),
        said_places=_said_places(me, held),
        choice_sets=_choice_sets(said),
        stopped_on=_left_research_on(me, standing),
        quotations=[one for one in consents.quotations_among(said) if one.answer],
        consent=me.consent_text,
        standing=standing,
        done=sum(standing.progress.is_over(module.number, len(module.steps)) for module in course.modules),
        modules=len(course.modules),
        answers=held.answers,
        saved=request.args.get("sparat") == "1",
    )


def _places(role: str | None, municipality: str | None) -> tuple[str | None, str | None]:
    """Trade and municipality in words; None for what is not kept, or is neither of ours."""
    material = service().material
    label = next((known.label for known in material.roles if known.code == role), None)
    name = next((known.name for known in material.municipalities if known.code == municipality), None)
    return language.written(label) if label else None, name


def _said_places(me: Participant, held: Held) -> tuple[str | None, str | None]:
    """What she has said otherwise than the list, which lies among the answers (docs/decisions/0051)."""
    differs = held.role != me.entrant.role, held.municipality != me.entrant.municipality
    role, municipality = _places(held.role, held.municipality)
    return role if differs[0] else None, municipality if differs[1] else None


def _choice_sets(said: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The choices of each time, the latest first: that is the one that holds."""
    rows = [row for row in said if row["choice"] != QUOTATION]
    numbers = sorted({row["number"] for row in rows}, reverse=True)
    return [[row for row in rows if row["number"] == number] for number in numbers]


def _left_research_on(me: Participant, standing: Standing) -> date | None:
    """The day stands in the log, since the person's row holds none; None also where the choices themselves say no."""
    if me.entrant.left != "research" or not standing.choices.get(consents.RESEARCH):
        return None
    rows = service().identity_chain.about(
        work().identity, f"person:{me.entrant.person_id}", actions=("withdrawal",)
    )  # fmt: skip
    return local_date(datetime.fromisoformat(rows[0]["at"])) if rows else None


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
    me = participant()
    sealed = seal(service().keys.get("sealing"), me.entrant.person_id, PERSON_FIELD).hex()
    return render_template(
        "participant/withdraw.html", given=given, errors=errors, person=sealed,
        has_left_research=me.entrant.left == "research",
    )  # fmt: skip


def _person_of_form() -> str | None:
    from cryptography.exceptions import InvalidTag

    try:
        sealed = bytes.fromhex(request.form.get(PERSON_FIELD, ""))
        return unseal(service().keys.get("sealing"), sealed, PERSON_FIELD)
    except (ValueError, InvalidTag):
        return None


def _receipt(scope: str, *, erase: bool) -> ResponseReturnValue:
    if scope == "research":
        language.lead_to("/mina-uppgifter")
        return render_template("participant/withdrawn.html", scope=scope, erase=erase)
    language.send_again()
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

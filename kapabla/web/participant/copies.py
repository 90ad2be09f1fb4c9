"""A copy of what is kept about me (P17, B5): without the answers at once, with them by way of the county."""

import json
from typing import Any

from flask import Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kapabla import bridge
from kapabla.answers import sealed_copy
from kapabla.identity import copy_code, entry
from kapabla.identity.entry import Entrant
from kapabla.identity.own_copy import deeds_of_staff
from kapabla.identity.sending import SENT_TO
from kapabla.office.access import ROLE_LABELS
from kapabla.web import kiosk, language
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.session import needs_session, participant, today
from kapabla.web.unit_of_work import keep_on_error, now, service, work


@blueprint.get("/mina-uppgifter/vem-har-tittat")
@needs_session
def who_looked() -> ResponseReturnValue:
    me = participant()
    deeds = deeds_of_staff(work().identity, service().identity_chain, me.entrant.person_id, ROLE_LABELS)
    language.narrow(("sv",))
    return render_template("participant/who_looked.html", deeds=deeds)


@blueprint.get("/mina-uppgifter/kopia")
@needs_session
def copy() -> ResponseReturnValue:
    return _form(sent=request.args.get("skickad") == "1")


@blueprint.post("/mina-uppgifter/kopia/kod")
@needs_session
def send_copy_code() -> ResponseReturnValue:
    me = participant()
    if me.entrant.channel not in SENT_TO:
        abort(404)
    if not _may_try(me.entrant):
        return _form(error="too_many"), 429
    _count(me.entrant)
    digits = copy_code.digits_for(service().keys, me.entrant.secret, me.token)
    copy_code.order_digits(work().identity, service().keys, me.entrant.person_id, digits, at=now())
    return redirect(url_for("participant.copy", skickad=1), 303)


@blueprint.post("/mina-uppgifter/kopia")
@needs_session
def submit_copy() -> ResponseReturnValue:
    """Made in the request, and kept nowhere."""
    me, typed = participant(), request.form.get("kod", "").strip()[:40]
    if me.entrant.channel == "none":
        abort(404)
    if not typed:
        return _form(error="empty"), 400
    if not _may_try(me.entrant):
        return _form(error="too_many"), 429
    if not copy_code.is_shown_by(work().identity, service().keys, me.entrant, me.token, typed):
        _count(me.entrant)
        keep_on_error()
        return _form(error="wrong"), 400
    mine = bridge.own_copy(
        work(), service().keys, service().identity_chain, service().material, me.entrant, roles=ROLE_LABELS,
        with_answers=False,
    )  # fmt: skip
    return _given(mine)


@blueprint.get("/mina-uppgifter/kopia/svar")
@needs_session
def copy_with_answers() -> ResponseReturnValue:
    if not sealed_copy.waits(work().answers, participant().subject, on=today()):
        return render_template("participant/copy_gone.html"), 410
    return render_template("participant/copy_with_answers.html", error=None)


@blueprint.post("/mina-uppgifter/kopia/svar")
@needs_session
def submit_copy_with_answers() -> ResponseReturnValue:
    """Opened with the code that the county has said, for the week that the copy stands."""
    me = participant()
    return open_sealed_copy(me.subject, me.entrant, "participant/copy_with_answers.html")


def open_sealed_copy(subject: str, person: Entrant, template: str, **context: Any) -> ResponseReturnValue:
    """Also for who has left everything: they have the link and no session. `template` shows the form once more."""
    if not sealed_copy.waits(work().answers, subject, on=today()):
        return render_template("participant/copy_gone.html"), 410
    code = "".join(character for character in request.form.get("kod", "") if character.isdigit())[:20]
    if not code:
        return render_template(template, error="empty", **context), 400
    if not _may_try(person):
        return render_template(template, error="too_many", **context), 429
    text = sealed_copy.open_copy(work().answers, subject, code=code, secret=person.secret)
    if text is None:
        _count(person)
        keep_on_error()
        return render_template(template, error="wrong", **context), 400
    return _given(json.loads(text))


def _form(*, error: str | None = None, sent: bool = False) -> str:
    me = participant()
    return render_template(
        "participant/copy.html", channel=me.entrant.channel, is_protected=me.entrant.is_protected, error=error,
        sent=sent,
        waits=sealed_copy.waits(work().answers, me.subject, on=today()),
    )  # fmt: skip


def _given(mine: dict[str, Any]) -> ResponseReturnValue:
    """As a page, or as a file by the other button: never on a shared computer, where files stay for the next person."""
    if request.form.get("som") == "fil" and not kiosk.is_kiosk():
        return Response(
            json.dumps(mine, ensure_ascii=False, indent=1) + "\n", mimetype="application/json",
            headers={"Content-Disposition": 'attachment; filename="mina-uppgifter.json"'},
        )  # fmt: skip
    language.narrow(("sv",))
    return render_template("participant/copy_shown.html", mine=mine)


# Wrong digits and codes that were sent are counted with the typed codes of P1, by the person instead of the address.
def _may_try(person: Entrant) -> bool:
    return entry.may_try(work().identity, service().keys.get("session"), f"copy {person.person_id}", at=now())


def _count(person: Entrant) -> None:
    entry.count_wrong_code(work().identity, service().keys.get("session"), f"copy {person.person_id}", at=now())

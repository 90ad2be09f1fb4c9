"""The two links of a text message (A6, `texts-sv.md` 4.4), with one short token: in, and no to more.

Wrong ones are counted like typed codes (docs/decisions/0076). Like every link they look nothing up before the button is
pressed (A3).
"""

from urllib.parse import urlsplit

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from kapabla.identity import opting_out
from kapabla.identity.enrolling import access_of
from kapabla.web import csrf, language
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.code_look_up import look_up_short_link
from kapabla.web.participant.entry import code_page, course_minutes, enter, tell_left
from kapabla.web.unit_of_work import now, service, work


@blueprint.get("/s/<token>")
def short_link(token: str) -> ResponseReturnValue:
    return _moved() or render_template(
        "participant/welcome.html", inline_css=True, action=f"/s/{token}", minutes=course_minutes()
    )


@blueprint.post("/s/<token>")
def submit_short_link(token: str) -> ResponseReturnValue:
    csrf.check_same_origin()
    found, error = look_up_short_link(token)
    if error == "too_many":
        return code_page(error=error), 429
    if found is None:
        return code_page(error="link_unknown"), 400
    if found.left == "all":
        return tell_left(found, access_of(work().identity, service().keys, [found.person_id])[found.person_id].token)
    return enter(found)


@blueprint.get("/n/<token>")
def no_more_sms(token: str) -> ResponseReturnValue:
    return _moved() or render_template("participant/no_more.html", action=f"/n/{token}", state="asked")


@blueprint.post("/n/<token>")
def submit_no_more_sms(token: str) -> ResponseReturnValue:
    """No mail client posts here by itself, so the form must be ours. Whoever has left is told the same."""
    csrf.check_same_origin()
    language.send_again()
    found, error = look_up_short_link(token)
    if found is None:
        status = 429 if error == "too_many" else 400
        return render_template("participant/no_more.html", state="too_many" if status == 429 else "unknown"), status
    opting_out.say_no(work().identity, service().identity_chain, found.person_id, at=now())
    return render_template("participant/no_more.html", state="done")


def _moved() -> ResponseReturnValue | None:
    """From the short address to our own, on which the journey, its cookies and what a telephone keeps live."""
    sms, own = service().config.sms, service().config.base_url
    is_short = sms is not None and request.host == urlsplit(sms.link_url).netloc != urlsplit(own).netloc
    return redirect(f"{own}{request.path}", 302) if is_short else None

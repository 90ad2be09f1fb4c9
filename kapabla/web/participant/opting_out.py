"""No to more messages, by the link in each of them (`texts-sv.md` 4.6).

A scanner that fetches the address gets a page with one button and changes nothing. A mail client posts to it by itself
(RFC 8058): it has no session, no token and no origin of ours, so the sealed address alone is the proof.
"""

from flask import render_template
from flask.typing import ResponseReturnValue

from kapabla.identity import opting_out
from kapabla.web import language
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.unit_of_work import now, service, work


@blueprint.get("/avanmal/<token>")
def no_more(token: str) -> ResponseReturnValue:
    """Looks nothing up: every address is answered alike."""
    return render_template("participant/no_more.html", action=f"/avanmal/{token}", state="asked")


@blueprint.post("/avanmal/<token>")
def submit_no_more(token: str) -> ResponseReturnValue:
    """Whoever has said no already, or is erased, is told the same."""
    language.send_again()
    person_id = opting_out.person_of(service().keys, token)
    if person_id is None:
        return render_template("participant/no_more.html", state="unknown"), 400
    opting_out.say_no(work().identity, service().identity_chain, person_id, at=now())
    return render_template("participant/no_more.html", state="done")

"""No to more messages, by the link in each of them (`texts-sv.md` 4.6).

A scanner that fetches the address gets a page with one button and changes nothing. A mail client posts to it by itself
(RFC 8058): it has no session, no token and no origin of ours, so the sealed address alone is the proof.
"""

from flask import render_template
from flask.typing import ResponseReturnValue

from kapabla.audit import Event
from kapabla.identity import entry, opting_out
from kapabla.web import language
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.unit_of_work import now, service, work


@blueprint.get("/avanmal/<token>")
def no_more(token: str) -> ResponseReturnValue:
    """Looks nothing up: every address is answered alike."""
    return render_template("participant/no_more.html", token=token, state="asked")


@blueprint.post("/avanmal/<token>")
def submit_no_more(token: str) -> ResponseReturnValue:
    """Whoever has said no already, or is erased, is told the same."""
    language.send_again()
    person_id = opting_out.person_of(service().keys, token)
    if person_id is None:
        return render_template("participant/no_more.html", token=token, state="unknown"), 400
    found = entry.find_by_person(work().identity, person_id)
    if found is not None and found.channel != "none":
        entry.set_channel(work().identity, person_id, "none")
        event = Event("participant", "participant", "contact_change", f"person:{person_id}")
        service().identity_chain.append(work().identity, event, at=now(), date_only=True)
    return render_template("participant/no_more.html", token=token, state="done")

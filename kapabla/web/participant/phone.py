"""What a page tells somebody's own telephone, and the page that it shows where there is no coverage (P22).

Nothing here is for a telephone that others can open: there the pages carry no kit, and the script keeps nothing.
"""

from typing import Any

from flask import g, render_template
from flask.typing import ResponseReturnValue

from kapabla.answers import journey
from kapabla.identity.device_token import make_token, owner_word
from kapabla.unsealing import PURPOSE, public_part
from kapabla.web import language
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.packages import build_digest, course_address, questions_address
from kapabla.web.participant.session import Participant, today
from kapabla.web.unit_of_work import service

# Pages for everybody that an own telephone keeps beside style, script and icon.
_PAGES = ("/utan-tackning", "/stod", "/tips-om-telefonen")


def kit_for(me: Participant, wave: str | None) -> dict[str, Any] | None:
    """For the worker: what to fetch, what to seal with, and what to send with. None on any telephone but one's own."""
    if me.live.device != "own":
        return None
    keys = service().keys
    key_id = keys.latest(PURPOSE)
    return {
        "key": public_part(keys.get(PURPOSE, key_id)),
        "keyId": key_id,
        "owner": owner_word(keys, me.entrant),
        "token": make_token(keys, me.entrant),
        # Another language is fetched anew, like another build.
        "build": f"{build_digest()}.{language.chosen()}",
        "pages": list(_PAGES),
        "course": course_address(me) if journey.course_is_open(me.study, me.last_standing, today()) else None,
        "questions": questions_address(me, wave) if wave else None,
    }


@blueprint.get("/utan-tackning")
def no_coverage() -> ResponseReturnValue:
    """For everybody the same: a telephone keeps it, and with it the sentences about what waits to be sent."""
    g.is_kept = True
    return render_template("participant/no_coverage.html")

"""The switch "Delad dator" (A12): with a meeting's code a computer is made one that several people use."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from kapabla.web import csrf, kiosk
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.participant.meetings import STATUS, look_up
from kapabla.web.participant.session import forget
from kapabla.web.unit_of_work import now


@blueprint.get("/delad-dator")
def shared_computer() -> ResponseReturnValue:
    return _page(is_on=kiosk.is_kiosk())


@blueprint.post("/delad-dator")
def submit_shared_computer() -> ResponseReturnValue:
    """Nobody signs in as staff on a computer that everybody will use: the code on the screen is enough for this."""
    csrf.check_same_origin()
    typed = request.form.get("mote", "")[:60]
    found, error = look_up(typed)
    if found is None:
        return _page(error=error, typed=typed), STATUS.get(error, 400)
    reply = make_response(_page(is_on=True))
    kiosk.turn_on(reply, at=now())
    forget(reply)
    return reply


def _page(*, is_on: bool = False, error: str | None = None, typed: str = "") -> str:
    return render_template("participant/shared_computer.html", is_on=is_on, error=error, typed=typed)

"""A computer that several people use at a meeting ("Delad dator", A12): its browser says so until the day is over.

The mark is on the computer and not on a person: every session that begins there is a short one, and every page forgets.
"""

from datetime import datetime, timedelta

from flask import request
from werkzeug.wrappers import Response

from kapabla.clock import LOCAL
from kapabla.web.unit_of_work import service

COOKIE = "delad"


def is_kiosk() -> bool:
    return request.cookies.get(COOKIE) == "1"


def turn_on(reply: Response, *, at: datetime) -> None:
    """Until midnight: a borrowed computer is an ordinary one again the next morning, and nobody has to remember it."""
    here = at.astimezone(LOCAL)
    midnight = (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    seconds = int((midnight.astimezone(at.tzinfo) - at).total_seconds())
    secure = service().config.secure_cookies
    reply.set_cookie(COOKIE, "1", max_age=seconds, httponly=True, samesite="Lax", secure=secure, path="/")

"""CSRF as a keyed hash of the session id, so that a GET needs no cookie of its own.

A form behind a sign-in also carries a mark of the person, bound to the first: in an older tab it is still that person's
form when the session is a newer one of theirs (docs/decisions/0045, 0073).
"""

import base64
import hmac
from urllib.parse import urlsplit

from flask import abort, g, request
from werkzeug.exceptions import BadRequest

from kapabla.keys import keyed_hash
from kapabla.web.unit_of_work import service

FIELD = "csrf"


class OfAnotherVisit(BadRequest):
    """The form was made for somebody else, or before who is here came in."""


def token_for(session_id: str) -> str:
    mac = keyed_hash(service().keys.get("session"), b"csrf", session_id.encode())
    return base64.urlsafe_b64encode(mac[:18]).decode()


def csrf_token() -> str:
    """For templates: the token of the session behind this request, or empty where there is none."""
    session_id, person_id = g.get("csrf_session_id"), g.get("csrf_person_id")
    token = token_for(session_id) if session_id else ""
    return f"{token}.{_mark_of(person_id, token)}" if token and person_id else token


def check(session_id: str) -> None:
    if not is_of_session(session_id):
        abort(400)


def check_of_person(session_id: str, person_id: str) -> None:
    """Of this session, or of another one of the same person when the browser says that the form is ours."""
    if not is_of(session_id, person_id):
        raise OfAnotherVisit()


def is_of(session_id: str, person_id: str) -> bool:
    return is_of_session(session_id) or (_is_of_person(person_id) and _comes_from_here())


def is_of_session(session_id: str) -> bool:
    return hmac.compare_digest(_given()[0].encode(), token_for(session_id).encode())


def is_marked() -> bool:
    """Says that it was made for somebody. Whether that is true is told when it is known who sends it."""
    return bool(_given()[1])


def _is_of_person(person_id: str) -> bool:
    token, mark = _given()
    return hmac.compare_digest(mark.encode(), _mark_of(person_id, token).encode())


def _given() -> tuple[str, str]:
    token, _, mark = request.form.get(FIELD, "").partition(".")
    return token, mark


def _mark_of(person_id: str, token: str) -> str:
    """Another in each session: it tells no reader of two pages that they were shown to the same person."""
    mac = keyed_hash(service().keys.get("session"), b"csrf person", token.encode(), person_id.encode())
    return base64.urlsafe_b64encode(mac[:12]).decode()


def check_same_origin() -> None:
    """For the listed POSTs whose GET sets no cookie: the browser itself says where the form came from."""
    if not _comes_from_here():
        abort(400)


def _comes_from_here() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    own = urlsplit(service().config.base_url)
    return request.headers.get("Origin") in (f"{own.scheme}://{own.netloc}", request.host_url.rstrip("/"))

"""CSRF as a keyed hash of the session id, so that a GET needs no cookie of its own."""

import base64
import hmac
from urllib.parse import urlsplit

from flask import abort, g, request

from kapabla.keys import keyed_hash
from kapabla.web.unit_of_work import service

FIELD = "csrf"


def token_for(session_id: str) -> str:
    mac = keyed_hash(service().keys.get("session"), b"csrf", session_id.encode())
    return base64.urlsafe_b64encode(mac[:18]).decode()


def csrf_token() -> str:
    """For templates: the token of the session behind this request, or empty where there is none."""
    session_id = g.get("csrf_session_id")
    return token_for(session_id) if session_id else ""


def check(session_id: str) -> None:
    given = request.form.get(FIELD, "")
    if not hmac.compare_digest(given.encode(), token_for(session_id).encode()):
        abort(400)


def check_same_origin() -> None:
    """For the listed POSTs whose GET sets no cookie: the browser itself says where the form came from."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            abort(400)
        return
    origin = request.headers.get("Origin")
    own = urlsplit(service().config.base_url)
    if origin not in (f"{own.scheme}://{own.netloc}", request.host_url.rstrip("/")):
        abort(400)

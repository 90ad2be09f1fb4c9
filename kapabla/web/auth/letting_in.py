"""The last step of every way to sign in: a new session, a row in the log, word to the holder if the browser is new."""

import secrets
from functools import wraps
from typing import cast

from flask import abort, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from kapabla.audit import Event
from kapabla.clock import epoch, local_date
from kapabla.office import devices, staff_sessions
from kapabla.office.records import TELL_NEW_DEVICE, outbox
from kapabla.office.staff import Staff
from kapabla.web import csrf
from kapabla.web.auth.guard import COOKIE, OURS, View
from kapabla.web.navigation import home
from kapabla.web.unit_of_work import now, service, work

SIGN_IN_COOKIE = "li"
DEVICE_COOKIE = "enhet"


def let_in(member: Staff, *, method: str, target: str | None) -> Response:
    """The cookie is another one than before, so that what somebody planted in the browser opens nothing."""
    office, device = work().office, family()
    staff_sessions.end_session(office, request.cookies.get(COOKIE, ""))
    trail = Event(member.id, member.role, "sign_in", f"staff:{member.id}", reason=method)
    service().office_chain.append(office, trail, at=now())
    reply = redirect(target or home(member.role), 303)
    set_session(
        reply, staff_sessions.start_session(office, member, stage="full", at=now(), method=method, device=device)
    )
    reply.delete_cookie(SIGN_IN_COOKIE, path="/logga-in")
    _remember_device(reply, member, device)
    return reply


def _remember_device(reply: Response, member: Staff, device: str) -> None:
    token = request.cookies.get(DEVICE_COOKIE) or devices.new_device_token()
    if devices.remember(work().office, member, token, on=local_date(now())):
        told = {"staff": member.id, "device": device, "at": epoch(now())}
        key = f"{TELL_NEW_DEVICE}:{secrets.token_hex(8)}"
        outbox.put(work().office, TELL_NEW_DEVICE, told, key=key, at=now())
    reply.set_cookie(
        DEVICE_COOKIE, token, max_age=devices.KNOWN_DAYS * 24 * 3600, httponly=True, samesite="Lax",
        secure=service().config.secure_cookies, path="/logga-in",
    )  # fmt: skip


def family() -> str:
    return devices.family_of(request.headers.get("User-Agent", ""))


def set_session(reply: Response, token: str) -> None:
    secure = service().config.secure_cookies
    reply.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=secure, path="/")


def sign_in_token() -> str:
    """What the forms before the sign-in are bound to: a cookie of its own, made at the first of them."""
    return request.cookies.get(SIGN_IN_COOKIE) or secrets.token_urlsafe(18)


def with_sign_in_cookie(page: str, token: str) -> Response:
    reply = make_response(page)
    secure = service().config.secure_cookies
    reply.set_cookie(SIGN_IN_COOKIE, token, httponly=True, samesite="Lax", secure=secure, path="/logga-in")
    return reply


def checked_sign_in_token() -> str:
    """Nobody is signed in as somebody else by a form that they did not open."""
    binding = request.cookies.get(SIGN_IN_COOKIE)
    if not binding:
        abort(400)
    csrf.check(binding)
    return binding


def local_account(view: View) -> View:
    """A page of our own accounts: it is not there where the organisation's sign-in is the only one."""

    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
        if not service().config.has_local_accounts:
            abort(404)
        return view(*args, **kwargs)

    return cast(View, guarded)


def asked_for() -> str | None:
    """Back to the page that was asked for, and only to one of ours."""
    wanted = request.values.get("till", "")
    return wanted if OURS.fullmatch(wanted) else None


def to_start() -> Response:
    return redirect(url_for("auth.start", till=asked_for()), 303)

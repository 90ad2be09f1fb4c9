"""Sign-in of all staff at `/logga-in`, and the guard that every staff page stands behind."""

import re
import secrets
from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

import pyotp
import segno
from flask import Blueprint, Flask, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as WerkzeugResponse

from kapabla.audit import Event
from kapabla.clock import epoch
from kapabla.office import sign_in
from kapabla.office.access import check_can
from kapabla.office.staff import Staff
from kapabla.web import csrf
from kapabla.web.navigation import home
from kapabla.web.unit_of_work import keep_on_error, now, service, work

COOKIE = "s"
SIGN_IN_COOKIE = "li"
# A page behind the sign-in: never two slashes, which are another host, nor what a browser or a header takes for more.
_OURS = re.compile(r"/(admin|forskning|granskning)(/[A-Za-z0-9._-]+)*")
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

blueprint = Blueprint("auth", __name__)


def signed_in() -> sign_in.SignedIn | None:
    """The member of staff behind this request, or None. Read once a request."""
    if "signed_in" not in g:
        token = request.cookies.get(COOKIE)
        g.signed_in = sign_in.find_session(work().office, token, at=now()) if token else None
    return cast("sign_in.SignedIn | None", g.signed_in)


def staff() -> Staff:
    """Only in views that `needs` guards."""
    found = signed_in()
    assert found is not None
    return found.staff


def event(action: str, object_: str, *, outcome: str = "done", reason: str = "") -> Event:
    """An audit event of the member of staff who asks."""
    me = staff()
    return Event(actor=me.id, role=me.role, action=action, object=object_, outcome=outcome, reason=reason)


def needs(right: str) -> Callable[[View], View]:
    """Guard a staff page: signed in with both factors, the role has the right, and a POST carries its token."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            found = signed_in()
            if found is None or not found.is_full:
                return to_sign_in()
            token = request.cookies[COOKIE]
            g.csrf_session_id = token
            if request.method == "POST":
                csrf.check(token)
            check_can(found.staff.role, right)
            _note_seen(found, token)
            return view(*args, **kwargs)

        guarded.required_right = right  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def to_sign_in() -> WerkzeugResponse:
    target = request.path if request.method == "GET" and _OURS.fullmatch(request.path) else None
    return redirect(url_for("auth.start", till=target), 303)


def _note_seen(found: sign_in.SignedIn, token: str) -> None:
    """At most every five minutes, in a commit of its own, so that reading a page does not write."""
    if found.session.last_seen + sign_in.SEEN_EVERY_SECONDS > epoch(now()):
        return
    if request.method == "POST":
        # This request holds the write lock already: a second writer would wait for it in vain.
        sign_in.touch_session(work().office, token, at=now())
        return
    with service().vaults.unit() as unit:
        sign_in.touch_session(unit.office, token, at=now())


@blueprint.get("/logga-in")
def start() -> ResponseReturnValue:
    found = signed_in()
    if found and found.is_full:
        return redirect(home(found.staff.role), 303)
    if found:
        return _code_page(request.cookies[COOKIE])
    return _password_page()


@blueprint.post("/logga-in")
def submit_password() -> ResponseReturnValue:
    _check_sign_in_token()
    email, password = request.form.get("email", ""), request.form.get("losenord", "")
    whos = [f"account:{email.strip().lower()}", f"address:{request.remote_addr}"]
    office, key = work().office, service().keys.get("session")
    try:
        sign_in.check_attempts(office, key, whos, at=now())
        member = sign_in.check_password(office, email=email, password=password, at=now())
    except sign_in.TooManyAttempts:
        return _password_page(error="too_many_attempts", email=email), 429
    except sign_in.SignInRefused:
        _count_failure(whos, "password")
        return _password_page(error="sign_in_refused", email=email), 400
    reply = redirect(url_for("auth.start", till=_target()), 303)
    _set_session(reply, sign_in.start_session(office, member, stage="password", at=now()))
    reply.delete_cookie(SIGN_IN_COOKIE, path="/logga-in")
    return reply


@blueprint.post("/logga-in/kod")
def submit_code() -> ResponseReturnValue:
    found, token = signed_in(), request.cookies.get(COOKIE, "")
    if found is None:
        return redirect(url_for("auth.start"), 303)
    csrf.check(token)
    member, office = found.staff, work().office
    whos = [f"account:{member.email}"]
    try:
        sign_in.check_attempts(office, service().keys.get("session"), whos, at=now())
        sealing = service().keys.get("sealing")
        sign_in.check_code(office, member, request.form.get("kod", ""), sealing_key=sealing, at=now())
    except sign_in.TooManyAttempts:
        return _code_page(token, error="too_many_attempts"), 429
    except sign_in.SignInRefused:
        _count_failure(whos, "code")
        return _code_page(token, error="code_refused"), 400
    sign_in.end_session(office, token)
    trail = Event(member.id, member.role, "sign_in", f"staff:{member.id}")
    service().office_chain.append(office, trail, at=now())
    reply = redirect(_target() or home(member.role), 303)
    _set_session(reply, sign_in.start_session(office, member, stage="full", at=now()))
    return reply


@blueprint.post("/logga-ut")
def sign_out() -> ResponseReturnValue:
    token = request.cookies.get(COOKIE, "")
    if signed_in():
        csrf.check(token)
        sign_in.end_session(work().office, token)
    reply = redirect(url_for("auth.start"), 303)
    reply.delete_cookie(COOKIE)
    return reply


@blueprint.get("/logga-in/konto/<token>")
def sign_up(token: str) -> ResponseReturnValue:
    member = _find_sign_up(token)
    if member is None:
        return render_template("auth/sign_up_closed.html"), 410
    return _sign_up_page(token, member, _totp_secret(token))


@blueprint.post("/logga-in/konto/<token>")
def submit_sign_up(token: str) -> ResponseReturnValue:
    _check_sign_in_token()
    member = _find_sign_up(token)
    if member is None:
        return render_template("auth/sign_up_closed.html"), 410
    secret, sealing = _totp_secret(token), service().keys.get("sealing")
    password = request.form.get("losenord", "")
    if password != request.form.get("losenord2", ""):
        return _sign_up_page(token, member, secret, error="passwords_differ"), 400
    try:
        codes = sign_in.complete_sign_up(
            work().office, member, password=password, totp_secret=secret,
            code=request.form.get("kod", ""), sealing_key=sealing, at=now(),
        )  # fmt: skip
    except (sign_in.PasswordTooWeak, sign_in.SignInRefused) as error:
        return _sign_up_page(token, member, secret, error=error.code), 400
    trail = Event(member.id, member.role, "sign_up", f"staff:{member.id}")
    service().office_chain.append(work().office, trail, at=now())
    return render_template("auth/recovery_codes.html", codes=codes)


@blueprint.get("/logga-in/klar")
def done() -> ResponseReturnValue:
    """For roles whose pages are not built yet: it says who is signed in and how to leave."""
    found = signed_in()
    if found is None or not found.is_full:
        return to_sign_in()
    g.csrf_session_id = request.cookies[COOKIE]
    return render_template("auth/done.html")


def _password_page(error: str | None = None, email: str = "") -> WerkzeugResponse:
    token = request.cookies.get(SIGN_IN_COOKIE) or secrets.token_urlsafe(18)
    g.csrf_session_id = token
    page = render_template("auth/password.html", error=error, email=email, target=_target() or "")
    return _with_sign_in_cookie(page, token)


def _code_page(token: str, error: str | None = None) -> str:
    g.csrf_session_id = token
    return render_template("auth/code.html", error=error, target=_target() or "")


def _sign_up_page(token: str, member: Staff, secret: str, error: str | None = None) -> WerkzeugResponse:
    binding = request.cookies.get(SIGN_IN_COOKIE) or secrets.token_urlsafe(18)
    g.csrf_session_id = binding
    uri = pyotp.TOTP(secret).provisioning_uri(name=member.email, issuer_name=service().config.project_name)
    qr = segno.make(uri, micro=False).svg_inline(scale=5, border=4, svgclass=None, lineclass=None, omitsize=False)
    page = render_template(
        "auth/sign_up.html", token=token, member=member, secret=secret, qr=qr, error=error,
        minimum=sign_in.MIN_PASSWORD,
    )  # fmt: skip
    return _with_sign_in_cookie(page, binding)


def _with_sign_in_cookie(page: str, token: str) -> WerkzeugResponse:
    from flask import make_response

    reply = make_response(page)
    secure = service().config.secure_cookies
    reply.set_cookie(SIGN_IN_COOKIE, token, httponly=True, samesite="Lax", secure=secure, path="/logga-in")
    return reply


def _check_sign_in_token() -> None:
    binding = request.cookies.get(SIGN_IN_COOKIE)
    if not binding:
        abort(400)
    csrf.check(binding)


def _set_session(reply: WerkzeugResponse, token: str) -> None:
    secure = service().config.secure_cookies
    reply.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=secure, path="/")


def _count_failure(whos: list[str], stage: str) -> None:
    office = work().office
    sign_in.count_attempt(office, service().keys.get("session"), whos, at=now())
    trail = Event("unknown", "", "sign_in", f"stage:{stage}", outcome="refused")
    service().office_chain.append(office, trail, at=now())
    keep_on_error()


def _find_sign_up(token: str) -> Staff | None:
    try:
        return sign_in.find_sign_up(work().office, token, at=now())
    except sign_in.SignUpClosed:
        return None


def _totp_secret(token: str) -> str:
    """Derived from the link while it is open, so that nothing is stored before the first code is right."""
    import base64

    from kapabla.keys import keyed_hash

    return base64.b32encode(keyed_hash(service().keys.get("session"), b"totp", token.encode())[:20]).decode()


def _target() -> str | None:
    """Back to the page that was asked for, and only to one of ours."""
    wanted = request.values.get("till", "")
    return wanted if _OURS.fullmatch(wanted) else None


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)

"""The pages at `/logga-in`: password, then a one-time code; and the way out."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from kapabla.office import sign_in, staff_sessions
from kapabla.web import csrf
from kapabla.web.auth import attempts
from kapabla.web.auth.blueprint import blueprint
from kapabla.web.auth.guard import COOKIE, needs_sign_in, signed_in, staff
from kapabla.web.auth.letting_in import (
    SIGN_IN_COOKIE,
    asked_for,
    checked_sign_in_token,
    family,
    let_in,
    local_account,
    set_session,
    sign_in_token,
    to_start,
    with_sign_in_cookie,
)
from kapabla.web.navigation import home
from kapabla.web.unit_of_work import now, service, work


@blueprint.get("/logga-in")
def start() -> ResponseReturnValue:
    found = signed_in()
    if found and found.is_full:
        return redirect(asked_for() or home(found.staff.role), 303)
    if found:
        return _code_page(request.cookies[COOKIE])
    return password_page()


@blueprint.post("/logga-in")
@local_account
def submit_password() -> ResponseReturnValue:
    checked_sign_in_token()
    email, password = request.form.get("email", ""), request.form.get("losenord", "")
    whos = [f"account:{email.strip().lower()}", f"address:{request.remote_addr}"]
    office, key = work().office, service().keys.get("session")
    try:
        sign_in.check_attempts(office, key, whos, at=now())
        member = sign_in.check_password(office, email=email, password=password, at=now())
    except sign_in.TooManyAttempts:
        return password_page(error="too_many_attempts", email=email), 429
    except sign_in.SignInRefused:
        attempts.count_failure(whos, "password")
        return password_page(error="sign_in_refused", email=email), 400
    reply = to_start()
    set_session(reply, staff_sessions.start_session(office, member, stage="password", at=now(), device=family()))
    reply.delete_cookie(SIGN_IN_COOKIE, path="/logga-in")
    return reply


@blueprint.post("/logga-in/kod")
@local_account
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
        attempts.count_failure(whos, "code")
        return _code_page(token, error="code_refused"), 400
    return let_in(member, method="password", target=asked_for())


@blueprint.post("/logga-ut")
def sign_out() -> ResponseReturnValue:
    token = request.cookies.get(COOKIE, "")
    if signed_in():
        csrf.check(token)
        staff_sessions.end_session(work().office, token)
    reply = redirect(url_for("auth.start"), 303)
    reply.delete_cookie(COOKIE)
    return reply


@blueprint.get("/logga-in/klar")
@needs_sign_in()
def done() -> ResponseReturnValue:
    """For who has something waiting in another tab, and for roles that have no pages: it says that they are in."""
    return render_template("auth/done.html", has_pages=home(staff().role) != url_for("auth.done"))


def password_page(error: str | None = None, email: str = "") -> Response:
    token = sign_in_token()
    g.csrf_session_id = token
    config = service().config
    page = render_template(
        "auth/password.html", error=error, email=email, target=asked_for() or "", has_local=config.has_local_accounts,
        organisation_account=config.oidc.name if config.oidc else None,
    )  # fmt: skip
    return with_sign_in_cookie(page, token)


def _code_page(token: str, error: str | None = None) -> str:
    g.csrf_session_id = token
    return render_template("auth/code.html", error=error, target=asked_for() or "")

"""Signing in with the organisation's own account: out to its service, and back with who it is.

The way out is a link, since the policy lets no form lead to another host; the way back is a GET by the standard, and
the one page of ours where a GET begins a session. What ties the two together is a cookie that we have signed.
"""

import hmac
import secrets
from typing import TYPE_CHECKING

import structlog
from flask import abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from kapabla.clock import epoch
from kapabla.config import Oidc
from kapabla.keys import keyed_hash
from kapabla.office import staff_sessions
from kapabla.web.auth import attempts
from kapabla.web.auth.blueprint import blueprint
from kapabla.web.auth.guard import COOKIE as SESSION_COOKIE
from kapabla.web.auth.guard import OURS, signed_in
from kapabla.web.auth.letting_in import asked_for, let_in
from kapabla.web.unit_of_work import now, service, work, writing

if TYPE_CHECKING:
    from kapabla.office.oidc import Client

COOKIE = "org"
ANSWER_SECONDS = 600
SIGN_IN, PROVE = "logga-in", "bevis"
log = structlog.get_logger("kapabla.web")


def settings() -> Oidc:
    found = service().config.oidc
    if found is None:
        abort(404)
    return found


@blueprint.get("/logga-in/organisation")
def leave_for_organisation() -> ResponseReturnValue:
    from kapabla.office import oidc

    state, purpose = secrets.token_urlsafe(32), PROVE if request.args.get(PROVE) else SIGN_IN
    try:
        reply = redirect(_client().address(state, anew=purpose == PROVE), 303)
    except oidc.ProviderAway:
        return _refused("provider_away"), 503
    kept = "|".join((state, purpose, str(epoch(now()) + ANSWER_SECONDS), asked_for() or ""))
    reply.set_cookie(
        COOKIE, f"{kept}|{_signature(kept)}", max_age=ANSWER_SECONDS, httponly=True, samesite="Lax",
        secure=service().config.secure_cookies, path="/logga-in/organisation",
    )  # fmt: skip
    return reply


@blueprint.get("/logga-in/organisation/svar")
def return_from_organisation() -> ResponseReturnValue:
    settings()
    writing()
    kept = _kept()
    if kept is None or not hmac.compare_digest(kept[0].encode(), request.args.get("state", "").encode()):
        return _without_cookie(make_response(_refused("state_unknown"), 400))
    if request.args.get("error"):
        # Mostly somebody who changed her mind. What the provider writes is not ours to show.
        return _without_cookie(make_response(_refused("not_signed_in"), 400))
    state, purpose, target = kept
    return _without_cookie(make_response(_proved(state) if purpose == PROVE else _let_in(state, target)))


def _let_in(state: str, target: str) -> ResponseReturnValue:
    """The account is made and changed where accounts are kept; on another node it is opened as it is."""
    from kapabla.office import oidc, organisation_accounts

    whos = [f"address:{request.remote_addr}"]
    try:
        claims = _client().claims(state, request.args.get("code", ""), at=now())
        said = organisation_accounts.read_claims(claims, settings())
        member = organisation_accounts.account_for(
            work().office, service().office_chain, said, days=settings().account_days, at=now(),
            may_change="admin" in service().config.audiences,
        )  # fmt: skip
    except oidc.ProviderAway as away:
        return _refused(away.code), 503
    except (oidc.TokenRefused, organisation_accounts.NotGiven) as refused:
        log.warning("organisation_sign_in", code=refused.code, reason=refused.context.get("reason", ""))
        attempts.count_failure(whos, "organisation")
        return _refused(refused.code), 403
    return let_in(member, method="organisation", target=target or None)


def _proved(state: str) -> ResponseReturnValue:
    """The person of this very session has shown the organisation anew who she is."""
    from kapabla.office import oidc, organisation_accounts

    found = signed_in()
    if found is None or not found.is_full:
        return redirect(url_for("auth.start"), 303)
    g.csrf_session_id = request.cookies[SESSION_COOKIE]
    try:
        claims = _client().claims(state, request.args.get("code", ""), at=now())
        is_same = organisation_accounts.read_claims(claims, settings()).subject == found.staff.oidc_hash
    except oidc.ProviderAway as away:
        return _refused(away.code), 503
    except (oidc.TokenRefused, organisation_accounts.NotGiven):
        is_same = False
    shown_at = claims.get("auth_time") if is_same else None
    if not isinstance(shown_at, int) or shown_at + staff_sessions.PROVED_SECONDS < epoch(now()):
        attempts.count_failure([f"account:{found.staff.email}"], "proof")
        return _refused("not_shown_anew"), 403
    staff_sessions.note_proof(work().office, found.session, at=now())
    return render_template("auth/proved.html")


def _client() -> "Client":
    """Imported where it is used: a process without the setting needs none of the libraries."""
    from kapabla.office import oidc

    back = f"{service().config.base_url}{url_for('auth.return_from_organisation')}"
    return oidc.Client(settings(), back, service().keys.get("session"))


def _kept() -> tuple[str, str, str] | None:
    """State, purpose and target of what this browser was sent out with, while it is young."""
    kept, _, signature = request.cookies.get(COOKIE, "").rpartition("|")
    if not kept or not hmac.compare_digest(signature.encode(), _signature(kept).encode()):
        return None
    state, purpose, until, target = kept.split("|")
    is_ours = not target or OURS.fullmatch(target)
    return (state, purpose, target) if int(until) >= epoch(now()) and is_ours else None


def _signature(kept: str) -> str:
    return keyed_hash(service().keys.get("session"), b"organisation", kept.encode()).hex()


def _without_cookie(reply: Response) -> Response:
    reply.delete_cookie(COOKIE, path="/logga-in/organisation")
    return reply


def _refused(code: str) -> str:
    return render_template("auth/organisation_refused.html", code=code, name=settings().name)

"""A session may be left open on a desk: before what is done to others or cannot be undone, a page asks who it is.

The page is the reply to the form itself and holds what was typed. With a one-time code or a key the form goes on to
where it was going, so that nothing is lost and nothing is kept on the server.
"""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from kapabla.office import passkeys, sign_in, staff_sessions
from kapabla.office.staff_sessions import SignedIn
from kapabla.web import csrf
from kapabla.web.auth import attempts
from kapabla.web.unit_of_work import keep_so_far, now, service, work

CODE, KEY = "bevis-kod", "bevis-nyckel"


def ask(found: SignedIn, token: str) -> ResponseReturnValue | None:
    """None where it is known, or has just been shown."""
    if found.has_proved(at=now()):
        return None
    if CODE not in request.form and KEY not in request.form:
        return _page(found, token)
    try:
        _check(found, token)
    except sign_in.TooManyAttempts as refused:
        return _page(found, token, error=refused.code), 429
    except sign_in.SignInRefused:
        attempts.count_failure([f"account:{found.staff.email}"], "proof")
        return _page(found, token, error="key_refused" if request.form.get(KEY) else "code_refused"), 400
    staff_sessions.note_proof(work().office, found.session, at=now())
    keep_so_far()
    return None


def _check(found: SignedIn, token: str) -> None:
    office, me = work().office, found.staff
    sign_in.check_attempts(office, service().keys.get("session"), [f"account:{me.email}"], at=now())
    answer = request.form.get(KEY)
    if answer:
        holder = passkeys.check(office, attempts.site(), answer, purpose=passkeys.PROVE, browser=token, at=now())
        if holder.id != me.id:
            raise sign_in.SignInRefused()
        return
    sealing = service().keys.get("sealing")
    sign_in.check_code(office, me, request.form.get(CODE, ""), sealing_key=sealing, at=now())


def _page(found: SignedIn, token: str, *, error: str | None = None) -> str:
    office, me, config, options = work().office, found.staff, service().config, None
    if passkeys.passkeys_of(office, me):
        options = passkeys.ask(office, attempts.site(), purpose=passkeys.PROVE, browser=token, at=now(), staff=me)
    own = {csrf.FIELD, CODE, KEY}
    return render_template(
        "auth/prove.html", error=error, action=request.full_path.removesuffix("?"), options=options,
        has_code=me.totp_sealed is not None and config.has_local_accounts,
        organisation_account=config.oidc.name if config.oidc and me.oidc_hash else None,
        fields=[(name, value) for name, value in request.form.items(multi=True) if name not in own],
    )  # fmt: skip

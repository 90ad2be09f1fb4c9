"""Signing in with a key of the device, at `/logga-in/nyckel`. The only pages of staff that need script, and say so."""

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from kapabla.office import passkeys, sign_in
from kapabla.web.auth import attempts
from kapabla.web.auth.blueprint import blueprint
from kapabla.web.auth.letting_in import asked_for, checked_sign_in_token, let_in, local_account
from kapabla.web.unit_of_work import now, service, work


@blueprint.post("/logga-in/nyckel")
@local_account
def ask_passkey() -> ResponseReturnValue:
    return _page(checked_sign_in_token())


@blueprint.post("/logga-in/nyckel/svar")
@local_account
def submit_passkey() -> ResponseReturnValue:
    binding, whos = checked_sign_in_token(), [f"address:{request.remote_addr}"]
    answer = request.form.get("svar", "")
    try:
        sign_in.check_attempts(work().office, service().keys.get("session"), whos, at=now())
        member = passkeys.check(
            work().office, attempts.site(), answer, purpose=passkeys.SIGN_IN, browser=binding, at=now()
        )
    except sign_in.TooManyAttempts as refused:
        return _page(binding, error=refused.code), 429
    except sign_in.SignInRefused:
        attempts.count_failure(whos, "passkey")
        return _page(binding, error="key_refused"), 400
    return let_in(member, method="passkey", target=asked_for())


def _page(binding: str, *, error: str | None = None) -> str:
    g.csrf_session_id = binding
    options = passkeys.ask(work().office, attempts.site(), purpose=passkeys.SIGN_IN, browser=binding, at=now())
    return render_template("auth/passkey.html", options=options, error=error, target=asked_for() or "")

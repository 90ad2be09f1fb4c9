"""The one-time link of a new account, or of one whose phone is lost: a password and a phone are chosen."""

import base64

import pyotp
import segno
from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from kapabla.audit import Event
from kapabla.keys import keyed_hash
from kapabla.office import sign_in
from kapabla.office.staff import Staff
from kapabla.web.auth.blueprint import blueprint
from kapabla.web.auth.letting_in import checked_sign_in_token, local_account, sign_in_token, with_sign_in_cookie
from kapabla.web.unit_of_work import now, service, work


@blueprint.get("/logga-in/konto/<token>")
@local_account
def sign_up(token: str) -> ResponseReturnValue:
    member = _find(token)
    if member is None:
        return render_template("auth/sign_up_closed.html"), 410
    return _page(token, member, _totp_secret(token))


@blueprint.post("/logga-in/konto/<token>")
@local_account
def submit_sign_up(token: str) -> ResponseReturnValue:
    checked_sign_in_token()
    member = _find(token)
    if member is None:
        return render_template("auth/sign_up_closed.html"), 410
    secret, sealing = _totp_secret(token), service().keys.get("sealing")
    password = request.form.get("losenord", "")
    if password != request.form.get("losenord2", ""):
        return _page(token, member, secret, error="passwords_differ"), 400
    try:
        codes = sign_in.complete_sign_up(
            work().office, member, password=password, totp_secret=secret,
            code=request.form.get("kod", ""), sealing_key=sealing, at=now(),
        )  # fmt: skip
    except (sign_in.PasswordTooWeak, sign_in.SignInRefused) as error:
        return _page(token, member, secret, error=error.code), 400
    trail = Event(member.id, member.role, "sign_up", f"staff:{member.id}")
    service().office_chain.append(work().office, trail, at=now())
    return render_template("auth/recovery_codes.html", codes=codes, is_signed_in=False)


def _find(token: str) -> Staff | None:
    try:
        return sign_in.find_sign_up(work().office, token, at=now())
    except sign_in.SignUpClosed:
        return None


def _page(token: str, member: Staff, secret: str, error: str | None = None) -> Response:
    binding = sign_in_token()
    g.csrf_session_id = binding
    uri = pyotp.TOTP(secret).provisioning_uri(name=member.email, issuer_name=service().config.project_name)
    qr = segno.make(uri, micro=False).svg_inline(scale=5, border=4, svgclass=None, lineclass=None, omitsize=False)
    page = render_template(
        "auth/sign_up.html", token=token, member=member, secret=secret, qr=qr, error=error,
        minimum=sign_in.MIN_PASSWORD,
    )  # fmt: skip
    return with_sign_in_cookie(page, binding)


def _totp_secret(token: str) -> str:
    """Derived from the link while it is open, so that nothing is stored before the first code is right."""
    key = service().keys.get("session")
    return base64.b32encode(keyed_hash(key, b"totp", token.encode())[:20]).decode()

"""A session may be left open on a desk: a decision that is for good takes a new one-time code."""

from flask import request

from kapabla.office import sign_in
from kapabla.web.auth import staff
from kapabla.web.unit_of_work import keep_on_error, now, service, work


def check_code() -> None:
    """The same code and the same count of attempts as at sign-in."""
    office, me, key = work().office, staff(), service().keys.get("session")
    whos = [f"account:{me.email}"]
    sign_in.check_attempts(office, key, whos, at=now())
    try:
        sign_in.check_code(office, me, request.form.get("kod", ""), sealing_key=service().keys.get("sealing"), at=now())
    except sign_in.SignInRefused:
        sign_in.count_attempt(office, key, whos, at=now())
        keep_on_error()
        raise

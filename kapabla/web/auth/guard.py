"""The guard that every staff page stands behind: who asks, whether the role may, and whether it is known who sits
there."""

import re
from collections.abc import Callable
from functools import wraps
from typing import TypeVar, cast

from flask import abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as WerkzeugResponse

from kapabla.audit import Event
from kapabla.clock import epoch
from kapabla.office import settling, staff_sessions
from kapabla.office.access import NotAllowed, check_can
from kapabla.office.staff import Staff
from kapabla.office.staff_sessions import SignedIn
from kapabla.web import csrf
from kapabla.web.auth import keeping, proving
from kapabla.web.unit_of_work import keep_on_error, now, service, work

COOKIE = "s"
# A page behind the sign-in: never two slashes, which are another host, nor what a browser or a header takes for more.
OURS = re.compile(r"/(admin|forskning|granskning|konto)(/[A-Za-z0-9._-]+)*|/logga-in/klar")
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def signed_in() -> SignedIn | None:
    """The member of staff behind this request, or None. Read once a request."""
    if "signed_in" not in g:
        token = request.cookies.get(COOKIE)
        found = staff_sessions.find_session(work().office, token, at=now()) if token else None
        g.signed_in = found if found and _is_way_in(found) else None
    return cast("SignedIn | None", g.signed_in)


def _is_way_in(found: SignedIn) -> bool:
    """Where local accounts have been switched off, what they opened before is closed too."""
    return service().config.has_local_accounts or found.session.method == "organisation"


def live() -> SignedIn:
    """Only in views that a guard stands before."""
    found = signed_in()
    assert found is not None
    return found


def staff() -> Staff:
    return live().staff


def event(action: str, object_: str, *, outcome: str = "done", reason: str = "") -> Event:
    """An audit event of the member of staff who asks."""
    me = staff()
    return Event(actor=me.id, role=me.role, action=action, object=object_, outcome=outcome, reason=reason)


def needs(right: str, *, proof: bool = False) -> Callable[[View], View]:
    """Guard a staff page: signed in with both factors, the role has the right, and a POST carries its token. What is
    sent when nobody is signed in any more is kept in the reply. With `proof` a form also asks who sits there, unless
    that was shown within the last quarter of an hour."""
    return _guard(right, proof)


def needs_sign_in(*, proof: bool = False) -> Callable[[View], View]:
    """The same for what is everybody's own."""
    return _guard(None, proof)


def _guard(right: str | None, proof: bool) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            keeping.take_up()
            found = signed_in()
            if found is None or not found.is_full:
                return keeping.page() if keeping.is_worth_keeping() else to_sign_in()
            token = request.cookies[COOKIE]
            g.csrf_session_id, g.csrf_person_id = token, found.staff.id
            if request.method == "POST" and not csrf.is_of(token, found.staff.id):
                return keeping.page(is_anothers=True) if keeping.is_worth_keeping() else abort(400)
            if right is not None:
                _check_may(right)
            _note_seen(found, token)
            asked = proving.ask(found, token) if proof else None
            return view(*args, **kwargs) if asked is None else asked

        guarded.required_right = right  # type: ignore[attr-defined]
        guarded.asks_for_proof = proof  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def _check_may(right: str) -> None:
    try:
        check_can(staff().role, right)
    except NotAllowed:
        _note_refused(right)
        raise
    settling.check_settled(staff(), right, at=now())


def _note_refused(right: str) -> None:
    """Which page, and never whose: a number in an address is not in the log of the office."""
    refused = event("page_refused", f"page:{request.url_rule}"[:80], outcome="refused", reason=right)
    if request.method == "POST":
        service().office_chain.append(work().office, refused, at=now())
        keep_on_error()
        return
    with service().vaults.unit() as unit:
        service().office_chain.append(unit.office, refused, at=now())


def to_sign_in() -> WerkzeugResponse:
    target = request.path if request.method == "GET" and OURS.fullmatch(request.path) else None
    return redirect(url_for("auth.start", till=target), 303)


def _note_seen(found: SignedIn, token: str) -> None:
    """At most every five minutes, in a commit of its own, so that reading a page does not write."""
    if found.session.last_seen + staff_sessions.SEEN_EVERY_SECONDS > epoch(now()):
        return
    if request.method == "POST":
        # This request holds the write lock already: a second writer would wait for it in vain.
        staff_sessions.touch_session(work().office, token, at=now())
        return
    with service().vaults.unit() as unit:
        staff_sessions.touch_session(unit.office, token, at=now())

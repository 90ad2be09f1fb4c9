"""The participant behind a request: two cookies, both needed, and the guard that every personal page stands behind.

`k` is HttpOnly. `kx` can be deleted by script, so that "Lämna sidan" works without coverage: a session that has lost
its companion is dead (S06). Both change at every exit, which also empties the browser's back/forward cache (S05).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import TypeVar, cast

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from kapabla import bridge
from kapabla.answers.placement import Place, find_place
from kapabla.answers.standing import Standing, read_standing
from kapabla.audit import Event
from kapabla.clock import epoch, local_date
from kapabla.identity import entry
from kapabla.identity.entry import Entrant, Live
from kapabla.journals import Journal
from kapabla.material import Consent, Course, Study
from kapabla.material.texts import Language
from kapabla.web import csrf, kiosk, language
from kapabla.web.participant.blueprint import blueprint
from kapabla.web.unit_of_work import now, service, work

COOKIE, COMPANION = "k", "kx"
GONE = "-"
# Sent by the worker of somebody's own telephone with each form that it passes on.
ASKED_BY_WORKER = "Kapabla-Phone"
# What the browser itself removes: databases, caches and the worker. Not "cache": support is uneven (S09).
CLEAR_STORAGE = '"storage"'
# What somebody who has just walked into a meeting is shown before anything else: the code to come back with.
CODE_FIRST = {"participant.own_code", "participant.submit_own_code"}
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


@dataclass(frozen=True)
class Participant:
    """Who is here, and the subject that the answers stand under."""

    live: Live
    subject: str
    token: str

    @property
    def entrant(self) -> Entrant:
        return self.live.entrant

    @property
    def study(self) -> Study:
        return service().material.studies[self.entrant.study]

    @property
    def course(self) -> Course:
        return service().material.courses[self.study.course.id, self.study.course.version]

    @property
    def consent_text(self) -> Consent:
        return service().material.consents[self.study.consent.id, self.study.consent.version]

    @property
    def consent_languages(self) -> tuple[Language, ...]:
        """What the information can be read in: text and facts both."""
        return tuple(found for found in self.consent_text.languages if found in self.study.fact_languages)

    def standing(self) -> Standing:
        """Read anew: what was just saved counts."""
        read = read_standing(work().answers, self.subject, bridge.terms_of(self.entrant))
        g.standing = read
        return read

    @property
    def last_standing(self) -> Standing:
        """As it was last read in this request."""
        return cast(Standing, g.get("standing") or self.standing())

    @property
    def role(self) -> str:
        """The trade whose pages are shown: what the participant has said goes before what the list said."""
        return self.place.role

    @property
    def place(self) -> Place:
        """Read once a request."""
        if "place" not in g:
            g.place = find_place(work().answers, self.subject)
        return cast(Place, g.place)


def find_participant() -> Participant | None:
    if "participant" not in g:
        g.participant = _find()
    return cast("Participant | None", g.participant)


def _find() -> Participant | None:
    return _behind_the_cookies(entry.find_session)


def find_idle_participant() -> Participant | None:
    """Whose session ended because nobody did anything, for the form that was made in it: what was filled in is saved,
    and nothing is shown (docs/decisions/0045). None after "Lämna sidan" and logging out: they end for good."""
    found = _behind_the_cookies(entry.find_idle_session)
    return found if found and csrf.is_of_session(found.token) else None


def _behind_the_cookies(find: Callable[..., Live | None]) -> Participant | None:
    token, companion = request.cookies.get(COOKIE, ""), request.cookies.get(COMPANION, "")
    if not token or not companion or GONE in (token, companion):
        return None
    live = find(work().identity, token, companion, at=now())
    if live is None:
        return None
    return Participant(live, bridge.subject_for(service().keys, live.entrant), token)


def participant() -> Participant:
    """Only in views that `needs_session` guards."""
    found = find_participant()
    assert found is not None
    return found


def needs_session(view: View) -> View:
    return needs_session_or(lambda: None)(view)


def needs_session_or(without: Callable[[], ResponseReturnValue | None]) -> Callable[[View], View]:
    """For a view that has something to say (or None) also to somebody whose session it has ended itself."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            found = find_participant()
            if found is None:
                return without() or to_the_door()
            person_id = found.entrant.person_id
            g.csrf_session_id, g.csrf_person_id = found.token, person_id
            if request.method == "POST":
                csrf.check_of_person(found.token, person_id)
            _note_seen(found)
            if found.live.meeting_id and request.endpoint not in CODE_FIRST:
                return redirect(url_for("participant.own_code"), 303)
            return _without_file(found, view(*args, **kwargs))

        guarded.required_right = "participant"  # type: ignore[attr-defined]
        return cast(View, guarded)

    return guard


def _without_file(found: Participant, reply: ResponseReturnValue) -> ResponseReturnValue:
    """A file would lie on a shared computer for whoever comes next (A12)."""
    if found.live.device == "kiosk" and isinstance(reply, Response) and "Content-Disposition" in reply.headers:
        return render_template("participant/no_file.html"), 403
    return reply


def to_the_door(*, saved: bool = False) -> ResponseReturnValue:
    """Somebody who had a session is told that it has ended; somebody without one is asked for the code. So is whoever
    comes next to a shared computer: that somebody else was there is nothing to tell them."""
    was_here = request.cookies.get(COOKIE, GONE) != GONE and not kiosk.is_kiosk()
    reply = redirect(url_for("participant.type_code", slut=1 if was_here else None, sparat=1 if saved else None), 303)
    if request.headers.get(ASKED_BY_WORKER):
        # It cannot see where a redirect leads, and has answers that would be lost on the way. The door is what it opens
        # next, and tells then that the session has ended.
        return Response("", 401, mimetype="text/plain")
    forget(reply)
    return reply


def _note_seen(found: Participant) -> None:
    """At most every five minutes (at most every one in a kiosk), in a commit of its own."""
    if found.live.last_seen + entry.seen_every(found.live.device) > epoch(now()) or request.method == "POST":
        return
    with service().vaults.unit() as unit:
        entry.update_session(unit.identity, found.token, last_seen=epoch(now()))


@blueprint.context_processor
def _of_the_session() -> dict[str, object]:
    """`device` tells the script what it may keep; a page of a package is made for somebody's own telephone. A shared
    computer has a warning of its own."""
    here = cast("Participant | None", g.get("participant"))
    return {
        "warn_after": entry.warn_after(here.live.device) if here and here.live.device != "kiosk" else None,
        "device": g.get("device") or (here.live.device if here else None),
    }


def let_in(reply: Response, entrant: Entrant, *, been_here: bool) -> None:
    """Start a session and copy the placement. The reply carries the cookies; the token leaves the address bar.

    `been_here`: past the first pages at an earlier visit. What is good to know is shown once a person (P4).
    """
    _start(reply, entrant.person_id, been_here=been_here)
    entry.mark_over(work().identity, entrant.person_id, "opened")
    bridge.place(work(), service().keys, entrant)
    if entrant.language != "sv" and language.COOKIE not in request.cookies:
        language.remember(reply, cast(Language, entrant.language))


def let_walk_in(reply: Response, person_id: str, meeting_id: str) -> None:
    """Start the session of somebody who has just been enrolled. The placement follows when the code is kept."""
    _start(reply, person_id, meeting_id)


def _start(reply: Response, person_id: str, meeting_id: str | None = None, *, been_here: bool = False) -> None:
    device = "kiosk" if kiosk.is_kiosk() else "unknown"
    token, companion = entry.start_session(
        work().identity, person_id, at=now(), device=device, meeting_id=meeting_id, has_seen_safety=been_here
    )
    secure = service().config.secure_cookies
    reply.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=secure, path="/")
    reply.set_cookie(COMPANION, companion, samesite="Lax", secure=secure, path="/")


def forget(reply: Response) -> None:
    """Change the HttpOnly cookie rather than only dropping it: browsers then throw away their kept pages (S05)."""
    secure = service().config.secure_cookies
    reply.set_cookie(COOKIE, GONE, max_age=60, httponly=True, samesite="Lax", secure=secure, path="/")
    reply.delete_cookie(COMPANION, path="/", samesite="Lax", secure=secure)
    language.forget(reply)


def trail() -> bridge.Trail:
    data_dir = service().config.data_dir
    return bridge.Trail(
        service().identity_chain, service().answers_chain, Journal(data_dir, "identity"), Journal(data_dir, "answers")
    )


def note_consent(number: int) -> None:
    """In the log of what was said: the day alone, and not what was chosen."""
    event = Event("participant", "participant", "consent", f"choice:{number}")
    service().answers_chain.append(work().answers, event, at=now(), date_only=True)


def today() -> date:
    return local_date(now())

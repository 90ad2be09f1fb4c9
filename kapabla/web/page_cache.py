"""Public pages that are the same for everybody: made once a minute, and told apart by what they hold.

A view says so with `same_for_everybody`. Whoever brings a cookie is shown a page of her own, which nobody keeps. A copy
that lies elsewhere asks again each time (`max-age=0`), so that nothing old is shown and a correction is seen at once; a
server in between may answer for a minute, as the material of a process does (`Library`)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from hashlib import sha256
from typing import Any

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue

from kapabla.web.unit_of_work import now, service

CACHE_SHARED = "public, max-age=0, s-maxage=60, must-revalidate"
_MINUTE = 60
_View = Callable[..., ResponseReturnValue]


@dataclass
class _Kept:
    """What has been made in one minute of one state of the material."""

    epoch: tuple[int, int] = (0, 0)
    replies: dict[tuple[str, str], tuple[bytes, list[tuple[str, str]]]] = field(default_factory=dict)


def same_for_everybody(*questions: str) -> Callable[[_View], _View]:
    """Of a view whose page depends on nothing but its address. `questions`: what may stand behind the question mark,
    so that nobody fills the memory with addresses of one page."""

    def decorated(view: _View) -> _View:
        @wraps(view)
        def kept(**values: Any) -> ResponseReturnValue:
            if not request.cookies and request.query_string.decode() in ("", *questions):
                # Told before the page is made: what changes meanwhile makes it a page of before.
                g.epoch_of_page = _epoch()
            return view(**values)

        return kept

    return decorated


def init_app(app: Flask) -> None:
    """Registered just after the unit of work, so that what is kept is the reply as it leaves, headers and all."""
    kept = _Kept()

    @app.before_request
    def answer_from_memory() -> Response | None:
        if request.method not in ("GET", "HEAD") or request.cookies:
            return None
        found = kept.replies.get(_key())
        if found is None or kept.epoch != _epoch():
            return None
        return _unless_known(Response(found[0], headers=found[1]))

    @app.after_request
    def keep(response: Response) -> Response:
        if "epoch_of_page" not in g or response.status_code != 200 or request.method != "GET":
            return response
        response.headers["Cache-Control"] = CACHE_SHARED
        response.vary.update(("Accept-Encoding", "Cookie"))
        response.set_etag(sha256(response.get_data()).hexdigest()[:24])
        if kept.epoch != g.epoch_of_page == _epoch():
            kept.epoch, kept.replies = g.epoch_of_page, {}
        if kept.epoch == g.epoch_of_page:
            kept.replies[_key()] = response.get_data(), list(response.headers)
        return _unless_known(response)


def _key() -> tuple[str, str]:
    """The address, and how the reader's browser unpacks."""
    accepted = request.accept_encodings
    encoding = next((name for name in ("br", "gzip") if accepted[name] > 0), "")
    return request.full_path, encoding


def _epoch() -> tuple[int, int]:
    return int(now().timestamp()) // _MINUTE, id(service().material)


def _unless_known(response: Response) -> Response:
    """Nothing but a nod to whoever has it already."""
    response.make_conditional(request)
    return response

"""Public pages that are the same for everybody: made once a minute, and told apart by what they hold.

A view says so with `same_for_everybody`. Whoever brings a cookie is shown a page of her own, which nobody keeps. A copy
that lies elsewhere asks again each time (`max-age=0`), so that nothing old is shown and a correction is seen at once; a
server in between may answer for a minute, as the material of a process does (`Library`)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.http import parse_accept_header

from kapabla.service import Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

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
                g.epoch_of_page = _epoch(current_app)
            return view(**values)

        return kept

    return decorated


def init_app(app: Flask) -> None:
    """Registered just after the unit of work, so that what is kept is the reply as it leaves, headers and all. It is
    sent again before the application has begun with the request: a page that is known costs what a file would."""
    kept, make = _Kept(), app.wsgi_app

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        found = None if "HTTP_COOKIE" in environ else kept.replies.get(_key(environ))
        if found is None or environ["REQUEST_METHOD"] not in ("GET", "HEAD") or kept.epoch != _epoch(app):
            return make(environ, start_response)
        body, headers = found
        if "HTTP_IF_NONE_MATCH" in environ:
            return Response(body, headers=headers).make_conditional(environ)(environ, start_response)
        start_response("200 OK", list(headers))
        return [body] if environ["REQUEST_METHOD"] == "GET" else []

    app.wsgi_app = answer  # type: ignore[method-assign]  # Flask's own place for what stands before it

    @app.after_request
    def keep(response: Response) -> Response:
        if "epoch_of_page" not in g or response.status_code != 200 or request.method != "GET":
            return response
        body = response.get_data()
        response.headers["Cache-Control"] = CACHE_SHARED
        response.content_length = len(body)
        response.vary.update(("Accept-Encoding", "Cookie"))
        response.set_etag(sha256(body).hexdigest()[:24])
        if kept.epoch != g.epoch_of_page == _epoch(app):
            kept.epoch, kept.replies = g.epoch_of_page, {}
        if kept.epoch == g.epoch_of_page:
            kept.replies[_key(request.environ)] = body, list(response.headers)
        # Nothing but a nod to whoever has it already.
        response.make_conditional(request)
        return response


def _key(environ: "WSGIEnvironment") -> tuple[str, str]:
    """The address, and how the reader's browser unpacks."""
    question = environ.get("QUERY_STRING")
    address = f"{environ['PATH_INFO']}?{question}" if question else environ["PATH_INFO"]
    return address, _encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))


@lru_cache(maxsize=64)
def _encoding(accepted: str) -> str:
    weights = parse_accept_header(accepted)
    return next((name for name in ("br", "gzip") if weights[name] > 0), "")


def _epoch(app: Flask) -> tuple[int, int]:
    held: Service = app.extensions["kapabla"]
    return int(held.clock().timestamp()) // _MINUTE, id(held.material)

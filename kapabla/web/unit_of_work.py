"""The one place of the web that opens and closes transactions.

A view writes through `work()`; a reply below 400 commits (answers, identity, office), any other rolls back, unless the
view said `keep_on_error()` (a counted attempt stays). A request that leaves something uncommitted is a fault.
"""

from datetime import datetime
from typing import cast

from flask import Flask, Response, current_app, g, request

from kapabla.service import Service
from kapabla.vaults import Work


class LeftUncommitted(AssertionError):
    """A view wrote something that neither commit nor rollback ended."""


def service() -> Service:
    return cast(Service, current_app.extensions["kapabla"])


def now() -> datetime:
    """The time of this request: read once, so that everything in it happened at the same moment."""
    if "now" not in g:
        g.now = service().clock()
    return cast(datetime, g.now)


def work() -> Work:
    if "work" not in g:
        g.work = service().vaults.work(writing=request.method == "POST")
    return cast(Work, g.work)


def writing() -> Work:
    """For the few GETs that end something (`/lamna`): takes the write lock from the start."""
    if "work" in g:
        g.work.close()
    g.work = service().vaults.work(writing=True)
    return cast(Work, g.work)


def keep_on_error() -> None:
    g.keep_on_error = True


def keep_so_far() -> None:
    """For what holds whatever becomes of the rest of the request: a code that has been used is used."""
    work().commit()


def init_app(app: Flask) -> None:
    @app.after_request
    def finish(response: Response) -> Response:
        if "work" in g:
            if response.status_code < 400 or g.get("keep_on_error"):
                g.work.commit()
            else:
                g.work.rollback()
        return response

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        open_work = g.pop("work", None)
        if open_work is None:
            return
        left = open_work.has_uncommitted and _error is None
        open_work.close()
        if left and current_app.testing:
            raise LeftUncommitted(request.endpoint)

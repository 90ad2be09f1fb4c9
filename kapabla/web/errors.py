"""What a person is told when something goes wrong: one handler a class, a page in plain Swedish, never a traceback."""

import errno
from collections.abc import Callable

import structlog
from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from kapabla.errors import Crowded, KapablaError, NotFound, Refused
from kapabla.keys import KeyMissing, KeyUnsound
from kapabla.web import csrf
from kapabla.web.language import is_for_staff

log = structlog.get_logger("kapabla.web")
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)
# The disk is full, cannot be written to, or fails: whoever runs the service mends it, and nothing of ours is broken.
_DISK_AWAY = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENOTDIR}
_SPEAKERS = "kapabla.errors"
# What opens something: it is typed anew, and stands in no page.
SECRET_FIELDS = {"kod", "losenord"}
KNOWN_PAGES = (400, 403, 404, 405, 409, 410, 413, 429, 500, 503)


def answer_for(app: Flask, path: str, speak: Callable[[int], ResponseReturnValue]) -> None:
    """Below this address no page is shown: the audience says in its own way what went wrong."""
    app.extensions.setdefault(_SPEAKERS, {})[path] = speak


def page(status: int) -> ResponseReturnValue:
    for path, speak in current_app.extensions.get(_SPEAKERS, {}).items():
        if request.path == path or request.path.startswith(f"{path}/"):
            spoken: ResponseReturnValue = speak(status)
            return spoken
    template = f"errors/{status if status in KNOWN_PAGES else 500}.html"
    return render_template(template, for_staff=is_for_staff(), **_same_form(status)), status


def _same_form(status: int) -> dict[str, object]:
    """A participant's form that could not be saved, ready to be sent again: nothing that was typed is lost. It is a
    reply to whoever has just sent it, and never holds a code."""
    view = current_app.view_functions.get(request.endpoint or "")
    is_of_participant = request.method == "POST" and getattr(view, "required_right", "") == "participant"
    if status not in (500, 503) or not is_of_participant or SECRET_FIELDS & set(request.form):
        return {}
    return {"action": request.path, "fields": list(request.form.items(multi=True))}


def log_unexpected(error: BaseException | None) -> None:
    """The kind and place of the fault alone: its message and its traceback may carry what somebody wrote."""
    trace = error.__traceback__ if error else None
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"
    log.error("unexpected", endpoint=request.endpoint, kind=type(error).__name__, where=where)


def init_app(app: Flask) -> None:
    # Flask would write the whole traceback of what fails after the view, such as a commit.
    app.log_exception = lambda exc_info: log_unexpected(exc_info[1])  # type: ignore[method-assign]

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        # What fails after the view, such as a commit, arrives wrapped.
        original = getattr(error, "original_exception", None)
        if isinstance(original, DATABASE_AWAY):
            return database_away(original)
        if isinstance(original, OSError):
            return disk_away(original)
        if error.code is not None and 300 <= error.code < 400:
            return error.get_response()
        return page(error.code or 500)

    @app.errorhandler(csrf.OfAnotherVisit)
    def of_another_visit(_error: csrf.OfAnotherVisit) -> ResponseReturnValue:
        return render_template("errors/400.html", for_staff=False, of_another_visit=True), 400

    @app.errorhandler(NotFound)
    def not_found(_error: NotFound) -> ResponseReturnValue:
        return page(404)

    @app.errorhandler(Refused)
    def refused(_error: Refused) -> ResponseReturnValue:
        return page(409)

    @app.errorhandler(Crowded)
    def crowded(_error: Crowded) -> ResponseReturnValue:
        """Nothing that was typed is lost: the page holds the same form, ready to be sent again."""
        fields = list(request.form.items(multi=True))
        return render_template("errors/again.html", action=request.path, fields=fields), 409

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    @app.errorhandler(PoolTimeout)
    def database_away(error: Exception) -> ResponseReturnValue:
        log.error("database_away", endpoint=request.endpoint, kind=type(error).__name__)
        return page(503)

    @app.errorhandler(OSError)
    def disk_away(error: OSError) -> ResponseReturnValue:
        """What a person was about to be promised could not be written down, so nothing of it is kept."""
        if error.errno not in _DISK_AWAY:
            return unexpected(error)
        log.error("disk_away", endpoint=request.endpoint, kind=errno.errorcode[error.errno])
        return page(503)

    @app.errorhandler(KeyMissing)
    @app.errorhandler(KeyUnsound)
    def key_away(error: KapablaError) -> ResponseReturnValue:
        """Nothing can be done here without it, and nothing is broken: as with a database that is away."""
        log.error("key_away", endpoint=request.endpoint, kind=error.code, name=error.context["name"])
        return page(503)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        if app.testing:
            raise error
        log_unexpected(error)
        return page(500)

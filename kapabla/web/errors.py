"""What a person is told when something goes wrong: one handler a class, a page in plain Swedish, never a traceback."""

import structlog
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from kapabla.errors import Crowded, NotFound, Refused
from kapabla.office.access import NotAllowed

log = structlog.get_logger("kapabla.web")
DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)
KNOWN_PAGES = (400, 403, 404, 405, 409, 410, 413, 429, 500, 503)


def page(status: int) -> ResponseReturnValue:
    template = f"errors/{status if status in KNOWN_PAGES else 500}.html"
    return render_template(template, is_desk=_is_desk()), status


def _is_desk() -> bool:
    """Staff and researchers meet their own frame: they have no course to go back to, and nothing to leave in haste."""
    return request.path.startswith(("/admin", "/forskning"))


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
        if error.code is not None and 300 <= error.code < 400:
            return error.get_response()
        return page(error.code or 500)

    @app.errorhandler(NotFound)
    def not_found(_error: NotFound) -> ResponseReturnValue:
        return page(404)

    @app.errorhandler(NotAllowed)
    def not_allowed(_error: NotAllowed) -> ResponseReturnValue:
        return page(403)

    @app.errorhandler(Refused)
    def refused(_error: Refused) -> ResponseReturnValue:
        return page(409)

    @app.errorhandler(Crowded)
    def crowded(_error: Crowded) -> ResponseReturnValue:
        """Nothing that was typed is lost: the page holds the same form, ready to be sent again."""
        fields = list(request.form.items(multi=True))
        return render_template("errors/again.html", action=request.path, fields=fields, is_desk=_is_desk()), 409

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    @app.errorhandler(PoolTimeout)
    def database_away(error: Exception) -> ResponseReturnValue:
        log.error("database_away", endpoint=request.endpoint, kind=type(error).__name__)
        return page(503)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        if app.testing:
            raise error
        log_unexpected(error)
        return page(500)

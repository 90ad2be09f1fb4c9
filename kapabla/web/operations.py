"""For those who run the service: does the process live, are its databases fit for use, how does it stand in numbers."""

import hmac
from ipaddress import ip_address

from flask import Flask, abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from kapabla import watching
from kapabla.migrating import MigrationNeeded, check_at_head
from kapabla.web.unit_of_work import service

_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


def init_app(app: Flask) -> None:
    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> ResponseReturnValue:
        """Whether this process can serve. Jobs that are late are told, and keep nobody's page away."""
        try:
            check_at_head(service().vaults.engines)
        except MigrationNeeded as error:
            return {"status": "migration_needed", "vault": error.context["vault"]}, 503
        except SQLAlchemyError:
            return {"status": "database_away"}, 503
        late = _oldest_job()
        return {"status": "ok", "jobs": "late" if late > watching.LATE_SECONDS else "ok", "oldest_job_seconds": late}

    @app.get("/metrics")
    def metrics() -> ResponseReturnValue:
        """In the text form of Prometheus, for this machine alone or whoever has the token: others find nothing here."""
        if not _may_see():
            abort(404)
        lines = [f"{name}{_labels(labels)} {value:g}\n" for name, labels, value in watching.metrics(service())]
        return "".join(lines), {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}


def _oldest_job() -> int:
    engines, at = service().vaults.engines, service().clock()
    found = [watching.jobs_in(engine, at) for vault, engine in engines.items() if vault != "answers"]
    return max((jobs.late_seconds for jobs in found if jobs), default=0)


def _may_see() -> bool:
    token, given = service().config.metrics_token, request.headers.get("Authorization", "")
    if token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return True
    return _is_of_this_machine()


def _is_of_this_machine() -> bool:
    """Asked here and not through a server before us, which is of this machine too."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _labels(labels: dict[str, str]) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}" if labels else ""

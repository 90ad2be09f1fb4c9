"""For those who run the service: is the process alive, and are its databases fit for use."""

from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from kapabla.migrating import MigrationNeeded, check_at_head
from kapabla.web.unit_of_work import service


def init_app(app: Flask) -> None:
    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> ResponseReturnValue:
        try:
            check_at_head(service().vaults.engines)
        except MigrationNeeded as error:
            return {"status": "migration_needed", "vault": error.context["vault"]}, 503
        except SQLAlchemyError:
            return {"status": "database_away"}, 503
        return {"status": "ok"}

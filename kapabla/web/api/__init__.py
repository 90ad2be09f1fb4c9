"""The research API: REDCap's protocol at `POST /api/` (`redcap-api.md`). Reads frozen releases from the published store
and a narrow part of the office; sets no cookie, answers in no HTML, and there is nothing in it that can be written."""

from flask import Flask

from kapabla.web import errors
from kapabla.web.api import calling
from kapabla.web.api.calling import blueprint

__all__ = ["calling"]


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    errors.answer_for(app, "/api", calling.fault)

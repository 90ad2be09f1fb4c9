"""The public pages: no session, no cookie, nothing about one participant. They work without script and on paper."""

from flask import Flask

from kapabla.web.public import pages, promises
from kapabla.web.public.blueprint import blueprint

__all__ = ["pages", "promises"]


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)

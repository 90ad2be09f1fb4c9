"""The researcher's side: reads locked releases from the published store and a narrow part of the office. Opens neither
the identity nor the answers vault."""

from flask import Flask

from kapabla.web.research import api_keys, codebook, data, downloads, planning, plans, results, series
from kapabla.web.research.blueprint import blueprint

__all__ = ["api_keys", "codebook", "data", "downloads", "planning", "plans", "results", "series"]


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)

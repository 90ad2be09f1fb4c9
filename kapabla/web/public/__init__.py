"""The public pages: no session, no cookie, nothing about one participant. They work without script and on paper."""

from flask import Flask

from kapabla.web.public import accessibility, catalogue, course_results, feeds, open_data, pages, promises, surveys
from kapabla.web.public.blueprint import blueprint

__all__ = [
    "accessibility", "catalogue", "course_results", "feeds", "open_data", "pages", "promises", "surveys",
]  # fmt: skip


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)

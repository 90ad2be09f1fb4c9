"""The participant's side. It may join who and what, through `bridge`, and loads no analysis or chart library."""

from flask import Flask

from kapabla.web.participant import (
    certificate,
    copies,
    entry,
    meetings,
    modules,
    my_data,
    open_survey,
    opting_out,
    packages,
    phone,
    questions,
    queue,
    shared_computer,
    short_links,
    start,
    walk_in,
)
from kapabla.web.participant.blueprint import blueprint

__all__ = [
    "certificate", "copies", "entry", "meetings", "modules", "my_data", "open_survey", "opting_out", "packages",
    "phone", "questions", "queue", "shared_computer", "short_links", "start", "walk_in",
]  # fmt: skip


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)

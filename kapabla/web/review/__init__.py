"""Where free text is read before it may leave (B9). Opens the answers vault and the office, and not the names.

A process of its own, so that no page holds both (`docs/decisions/0029`).
"""

from flask import Flask

from kapabla.web.review import texts
from kapabla.web.review.blueprint import blueprint

__all__ = ["texts"]


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)

"""Sign-in of all staff at `/logga-in`, their own account at `/konto`, the guard that every staff page stands behind."""

from flask import Flask

from kapabla.web.auth import account, passkey_pages, signing_in, signing_up
from kapabla.web.auth.blueprint import blueprint
from kapabla.web.auth.guard import event, needs, signed_in, staff

__all__ = [
    "account", "blueprint", "event", "init_app", "needs", "passkey_pages", "signed_in", "signing_in", "signing_up",
    "staff",
]  # fmt: skip


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)

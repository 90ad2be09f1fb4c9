"""Sign-in of all staff at `/logga-in`, their own account at `/konto`, the guard that every staff page stands behind."""

from importlib.util import find_spec

from flask import Flask

from kapabla.config import BadSetting, Config
from kapabla.office.access import ROLES
from kapabla.web.auth import account, organisation, passkey_pages, refusing, signing_in, signing_up
from kapabla.web.auth.blueprint import blueprint
from kapabla.web.auth.guard import event, needs, signed_in, staff

__all__ = [
    "account", "blueprint", "event", "init_app", "needs", "organisation", "passkey_pages", "refusing",
    "signed_in", "signing_in", "signing_up", "staff",
]  # fmt: skip


def init_app(app: Flask, config: Config) -> None:
    check_roles(config)
    app.register_blueprint(blueprint)


def check_roles(config: Config) -> None:
    """A slip in a setting is told at the start, not to the first who signs in."""
    if config.oidc and find_spec("authlib") is None:
        raise BadSetting("KAPABLA_OIDC_ISSUER needs the extra oidc: install kapabla[oidc].")
    for given in config.oidc.roles if config.oidc else ():
        if given.role not in ROLES:
            raise BadSetting(f"KAPABLA_OIDC_ROLES gives the role {given.role}. The roles are {', '.join(ROLES)}.")

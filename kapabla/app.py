"""The application factory. The only module that sees every audience."""

import os

from flask import Flask
from jinja2 import StrictUndefined
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from kapabla.clock import Clock, system_clock
from kapabla.config import Config, load_config
from kapabla.service import open_service
from kapabla.vaults import db, engine_options, never_create, prepare_engine
from kapabla.web import assets as web_assets
from kapabla.web import (
    component_page,
    compression,
    context,
    errors,
    headers,
    language,
    long_words,
    operations,
    page_cache,
    static,
    typed,
    unit_of_work,
)

MAX_REQUEST_BYTES = 12 * 1024 * 1024


def create_app(config: Config | None = None, *, clock: Clock = system_clock) -> Flask:
    """The WSGI application. Without settings they are those of the environment, as every command reads them."""
    if config is None:
        config = load_config(os.environ)
    app = Flask("kapabla.web", static_folder=None)
    app.testing = config.testing
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = 2 * 1024 * 1024
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=0)  # type: ignore[method-assign]
    app.extensions["kapabla"] = open_service(config, clock=clock, engines=_engines(app, config))
    assets = web_assets.load_assets()
    # The unit of work is registered first, so that it ends last: after every other hook has had its say.
    unit_of_work.init_app(app)
    page_cache.init_app(app)
    typed.init_app(app)
    compression.init_app(app)
    headers.init_app(app, assets, secure=config.secure_cookies)
    context.init_app(app, assets)
    language.init_app(app)
    long_words.init_app(app)
    static.init_app(app, assets)
    errors.init_app(app)
    operations.init_app(app)
    component_page.init_app(app, config)
    _register_audiences(app, config)
    return app


def _engines(app: Flask, config: Config) -> dict[str, Engine]:
    """Flask-SQLAlchemy's engines, which also serve migrations and commands; only of the vaults this process opens."""
    app.config["SQLALCHEMY_BINDS"] = {name: engine_options(url) for name, url in config.vault_urls.items()}
    db.init_app(app)
    with app.app_context():
        engines = {name: engine for name, engine in db.engines.items() if name}
    for engine in engines.values():
        prepare_engine(engine)
        never_create(engine)
    return engines


def _register_audiences(app: Flask, config: Config) -> None:
    """Each audience is imported only where it is served: a participant's process loads neither research nor sign-in."""
    if "participant" in config.audiences:
        from kapabla.web import participant

        participant.init_app(app)
    if "public" in config.audiences:
        from kapabla.web import public

        public.init_app(app)
    if {"admin", "research", "review"} & set(config.audiences):
        from kapabla.web import auth

        auth.init_app(app, config)
    if "admin" in config.audiences:
        from kapabla.web import admin

        admin.init_app(app)
    if "research" in config.audiences:
        from kapabla.web import api, research

        research.init_app(app)
        api.init_app(app)
    if "review" in config.audiences:
        from kapabla.web import review

        review.init_app(app)

"""Migrations of the three databases: one history, run by Flask-Migrate; at a start one SELECT a vault is enough."""

import logging
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine, inspect, text

from kapabla.config import Config
from kapabla.errors import KapablaError
from kapabla.vaults import db, engine_options, prepare_engine

FOLDER = Path(__file__).parent.parent / "migrations"
# Written by whoever adds a migration: two parallel migrations then meet as a conflict, not as a second head.
HEAD_FILE = FOLDER / ".current-head"


class MigrationNeeded(KapablaError):
    code = "migration_needed"

    def __str__(self) -> str:
        return f"The database of {self.context['vault']} is not of this version. Run `kapabla init`."


def current_head() -> str:
    return HEAD_FILE.read_text(encoding="utf-8").strip()


def migration_app(config: Config) -> Flask:
    """A bare application that only holds the binds, so that a migration needs no keys and no course material."""
    from flask_migrate import Migrate

    from kapabla import tables  # noqa: F401  (fills the metadata)

    app = Flask("kapabla.migrating")
    app.config["SQLALCHEMY_BINDS"] = {name: engine_options(url) for name, url in config.vault_urls.items()}
    db.init_app(app)
    Migrate(app, db, directory=str(FOLDER), render_as_batch=True)
    with app.app_context():
        for engine in db.engines.values():
            prepare_engine(engine)
    return app


def knows_version(version: str) -> bool:
    return (FOLDER / "versions" / f"{version}.py").exists()


def upgrade(config: Config, to: str = "head") -> None:
    """Bring the vaults to this version, or to an earlier one that a backup is of. Safe to repeat; an interrupted one is
    started again."""
    from flask_migrate import upgrade as run

    logging.getLogger("alembic").setLevel(logging.WARNING)
    app = migration_app(config)
    with app.app_context():
        run(directory=str(FOLDER), revision=to)
        for engine in db.engines.values():
            engine.dispose()


def unmake(engines: dict[str, Engine]) -> None:
    """Take everything out of the vaults, so that `upgrade` makes them from nothing: for a demo that became half."""
    from kapabla.tables import METADATA

    for name, engine in engines.items():
        with engine.begin() as connection:
            METADATA[name].drop_all(connection)
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
            if engine.dialect.name == "postgresql":
                connection.execute(text("DROP FUNCTION IF EXISTS audit_append_only()"))


def version_of(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def check_at_head(engines: dict[str, Engine]) -> None:
    for name, engine in engines.items():
        if version_of(engine) != current_head():
            raise MigrationNeeded(vault=name)

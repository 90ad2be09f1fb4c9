"""One history for the vaults that this process was given. There is no default database."""

from alembic import context
from flask import current_app

target = current_app.extensions["migrate"].db
bind_names = list(current_app.config["SQLALCHEMY_BINDS"])


def _drop_empty_revision(_context, _revision, directives):
    if getattr(context.config.cmd_opts, "autogenerate", False):
        script = directives[0]
        if all(operations.is_empty() for operations in script.upgrade_ops_list):
            directives[:] = []


def run_migrations():
    """A transaction on each vault; all are committed when every one has run, so a failure leaves the old version."""
    arguments = dict(current_app.extensions["migrate"].configure_args)
    arguments.setdefault("process_revision_directives", _drop_empty_revision)
    connections = {name: target.engines[name].connect() for name in bind_names}
    transactions = [connection.begin() for connection in connections.values()]
    try:
        for name, connection in connections.items():
            context.configure(
                connection=connection,
                upgrade_token=f"{name}_upgrades",
                downgrade_token=f"{name}_downgrades",
                target_metadata=target.metadatas[name],
                **arguments,
            )
            context.run_migrations(engine_name=name)
        for transaction in transactions:
            transaction.commit()
    finally:
        for connection in connections.values():
            connection.close()


run_migrations()

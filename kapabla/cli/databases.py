"""database: the roles of PostgreSQL that the processes sign in with, and what each of them may do."""

from collections.abc import Iterator

import click
from sqlalchemy import Engine

from kapabla import grants
from kapabla.cli.opening import Opening
from kapabla.errors import Refused
from kapabla.service import open_engines


@click.group()
def database() -> None:
    """The databases behind the vaults."""


@database.command("roles")
@click.option("--prefix", default="kapabla", show_default=True, help="The names begin so: kapabla_research, …")
@click.option("--apply", "action", flag_value="apply", help="Carry it out, as the owner of the vaults.")
@click.option("--check", "action", flag_value="check", help="Compare with what stands; exit 1 if anything differs.")
@click.pass_obj
def roles(opening: Opening, prefix: str, action: str | None) -> None:
    """Print the SQL that gives each process a role with what it needs and no more. Safe to repeat."""
    differs = False
    for vault, engine in _engines(opening):
        sql = list(grants.statements(vault, str(engine.url.database), prefix))
        if action == "check":
            differs = _tell_differences(vault, engine, prefix) or differs
        elif action == "apply":
            with engine.begin() as connection:
                for statement in sql:
                    connection.exec_driver_sql(statement)
            click.echo(f"{vault}: the roles have what they need and no more.")
        else:
            click.echo(f'-- {vault}\n\\connect "{engine.url.database}"\n' + "".join(f"{line};\n" for line in sql))
    if differs:
        raise SystemExit(1)


def _engines(opening: Opening) -> Iterator[tuple[str, Engine]]:
    for vault, engine in open_engines(opening.config).items():
        if engine.dialect.name != "postgresql":
            raise Refused("no_roles_in_sqlite", vault=vault)
        yield vault, engine
        engine.dispose()


def _tell_differences(vault: str, engine: Engine, prefix: str) -> bool:
    with engine.connect() as connection:
        found, wanted = grants.found_in(connection), grants.wanted(vault, prefix)
    for word, differing in (("too much", found - wanted), ("missing", wanted - found)):
        for grant in sorted(differing):
            click.echo(f"{vault}: {word}: {grant}")
    if found == wanted:
        click.echo(f"{vault}: the roles have what they need and no more.")
    return found != wanted

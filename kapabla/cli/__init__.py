"""The `kapabla` command: thin like a view. Exit 0 done, 1 findings or refused for the data's sake, 2 misuse."""

import importlib
import os
import sys
import traceback
from pathlib import Path

import click
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from kapabla.cli.opening import Opening
from kapabla.cli.sentences import sentence_of
from kapabla.config import BadSetting
from kapabla.errors import KapablaError

# Each command and the module that holds it: loaded when it is called, so that one command does not pay for all.
COMMANDS = {
    "init": "installation",
    "serve": "installation",
    "doctor": "installation",
    "keys": "installation",
    "audit": "installation",
    "database": "databases",
    "answers": "answers",
    "backup": "backups",
    "restore": "backups",
    "material": "authored",
    "instruments": "instruments",
    "texts": "texts",
    "staff": "staff",
    "cohorts": "cohorts",
    "participants": "cohorts",
    "invitations": "cohorts",
    "jobs": "running",
    "release": "releases",
    "report": "report",
    "site": "site",
    "agreement": "agreements",
    "token": "tokens",
    "simulate": "simulating",
    "study": "studies",
    "retention": "retention",
    "reidentify": "reidentifying",
    "records": "records",
    "series": "series",
    "survey": "survey_answers",
}


class LazyGroup(click.Group):
    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"kapabla.cli.{COMMANDS[name]}")
        command: click.Command = getattr(module, name)
        return command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kapabla")
@click.pass_context
def kapabla(context: click.Context) -> None:
    """Kapabla: training, questionnaires and honest evaluation. Settings are read from KAPABLA_ variables."""
    context.obj = Opening(os.environ)


def main() -> None:
    """No traceback reaches a user: an expected failure is one sentence on standard error."""
    try:
        status = kapabla.main(standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(2)
    except BadSetting as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except (OperationalError, InterfaceError, ProgrammingError):
        # Its own message holds a statement, and nothing of what to do.
        click.echo("A database does not answer, or nothing is in it yet. `kapabla doctor` says which.", err=True)
        sys.exit(1)
    except KapablaError as error:
        click.echo(sentence_of(error), err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"{error.filename or 'The computer'} cannot be used: {error.strerror or error}.", err=True)
        sys.exit(1)
    except Exception as error:  # its message may carry what somebody wrote: the kind and place alone are told
        told = f"Something went wrong in Kapabla itself ({_place(error)}). Please report it with these words."
        click.echo(told, err=True)
        sys.exit(1)


def _place(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}, {Path(last.filename).name}:{last.lineno}"

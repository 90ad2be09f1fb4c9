"""The `kapabla` command: thin like a view. Exit 0 done, 1 findings or refused for the data's sake, 2 misuse."""

import os
import sys

import click

from kapabla.cli import cohorts, installation, jobs, material, releases, simulate, staff
from kapabla.cli.opening import Opening
from kapabla.config import BadSetting
from kapabla.errors import KapablaError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kapabla")
@click.pass_context
def kapabla(context: click.Context) -> None:
    """Kapabla: training, questionnaires and honest evaluation. Settings are read from KAPABLA_ variables."""
    context.obj = Opening(os.environ)


for group in (installation, material, staff, cohorts, jobs, releases, simulate):
    group.register(kapabla)


def main() -> None:
    """No traceback reaches a user: an expected failure is one sentence on standard error."""
    try:
        kapabla.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(2)
    except BadSetting as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except KapablaError as error:
        click.echo(str(error), err=True)
        sys.exit(1)

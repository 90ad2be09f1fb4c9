"""reidentify: from a number in a release to the participant, by two people with a reason."""

import click

from kapabla.cli.opening import Opening, ask_for_code
from kapabla.errors import Refused
from kapabla.office.access import check_can


@click.command()
@click.argument("release", metavar="RELEASE")
@click.argument("record_id", metavar="ID")
@click.option("--by", "by", multiple=True, required=True, help="Given twice: two people, each with a one-time code.")
@click.option("--reason", prompt="Why (it is kept; write no names)", help="Asked for where it is not given.")
@click.pass_obj
def reidentify(opening: Opening, release: str, record_id: str, by: tuple[str, ...], reason: str) -> int:
    """Find the participant behind a number of a release. It is logged, and told to that person."""
    from kapabla.jobs.reidentifying import Asked
    from kapabla.jobs.reidentifying import reidentify as find

    if len({email.strip().lower() for email in by}) != 2:
        raise Refused("two_people_needed")
    service = opening.service
    with service.vaults.unit() as work:
        first, second = (ask_for_code(service, work, email) for email in by)
        for member in (first, second):
            check_can(member.role, "reidentify")
        number = find(service, work, release, record_id.strip().upper(), Asked(first, second, reason))
    if number is None:
        click.echo(f"Nobody who is here stands under that number in {release}. That you asked is in the log.", err=True)
        return 1
    click.echo(number)
    return 0

"""agreement: on what terms a researcher may fetch data, and until when."""

from datetime import datetime

import click

from kapabla.cli.opening import Opening, print_json
from kapabla.clock import local_date
from kapabla.office import agreements
from kapabla.office.sign_in import get_staff


@click.group()
def agreement() -> None:
    """Agreements with researchers: no file leaves without one that lasts."""


@agreement.command("add")
@click.option("--for", "email", required=True, help="The researcher's account.")
@click.option("--number", required=True, help="Of the agreement in the county's register.")
@click.option("--ends", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Its last day, as 2027-06-30.")
@click.pass_obj
def add(opening: Opening, email: str, number: str, ends: datetime) -> None:
    """Write an agreement down; the same number again gives it another last day."""
    service = opening.service
    with service.vaults.unit() as work:
        agreements.record(
            work.office, service.office_chain, member=get_staff(work.office, email), number=number,
            ends_on=ends.date(), actor="cli", at=service.clock(),
        )  # fmt: skip
    click.echo(f"The agreement {number.strip()} lasts to {ends.date().isoformat()}.")


@agreement.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_agreements(opening: Opening, as_json: bool) -> None:
    """Every agreement, the one that ends last first."""
    today = local_date(opening.service.clock())
    with opening.service.vaults.reading() as work:
        rows = [
            {
                "for": member.email, "number": found.number, "ends_on": found.ends_on.isoformat(),
                "lasts": found.ends_on >= today,
            }
            for found, member in agreements.all_agreements(work.office)
        ]  # fmt: skip
    if as_json:
        print_json(rows)
    for row in rows if not as_json else ():
        click.echo(f"{row['number']:24} {row['for']:32} {row['ends_on']}  {'lasts' if row['lasts'] else 'ended'}")

"""staff: accounts, their end, and a new sign-up link for somebody who has lost the phone."""

from datetime import date, timedelta

import click

from kapabla.audit import Event
from kapabla.cli.opening import Opening, ask_for_code, check_known, print_json
from kapabla.clock import local_date
from kapabla.errors import Refused
from kapabla.office import accounts, sign_in
from kapabla.office.access import ROLES, check_can


@click.group()
def staff() -> None:
    """Accounts of the county, the university, the municipality and the police."""


@staff.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--name", default="", help="Shown in the log; the address is used where it is empty.")
@click.option("--municipality", default=None, help="Code of the one municipality that this account sees.")
@click.option(
    "--days", default=365, show_default=True, type=click.IntRange(1, 3650), help="The account ends after so many days."
)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def add(opening: Opening, email: str, role: str, name: str, municipality: str | None, days: int, as_json: bool) -> None:
    """Add an account and print its one-time sign-up link."""
    service, at = opening.service, opening.service.clock()
    if municipality is not None:
        check_known("municipality", municipality, [place.code for place in service.material.municipalities])
    with service.vaults.unit() as work:
        ends_on: date = local_date(at) + timedelta(days=days)
        member, token = sign_in.add_staff(
            work.office, email=email, name=name or email, role=role, ends_on=ends_on, at=at, municipality=municipality
        )
        event = Event("cli", "", "staff_add", f"staff:{member.id}", reason=role)
        service.office_chain.append(work.office, event, at=at)
    _print_link(opening, token, as_json)


@staff.command("end")
@click.argument("email")
@click.pass_obj
def end(opening: Opening, email: str) -> None:
    """End an account: the next request is refused and its sessions are dead."""
    service, at = opening.service, opening.service.clock()
    with service.vaults.unit() as work:
        member = sign_in.get_staff(work.office, email)
        sign_in.end_account(work.office, member, on=local_date(at))
        service.office_chain.append(work.office, Event("cli", "", "staff_end", f"staff:{member.id}"), at=at)
    click.echo("The account has ended.")


@staff.command("reset")
@click.argument("email")
@click.option("--by", required=True, help="The administrator who lets the person in again; asks for a one-time code.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def reset(opening: Opening, email: str, by: str, as_json: bool) -> None:
    """Give a new sign-up link to somebody who has lost the phone. Logged."""
    service, at = opening.service, opening.service.clock()
    with service.vaults.unit() as work:
        administrator = ask_for_code(service, work, by)
        check_can(administrator.role, "manage_staff")
        member = sign_in.get_staff(work.office, email)
        token = accounts.let_in_anew(work.office, service.office_chain, member, by=administrator, at=at)
    _print_link(opening, token, as_json)


@staff.command("code")
@click.argument("email")
@click.pass_obj
def code(opening: Opening, email: str) -> None:
    """Print the present one-time code of a demo account. Refused for all others."""
    service = opening.service
    with service.vaults.reading() as work:
        member = sign_in.get_staff(work.office, email)
        if not member.is_demo:
            raise Refused("only_for_demo_accounts")
        click.echo(sign_in.present_code(member, sealing_key=service.keys.get("sealing"), at=service.clock()))


def _print_link(opening: Opening, token: str, as_json: bool) -> None:
    link = f"{opening.config.base_url}/logga-in/konto/{token}"
    if as_json:
        print_json({"sign_up_link": link})
    else:
        click.echo(f"One-time sign-up link, valid for seven days:\n{link}")

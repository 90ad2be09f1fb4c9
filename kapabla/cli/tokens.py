"""token: keys to the research API, each for one researcher and one release."""

import click

from kapabla.audit import Event
from kapabla.cli.demo import demo_secret, demo_token
from kapabla.cli.opening import Opening, print_json
from kapabla.ids import new_id
from kapabla.office import api_tokens, release_register, sign_in


@click.group()
def token() -> None:
    """Keys to the research API (docs/research-api.md): for one researcher and one locked release."""


@token.command("add")
@click.option("--release", "name", required=True)
@click.option("--for", "email", required=True, help="The researcher's account.")
@click.option("--days", required=True, type=int, help=f"How long it works, at most {api_tokens.MAX_DAYS} days.")
@click.option("--label", default="", help="What its holder calls it.")
@click.option("--purpose", default="", help="What it is for.")
@click.option("--language", default="sv", show_default=True, type=click.Choice(api_tokens.LANGUAGES), help="Of labels.")
@click.option("--network", default="", help="The only addresses that it may come from, as 130.239.0.0/16.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def add(
    opening: Opening, name: str, email: str, days: int, label: str, purpose: str, language: str, network: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Make a key and print it, once."""
    service, at, id_ = opening.service, opening.service.clock(), new_id()
    with service.vaults.unit() as work:
        holder = sign_in.get_staff(work.office, email)
        secret = demo_secret(service.config) if holder.is_demo else None
        made = demo_token(secret, id_) if secret else api_tokens.new_token()
        kept = api_tokens.add(
            work.office, service.office_chain, id_=id_, token=made, holder=holder,
            release=release_register.get(work.office, name), days=days, at=at, name=label, purpose=purpose,
            language=language, network=network, by=Event("cli", "", "token_add", f"token:{id_}", reason=name),
        )  # fmt: skip
        result = {"id": id_, "for": holder.email, "release": name, "expires_on": f"{kept.expires_on}", "token": made}
    if as_json:
        print_json(result)
    else:
        click.echo(f"{made}\n")
        click.echo(f"Key {id_} to {name}, until {result['expires_on']}. It is not shown again.", err=True)


@token.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_tokens(opening: Opening, as_json: bool) -> None:
    """The keys that work, without the keys themselves (those of the demo are shown)."""
    service, at = opening.service, opening.service.clock()
    secret = demo_secret(service.config)
    with service.vaults.reading() as work:
        rows = [
            {
                "id": key.token.id,
                "for": key.holder.email,
                "release": key.release.id,
                "expires_on": f"{key.token.expires_on}",
                "token": demo_token(secret, key.token.id) if secret and key.holder.is_demo else None,
            }
            for key in api_tokens.all_tokens(work.office)
            if api_tokens.works(key, at=at)
        ]
    if as_json:
        print_json(rows)
    for row in rows if not as_json else ():
        click.echo(f"{row['id']}  {row['release']:16} {row['expires_on']}  {row['for']}")


@token.command("revoke")
@click.argument("token_id", metavar="ID")
@click.pass_obj
def revoke(opening: Opening, token_id: str) -> None:
    """Take a key back: the next call with it is refused."""
    service = opening.service
    with service.vaults.unit() as work:
        found = api_tokens.get(work.office, token_id)
        event = Event("cli", "", "token_revoke", f"token:{token_id}", reason=found.release)
        api_tokens.revoke(work.office, service.office_chain, found, by=event, at=service.clock())
    click.echo("The key has been taken back.")

"""init, serve, doctor, keys, audit: what makes an installation and keeps it sound."""

import re

import click

from kapabla.cli.opening import Opening, print_json
from kapabla.clock import local_date, system_clock
from kapabla.config import check_production, for_all_audiences, load_config
from kapabla.installing import make_installation
from kapabla.keys import PURPOSES, Keyring
from kapabla.migrating import check_at_head, current_head
from kapabla.office import release_register
from kapabla.service import open_engines


@click.command()
@click.pass_obj
def init(opening: Opening) -> None:
    """Migrate the databases, make missing keys, check the course material. Safe to repeat.

    What holds something is backed up before it is migrated.
    """
    saved = make_installation(opening.config)
    if saved:
        click.echo(f"What was there is saved in {saved}.")
    click.echo(f"The vaults stand at version {current_head()}.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="PORT", type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--no-jobs", is_flag=True, help="Leave the job runner to `kapabla jobs run --loop` elsewhere.")
@click.option("--demo", is_flag=True, help="Make an installation filled with a clearly marked demo, and serve that.")
@click.pass_obj
def serve(opening: Opening, host: str, port: int, workers: int, no_jobs: bool, demo: bool) -> None:
    """Serve the application, with the job runner as a child process. Without --demo it is production."""
    from kapabla.cli.serving import check_address, run_server

    check_address(host, port)
    env = {"KAPABLA_BASE_URL": f"http://{host}:{port}", **opening.env} if demo else opening.env
    config = load_config(env, demo=demo)
    if demo:
        from kapabla.cli.demo import prepare_demo

        prepare_demo(load_config(for_all_audiences(env), demo=True))
    else:
        check_production(config, opening.env)
        engines = open_engines(config)
        check_at_head(engines)
    run_server(config, host=host, port=port, workers=workers, with_jobs=not no_jobs)


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def doctor(opening: Opening, as_json: bool) -> None:
    """Check settings, keys, databases, migrations, mail, disk. One line each; exit 1 if something is wrong."""
    from kapabla.cli.checkup import check_up

    findings = check_up(opening.config)
    if as_json:
        print_json([{"what": f.what, "ok": f.ok, "detail": f.detail} for f in findings])
    else:
        for finding in findings:
            click.echo(f"{'ok  ' if finding.ok else 'FAIL'} {finding.what}: {finding.detail}")
    if not all(finding.ok for finding in findings):
        raise SystemExit(1)


@click.group()
def keys() -> None:
    """The files of KAPABLA_KEY_DIR: purpose, id, made on, never the key."""


@keys.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_keys(opening: Opening, as_json: bool) -> None:
    """List the keys that lie in the folder."""
    found = Keyring(opening.config.key_dir).list()
    if as_json:
        print_json([{"purpose": k.purpose, "id": k.id, "made_on": k.made_on.isoformat()} for k in found])
    else:
        for key in found:
            click.echo(f"{key.purpose:12} {key.id:20} {key.made_on}")


def _key_id(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}", text):
        raise click.BadParameter(
            "an id is letters, digits, full stops, hyphens and underscores, since it names a file."
        )
    return text


@keys.command("make")
@click.argument("purpose", type=click.Choice(PURPOSES))
@click.argument("key_id", callback=_key_id)
@click.pass_obj
def make_key(opening: Opening, purpose: str, key_id: str) -> None:
    """Make one key, unless it exists."""
    Keyring(opening.config.key_dir).make(purpose, key_id, local_date(system_clock()))


@keys.command("rotate")
@click.argument("purpose", type=click.Choice(["offline"]))
@click.pass_obj
def rotate_key(opening: Opening, purpose: str) -> None:
    """Make a new key that is used from now on. The old one goes on reading, and stays in the folder."""
    key_id = Keyring(opening.config.key_dir).rotate(purpose, local_date(system_clock()))
    click.echo(f"{purpose}-{key_id} is in use from now on. Give it to every process that serves participants.")


@keys.command("give-up")
@click.argument("purpose", type=click.Choice(["offline", "release"]))
@click.argument("key_id")
@click.pass_obj
def give_up_key(opening: Opening, purpose: str, key_id: str) -> None:
    """Write down that a key and all copies of it are gone, lost or destroyed.

    Of telephones: they stop waiting, and the pages are asked again. Of a release: later ones of its study are built
    again, with files and without figures or a report, since they cannot be held against it.
    """
    keyring, today = Keyring(opening.config.key_dir), local_date(system_clock())
    if purpose == "release":
        with opening.service.vaults.reading() as work:
            release_register.get(work.office, key_id)
    if keyring.has(purpose, key_id):
        raise click.UsageError(f"{purpose}-{key_id} lies in the folder and is not lost.")
    keyring.give_up(purpose, key_id, today)
    if purpose == "release":
        click.echo(f"{purpose}-{key_id} is given up. Later releases of its study have files, and no figures or report.")
        return
    if not any(key.purpose == purpose for key in keyring.list()):
        keyring.rotate(purpose, today)
    click.echo(f"{purpose}-{key_id} is given up. {purpose}-{keyring.latest(purpose)} is in use.")


@click.group()
def audit() -> None:
    """The hash-chained logs."""


@audit.command("verify")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def verify_audit(opening: Opening, as_json: bool) -> None:
    """Walk the chain of every vault; exit 1 and name the first row that does not fit."""
    service = opening.service
    with service.vaults.reading() as work:
        broken = {
            name: chain.verify(session)
            for name, chain, session in (
                ("identity", service.identity_chain, work.identity),
                ("answers", service.answers_chain, work.answers),
                ("office", service.office_chain, work.office),
            )
        }
    if as_json:
        print_json({name: {"whole": seq is None, "first_bad": seq} for name, seq in broken.items()})
    else:
        for name, seq in broken.items():
            click.echo(f"{name}: {'whole' if seq is None else f'broken at row {seq}'}")
    if any(seq is not None for seq in broken.values()):
        raise SystemExit(1)

"""backup, restore: each vault under its own key, and back again without those who have left since."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import click

from kapabla.cli.opening import Opening, print_json
from kapabla.clock import system_clock
from kapabla.config import Config
from kapabla.watching import LAST_BACKUP

DRILLS = "restore-drills"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--journals", is_flag=True, help="Only the journals of who has left: small, to be copied often.")
@click.option("--days", default=35, show_default=True, type=click.IntRange(1, 35), help="Older files are removed.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def backup(opening: Opening, folder: Path, journals: bool, days: int, as_json: bool) -> None:
    """Save every vault, its journal and the published store in FOLDER, beside a service that goes on."""
    from kapabla.backup.folder import prune
    from kapabla.backup.making import back_up, save_journals
    from kapabla.installing import before_upgrade

    config, at = opening.config, system_clock()
    if journals:
        save_journals(config, folder, at=at)
        return
    saved = back_up(config, folder, at=at, days=days)
    prune(before_upgrade(config), at=at, days=days)
    _write(config.data_dir / LAST_BACKUP, {"at": at.isoformat(timespec="seconds"), "folder": str(folder.resolve())})
    if as_json:
        print_json([{"part": part.part, "file": str(part.path), "rows": part.rows} for part in saved])
    else:
        for part in saved:
            click.echo(f"{part.part}: {part.rows} {'files' if part.part == 'store' else 'rows'} in {part.path}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--verify", is_flag=True, help="Only try: rebuild beside the vaults, compare, and take it away again.")
@click.option("--at", "stamp", help="Which one, as its files are named: 20261128T021500Z. The newest by default.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def restore(opening: Opening, folder: Path, verify: bool, stamp: str | None, as_json: bool) -> None:
    """Bring back the vaults from FOLDER into empty places. Who has left since leaves again before anything opens."""
    from kapabla.backup.restoring import restore as bring_back

    config, at = opening.config, system_clock()
    done = bring_back(config, folder, at=at, stamp=stamp, only_try=verify)
    told = asdict(done) | {"verified": verify}
    if verify:
        _keep_drill(config, told)
    if as_json:
        print_json(told)
    else:
        for vault, rows in done.rows.items():
            again = f", {done.left_again[vault]} entries of the journal carried out" if vault in done.left_again else ""
            click.echo(f"{vault}: {rows} rows as they were saved{again}")
        click.echo(f"store: {done.files} files")
        for vault in done.broken:
            click.echo(f"{vault}: the log was broken when this was saved; `kapabla audit verify` says where")
        click.echo(_VERIFIED if verify else _NEXT.format(stamp=done.stamp))
    if done.broken:
        raise SystemExit(1)


_VERIFIED = "The backup is whole. Nothing has been changed."
_NEXT = (
    "Everything is as on {stamp}, and who has left since has left again. Before you open: end anew the accounts, "
    "agreements and keys to the research API that have been ended since, and write down restrictions anew. "
    "On PostgreSQL run `kapabla database roles --apply`. Then `kapabla doctor`."
)


def _keep_drill(config: Config, told: dict[str, object]) -> None:
    """A report of every drill is kept (`privacy.md` E8.3): counts only."""
    at = system_clock().isoformat(timespec="seconds")
    _write(config.data_dir / DRILLS / f"{at[:10]}.json", {"at": at} | told)


def _write(path: Path, told: dict[str, object]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(json.dumps(told, indent=1), "utf-8")
    aside.replace(path)

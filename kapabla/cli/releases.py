"""release: order, build, approve by two, list, compare, export, take back."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kapabla.cli.opening import Opening, ask_for_code, print_json, study_of
from kapabla.office import release_register
from kapabla.office.access import check_can
from kapabla.office.releases import ReleaseRecord
from kapabla.service import Service
from kapabla.vaults import Work

if TYPE_CHECKING:
    from kapabla.release.difference import Change, Edition

_BROKEN = "The build broke. This is a fault in Kapabla, not in the data: the log says where. Order it anew when mended."
_TOO_LITTLE = "It could not be protected well enough to be handed out. Wait until more people have answered."
_CUT_OFF = "The key of {former} is destroyed, so it has files, and neither figures nor a report."
_LEFT = "Somebody in it has left since it was built. Build a new release."
# Why a build failed, for those reasons that somebody can do something about.
FAILURES = {
    "broken": _BROKEN,
    "too_few_people": "Too few people have said yes to be protected in it. Wait until more have.",
    "k_not_reached": _TOO_LITTLE,
    "few_blanks": _TOO_LITTLE,
    "former_key_gone": "The key of an earlier release is missing, so the two cannot be held against each other; "
    "waiting does not help. The log says which. Put the sealed copy of the key back or, where there is none left, say "
    "so with `kapabla keys give-up release RELEASE`. Then order it anew.",
    "former_files_gone": "The files of an earlier release are missing, so the two cannot be held against each other; "
    "waiting does not help. The log says which. Put them back from the backup, and order it anew.",
    "no_registry_number": "The study has no registry number of its ethics approval. Write it in the study's file.",
}


@click.group()
def release() -> None:
    """Releases: what may leave, and only after two people have approved it."""


@release.command("build")
@click.option("--study", required=True)
@click.option("--for", "purpose", required=True, type=click.Choice(release_register.PURPOSES))
@click.option("--by", required=True, help="Who orders it; asks for that person's one-time code.")
@click.option("--test", "is_test", is_flag=True, help="Of test people only, marked in every file.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def build(opening: Opening, study: str, purpose: str, by: str, is_test: bool, as_json: bool) -> int:
    """Build a release of those who said yes. It waits for two approvals."""
    from kapabla.jobs.releases import build_release
    from kapabla.release import published

    service, at = opening.service, opening.service.clock()
    study_of(service, study)
    with service.vaults.unit() as work:
        member = ask_for_code(service, work, by)
        check_can(member.role, "order_release")
        name = release_register.order_next(
            work.office, service.office_chain, study=study, purpose=purpose, is_test=is_test, by=member, at=at
        )
    with service.vaults.unit() as work:
        record = build_release(service, work, name)
        result = {"release": name, "state": record.state, "people": record.people, "reason": record.reason}
    if as_json:
        print_json(result)
    else:
        click.echo(f"{name}: {record.state}")
    if record.state == "failed":
        click.echo(FAILURES.get(record.reason, f"{_BROKEN} ({record.reason})"), err=True)
    elif cut_off := published.cut_off(service.config.release_dir, name):
        click.echo(_CUT_OFF.format(former=", ".join(cut_off)), err=True)
    return 1 if record.state == "failed" else 0


@release.command("approve")
@click.argument("name", metavar="RELEASE")
@click.option("--by", required=True)
@click.pass_obj
def approve(opening: Opening, name: str, by: str) -> int:
    """One of two approvals; the second has to be another account's, and locks the release."""
    from kapabla.jobs.withdrawal_notices import give_up_outdated, lock_or_give_up

    service = opening.service
    give_up_outdated(service)
    with service.vaults.unit() as work:
        member = ask_for_code(service, work, by)
        check_can(member.role, "approve_release")
        release_register.approve(work.office, service.office_chain, release=name, by=member, at=service.clock())
        state = lock_or_give_up(service, work, name)
    click.echo(f"{name}: {state}")
    if state == "failed":
        click.echo(_LEFT, err=True)
    return 1 if state == "failed" else 0


@release.command("retire")
@click.argument("name", metavar="RELEASE")
@click.option("--by", required=True, help="Who takes it back; asks for that person's one-time code.")
@click.pass_obj
def retire(opening: Opening, name: str, by: str) -> None:
    """Take back a locked release: its files and keys are refused from now on. It cannot be undone."""
    service = opening.service
    with service.vaults.unit() as work:
        member = ask_for_code(service, work, by)
        check_can(member.role, "approve_release")
        release_register.retire(work.office, service.office_chain, release=name, by=member, at=service.clock())
        left = release_register.downloads(work.office, release=name)
        holders = sorted({member.email for _, member, _ in left if member is not None})
    click.echo(f"{name}: retired")
    if holders:
        click.echo(f"It has been fetched by {', '.join(holders)}. Ask them to delete it.")


@release.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_releases(opening: Opening, as_json: bool) -> None:
    """Every release with its state."""
    with opening.service.vaults.reading() as work:
        rows = [
            {
                "release": r.id,
                "study": r.study,
                "for": r.purpose,
                "test": r.is_test,
                "state": r.state,
                "people": r.people,
            }
            for r in release_register.all_releases(work.office)
        ]
    if as_json:
        print_json(rows)
    for row in rows if not as_json else ():
        click.echo(f"{row['release']:16} {row['study']:16} {row['for']:11} {row['state']}")


@release.command("difference")
@click.argument("former", metavar="FORMER")
@click.argument("present", metavar="PRESENT")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def difference(opening: Opening, former: str, present: str, as_json: bool) -> None:
    """What differs between two releases: counts, columns, rules and versions; never who."""
    from kapabla.release.difference import difference as differing
    from kapabla.release.disclosure import Thresholds

    cell = opening.service.config.min_cell
    with opening.service.vaults.reading() as work:
        editions = [_edition(opening, work, name) for name in (former, present)]
    changes = differing(*editions, thresholds=Thresholds(cell))
    if as_json:
        print_json([asdict(change) for change in changes])
    for change in changes if not as_json else ():
        click.echo(_told(change, cell))


def _edition(opening: Opening, work: Work, name: str) -> "Edition":
    from kapabla.release import published
    from kapabla.release.difference import Edition

    record = release_register.get(work.office, name)
    if record.manifest is None or record.state not in release_register.WITH_FILES:
        raise release_register.WrongState(release=name, state=record.state, wanted="built")
    return Edition(record.manifest, published.codebook(opening.service.config.release_dir, name))


def _told(change: "Change", cell: int) -> str:
    what = " ".join(word for word in (change.kind, change.what, change.aspect) if word)
    if change.kind == "count" and change.former is None:
        return f"{what}: the same, or fewer than {cell} apart"
    if change.aspect in ("added", "removed"):
        return what
    return f"{what}: {_plain(change.former)} -> {_plain(change.present)}"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def note_export(service: Service, name: str, what: str, by: str | None) -> ReleaseRecord:
    """A row before anything leaves, and whoever is named has to be somebody who may fetch it."""
    from kapabla.release import published

    files = published.files(service.config.release_dir, name)
    rows = next((file.rows for file in files if file.name == "data_long.csv"), None)
    with service.vaults.unit() as work:
        record = release_register.get(work.office, name)
        member = ask_for_code(service, work, by) if by else None
        if member is not None:
            check_can(member.role, "download_release")
        release_register.record_export(
            work.office, service.office_chain, record=record, what=what, rows=rows, by=member, at=service.clock()
        )
    return record


@release.command("export")
@click.argument("name", metavar="RELEASE")
@click.option("--format", "formats", default="csv,csv-excel,sav", show_default=True)
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--by", help="Who fetches them, for the register of downloads; asks for that person's one-time code.")
@click.pass_obj
def export(opening: Opening, name: str, formats: str, out: Path, by: str | None) -> None:
    """Write the locked release's files to a folder: the same bytes every time. It is logged before they are written."""
    from kapabla.release import published

    service, wanted = opening.service, published.check_formats(formats.split(","))
    record = note_export(service, name, ",".join(wanted), by)
    folder = published.export(service.config.release_dir, record.study, name, record.built_on, wanted, out)
    click.echo(str(folder))

"""series: municipal aggregates (calls, reports, crimes) that stand beside the evaluation, and under the promises."""

from datetime import datetime
from pathlib import Path

import click

from kapabla.audit import Event
from kapabla.cli.opening import Opening, print_json
from kapabla.clock import local_date
from kapabla.material.series_file import places_of
from kapabla.release.series import KINDS, About, Limits, Series, all_series, keep, read_file, remove
from kapabla.store import Store


@click.group()
def series() -> None:
    """Series of municipal aggregates: context beside the evaluation, never the effect of the course."""


@series.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--kind", required=True, help=f"What is counted, and so which cautions are shown: {', '.join(KINDS)}.")
@click.option("--source", required=True, help="As a reader should see it, e.g. 'Brå, anmälda brott'.")
@click.option("--retrieved", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day the file was fetched.")
@click.option("--series", "code", default="", help="What to call it in addresses, where the file has one series.")
@click.option("--name", default="", help="What to call it in Swedish.")
@click.option("--name-en", default="", help="The same in English.")
@click.option("--unit", default="", help="What the values are, e.g. 'antal', 'procent', 'per 100 000 invånare'.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def import_(
    opening: Opening, file: Path, kind: str, source: str, retrieved: datetime, code: str, name: str, name_en: str,
    unit: str, as_json: bool,
) -> None:  # fmt: skip
    """Read a CSV file: serie, kommun, period, antal (or värde); or the usual columns of Kolada and Brå.

    Counts below the smallest cell are hidden before anything is kept. A series that is there already gets a revision.
    """
    from kapabla.release.disclosure import Thresholds

    service = opening.service
    about = About(kind, source, retrieved.date(), code, name, name_en, unit)
    found = read_file(file.read_bytes(), places_of(service.material.municipalities), is_count=about.is_count)
    with service.vaults.unit() as work:
        made = keep(
            Store(service.config.release_dir),
            found,
            about,
            Limits(Thresholds(service.config.min_cell), Thresholds(service.config.min_cell_public)),
            today=local_date(service.clock()),
        )
        for one, is_news in made.items():
            if is_news:
                trail = Event("cli", "", "series_import", f"series:{one}", reason=source)
                service.office_chain.append(work.office, trail, at=service.clock())
    if as_json:
        print_json({"series": made, "elsewhere": found.elsewhere, "of_one_gender": found.of_one_gender})
        return
    for one, is_news in made.items():
        click.echo(f"{one}: " + ("kept." if is_news else "the same as before; nothing was changed."))
    left = {"of other places": found.elsewhere, "of one gender alone": found.of_one_gender}
    for what, count in left.items():
        if count:
            click.echo(f"{count} rows {what} were left out.")


@series.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_series(opening: Opening, as_json: bool) -> None:
    """Every series with its imports, the oldest first."""
    found = all_series(opening.service.config.release_dir)
    if as_json:
        print_json([_told(one) for one in found])
        return
    for one in found:
        click.echo(f"{one.code:40} {one.newest.retrieved_on}  {one.names['sv']}")


def _told(one: Series) -> dict[str, object]:
    imports = [
        {"retrieved_on": f"{held.retrieved_on}", "source": held.source, "document": held.document}
        for held in one.revisions
    ]
    return {"series": one.code, "name": one.names["sv"], "kind": one.kind, "revisions": imports}


@series.command("remove")
@click.argument("code", metavar="SERIES")
@click.pass_obj
def remove_series(opening: Opening, code: str) -> None:
    """Take away a series that was read in by mistake, with all its revisions. Published promises may point at it."""
    service = opening.service
    with service.vaults.unit() as work:
        remove(Store(service.config.release_dir), code)
        trail = Event("cli", "", "series_remove", f"series:{code}")
        service.office_chain.append(work.office, trail, at=service.clock())
    click.echo(f"{code} is removed.")

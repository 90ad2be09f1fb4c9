"""report: the evaluation report of a release, with all that recomputes it."""

from pathlib import Path

import click

from kapabla.cli.opening import Opening
from kapabla.cli.releases import note_export
from kapabla.clock import local_date


@click.command()
@click.argument("name", metavar="RELEASE")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--by", help="Who fetches it, for the register of downloads; asks for that person's one-time code.")
@click.pass_obj
def report(opening: Opening, name: str, out: Path, by: str | None) -> None:
    """Write the report (HTML and PDF, Swedish and English), the data, and the programs that recompute every number."""
    from kapabla.release import published
    from kapabla.release.disclosure import Thresholds
    from kapabla.release.reporting import report_files

    service = opening.service
    record = note_export(service, name, "report", by)
    files = report_files(
        service.config.release_dir, name, service.material, manifest_hash=record.manifest_hash or "",
        thresholds=Thresholds(service.config.min_cell), on=local_date(service.clock()),
    )  # fmt: skip
    folder = published.export(service.config.release_dir, record.study, name, record.built_on, ["csv"], out)
    for file, body in files.items():
        (folder / file).write_bytes(body)
    click.echo(str(folder))

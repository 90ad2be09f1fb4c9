"""report: the evaluation report of a release, with all that recomputes it."""

from pathlib import Path

import click

from kapabla.cli.opening import Opening
from kapabla.clock import local_date
from kapabla.office import release_register


@click.command()
@click.argument("name", metavar="RELEASE")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def report(opening: Opening, name: str, out: Path) -> None:
    """Write the report (HTML and PDF, Swedish and English), the data, and the programs that recompute every number."""
    from kapabla.release import published
    from kapabla.release.disclosure import Thresholds
    from kapabla.release.reporting import report_files

    service = opening.service
    with service.vaults.reading() as work:
        record = release_register.get(work.office, name)
        if record.state != "locked":
            raise release_register.WrongState(release=name, state=record.state, wanted="locked")
    files = report_files(
        service.config.release_dir, name, service.material, manifest_hash=record.manifest_hash or "",
        thresholds=Thresholds(service.config.min_cell), on=local_date(service.clock()),
    )  # fmt: skip
    folder = published.export(service.config.release_dir, record.study, name, record.built_on, ["csv"], out)
    for file, body in files.items():
        (folder / file).write_bytes(body)
    click.echo(str(folder))

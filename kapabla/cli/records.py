"""records: the record of processing and the inputs of the impact assessment, made from the configuration."""

from pathlib import Path

import click

from kapabla.cli.opening import Opening


@click.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A file; otherwise it is printed.")
@click.pass_obj
def records(opening: Opening, out: Path | None) -> None:
    """Write the register of processing (Art. 30) and what an impact assessment starts from, in Swedish, as Markdown."""
    from kapabla.cli.processing_record import record_of
    from kapabla.office.agreements import all_agreements
    from kapabla.tables import METADATA
    from kapabla.web.public.processing import processing

    service = opening.service
    with service.vaults.reading() as work:
        agreements = [
            f"{member.name}, avtal {agreement.number}, till och med {agreement.ends_on}"
            for agreement, member in all_agreements(work.office)
        ]
    text = record_of(opening.config, service.material, processing(), METADATA, agreements)
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, "utf-8")

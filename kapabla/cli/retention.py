"""retention: what is due for gallring, and its execution by a decision."""

from dataclasses import asdict
from pathlib import Path

import click

from kapabla.cli.opening import Opening, ask_for_code, print_json, study_of
from kapabla.clock import local_date
from kapabla.office.access import check_can
from kapabla.office.disposals import DATA_CLASSES, STUDY_KEY


@click.group()
def retention() -> None:
    """Gallring: nothing goes before its day, without a decision, or before what is kept has been written out."""


@retention.command("plan")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def plan(opening: Opening, as_json: bool) -> None:
    """What there is of each class of data, and from which day it may be destroyed. Changes nothing."""
    from kapabla.jobs.retention import plan as planned

    service = opening.service
    on = local_date(service.clock())
    with service.vaults.reading() as work:
        dues = planned(service, work)
    if as_json:
        print_json([asdict(due) | {"due_on": f"{due.due_on}", "is_due": due.has_come(on)} for due in dues])
    for due in dues if not as_json else ():
        told = ("due" if due.amount else "gone") if due.has_come(on) else "kept"
        click.echo(f"{due.study:16} {due.data_class:13} {due.due_on} {due.amount:7}  {told}")


@retention.command("purge")
@click.option("--decision", required=True, help="The reference number of the decision on gallring.")
@click.option("--by", required=True, help="Who carries it out; asks for that person's one-time code.")
@click.option("--study", help="Needed where there are several.")
@click.option("--class", "classes", multiple=True, type=click.Choice(DATA_CLASSES), help="Only this; can be repeated.")
@click.option(
    "--archive", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="A folder for what is kept: CSV, codebook, PDF and checksums. Written first.",
)  # fmt: skip
@click.pass_obj
def purge(opening: Opening, decision: str, by: str, study: str | None, classes: tuple[str, ...], archive: Path) -> None:
    """Destroy what is due, for good, by a decision. What is to be kept is written to the archive first."""
    from kapabla.jobs import retention as retaining
    from kapabla.jobs.archive import write_archive

    service = opening.service
    known = list(service.material.studies)
    found = study_of(service, study or (known[0] if len(known) == 1 else ""))
    retaining.check_decision(found, decision)
    with service.vaults.unit() as work:
        member = ask_for_code(service, work, by)
        check_can(member.role, "dispose")
    with service.vaults.reading() as work:
        dues = retaining.what_may_go(service, work, found, classes or DATA_CLASSES)
        folder = write_archive(service, work, found, dues, decision, archive)
    click.echo(f"Written to {folder}.")
    for due in retaining.purge(service, dues, decision=decision, by=member):
        click.echo(f"{due.study} {due.data_class}: {due.amount} destroyed")
        if due.data_class == STUDY_KEY:
            click.echo("Destroy both sealed copies of the study key too: only then can nobody join names and answers.")

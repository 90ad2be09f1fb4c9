"""answers: how many there are, whether some have gone without the log telling why (H7), and those that came on paper
(E9). Never whose."""

from datetime import datetime
from pathlib import Path

import click

from kapabla.answers import counting
from kapabla.audit import Event
from kapabla.cli.opening import Opening, print_json
from kapabla.cli.sheet_messages import sheet_message
from kapabla.clock import local_date
from kapabla.errors import Refused
from kapabla.identity.enrolling import get_cohort


@click.group()
def answers() -> None:
    """The vault of what was said, in numbers."""


@answers.command("counts")
@click.option("--accept", metavar="REASON", help="Say why some are missing: from now on that is the number. Logged.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def counts(opening: Opening, accept: str | None, as_json: bool) -> None:
    """Count who has answered each questionnaire at each wave; exit 1 when some are missing that the log does not
    explain."""
    service = opening.service
    at = service.clock()
    with service.vaults.unit() as work:
        if accept:
            event = Event("cli", "system", counting.ACCEPTED, "answers", reason=accept[:200])
            service.answers_chain.append(work.answers, event, at=at, date_only=True)
        fallen = counting.take_stock(work.answers, on=local_date(at))
        rows = [
            (row.study, row.wave, row.instrument, row.people, row.missing) for row in counting.all_counts(work.answers)
        ]
    if as_json:
        print_json([dict(zip(("study", "wave", "instrument", "people", "missing"), row, strict=True)) for row in rows])
    else:
        for study, wave, instrument, people, missing in rows:
            gone = f"  {missing} MISSING" if missing else ""
            click.echo(f"{study:20} {wave:6} {instrument:24} {people:8}{gone}")
    if fallen:
        raise SystemExit(1)


@answers.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--cohort", required=True)
@click.option("--wave", required=True, help="As the study calls it, such as t0.")
@click.option("--mode", type=click.Choice(["paper", "phone"]), required=True, help="How they were given.")
@click.option("--date", "on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day on the sheets.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def import_(
    opening: Opening, file: Path, cohort: str, wave: str, mode: str, on: datetime, as_json: bool
) -> int:  # fmt: skip
    """Keep answers that were given on paper and typed into a CSV. All of them or, with one fault, none."""
    from kapabla.jobs import paper
    from kapabla.jobs.paper_sheets import read_sheets

    service, kept, faults = opening.service, 0, []
    with service.vaults.reading() as work:
        study = service.material.studies[get_cohort(work.identity, cohort).study]
    if wave not in {known.code for known in study.waves}:
        raise Refused("wave_unknown", wave=wave, known=", ".join(known.code for known in study.waves))
    paper.check_day(on.date(), local_date(service.clock()))
    sheets, found = read_sheets(file.read_bytes(), paper.columns_of(service, study, wave))
    try:
        with service.vaults.unit() as work:
            occasion = paper.Occasion(get_cohort(work.identity, cohort), study, wave, mode, on.date())
            kept = paper.keep_sheets(service, work, sheets, found, occasion)
    except paper.SheetsFaulty as faulty:
        faults = [
            {"row": fault.row, "column": fault.column, "code": fault.code, "message": sheet_message(fault)}
            for fault in faulty.faults
        ]
    if as_json:
        print_json({"sheets": len(sheets), "kept": kept, "rejected": faults})
    else:
        click.echo(f"{len(sheets)} sheets, {kept} kept")
        for told in faults:
            click.echo(told["message"])
    return 1 if faults else 0

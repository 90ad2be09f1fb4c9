"""answers: how many there are, and whether some have gone without the log telling why (H7). Never whose."""

import click

from kapabla.answers import counting
from kapabla.audit import Event
from kapabla.cli.opening import Opening, print_json
from kapabla.clock import local_date


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

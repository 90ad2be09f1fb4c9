"""survey: how many have answered the open surveys, and gallring of the answers when their result is out."""

import click

from kapabla.cli.opening import Opening, ask_for_code, print_json
from kapabla.office.access import check_can


@click.group()
def survey() -> None:
    """Open surveys of the municipalities: their answers, which nobody can be told from."""


@survey.command("list")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def list_surveys(opening: Opening, as_json: bool) -> None:
    """Every survey with its days and how many have answered, on the web and on paper."""
    from kapabla.answers.open_surveys import count_answers
    from kapabla.office.surveys import all_surveys

    with opening.service.vaults.reading() as work:
        rows = [(record.survey, count_answers(work.answers, record.slug)) for record in all_surveys(work.office)]
    told = [
        {
            "survey": one.slug, "opens_on": f"{one.opens_on}", "closes_on": f"{one.closes_on}",
            "web": counts.get("web", 0), "paper": counts.get("paper", 0),
        }
        for one, counts in rows
    ]  # fmt: skip
    if as_json:
        print_json(told)
    for row in told if not as_json else ():
        click.echo(f"{row['survey']:24} {row['opens_on']} {row['closes_on']} {row['web']:6} web {row['paper']:6} paper")


@survey.command("dispose")
@click.argument("slug", metavar="SURVEY")
@click.option("--decision", required=True, help="The reference number of the decision on gallring.")
@click.option("--by", required=True, help="Who carries it out; asks for that person's one-time code.")
@click.pass_obj
def dispose(opening: Opening, slug: str, decision: str, by: str) -> None:
    """Destroy the answers of a survey whose result is published, for good, by a decision. The result stays."""
    from kapabla.jobs.retention import check_number
    from kapabla.jobs.surveys import dispose_answers

    check_number(decision)
    service = opening.service
    with service.vaults.unit() as work:
        member = ask_for_code(service, work, by)
        check_can(member.role, "dispose")
        amount = dispose_answers(service, work, slug, decision=decision, by=member)
    click.echo(f"{slug}: {amount} answers destroyed")

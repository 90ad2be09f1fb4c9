"""study: lots, and what is frozen before the first answer."""

import click

from kapabla.answers import saving
from kapabla.cli.opening import Opening, ask_for_code, print_json
from kapabla.errors import Refused
from kapabla.identity import allocating
from kapabla.material import Study, frozen_document
from kapabla.office import plans
from kapabla.office.access import check_can


@click.group()
def study() -> None:
    """The design of a study: arms by lot, and the plan that is frozen before there are answers."""


def get_study(opening: Opening, name: str) -> Study:
    known = opening.service.material.studies
    if name not in known:
        raise Refused("study_unknown", study=name, known=", ".join(known))
    return known[name]


@study.command("allocate")
@click.argument("name", metavar="STUDY")
@click.option("--by", required=True, help="Who draws; asks for that person's one-time code.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def allocate(opening: Opening, name: str, by: str, as_json: bool) -> None:
    """Draw lots for all who wait for one, and print the hash of the list: never who got what.

    Cohorts without people, and those in which somebody has begun, are left out. The seed cannot be chosen.
    """
    service, found = opening.service, get_study(opening, name)
    if found.allocation is None:
        raise Refused("no_allocation_in_study", study=name)
    with service.vaults.unit() as work:
        member = ask_for_code(service, work, by)
        check_can(member.role, "draw_lots")
        made = allocating.allocate(
            work.identity, service.identity_chain, study=found, design=found.allocation, by=member.id,
            role=member.role, at=service.clock(),
        )  # fmt: skip
    if as_json:
        print_json({"list": made.id, "sha256": made.hash, "units": made.units, "left_out": made.left_out})
    else:
        click.echo(f"{made.id}: lots drawn for {made.units}, {made.left_out} left out; SHA-256 {made.hash}")


@study.command("freeze")
@click.argument("name", metavar="STUDY")
@click.option("--by", required=True, help="One of the two who freeze; asks for that person's one-time code.")
@click.pass_obj
def freeze(opening: Opening, name: str, by: str) -> None:
    """Freeze the analysis plan and its design. Two people run it; refused once a real person has answered."""
    from kapabla.store import Store

    service, found = opening.service, get_study(opening, name)
    if name not in service.material.plans:
        raise Refused("no_plan", study=name)
    document = frozen_document(found, service.material)
    with service.vaults.unit() as work:
        member = ask_for_code(service, work, by)
        check_can(member.role, "freeze_plan")
        digest = Store(service.config.release_dir).put(document)
        made = plans.freeze(
            work.office, service.office_chain, study=name, plan_hash=digest, by=member, at=service.clock(),
            has_answers=saving.has_real_answers(work.answers, name),
        )  # fmt: skip
    click.echo(f"{digest}: " + ("frozen." if made else "one of two has said yes; another account has to say the same."))


@study.command("replay")
@click.argument("name", metavar="STUDY")
@click.pass_obj
def replay(opening: Opening, name: str) -> int:
    """Draw every list of the study again from its seed, and say what differs. Exit 1 if anything does."""
    get_study(opening, name)
    with opening.service.vaults.reading() as work:
        found = allocating.replay(work.identity, name)
    for list_id, faults in found:
        click.echo(f"{list_id}: " + ("the same" if not faults else "; ".join(faults)))
    if not found:
        click.echo("No lots have been drawn.")
    return 1 if any(faults for _, faults in found) else 0

"""simulate: a synthetic population walks the real services through every wave."""

import click

from kapabla.cli.opening import Opening, print_json, study_of


@click.command()
@click.option("--people", required=True, type=click.IntRange(0, 100_000))
@click.option("--seed", required=True, type=int)
@click.option("--effect", default=None, type=float, help="Mean gain in steps of a five-point scale.")
@click.option("--attrition", default=None, type=click.FloatRange(0, 1))
@click.option("--withdraw", default=0, type=click.IntRange(0), help="So many of the test people leave afterwards.")
@click.option("--study", required=True)
@click.pass_obj
def simulate(
    opening: Opening,
    people: int,
    seed: int,
    effect: float | None,
    attrition: float | None,
    withdraw: int,
    study: str,
) -> None:
    """Make test people, let them answer, and print the truth that was drawn, as JSON.

    With --people 0 and --withdraw N, people of an earlier simulation leave, say after a release."""
    from kapabla.clock import local_date
    from kapabla.jobs.population import make_population, withdraw_some
    from kapabla.jobs.simulation import DEFAULT_ATTRITION, DEFAULT_EFFECT

    service = opening.service
    study_of(service, study)
    truth = make_population(
        service, people=people, seed=seed, study=study, today=local_date(service.clock()),
        effect=DEFAULT_EFFECT if effect is None else effect,
        attrition=DEFAULT_ATTRITION if attrition is None else attrition,
    )  # fmt: skip
    left = withdraw_some(service, count=withdraw, seed=seed, study=study, today=local_date(service.clock()))
    print_json(truth.as_json() | {"left_afterwards": left})

"""The planned comparisons and multiplicity: each outcome by the model that the plan names, Holm over its family."""

from collections.abc import Iterator
from dataclasses import replace

from analysis.evaluation.arms import comparison_of
from analysis.evaluation.call import Call
from analysis.evaluation.changes import of_pair
from analysis.evaluation.comparison import ancova_of, comparison, mixed_of
from analysis.evaluation.figure import Wanted
from analysis.evaluation.over_time import change_at
from analysis.evaluation.plan import PlannedOutcome, outcomes
from analysis.evaluation.release import Release
from analysis.evaluation.wedge import wedge

SECTION = "family"
NOT_YET = "1"  # the p of what cannot be computed yet


def main_of(release: Release, outcome: PlannedOutcome) -> Wanted | None:
    """The figure that the plan's model gives of an outcome; None where the release cannot have it yet."""
    needed = {outcome.wave, *filter(None, (outcome.before, outcome.waiting))}
    if outcome.column not in release.book or not needed <= set(release.asked(outcome.column)):
        return None
    found = next(_by_model(release, outcome), None)
    return None if found is None else replace(found, planned=outcome.kind)


def _by_model(release: Release, outcome: PlannedOutcome) -> Iterator[Wanted]:
    compared = comparison_of(release, outcome) if outcome.waiting else None
    if outcome.model == "paired":
        yield next(of_pair(release, outcome.column, outcome.before, outcome.wave))
    elif outcome.model == "ancova" and compared:
        yield ancova_of(release, compared)
    elif outcome.model == "mixed":
        yield mixed_of(release, compared) if compared else change_at(release, outcome.column, outcome.wave)
    elif outcome.model in ("did", "independent"):
        name = {"did": "did", "independent": "unadjusted"}[outcome.model]
        yield from (one for one in comparison(release) if one.name == f"comparison.{outcome.key}.{name}")
    elif outcome.model == "steppedwedge":
        yield from (one for one in wedge(release) if one.name == f"wedge.{outcome.column}.cluster_period")


def families(release: Release) -> Iterator[Wanted]:
    """p of every planned outcome, adjusted within its family. A comparison that cannot be made yet, or is refused,
    counts as one of p = 1: the family is as large as it was planned."""
    grouped: dict[str, list[PlannedOutcome]] = {}
    for outcome in outcomes(release):
        grouped.setdefault(outcome.family, []).append(outcome)
    for family in grouped.values():
        yield from _adjusted(release, family)


def _adjusted(release: Release, family: list[PlannedOutcome]) -> Iterator[Wanted]:
    main = [main_of(release, outcome) for outcome in family]
    names = [one.name if one else NOT_YET for one in main]
    by = family[0].correction if len(family) > 1 else "none"
    call = Call("adjust", {}, {"p": names})
    for place, (outcome, one) in enumerate(zip(family, main, strict=True)):
        if one is not None:
            yield replace(
                one, name=f"{SECTION}.{outcome.family}.{outcome.key}", section=SECTION, call=call, interval=(),
                estimate=("p", str(place)), p=("p" if by == "none" else by, str(place)), n=("n", str(place)), unit="p",
                group=one.name, method=f"p as it is, and adjusted within the family: {by}", source="Holm 1979",
            )  # fmt: skip

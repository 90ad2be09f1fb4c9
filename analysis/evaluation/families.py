"""The planned comparisons and multiplicity: each outcome by the model that the plan names, Holm over its family."""

from collections.abc import Iterator
from dataclasses import replace

from analysis.adjust import adjust
from analysis.evaluation.arms import comparison_of
from analysis.evaluation.call import Call
from analysis.evaluation.carry_out import Evaluator
from analysis.evaluation.changes import of_pair
from analysis.evaluation.comparison import ancova_of, comparison, mixed_of
from analysis.evaluation.figure import SHOWN, Figure, Wanted
from analysis.evaluation.over_time import change_at
from analysis.evaluation.plan import PlannedOutcome, outcomes
from analysis.evaluation.release import Release
from analysis.evaluation.wedge import wedge

SECTION = "family"


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


def families(evaluator: Evaluator) -> list[Figure]:
    """p of every planned outcome, adjusted within its family. A comparison that cannot be made yet, or was refused,
    counts as one of p = 1: the family is as large as it was planned."""
    grouped: dict[str, list[PlannedOutcome]] = {}
    for outcome in outcomes(evaluator.release):
        grouped.setdefault(outcome.family, []).append(outcome)
    return [figure for family in grouped.values() for figure in _adjusted(evaluator, family)]


def _adjusted(evaluator: Evaluator, family: list[PlannedOutcome]) -> list[Figure]:
    wanted = [main_of(evaluator.release, outcome) for outcome in family]
    found = [None if one is None else evaluator.figures([one])[0] for one in wanted]
    p = [1.0 if one is None or one.p is None else one.p for one in found]
    adjusted = adjust(p).result["holm" if family[0].correction == "holm" else "p"] if len(p) > 1 else p
    call = Call("adjust", {}, {"p": [one.name if one else "1" for one in wanted], "by": family[0].correction})
    return [
        replace(
            figure, name=f"{SECTION}.{outcome.family}.{outcome.key}", section=SECTION, estimate=figure.p, interval=None,
            p=value, method=f"p of {figure.method}; adjusted: {outcome.correction}", source="Holm 1979", call=call,
            unit="p",
        )
        for outcome, figure, value in zip(family, found, adjusted, strict=True)
        if figure is not None and figure.status == SHOWN and figure.p is not None
    ]  # fmt: skip

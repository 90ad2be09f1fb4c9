"""How far the planned answers stand when what they lean on changes: who is left out, what the missing would say."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from analysis.evaluation.arms import Comparison, comparison_of
from analysis.evaluation.call import Call, Without
from analysis.evaluation.comparison import about, ancova_call, mixed_of
from analysis.evaluation.families import main_of
from analysis.evaluation.figure import Wanted
from analysis.evaluation.over_time import change_at
from analysis.evaluation.plan import ARM, PlannedOutcome, left_out, outcomes
from analysis.evaluation.release import Release
from analysis.evaluation.source import at, change

SECTION = "sensitivity"
M, SEED = 20, 1
# In standard deviations: how much worse, or better, than their like those are taken to have done who did not answer.
DELTAS = {"worse": -0.5, "better": 0.5}
DESIRABILITY = "social_desirability"


def sensitivity(release: Release) -> Iterator[Wanted]:
    """Of every planned outcome: complete cases as planned, each further rule of the plan, the mixed model, multiple
    imputation, imputation with those who left half a standard deviation worse or better than it says, and with social
    desirability."""
    for outcome in outcomes(release):
        main = main_of(release, outcome)
        if main is None:
            continue
        yield _renamed(main, outcome, "complete")
        yield from _rules(release, outcome, main)
        compared = comparison_of(release, outcome) if outcome.waiting else None
        if compared:
            yield replace(mixed_of(release, compared, SECTION), name=f"{SECTION}.{outcome.key}.mixed")
            yield from _imputed_comparison(release, outcome, compared)
            yield from _with_desirability(release, outcome, compared)
        elif outcome.before:
            yield change_at(release, outcome.column, outcome.wave, SECTION)
            yield from _imputed_change(release, outcome)


def _renamed(main: Wanted, outcome: PlannedOutcome, name: str, call: Call | None = None) -> Wanted:
    return replace(main, name=f"{SECTION}.{outcome.key}.{name}", section=SECTION, call=call or main.call)


def _rules(release: Release, outcome: PlannedOutcome, main: Wanted) -> Iterator[Wanted]:
    """Each rule by itself, so that it can be told which of them matters."""
    by_column: dict[str, list[Without]] = {}
    rules = left_out(release, outcome.before, outcome.wave, waiting=outcome.waiting, analysis="sensitivity")
    for rule in rules:
        by_column.setdefault(rule.source.places[0].column, []).append(rule)
    for column, own in by_column.items():
        call = replace(main.call, without=(*main.call.without, *own))
        yield _renamed(main, outcome, f"without_{column}", call)


def _imputed_change(release: Release, outcome: PlannedOutcome) -> Iterator[Wanted]:
    columns = {
        "change": change(outcome.column, outcome.before, outcome.wave),
        "pre": at(outcome.column, outcome.before),
    }
    options: dict[str, Any] = {"outcome": "change", "fixed": "1", "auxiliary": ["pre"], "m": M, "seed": SEED}
    without = left_out(release, outcome.before, outcome.wave)
    told = {
        "column": outcome.column, "wave": outcome.wave, "before": outcome.before, "planned": outcome.kind,
    }  # fmt: skip
    for name, extra in _with_deltas(""):
        call = Call("mi", columns, options | extra, without=without, only=(columns["pre"],), optional=("change",))
        yield _imputed(f"{SECTION}.{outcome.key}.{name}", call, "Intercept", told)


def _imputed_comparison(release: Release, outcome: PlannedOutcome, one: Comparison) -> Iterator[Wanted]:
    columns = {"before": one.pre, "after": one.post, ARM: at(ARM)}
    options: dict[str, Any] = {
        "outcome": "after", "fixed": f"before+{ARM}", "factors": [ARM], "reference": one.reference_levels, "m": M,
        "seed": SEED,
    }  # fmt: skip
    for name, extra in _with_deltas(one.others[0]):
        call = Call(
            "mi", columns, options | extra, without=one.without(release), only=(one.pre,), optional=("after",)
        )  # fmt: skip
        yield _imputed(f"{SECTION}.{outcome.key}.{name}", call, one.first_other, about(one))


def _with_deltas(arm: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "imputed", {}
    for name, delta in DELTAS.items():
        yield f"lost_did_{name}", {"delta": delta} | ({"delta_in": {ARM: arm}} if arm else {})


def _imputed(name: str, call: Call, coefficient: str, told: dict[str, Any]) -> Wanted:
    path = ("coefficients", coefficient)
    delta = call.options.get("delta")
    shifted = "" if delta is None else f", those who left {delta:+g} sd"
    return Wanted(
        name, SECTION, call, (*path, "estimate"), f"multiple imputation, m = {M}, seed {SEED}{shifted}", "Rubin 1987",
        interval=(*path, "ci"), p=(*path, "p"), **told,
    )  # fmt: skip


def _with_desirability(release: Release, outcome: PlannedOutcome, one: Comparison) -> Iterator[Wanted]:
    call = ancova_call(release, one)
    facets = {
        name: at(name, release.waves[0])
        for name, column in release.book.items()
        if column["kind"] == "score" and column["construct"] == DESIRABILITY and release.waves[0] in release.asked(name)
    }  # fmt: skip
    if not facets:
        return
    covariates = [*call.options.get("covariates", []), *facets]
    call = replace(call, columns={**call.columns, **facets}, options={**call.options, "covariates": covariates})
    path = ("coefficients", one.first_other)
    yield Wanted(
        f"{SECTION}.{outcome.key}.desirability", SECTION, call, (*path, "estimate"),
        "analysis of covariance with social desirability", "ancova: coefficients", interval=(*path, "ci"),
        p=(*path, "p"), **about(one),
    )  # fmt: skip

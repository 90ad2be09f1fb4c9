"""Simulated stepped wedges of this study's size: Satterthwaite, Kenward-Roger and permutations beside what is nominal.

Five periods; a quarter of the cohorts begin at each from the second on; ten people a cohort and period. Of what cohorts
share, half is the cohort's own and half its periods'. `long`: 2,000 trials of everything (a Monte Carlo error of half
a percent at 5 %), else 200 (one and a half).
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from analysis.power import power_stepped_wedge
from analysis.steppedwedge import steppedwedge
from benchmarks.measuring import Row
from benchmarks.trials import COHORTS, ICC, LONG, NO_INTERVAL, PER_COHORT, SHORT, Interval, held, powered

PERIODS = 5
PERMUTATIONS = 500
POWERED = 0.3  # with the effect of the other trials every wedge is all but sure to find it
KENWARD_ROGER, SATTERTHWAITE = "kenward_roger", "satterthwaite"


def rows(*, long: bool) -> Iterator[Row]:
    trials = LONG if long else SHORT
    for cohorts in COHORTS:
        for name, df in (("Kenward-Roger", KENWARD_ROGER), ("Satterthwaite", SATTERTHWAITE)):
            trial = partial(_wedge, cohorts=cohorts, df=df)
            yield from held(f"steppedwedge {name}, {cohorts} cohorts", trial, trials)
        trial = partial(_permuted, cohorts=cohorts)
        yield from held(f"steppedwedge permutations, {cohorts} cohorts", trial, trials)
        wanted = power_stepped_wedge(POWERED, cohorts, PERIODS, PER_COHORT, 1 - ICC, ICC).result["power"]
        trial = partial(_wedge, cohorts=cohorts, df=KENWARD_ROGER, of_periods=0.0)
        name = f"steppedwedge of Hussey & Hughes, Kenward-Roger, {cohorts} cohorts"
        yield powered(name, trial, trials, 100 * float(wanted), effect=POWERED)


def _wedge(
    rng: np.random.Generator, effect: float, *, cohorts: int, df: str, of_periods: float = 0.5
) -> Interval:  # fmt: skip
    """of_periods: the part of what cohorts share that is each period's own; the model has it where it is not 0."""
    wanted: dict[str, Any] = {"cluster_period": of_periods > 0, df: True}
    found = steppedwedge(_drawn(rng, effect, cohorts, of_periods), "y", "cohort", "period", "treatment", **wanted)
    low, high = found.result["effect"][f"ci_{df}"] or NO_INTERVAL
    return low, high


def _permuted(rng: np.random.Generator, effect: float, *, cohorts: int) -> Interval:
    """An end that no schedule rejects, as with four cohorts, is without end."""
    found = steppedwedge(
        _drawn(rng, effect, cohorts, 0.5), "y", "cohort", "period", "treatment", cluster_period=True,
        permutations=PERMUTATIONS,
    )  # fmt: skip
    low, high = found.result["permutation"]["ci"]
    return -np.inf if low is None else low, np.inf if high is None else high


def _drawn(rng: np.random.Generator, effect: float, cohorts: int, of_periods: float) -> dict[str, Any]:
    cohort = np.repeat(np.arange(cohorts), PERIODS * PER_COHORT)
    period = np.tile(np.repeat(np.arange(PERIODS), PER_COHORT), cohorts)
    treatment = (period > cohort // (cohorts // 4)).astype(float)
    cells = rng.normal(0, np.sqrt(ICC * of_periods), (cohorts, PERIODS))[cohort, period]
    shared = rng.normal(0, np.sqrt(ICC * (1 - of_periods)), cohorts)[cohort] + cells
    y = shared + 0.1 * period + effect * treatment + rng.normal(0, np.sqrt(1 - ICC), len(cohort))
    return {"y": y, "cohort": cohort, "period": period, "treatment": treatment}

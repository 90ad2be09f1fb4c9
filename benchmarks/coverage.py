"""How often 95 % intervals hold the truth, and tests reject what is not there, in trials of this study's own size.

Value and floor are percents of the simulated trials: the floor is the nominal 95 or 5, or the power that `power` names.
A Monte Carlo error of 2,000 trials is about half a percent. `long`: 2,000 trials of everything, else 200.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from analysis.did import did
from analysis.mixed import mixed
from analysis.paired import paired
from analysis.power import power, power_cluster
from benchmarks.measuring import Row
from benchmarks.trials import COHORTS, EFFECT, ICC, LONG, PEOPLE, PER_COHORT, SHORT, Interval, held, powered


def rows(*, long: bool) -> Iterator[Row]:
    trials = LONG if long else SHORT
    for n in PEOPLE:
        pairs = partial(_paired, n=n)
        yield from held(f"paired, {n} people", pairs, trials)
        wanted = 100 * float(power("paired", EFFECT, n=n).result["power"])
        yield powered(f"paired, {n} people", pairs, trials, wanted)
    for cohorts in COHORTS:
        for name, trial in (("did CR2", _did), ("mixed Satterthwaite", _mixed)):
            yield from held(f"{name}, {cohorts} cohorts", partial(trial, cohorts=cohorts), trials)
        wanted = 100 * float(power_cluster(EFFECT, cohorts // 2, PER_COHORT, ICC).result["power"])
        yield powered(f"mixed Satterthwaite, {cohorts} cohorts", partial(_arms, cohorts=cohorts), trials, wanted)


def _paired(rng: np.random.Generator, effect: float, *, n: int) -> Interval:
    before = rng.normal(0, 1, n)
    low, high = paired(before, before + rng.normal(effect, 1, n)).result["ci"]
    return low, high


def _people(rng: np.random.Generator, cohorts: int) -> tuple[Any, Any, Any]:
    """Cohort and arm of each person, and what cohort and person add, of total variance one with the residual."""
    cohort = np.repeat(np.arange(cohorts), PER_COHORT)
    return cohort, cohort % 2, rng.normal(0, np.sqrt(ICC), cohorts)[cohort]


def _did(rng: np.random.Generator, effect: float, *, cohorts: int) -> Interval:
    frame = _before_and_after(rng, effect, cohorts)
    low, high = did(frame, "y", "time", "arm", "cohort", with_cr2=True).result["cr2"]["ci"]
    return low, high


def _mixed(rng: np.random.Generator, effect: float, *, cohorts: int) -> Interval:
    frame = _before_and_after(rng, effect, cohorts)
    found = mixed(frame, "y", "time*arm", factors=["time", "arm"], id="person", cluster="cohort", satterthwaite=True)
    low, high = found.result["coefficients"]["time[1]:arm[1]"]["ci_satterthwaite"]
    return low, high


def _before_and_after(rng: np.random.Generator, effect: float, cohorts: int) -> dict[str, Any]:
    cohort, arm, shared = _people(rng, cohorts)
    person = rng.normal(0, np.sqrt(0.5), len(cohort))
    before = shared + person + rng.normal(0, np.sqrt(0.45), len(cohort))
    after = shared + person + effect * arm + rng.normal(0, np.sqrt(0.45), len(cohort))
    return {
        "y": np.concatenate([before, after]), "time": ["0"] * len(cohort) + ["1"] * len(cohort),
        "arm": np.tile(arm, 2), "cohort": np.tile(cohort, 2), "person": np.tile(np.arange(len(cohort)), 2),
    }  # fmt: skip


def _arms(rng: np.random.Generator, effect: float, *, cohorts: int) -> Interval:
    cohort, arm, shared = _people(rng, cohorts)
    y = shared + effect * arm + rng.normal(0, np.sqrt(1 - ICC), len(cohort))
    found = mixed({"y": y, "arm": arm, "cohort": cohort}, "y", "arm", cluster="cohort", satterthwaite=True)
    low, high = found.result["coefficients"]["arm"]["ci_satterthwaite"]
    return low, high

"""Simulated trials of whole cohorts by lot, two arms: `mixed` with Satterthwaite's df and `did` with CR2.

Three worlds, of total variance one, ten people a cohort: before and after, where a cohort is alike at both times (the
contrast is then within people); the same where half of what a cohort shares is its own at each time, which a model with
people and cohorts does not know; and after alone, where the contrast is between cohorts. The floor of what is rejected
with an effect is what `power` says of that world. `long`: 2,000 trials of everything, else 200.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from analysis.columns import Floats
from analysis.did import did
from analysis.mixed import mixed
from analysis.power import power, power_cluster
from benchmarks.measuring import Row
from benchmarks.trials import COHORTS, EFFECT, ICC, LONG, PER_COHORT, SHORT, Interval, held, powered

PERSON = 0.5  # of the total variance
MOVING = 0.5  # of what a cohort shares, the part that is its own at each time, in the second world


def rows(*, long: bool) -> Iterator[Row]:
    trials = LONG if long else SHORT
    for cohorts in COHORTS:
        name, after = f"mixed Satterthwaite after alone, {cohorts} cohorts", partial(_after_alone, cohorts=cohorts)
        yield from held(name, after, trials)
        wanted = 100 * float(power_cluster(EFFECT, cohorts // 2, PER_COHORT, ICC).result["power"])
        yield powered(name, after, trials, wanted)
    for moving, what in ((0.0, ""), (MOVING, " that move")):
        for name, trial in (("mixed Satterthwaite", _mixed), ("did CR2", _did)):
            for cohorts in COHORTS:
                change = partial(trial, cohorts=cohorts, moving=moving)
                yield from held(f"{name}, {cohorts} cohorts{what}", change, trials)
                if not moving:
                    yield powered(f"{name}, {cohorts} cohorts", change, trials, _power_of_change(cohorts))


def _power_of_change(cohorts: int) -> float:
    """Changes have twice the residual variance, and nothing of the person or of a cohort that is alike at both."""
    spread = np.sqrt(2 * (1 - PERSON - ICC))
    return 100 * float(power("two-sample", EFFECT / spread, n=cohorts // 2 * PER_COHORT).result["power"])


def _did(rng: np.random.Generator, effect: float, *, cohorts: int, moving: float) -> Interval:
    frame = _before_and_after(rng, effect, cohorts, moving)
    low, high = did(frame, "y", "time", "arm", "cohort", with_cr2=True).result["cr2"]["ci"]
    return low, high


def _mixed(rng: np.random.Generator, effect: float, *, cohorts: int, moving: float) -> Interval:
    frame = _before_and_after(rng, effect, cohorts, moving)
    found = mixed(frame, "y", "time*arm", factors=["time", "arm"], id="person", cluster="cohort", satterthwaite=True)
    low, high = found.result["coefficients"]["time[1]:arm[1]"]["ci_satterthwaite"]
    return low, high


def _before_and_after(rng: np.random.Generator, effect: float, cohorts: int, moving: float) -> dict[str, Any]:
    cohort = np.repeat(np.arange(cohorts), PER_COHORT)
    arm = cohort % 2
    whole = _normal(rng, ICC * (1 - moving), cohorts)[cohort] + _normal(rng, PERSON, len(cohort))
    before, after = (
        whole + _normal(rng, ICC * moving, cohorts)[cohort] + _normal(rng, 1 - ICC - PERSON, len(cohort))
        for _ in range(2)
    )
    return {
        "y": np.concatenate([before, after + effect * arm]), "time": ["0"] * len(cohort) + ["1"] * len(cohort),
        "arm": np.tile(arm, 2), "cohort": np.tile(cohort, 2), "person": np.tile(np.arange(len(cohort)), 2),
    }  # fmt: skip


def _after_alone(rng: np.random.Generator, effect: float, *, cohorts: int) -> Interval:
    cohort = np.repeat(np.arange(cohorts), PER_COHORT)
    arm = cohort % 2
    y = _normal(rng, ICC, cohorts)[cohort] + effect * arm + _normal(rng, 1 - ICC, len(cohort))
    found = mixed({"y": y, "arm": arm, "cohort": cohort}, "y", "arm", cluster="cohort", satterthwaite=True)
    low, high = found.result["coefficients"]["arm"]["ci_satterthwaite"]
    return low, high


def _normal(rng: np.random.Generator, variance: float, size: int) -> Floats:
    return rng.normal(0, np.sqrt(variance), size)

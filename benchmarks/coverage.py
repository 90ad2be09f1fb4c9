"""How often 95 % intervals hold the truth, and tests reject what is not there, in trials of this study's own size.

Value and floor are percents of the simulated trials: the floor is the nominal 95 or 5, or the power that `power` names.
A Monte Carlo error of 2,000 trials is about half a percent. `long`: 2,000 trials of everything, else 200.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from analysis.columns import Floats
from analysis.did import did
from analysis.mixed import mixed
from analysis.paired import paired
from analysis.power import power, power_cluster
from analysis.steppedwedge import steppedwedge
from benchmarks.measuring import Row

LONG, SHORT = 2000, 200
PEOPLE, COHORTS = (15, 40, 200), (4, 8, 20)
PER_COHORT = 10
ICC = 0.05
EFFECT = 0.5
Interval = tuple[float, float]
Trial = Callable[[np.random.Generator, float], Interval]


def rows(*, long: bool) -> Iterator[Row]:
    trials = LONG if long else SHORT
    for n in PEOPLE:
        pairs = partial(_paired, n=n)
        yield from _held(f"paired, {n} people", pairs, trials)
        wanted = 100 * float(power("paired", EFFECT, n=n).result["power"])
        yield _powered(f"paired, {n} people", pairs, trials, wanted)
    for cohorts in COHORTS:
        for name, trial in (("did CR2", _did), ("mixed Satterthwaite", _mixed)):
            yield from _held(f"{name}, {cohorts} cohorts", partial(trial, cohorts=cohorts), trials)
        wanted = 100 * float(power_cluster(EFFECT, cohorts // 2, PER_COHORT, ICC).result["power"])
        yield _powered(f"mixed Satterthwaite, {cohorts} cohorts", partial(_arms, cohorts=cohorts), trials, wanted)
        if cohorts > 4:
            for name, df in (("Satterthwaite", "satterthwaite"), ("Kenward-Roger", "kenward_roger")):
                wedge = partial(_wedge, cohorts=cohorts, df=df)
                yield from _held(f"steppedwedge {name}, {cohorts} cohorts", wedge, trials)


def _held(name: str, trial: Trial, trials: int) -> Iterator[Row]:
    name = f"{name}, {trials} trials"
    low, high = _intervals(trial, EFFECT, trials, seed=1)
    held = 100 * float(np.mean((low <= EFFECT) & (high >= EFFECT)))
    yield Row(f"{name}: intervals that hold", held, "%", 95, "nominal")
    yield Row(f"{name}: mean of the middles", float(np.mean(low + high)) / 2, "sd", EFFECT, "the true effect")
    yield Row(f"{name}: rejected without effect", _rejected(trial, 0.0, trials, seed=2), "%", 5, "nominal")


def _powered(name: str, trial: Trial, trials: int, wanted: float) -> Row:
    found = _rejected(trial, EFFECT, trials, seed=3)
    return Row(f"{name}, {trials} trials: rejected with effect", found, "%", wanted, "analysis power")


def _rejected(trial: Trial, effect: float, trials: int, seed: int) -> float:
    low, high = _intervals(trial, effect, trials, seed)
    return 100 * float(np.mean((low > 0) | (high < 0)))


def _intervals(trial: Trial, effect: float, trials: int, seed: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    found = np.array([trial(rng, effect) for _ in range(trials)])
    return found[:, 0], found[:, 1]


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


def _wedge(rng: np.random.Generator, effect: float, *, cohorts: int, df: str) -> Interval:
    """Five periods, and a quarter of the cohorts begin at each from the second on."""
    cohort = np.repeat(np.arange(cohorts), 5 * PER_COHORT)
    period = np.tile(np.repeat(np.arange(5), PER_COHORT), cohorts)
    treatment = (period > cohort // (cohorts // 4)).astype(float)
    cells = rng.normal(0, np.sqrt(ICC / 2), (cohorts, 5))[cohort, period]
    shared = rng.normal(0, np.sqrt(ICC / 2), cohorts)[cohort] + cells
    y = shared + 0.1 * period + effect * treatment + rng.normal(0, np.sqrt(1 - ICC), len(cohort))
    frame = {"y": y, "cohort": cohort, "period": period, "treatment": treatment}
    wanted: dict[str, Any] = {"cluster_period": True, df: True}
    found = steppedwedge(frame, "y", "cohort", "period", "treatment", **wanted)
    low, high = found.result["effect"][f"ci_{df}"]
    return low, high

"""Simulated trials: how often intervals hold the truth, and tests reject what is not there, beside what is nominal.

Value and floor are percents of the trials: the floor is the nominal 95 or 5, or the power that `power` names. A trial
that the command refuses, or gives no interval for, holds nothing and rejects nothing, and has a row of its own.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from analysis.columns import Floats
from analysis.envelope import Refused
from benchmarks.measuring import Row

LONG, SHORT = 2000, 200
PEOPLE, COHORTS = (15, 40, 200), (4, 8, 20)
PER_COHORT = 10
ICC = 0.05
EFFECT = 0.5
Interval = tuple[float, float]
Trial = Callable[[np.random.Generator, float], Interval]

NO_INTERVAL = (float("nan"), float("nan"))


def held(name: str, trial: Trial, trials: int, *, effect: float = EFFECT, truth: float = EFFECT) -> Iterator[Row]:
    """Coverage and the mean of the middles with an effect (`truth` in the unit of the interval), rejections without."""
    name = f"{name}, {trials} trials"
    low, high = intervals(trial, effect, trials, seed=1)
    yield Row(f"{name}: intervals that hold", _percent((low <= truth) & (high >= truth)), "%", 95, "nominal")
    whole = np.isfinite(low) & np.isfinite(high)
    if np.any(whole):
        yield Row(f"{name}: mean of the middles", _middle(low[whole], high[whole]), "sd", truth, "the true effect")
    if np.any(np.isnan(low)):
        yield Row(f"{name}: without an interval", _percent(np.isnan(low)), "%", 1, "one of a hundred")
    yield Row(f"{name}: rejected without effect", rejected(trial, 0.0, trials, seed=2), "%", 5, "nominal")


def powered(name: str, trial: Trial, trials: int, wanted: float, *, effect: float = EFFECT) -> Row:
    found = rejected(trial, effect, trials, seed=3)
    return Row(f"{name}, {trials} trials: rejected with effect", found, "%", wanted, "analysis power")


def rejected(trial: Trial, effect: float, trials: int, seed: int) -> float:
    low, high = intervals(trial, effect, trials, seed)
    return _percent((low > 0) | (high < 0))


def intervals(trial: Trial, effect: float, trials: int, seed: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    found = np.array([_tried(trial, rng, effect) for _ in range(trials)])
    return found[:, 0], found[:, 1]


def _tried(trial: Trial, rng: np.random.Generator, effect: float) -> Interval:
    try:
        return trial(rng, effect)
    except Refused:
        return NO_INTERVAL


def _middle(low: Floats, high: Floats) -> float:
    return float(np.mean(low + high)) / 2


def _percent(true: npt.NDArray[np.bool_]) -> float:
    return 100 * float(np.mean(true))

"""How often 95 % intervals hold the truth, and tests reject what is not there: paired change of this study's own sizes.

Value and floor are percents of the simulated trials: the floor is the nominal 95 or 5, or the power that `power` names.
A Monte Carlo error of 2,000 trials is about half a percent. `long`: 2,000 trials of everything, else 200.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np

from analysis.paired import paired
from analysis.power import power
from benchmarks.measuring import Row
from benchmarks.trials import EFFECT, LONG, PEOPLE, SHORT, Interval, held, powered


def rows(*, long: bool) -> Iterator[Row]:
    trials = LONG if long else SHORT
    for n in PEOPLE:
        pairs = partial(_paired, n=n)
        yield from held(f"paired, {n} people", pairs, trials)
        wanted = 100 * float(power("paired", EFFECT, n=n).result["power"])
        yield powered(f"paired, {n} people", pairs, trials, wanted)


def _paired(rng: np.random.Generator, effect: float, *, n: int) -> Interval:
    before = rng.normal(0, 1, n)
    low, high = paired(before, before + rng.normal(effect, 1, n)).result["ci"]
    return low, high

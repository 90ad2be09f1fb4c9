"""The simulation studies in small: what they count, and that a handful of trials holds what 2,000 of them show."""

from functools import partial

import numpy as np
import pytest

from analysis.envelope import Refused
from benchmarks import cohorts, coverage, wedges
from benchmarks.trials import held, intervals, rejected


def test_trials_are_counted_as_what_they_are():
    """Three of five hold the truth; one misses it; one that is refused has no interval and does neither."""
    ends = iter([(0.4, 0.6), (-0.1, 0.7), (0.5, 0.5), (0.6, 0.9), None])

    def trial(rng, effect):
        found = next(ends)
        if found is None:
            raise Refused("not_converged")
        return found

    low, high = intervals(trial, 0.5, 5, seed=1)
    assert np.isnan(low[-1])
    assert np.sum((low <= 0.5) & (high >= 0.5)) == 3
    assert rejected(lambda rng, effect: (effect, effect + rng.random()), 0.1, 5, seed=1) == 100


def test_what_was_not_found_has_a_row_of_its_own():
    def trial(rng, effect):
        if rng.random() < 0.5:
            raise Refused("not_converged")
        return effect - 1, effect + 1

    rows = {row.name.partition(": ")[2]: row.value for row in held("x", trial, 20)}
    lost = rows["without an interval"]
    assert 0 < lost < 100
    assert rows["intervals that hold"] == 100 - lost
    assert rows["mean of the middles"] == pytest.approx(0.5)
    assert rows["rejected without effect"] == 0


@pytest.mark.parametrize(
    ("trial", "least"),
    [  # thirty trials: three Monte Carlo errors of 95 % are twelve percent
        (partial(coverage._paired, n=15), 83),
        (partial(cohorts._did, cohorts=8, moving=cohorts.MOVING), 83),
        (partial(wedges._wedge, cohorts=8, df=wedges.KENWARD_ROGER), 83),
        (partial(wedges._permuted, cohorts=8), 83),
    ],
)
def test_intervals_hold(trial, least):
    low, high = intervals(trial, 0.5, 30, seed=5)
    assert 100 * np.mean((low <= 0.5) & (high >= 0.5)) >= least
    assert np.mean(low + high) / 2 == pytest.approx(0.5, abs=0.15)

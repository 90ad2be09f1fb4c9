"""Simulated trials of the controlled estimate and of the bootstrap: ANCOVA, classical and HC3, and BCa beside paired t.

Two arms by lot, person by person, before and after correlated 0.5; and the same with whole cohorts by lot, which ANCOVA
knows nothing of: how much too narrow its intervals are then is what the page and the report warn of. Differences of the
bootstrap are normal, and skewed as an exponential's (skewness 2). `long`: 2,000 trials of everything, else 200.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from analysis.ancova import ancova
from analysis.bootstrap import bootstrap
from analysis.columns import Floats
from analysis.paired import paired
from benchmarks.measuring import Row
from benchmarks.trials import COHORTS, ICC, LONG, PEOPLE, PER_COHORT, SHORT, Interval, held

RESAMPLES = 2000


def rows(*, long: bool) -> Iterator[Row]:
    trials = LONG if long else SHORT
    for n in PEOPLE:
        yield from held(f"ancova, {n} people", partial(_ancova, n=n), trials)
        yield from held(f"ancova HC3, {n} people", partial(_ancova, n=n, ci="ci_hc3"), trials)
    for n in PEOPLE:
        yield from held(f"BCa, {n} people", partial(_bca, n=n, is_skewed=False), trials)
        yield from held(f"BCa, {n} people, skewed", partial(_bca, n=n, is_skewed=True), trials)
        yield from held(f"paired, {n} people, skewed", partial(_paired, n=n, is_skewed=True), trials)
    for cohorts in COHORTS:
        yield from held(f"ancova without the cohorts, {cohorts} cohorts", partial(_cohorts, cohorts=cohorts), trials)


def _ancova(rng: np.random.Generator, effect: float, *, n: int, ci: str = "ci") -> Interval:
    return _fitted(rng, effect, np.arange(n) % 2, np.zeros(n), ci)


def _cohorts(rng: np.random.Generator, effect: float, *, cohorts: int) -> Interval:
    """Of what people have after the course, ICC is their cohort's own."""
    cohort = np.repeat(np.arange(cohorts), PER_COHORT)
    return _fitted(rng, effect, cohort % 2, rng.normal(0, np.sqrt(ICC), cohorts)[cohort], "ci")


def _fitted(rng: np.random.Generator, effect: float, arm: Any, shared: Floats, ci: str) -> Interval:
    person, spread = rng.normal(0, np.sqrt(0.5), len(arm)), np.sqrt(0.5)
    pre = person + rng.normal(0, spread, len(arm))
    post = person + shared + effect * arm + rng.normal(0, spread, len(arm))
    found = ancova({"pre": pre, "post": post, "arm": arm}, "pre", "post", "arm")
    low, high = found.result["coefficients"]["arm[1]"][ci]
    return low, high


def _bca(rng: np.random.Generator, effect: float, *, n: int, is_skewed: bool) -> Interval:
    pre, post = _pairs(rng, effect, n, is_skewed=is_skewed)
    seed = int(rng.integers(2**31))
    found = bootstrap({"pre": pre, "post": post}, "mean_diff", pre="pre", post="post", resamples=RESAMPLES, seed=seed)
    low, high = found.result["ci"]
    return low, high


def _paired(rng: np.random.Generator, effect: float, *, n: int, is_skewed: bool) -> Interval:
    low, high = paired(*_pairs(rng, effect, n, is_skewed=is_skewed)).result["ci"]
    return low, high


def _pairs(rng: np.random.Generator, effect: float, n: int, *, is_skewed: bool) -> tuple[Floats, Floats]:
    pre = rng.normal(0, 1, n)
    change = rng.exponential(1, n) - 1 if is_skewed else rng.normal(0, 1, n)
    return pre, pre + effect + change

"""The stepped wedge tested by its own lot: schedules given to the clusters once more, and the effect found each time.

No distribution is assumed, and no degrees of freedom: the lot that was drawn is held against the others that might have
been. Right for any number of clusters, also where a variance is estimated as zero.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from analysis.columns import Floats
from analysis.design import Ints
from analysis.envelope import Misuse, Refused
from analysis.kenward_roger import clusters
from analysis.reml import Random, fit_mixed

FARTHEST = 64  # standard errors from the estimate, where an interval is no longer looked for
HALVINGS = 60


def permuted(
    y: Floats, periods: Floats, schedule: Floats, random: Random, *, permutations: int, seed: int, conf: float
) -> dict[str, Any]:
    """p and interval of the effect over the permutations of the clusters' schedules (Ji et al. 2017, Ann Appl Stat 11).

    The effect is by generalised least squares, with the variances of the model without treatment, which are the same
    whoever has which schedule. All distinct permutations where they are no more than `permutations`, else as many
    drawn, and the true one with them. The interval holds the effects that are not rejected: y less that effect, tested
    in the same way. periods: 0/1 columns, a row an answer. schedule: a row a cluster, a column a period, 0 or 1.
    """
    names = [str(place) for place in range(periods.shape[1])]
    fit = fit_mixed(names, periods, y, random)
    weighted = [cluster.weighted for cluster in clusters(fit, np.column_stack([periods, y]))]
    lots = np.array(list(_lots(schedule, permutations, seed)))
    found = _Effects(np.stack(weighted), schedule)
    estimates, slopes = found.of(lots)
    own = found.of(np.arange(len(schedule))[None])[0][0]

    def p(effect: float) -> float:
        extreme = np.abs(estimates - effect * slopes) >= abs(own - effect) * (1 - 1e-9)
        return float(np.mean(extreme))

    se = 1 / math.sqrt(found.information(np.arange(len(schedule))[None])[0])
    return {
        "estimate": float(own), "p": p(0.0), "n_permutations": len(lots),
        "ci": [_end(p, float(own), sign * se, 1 - conf) for sign in (-1, 1)],
    }  # fmt: skip


class _Effects:
    """The effect under each lot, from the sums of the clusters alone."""

    def __init__(self, weighted: Floats, schedule: Floats) -> None:
        self.a, self.b = weighted[:, :-1, :-1], weighted[:, :-1, -1]
        self.whole = np.linalg.inv(self.a.sum(axis=0))
        self.left = self.b - self.a @ self.whole @ self.b.sum(axis=0)
        self.schedule = schedule

    def information(self, lots: Ints) -> Floats:
        given = self.schedule[lots]
        moved = np.einsum("cij,lcj->lci", self.a, given)
        shared = moved.sum(axis=1)
        return np.asarray(np.sum(moved * given, axis=(1, 2)) - np.einsum("li,ij,lj->l", shared, self.whole, shared))

    def of(self, lots: Ints) -> tuple[Floats, Floats]:
        """The effects, and what each would be of an outcome that is the true treatment itself."""
        given, own = self.schedule[lots], np.einsum("cij,cj->ci", self.a, self.schedule)
        information = self.information(lots)
        if np.any(information <= 0):
            raise Refused("rank_deficient", "treatment does not vary beside the periods")
        shared = np.einsum("cij,lcj->li", self.a, given)
        crossed = np.sum(given * own, axis=(1, 2)) - shared @ self.whole @ own.sum(axis=0)
        return np.sum(given * self.left, axis=(1, 2)) / information, crossed / information


def _lots(schedule: Floats, permutations: int, seed: int) -> Iterator[Sequence[int]]:
    """Which cluster's schedule each cluster is given; each distinct way once, or drawn, the true one first."""
    if permutations < 1 or seed < 0:
        raise Misuse("--permutations is 1 or more and --seed 0 or more")
    kinds, of, counts = np.unique(schedule, axis=0, return_inverse=True, return_counts=True)
    ways = math.factorial(len(schedule)) // math.prod(math.factorial(int(count)) for count in counts)
    holders = [int(np.flatnonzero(of.ravel() == kind)[0]) for kind in range(len(kinds))]
    if ways <= permutations:
        yield from ([holders[kind] for kind in lot] for lot in _distinct(counts.tolist()))
        return
    rng = np.random.default_rng(seed)
    yield list(range(len(schedule)))
    yield from (rng.permutation(len(schedule)).tolist() for _ in range(permutations))


def _distinct(counts: list[int]) -> Iterator[list[int]]:
    """
    >>> len(list(_distinct([2, 2]))), list(_distinct([1, 1]))
    (6, [[0, 1], [1, 0]])
    """
    if not any(counts):
        yield []
    for kind, count in enumerate(counts):
        if count:
            left = [*counts[:kind], count - 1, *counts[kind + 1 :]]
            yield from ([kind, *rest] for rest in _distinct(left))


def _end(p: Callable[[float], float], estimate: float, step: float, alpha: float) -> float | None:
    """The effect farthest from the estimate that is not rejected; None where the lots are too few to reject any."""
    outside = step
    while p(estimate + outside) > alpha:
        if abs(outside) > FARTHEST * abs(step):
            return None
        outside *= 2
    inside = 0.0
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if p(estimate + middle) <= alpha else (middle, outside)
    return estimate + inside

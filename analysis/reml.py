"""Mixed models by profiled (restricted) likelihood: nested or crossed-within-cluster random effects, exactly and fast.

The rows are summed once, within the smallest groups, and every step of the search is algebra on those sums: no matrix
has the rows of the data on both sides, and no loop goes over people.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import linalg, optimize

from analysis.columns import Floats, total
from analysis.design import Ints
from analysis.envelope import Refused
from analysis.ols import cluster_sums, orthonormal

STARTS = (1.0, 0.3)  # relative standard deviations from which the search begins
GRID = (0.0, 0.1, 0.3, 1.0)  # those that are looked at together before it begins
PROBES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8)  # and those that are looked at where it ended at 0
NEGLIGIBLE = 1e-7  # a variance is on the boundary when to take it away costs the deviance no more than this
NEAR = 10.0  # times the start, as far as the search goes at first
LARGEST = 1e5  # of a relative standard deviation: beyond it nothing is left of the residual
EMPTY = 1e-13  # a residual variance this small beside that of least squares is rounding
NO_RESIDUAL = "nothing is left of the residual: are the rows of each person or cluster equal but for the fixed effects?"
LEAST_DF = 0.01  # with fewer the t distribution has no quantile that a computer can hold
SHARES = (1.0, 0.5, 0.25, 0.1, 0.01)  # of a step, the largest first
STEEP = 1e-3  # a larger relative slope of the deviance than this is no optimum
STEP = 3e-3  # of the numerical derivatives, relative to the parameter
STENCIL = ((-2, 1 / 12), (-1, -2 / 3), (1, 2 / 3), (2, -1 / 12))  # first derivative, error of the fourth order


@dataclass(frozen=True)
class Random:
    """The random effects. `inner`: the smallest group of each row, with one column of `z` for each effect in it.

    `outer`: the cluster of each row, in which the inner groups lie whole, or None. `blocks`: for each further variance
    the column, within its cluster, of each row: all zero for the cluster's own intercept, its period for the cluster's
    periods.
    """

    inner: Ints
    z: Floats
    outer: Ints | None = None
    blocks: tuple[Ints, ...] = ()

    @property
    def n_inner(self) -> int:
        """How many parameters the lower triangle of the inner effects has: 1 of one effect, 3 of two."""
        q = int(self.z.shape[1])
        return q * (q + 1) // 2


@dataclass(frozen=True)
class Solved:
    """The fixed effects at given relative standard deviations, in the orthonormal columns of the design."""

    log_v: float  # log |V/sigma^2|
    cholesky: Floats  # of Q'V^-1 Q, lower
    moved: Floats  # what is added to the least-squares coefficients
    rss: float


class Sums:
    """All that the likelihood needs of the data."""

    def __init__(self, q: Floats, residuals: Floats, random: Random) -> None:
        self.p, self.n = q.shape[1], len(q)
        outer = np.zeros(self.n, dtype=np.int64) if random.outer is None else random.outer
        indicators = [np.equal.outer(block, np.unique(block)).astype(np.float64) for block in random.blocks]
        self.widths = [columns.shape[1] for columns in indicators]
        data = np.column_stack([q, residuals, *indicators])
        self.crossed = _crossed(data, outer)
        groups = int(random.inner.max()) + 1
        zs = random.z.T
        sums = np.stack([cluster_sums(data * z[:, None], random.inner, groups) for z in zs], axis=1)
        ztz = np.stack([cluster_sums(random.z * z[:, None], random.inner, groups) for z in zs], axis=1)
        cluster = np.zeros(groups, dtype=np.int64)
        cluster[random.inner] = outer
        # Groups of one cluster with the same z'z are inverted as one: of people with equally many answers all.
        keys = np.column_stack([cluster, ztz.reshape(groups, -1)])
        patterns, place = np.unique(keys, axis=0, return_inverse=True)
        self.counts = np.bincount(place.ravel()).astype(np.float64)
        self.begins = np.flatnonzero(np.diff(patterns[:, 0], prepend=-1))
        self.ztz = patterns[:, 1:].reshape(-1, *ztz.shape[1:])
        flat = sums.reshape(groups, -1)
        q_z, width = sums.shape[1:]
        outers = _crossed(flat, place.ravel()).reshape(-1, q_z, width, q_z, width)
        self.outers = np.ascontiguousarray(outers.transpose(0, 1, 3, 2, 4)).reshape(-1, q_z**2, width**2)

    def solved(self, lower: Floats, spread: Sequence[float]) -> Solved:
        """V/sigma^2 = I + Z L L' Z' + sum of spread^2 U U'; both taken away by Woodbury's identity, the inner first."""
        within = np.eye(len(lower)) + lower.T @ self.ztz @ lower
        log_v = float(self.counts @ np.linalg.slogdet(within)[1])
        weights = lower @ np.linalg.inv(within) @ lower.T
        taken = (weights.reshape(len(weights), 1, -1) @ self.outers).reshape(-1, *self.crossed.shape[1:])
        # The patterns are sorted by cluster, and every cluster has one at least.
        left = self.crossed - np.add.reduceat(taken, self.begins, axis=0)
        k = self.p + 1
        if spread:
            scale = np.repeat(spread, self.widths)
            among = np.eye(len(scale)) + scale[:, None] * left[:, k:, k:] * scale
            log_v += float(np.sum(np.linalg.slogdet(among)[1]))
            shared = left[:, :k, k:] * scale
            left = left[:, :k, :k] - shared @ np.linalg.inv(among) @ np.swapaxes(shared, 1, 2)
        whole = left.sum(axis=0)
        try:
            cholesky = np.linalg.cholesky(whole[: self.p, : self.p])
        except np.linalg.LinAlgError as error:
            raise Refused("not_converged", NO_RESIDUAL) from error
        # Straight from LAPACK: a matrix that has a Cholesky factor is finite, and the search asks hundreds of times.
        half, _ = linalg.lapack.dtrtrs(cholesky, whole[: self.p, self.p], lower=1)
        moved, _ = linalg.lapack.dtrtrs(cholesky, half, lower=1, trans=1)
        return Solved(log_v, cholesky, moved, float(whole[self.p, self.p] - half @ half))


def _crossed(data: Floats, codes: Ints) -> Floats:
    """The sums of products of the columns, within each group."""
    groups, width = int(codes.max()) + 1, data.shape[1]
    found = np.empty((groups, width, width))
    for i, j in itertools.combinations_with_replacement(range(width), 2):
        found[:, i, j] = found[:, j, i] = np.bincount(codes, weights=data[:, i] * data[:, j], minlength=groups)
    return found


class MixedFit:
    """A fitted model. `theta`: relative standard deviations, the inner effects' lower triangle first, then the blocks'.

    `inner` is the covariance of the inner effects, `blocks` the variances of the blocks, `residual` the residual
    variance; `free` are the places of theta that are not on the boundary.
    """

    def __init__(self, names: Sequence[str], x: Floats, y: Floats, random: Random, *, reml: bool) -> None:
        q, self.inverse = orthonormal(x)
        start = q.T @ y
        left = y - q @ start
        self.scale = math.sqrt(total(left**2) / len(y))
        if self.scale <= 1e-10 * float(np.std(y)):
            raise Refused("no_variance", "the fixed effects leave nothing of the outcome")
        self.names, self.random, self.reml = list(names), random, reml
        self.triangle = np.tril_indices(random.z.shape[1])
        self.sums = Sums(q, left / self.scale, random)
        self.weight = self.sums.n - self.sums.p if reml else self.sums.n
        self.theta, self.free = self._searched()
        found = self._solved(self.theta)
        if found.rss <= EMPTY * self.weight:
            raise Refused("not_converged", NO_RESIDUAL)
        self.residual = found.rss / self.weight * self.scale**2
        self.estimates = self.inverse @ (start + self.scale * found.moved)
        half = linalg.solve_triangular(found.cholesky, self.inverse.T, lower=True)
        self.covariance = np.asarray(half.T @ half) * self.residual
        lower, spread = self._split(self.theta)
        self.inner = np.asarray(lower @ lower.T) * self.residual
        self.blocks = [value**2 * self.residual for value in spread]

    @property
    def singular(self) -> bool:
        return len(self.free) < len(self.theta)

    @cached_property
    def loglik(self) -> float:
        """The (restricted) log likelihood, with all its constants: that of lme4."""
        log_r = -2 * float(np.sum(np.log(np.abs(np.diag(self.inverse)))))
        constant = self.weight * (1 + math.log(2 * math.pi / self.weight) + 2 * math.log(self.scale))
        return -(self._deviance(self.theta) + constant + (log_r if self.reml else 0.0)) / 2

    def df_satterthwaite(self, place: int) -> float | None:
        """2 v^2/(g'Ag): v the variance of the coefficient, g its slope and A = 2 H^-1 in the variance parameters.

        H is the second derivative of the deviance (Fai & Cornelius 1996; Kuznetsova et al. 2017). Parameters on the
        boundary are held there. None where the likelihood is so flat that A is no covariance.
        """
        v, slopes = self._variance(self.theta, place), []
        for at in self.free:
            slopes.append(_first(lambda theta: self._variance(theta, place), self.theta, at))
        g = np.array([v, *slopes])
        spread = float(g @ np.linalg.solve(self._information, g))
        df = 2 * v**2 / spread if spread > 0 else 0.0
        return df if df > LEAST_DF else None

    @cached_property
    def _information(self) -> Floats:
        """Half the second derivative of the deviance in log sigma^2 and the free parameters, at the estimates."""
        sigma2 = self._solved(self.theta).rss / self.weight

        def at_sigma(theta: Floats) -> float:
            found = self._solved(theta)
            return self._log_dets(found) + found.rss / sigma2

        size = len(self.free) + 1
        found = np.empty((size, size))
        found[0, 0] = self.weight
        for i, at in enumerate(self.free, start=1):
            found[0, i] = found[i, 0] = -_first(lambda theta: self._solved(theta).rss / sigma2, self.theta, at)
        found[1:, 1:] = _second(at_sigma, self.theta, self.free)
        return found / 2

    def _variance(self, theta: Floats, place: int) -> float:
        """Of a coefficient, relative to the residual variance."""
        half = linalg.solve_triangular(self._solved(theta).cholesky, self.inverse[place], lower=True)
        return float(half @ half)

    def _split(self, theta: Floats) -> tuple[Floats, list[float]]:
        q = self.random.z.shape[1]
        lower = np.zeros((q, q))
        lower[self.triangle] = theta[: self.random.n_inner]
        return lower, theta[self.random.n_inner :].tolist()

    def _solved(self, theta: Floats) -> Solved:
        return self.sums.solved(*self._split(theta))

    def _log_dets(self, found: Solved) -> float:
        log_x = 2 * float(np.sum(np.log(np.diag(found.cholesky))))
        return found.log_v + (log_x if self.reml else 0.0)

    def _deviance(self, theta: Floats) -> float:
        """Less its constants, with the fixed effects and the residual variance profiled out."""
        found = self._solved(theta)
        return self._log_dets(found) + self.weight * math.log(max(found.rss, 1e-300))

    def _searched(self) -> tuple[Floats, list[int]]:
        """From two starts and the likeliest point of a grid, then against each boundary, then Newton's method."""
        n_inner = self.random.n_inner
        size = n_inner + len(self.random.blocks)
        # Of two inner effects the middle parameter is the covariance, which has no boundary of its own.
        scales = [place for place in range(size) if not (n_inner == 3 and place == 1)]
        begin = np.isin(np.arange(size), scales).astype(np.float64)
        starts = [*(begin * start for start in STARTS), self._likeliest(size, scales)]
        best = min((self._minimised(start, range(size), scales) for start in starts), key=self._deviance)
        free = list(range(size))
        for place in scales:
            gone = [place, 1] if n_inner == 3 and place == 0 else [place]
            kept = [other for other in free if other not in gone]
            tried = best.copy()
            tried[gone] = 0.0
            tried = self._minimised(tried, kept, scales)
            if self._deviance(tried) <= self._deviance(best) + NEGLIGIBLE:
                best, free = tried, kept
        return self._polished(best, free), free

    def _likeliest(self, size: int, scales: Sequence[int]) -> Floats:
        points = np.zeros((len(GRID) ** len(scales), size))
        points[:, scales] = list(itertools.product(GRID, repeat=len(scales)))
        return min(points, key=self._deviance)

    def _minimised(self, start: Floats, free: Sequence[int], scales: Sequence[int]) -> Floats:
        """Where the search ended at 0, where the slope is 0 whatever lies beside it, what lies beside it is looked at.

        A first step that is too long ends there. From a point that lies lower the search goes on, and not back.
        """
        found = self._descended(start, free, scales)
        for place in [at for at in free if at in scales]:
            if found[place] > 0:
                continue
            lowest = min((_moved(found, [place], [probe]) for probe in PROBES), key=self._deviance)
            if self._deviance(lowest) < self._deviance(found) - NEGLIGIBLE:
                found = min(lowest, self._descended(lowest, free, scales), key=self._deviance)
        return found

    def _descended(self, start: Floats, free: Sequence[int], scales: Sequence[int]) -> Floats:
        places, found = list(free), start.copy()
        if not places:
            return found

        def deviance(values: Floats) -> float:
            theta = found.copy()
            theta[places] = values
            return self._deviance(theta)

        # Not far at first: a step without bounds may go where nothing is left of the residual.
        for largest in (NEAR * max(1.0, float(np.max(np.abs(start)))), LARGEST):
            bounds = [(0.0 if place in scales else -largest, largest) for place in places]
            done = optimize.minimize(
                deviance, found[places], method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13}
            )  # fmt: skip
            found[places] = done.x
            if np.max(np.abs(done.x)) < largest / 2:
                break
        return found

    def _polished(self, theta: Floats, free: list[int]) -> Floats:
        """The search above knows slopes to some six digits; here they are known to ten."""
        if np.any(np.abs(theta[free]) > LARGEST / 10):
            raise Refused("not_converged", NO_RESIDUAL)
        for _ in range(20 if free else 0):
            slope = np.array([_first(self._deviance, theta, at) for at in free])
            step = _downhill(_second(self._deviance, theta, free), slope)
            # The search may have stopped where the deviance is no bowl yet: then a whole step can go too far.
            limit = self._deviance(theta) + 1e-9
            moves = [share * step for share in SHARES if np.all(np.isfinite(step))]
            moved = next((move for move in moves if self._deviance(_less(theta, free, move)) <= limit), None)
            if moved is None:
                break
            theta = _less(theta, free, moved)
            if np.all(np.abs(moved) <= 1e-9 * _size(theta)[free]):
                break
        slopes = [_first(self._deviance, theta, at) * float(_size(theta)[at]) for at in free]
        if any(abs(slope) > STEEP for slope in slopes):
            raise Refused("not_converged", "the likelihood has no clear maximum for these random effects")
        return theta


def _size(theta: Floats) -> Floats:
    """The scale of each parameter; one near zero, as a covariance may be, is measured by the largest."""
    return np.maximum(np.abs(theta), 0.1 * float(np.max(np.abs(theta), initial=0.0)))


def _downhill(curvature: Floats, slope: Floats) -> Floats:
    """Newton's step, and where the deviance curves the wrong way that of the same curvature turned round."""
    bends, axes = np.linalg.eigh((curvature + curvature.T) / 2)
    bends = np.maximum(np.abs(bends), np.finfo(float).tiny)
    return np.asarray(axes @ (axes.T @ slope / bends))


def _less(theta: Floats, free: Sequence[int], step: Floats) -> Floats:
    found = theta.copy()
    found[list(free)] -= step
    return found


def _moved(theta: Floats, places: Sequence[int], steps: Sequence[float]) -> Floats:
    found = theta.copy()
    for place, step in zip(places, steps, strict=True):
        found[place] += step
    return found


def _first(f: Callable[[Floats], float], theta: Floats, at: int) -> float:
    h = STEP * float(_size(theta)[at])
    return sum(weight * f(_moved(theta, [at], [times * h])) for times, weight in STENCIL) / h


def _second(f: Callable[[Floats], float], theta: Floats, places: Sequence[int]) -> Floats:
    h = STEP * _size(theta)
    found, middle = np.empty((len(places), len(places))), f(theta)
    for i, a in enumerate(places):
        found[i, i] = (f(_moved(theta, [a], [h[a]])) - 2 * middle + f(_moved(theta, [a], [-h[a]]))) / h[a] ** 2
        for j, b in enumerate(places[:i]):
            signs = ((1, 1), (1, -1), (-1, 1), (-1, -1))
            corners = sum(s * t * f(_moved(theta, [a, b], [s * h[a], t * h[b]])) for s, t in signs)
            found[i, j] = found[j, i] = corners / (4 * h[a] * h[b])
    return found


def fit_mixed(names: Sequence[str], x: Floats, y: Floats, random: Random, *, reml: bool = True) -> MixedFit:
    """y = x b + random effects + residual, all normal, by REML or maximum likelihood (Bates et al. 2015).

    Fixed effects are (X'V^-1 X)^-1 X'V^-1 y at the estimated variances and their covariance (X'V^-1 X)^-1. A variance
    on the boundary is exactly 0. x: n rows, p columns; variances in the outcome's unit squared.
    Raises Refused: too_few_rows (n <= p), no_variance, rank_deficient, not_converged.

    >>> y = np.array([1.0, 2, 2, 4, 3, 3, 6, 8])  # four people, before and after
    >>> time, person = np.tile([0.0, 1.0], 4), np.repeat(np.arange(4), 2)
    >>> fit = fit_mixed(["Intercept", "time"], np.column_stack([np.ones(8), time]), y, Random(person, np.ones((8, 1))))
    >>> round(float(fit.estimates[1]), 6), round(math.sqrt(fit.covariance[1, 1]), 6)  # mean change 1.25, sd/sqrt 4
    (1.25, 0.478714)
    """
    if len(x) <= x.shape[1]:
        raise Refused("too_few_rows", f"{len(x)} complete rows and {x.shape[1]} coefficients")
    if np.ptp(y) == 0:
        raise Refused("no_variance", "the outcome has one value only")
    return MixedFit(names, x, y, random, reml=reml)

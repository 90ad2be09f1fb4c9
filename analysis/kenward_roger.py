"""Kenward and Roger's standard error and degrees of freedom: few clusters, and variances that are known badly.

The estimated variances are taken for true in (X'V^-1 X)^-1, which is then too small. Here what is unknown of them is
added, also of a variance that was estimated as zero. All is algebra on sums within clusters; no matrix has the rows of
the data on both sides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.columns import Floats
from analysis.design import Ints
from analysis.reml import LEAST_DF, MixedFit


@dataclass(frozen=True)
class Adjusted:
    """The covariance of the fixed effects, with what is unknown of the variances in it, and what df are built on."""

    covariance: Floats
    plain: Floats
    slopes: Floats  # of the plain covariance in each variance, times -1
    of_variances: Floats

    def df(self, place: int) -> float | None:
        """2/A for one coefficient, where Kenward & Roger's scale of F is exactly one; None where it is no number."""
        g = self.slopes[:, place, place] / self.plain[place, place]
        spread = float(g @ self.of_variances @ g)
        df = 2 / spread if spread > 0 else 0.0
        return df if df > LEAST_DF else None


def kenward_roger(fit: MixedFit, x: Floats) -> Adjusted:
    """By Kenward & Roger 1997 (Biometrics 53), V linear in its variances, with their expected information.

    Phi = (X'V^-1 X)^-1; P_i = -X'V^-1 G_i V^-1 X; Q_ij = X'V^-1 G_i V^-1 G_j V^-1 X; W^-1_ij = (tr(V^-1 G_i V^-1 G_j)
    - 2 tr(Phi Q_ij) + tr(Phi P_i Phi P_j))/2; covariance = Phi + 2 Phi sum W_ij (Q_ij - P_i Phi P_j) Phi. As SAS and
    pbkrtest. For random intercepts; every variance counts, on the boundary or not. Unit: the outcome's, squared.

    >>> y = np.array([1.0, 2, 2, 4, 3, 3, 6, 8])  # four people, before and after: the paired t test, 3 df
    >>> from analysis.reml import Random, fit_mixed
    >>> x = np.column_stack([np.ones(8), np.tile([0.0, 1.0], 4)])
    >>> person = np.repeat(np.arange(4), 2)
    >>> found = kenward_roger(fit_mixed(["Intercept", "time"], x, y, Random(person, np.ones((8, 1)))), x)
    >>> round(float(np.sqrt(found.covariance[1, 1])), 6), round(found.df(1) or 0, 6)
    (0.478714, 3.0)
    """
    p, phi = x.shape[1], fit.covariance
    size = 2 + len(fit.blocks)
    q, traces, slopes = np.zeros((size, size, p, p)), np.zeros((size, size)), np.zeros((size, p, p))
    for cluster in clusters(fit, x):
        cluster.add_to(q, traces, slopes)
    moved = np.stack([phi @ slope @ phi for slope in slopes])
    information = traces - 2 * np.einsum("ijkl,lk->ij", q, phi) + np.einsum("ikl,jlk->ij", moved, slopes)
    of_variances = 2 * np.linalg.pinv((information + information.T) / 2, hermitian=True)
    # P_i is minus the slope here; in P_i Phi P_j the two signs cancel.
    inner = np.einsum("ij,ijkl->kl", of_variances, q)
    inner -= np.einsum("ij,ikl,lm,jmn->kn", of_variances, slopes, phi, slopes)
    covariance = phi + phi @ (inner + inner.T) @ phi
    return Adjusted(covariance, phi, moved, of_variances)


@dataclass(frozen=True)
class Cluster:
    """One cluster in the columns [X, Z]: V^-1 and each G_i map combinations of these columns to such again."""

    n: int
    p: int
    crossed: Floats  # [X, Z]'[X, Z]
    kinds: Ints  # of the columns of Z, which variance each belongs to, from 0
    variances: Floats
    residual: float

    @cached_property
    def inverse(self) -> Floats:
        """V^-1 M = M inverse, by Woodbury's identity in the columns M."""
        p, whole = self.p, len(self.crossed)
        root = np.sqrt(self.variances[self.kinds])
        ztm = self.crossed[p:]
        among = self.residual * np.eye(whole - p) + root[:, None] * ztm[:, p:] * root
        found = np.eye(whole)
        found[p:] -= root[:, None] * np.linalg.solve(among, root[:, None] * ztm)
        return np.asarray(found / self.residual)

    @property
    def weighted(self) -> Floats:
        """X'V^-1 X of the cluster."""
        return np.asarray((self.crossed @ self.inverse)[: self.p, : self.p])

    def add_to(self, q: Floats, traces: Floats, slopes: Floats) -> None:
        """Adds this cluster's part of Q, of tr(V^-1 G_i V^-1 G_j), and of X'V^-1 G_i V^-1 X; the residual is last."""
        p, whole, inverse = self.p, len(self.crossed), self.inverse
        size = len(self.variances)
        effects = [np.zeros((whole, whole)) for _ in range(size)] + [np.eye(whole)]
        for kind in range(size):
            rows = p + np.flatnonzero(self.kinds == kind)
            effects[kind][rows] = self.crossed[rows]  # G_i M = M effects[i]
        steps = [effect @ inverse for effect in effects]
        after = [step[:, :p] for step in steps]
        before = [(self.crossed @ inverse @ effect)[:p] for effect in effects]
        for i in range(size + 1):
            slopes[i] += before[i] @ inverse[:, :p]
            for j in range(size + 1):
                q[i, j] += before[i] @ inverse @ after[j]
        self._add_traces(traces, inverse)

    def _add_traces(self, traces: Floats, inverse: Floats) -> None:
        p, size = self.p, len(self.variances)
        once = (self.crossed @ inverse)[p:, p:]  # Z'V^-1 Z
        twice = (self.crossed @ inverse @ inverse)[p:, p:]
        kinds = [np.flatnonzero(self.kinds == kind) for kind in range(size)]
        for i in range(size):
            for j in range(size):
                traces[i, j] += float(np.sum(once[np.ix_(kinds[i], kinds[j])] ** 2))
            own = float(np.trace(twice[np.ix_(kinds[i], kinds[i])]))
            traces[i, size] += own
            traces[size, i] += own
        # V^-1 is I/s on what is at a right angle to Z, and within Z what `inverse` says.
        within = inverse[p:, p:]
        rank = len(within)
        traces[size, size] += (self.n - rank) / self.residual**2 + float(np.trace(within @ within))


def clusters(fit: MixedFit, x: Floats) -> Iterator[Cluster]:
    random = fit.random
    variances = np.array([float(fit.inner[0, 0]), *fit.blocks])
    outer = random.inner if random.outer is None else random.outer
    order = np.argsort(outer, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(outer[order])) + 1):
        groups = [random.inner[rows], *(block[rows] for block in random.blocks)]
        indicators = [np.equal.outer(group, np.unique(group)).astype(np.float64) for group in groups]
        z = np.column_stack(indicators)
        kinds = np.repeat(np.arange(len(groups)), [columns.shape[1] for columns in indicators])
        both = np.column_stack([x[rows], z])
        yield Cluster(len(rows), x.shape[1], both.T @ both, kinds, variances, fit.residual)

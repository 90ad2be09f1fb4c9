"""Least squares, with classical, heteroscedasticity-robust and cluster-robust covariances."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg, stats

from analysis.columns import Floats, total
from analysis.design import Ints
from analysis.envelope import Refused

RANK = 1e-10  # of the singular values of the design with its columns scaled to length one
NOTHING = 1e-10  # a residual standard deviation this small beside that of the outcome is rounding
WHOLE_LEVERAGE = 1e-10  # a row this close to leverage one is fitted exactly


@dataclass(frozen=True)
class LeastSquares:
    """A fit: X = QR with Q'Q = I. `ssr` is exactly zero where the fit is perfect but for rounding."""

    names: list[str]
    x: Floats
    q: Floats
    inverse: Floats  # of R: (X'X)^-1 = inverse @ inverse.T
    estimates: Floats
    residuals: Floats
    ssr: float
    df: int

    @property
    def n(self) -> int:
        return len(self.x)

    @property
    def unscaled(self) -> Floats:
        """(X'X)^-1"""
        return np.asarray(self.inverse @ self.inverse.T)

    @property
    def covariance(self) -> Floats:
        """sigma^2 (X'X)^-1, which is right when the residuals have one variance and are independent."""
        return self.unscaled * (self.ssr / self.df)


def least_squares(names: Sequence[str], x: Floats, y: Floats) -> LeastSquares:
    """Ordinary least squares of y on the columns of x (n rows, p columns).

    Raises Refused: too_few_rows (n <= p), no_variance (a constant outcome), rank_deficient.

    >>> fit = least_squares(["Intercept", "x"], np.array([[1.0, 0], [1, 1], [1, 2]]), np.array([1.0, 2, 4]))
    >>> [round(value, 6) for value in fit.estimates.tolist()], round(fit.ssr, 6), fit.df
    ([0.833333, 1.5], 0.166667, 1)
    """
    n, p = x.shape
    if n <= p:
        raise Refused("too_few_rows", f"{n} complete rows and {p} coefficients")
    if np.ptp(y) == 0:
        raise Refused("no_variance", "the outcome has one value only")
    q, inverse = orthonormal(x)
    fitted = q @ (q.T @ y)
    # Once more on what is left: the second pass takes away the rounding of the first.
    left = y - fitted
    again = q @ (q.T @ left)
    residuals = left - again
    estimates = inverse @ (q.T @ y)
    ssr = total(residuals**2)
    spread = total((y - y.mean()) ** 2)
    return LeastSquares(
        list(names), x, q, inverse, estimates, residuals, 0.0 if ssr <= NOTHING**2 * spread else ssr, n - p
    )


def orthonormal(x: Floats) -> tuple[Floats, Floats]:
    """Q and the inverse of R with X = QR, R upper triangular. Raises Refused (rank_deficient).

    >>> q, inverse = orthonormal(np.array([[1.0, 0], [1, 1], [1, 2]]))
    >>> np.allclose(q.T @ q, np.eye(2)), np.allclose(q, np.array([[1.0, 0], [1, 1], [1, 2]]) @ inverse)
    (True, True)
    """
    scale = np.sqrt(np.sum(x**2, axis=0))
    if np.any(scale == 0):
        raise Refused("rank_deficient", "a column of the design is zero in every row")
    q, r = np.linalg.qr(x / scale)
    sizes = np.linalg.svd(r, compute_uv=False)
    if len(x) < x.shape[1] or sizes[-1] < RANK * sizes[0]:
        raise Refused("rank_deficient", "the columns of the design depend on one another, or a cell of it is empty")
    inverse = linalg.solve_triangular(r, np.eye(len(r))) / scale[:, None]
    return np.asarray(q), np.asarray(inverse)


def hc3(fit: LeastSquares) -> Floats | None:
    """(X'X)^-1 X' diag(e^2/(1 - h)^2) X (X'X)^-1 (MacKinnon & White 1985, as HC3 is known since Long & Ervin 2000).

    None where a row has leverage one: its residual is zero whatever it is, and 0/0 has no value.

    >>> fit = least_squares(["Intercept", "x"], np.array([[1.0, 0], [1, 1], [1, 2]]), np.array([1.0, 2, 4]))
    >>> hc3(fit).round(6).tolist()
    [[0.75, -0.5], [-0.5, 0.5]]
    """
    leverage = np.sum(fit.q**2, axis=1)
    if np.any(leverage > 1 - WHOLE_LEVERAGE):
        return None
    score = fit.q * (fit.residuals / (1 - leverage))[:, None]
    return np.asarray(fit.inverse @ (score.T @ score) @ fit.inverse.T)


def cluster_sums(values: Floats, codes: Ints, clusters: int) -> Floats:
    """The sums of the rows of each cluster, one row a cluster.

    >>> cluster_sums(np.array([[1.0], [2], [4]]), np.array([0, 1, 0]), 2).tolist()
    [[5.0], [2.0]]
    """
    return np.column_stack([np.bincount(codes, weights=column, minlength=clusters) for column in values.T])


def cr1(fit: LeastSquares, codes: Ints, clusters: int) -> Floats:
    """The cluster-robust covariance with the factor G/(G-1) (N-1)/(N-K): that of Stata, and CR1S of clubSandwich.

    >>> fit = least_squares(["Intercept"], np.ones((4, 1)), np.array([1.0, 2, 4, 5]))
    >>> round(float(cr1(fit, np.array([0, 0, 1, 1]), 2)[0, 0]), 6)  # (3/4)^2 * 2 * 2 * 3/3
    2.25
    """
    sums = cluster_sums(fit.q * fit.residuals[:, None], codes, clusters)
    factor = clusters / (clusters - 1) * (fit.n - 1) / fit.df
    return np.asarray(factor * fit.inverse @ (sums.T @ sums) @ fit.inverse.T)


def t_row(estimate: float, se: float | None, df: float, conf: float) -> dict[str, Any]:
    """`estimate`, `se`, `t`, `p` and `ci` with the t distribution on df; what needs a standard error is None without.

    >>> row = t_row(1.0, 0.5, 10, 0.95)
    >>> row["t"], round(row["p"], 4), [round(limit, 4) for limit in row["ci"]]
    (2.0, 0.0734, [-0.1141, 2.1141])
    """
    if se is None:
        return {"estimate": estimate, "se": None, "t": None, "p": None, "ci": None}
    reach = float(stats.t.isf((1 - conf) / 2, df)) * se
    t = estimate / se if se > 0 else None
    p = None if t is None else float(2 * stats.t.sf(abs(t), df))
    return {"estimate": estimate, "se": se, "t": t, "p": p, "ci": [estimate - reach, estimate + reach]}


def se_of(covariance: Floats, place: int) -> float:
    """The square root of a diagonal entry; a variance below zero is rounding."""
    return math.sqrt(max(0.0, float(covariance[place, place])))


def f_row(f: float | None, df1: int, df2: float) -> dict[str, Any]:
    """`F`, `df1`, `df2` and `p` from the upper tail.

    >>> f_row(4.0, 1, 10)["p"] == t_row(1.0, 0.5, 10, 0.95)["p"]
    True
    """
    return {"F": f, "df1": df1, "df2": df2, "p": None if f is None else float(stats.f.sf(f, df1, df2))}

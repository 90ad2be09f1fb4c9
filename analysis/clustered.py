"""CR2: the cluster-robust covariance that is right in small samples, with Satterthwaite's degrees of freedom."""

from dataclasses import dataclass

import numpy as np

from analysis.columns import Floats
from analysis.design import Ints
from analysis.ols import LeastSquares, cluster_sums

SINGULAR = 1e-10  # an eigenvalue of I - H this small is zero, and its pseudo-inverse too


@dataclass(frozen=True)
class Adjusted:
    """Per cluster A_g X_g M with M = (X'X)^-1 (rows in the order of the fit), and the covariance they give."""

    covariance: Floats
    weights: Floats
    codes: Ints
    clusters: int
    fit: LeastSquares

    def df(self, place: int) -> float:
        """Satterthwaite's df of one coefficient, (sum of eigenvalues)^2/(sum of their squares), identity working model.

        P has p_gh = v_g'(I - H)_gh v_h with v = the coefficient's column of the weights; the sum of its eigenvalues is
        its trace, and that of their squares the sum of its squared entries.
        """
        v = self.weights[:, [place]]
        own = np.bincount(self.codes, weights=v[:, 0] ** 2, minlength=self.clusters)
        shared = cluster_sums(self.fit.q * v, self.codes, self.clusters)
        p = np.diag(own) - shared @ shared.T
        return float(np.trace(p) ** 2 / np.sum(p**2))


def cr2(fit: LeastSquares, codes: Ints, clusters: int) -> Adjusted:
    """Bell & McCaffrey 2002 (Pustejovsky & Tipton 2018), working model identity, symmetric square root.

    V = M (sum over g of X_g' A_g e_g e_g' A_g X_g) M, A_g = (I - H_gg)^(-1/2), the pseudo-inverse where singular. H_gg
    has rank at most p, so A_g = I + U ((1 - s^2)^(-1/2) - 1) U' with Q_g = U s W': no n x n matrix is made.

    >>> from analysis.ols import least_squares
    >>> fit = least_squares(["Intercept"], np.ones((4, 1)), np.array([1.0, 2, 4, 5]))
    >>> found = cr2(fit, np.array([0, 0, 1, 1]), 2)
    >>> round(float(found.covariance[0, 0]), 6), round(found.df(0), 6)  # two cluster means: their variance over two
    (2.25, 1.0)
    """
    weights = np.empty_like(fit.q)
    sums = np.empty((clusters, fit.q.shape[1]))
    order = np.argsort(codes, kind="stable")
    for g, rows in enumerate(np.split(order, np.cumsum(np.bincount(codes, minlength=clusters))[:-1])):
        u, s, _ = np.linalg.svd(fit.q[rows], full_matrices=False)
        left = 1 - s**2
        root = np.where(left > SINGULAR, 1 / np.sqrt(np.maximum(left, SINGULAR)), 0.0)
        moved = fit.q[rows] + u @ ((root - 1)[:, None] * (u.T @ fit.q[rows]))
        sums[g] = moved.T @ fit.residuals[rows]
        weights[rows] = moved @ fit.inverse.T
    covariance = fit.inverse @ (sums.T @ sums) @ fit.inverse.T
    return Adjusted(np.asarray(covariance), weights, codes, clusters, fit)

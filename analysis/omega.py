"""McDonald's omega total of one factor, by maximum likelihood."""

import numpy as np
from scipy import optimize

from analysis.columns import Floats

LOWER = 0.005  # of a standardised unique variance: the bound of factanal in R, so that Heywood cases agree with it
STEP = 1e-5  # of the numerical derivative of the slope
STEEP = 1e-4  # a larger gradient than this, away from a bound, is no optimum


def omega_total(covariance: Floats) -> tuple[float | None, list[str]]:
    """(sum of loadings)^2 / ((sum of loadings)^2 + sum of unique variances), with warnings.

    Unstandardised loadings and model-implied variance (McDonald 1999). One factor by maximum likelihood on a covariance
    matrix of at least three items that vary. Warnings: `heywood` (a unique variance at its lower bound, 0.005 of the
    item's variance), `omega_not_converged` (then None).

    >>> value, warnings = omega_total(np.array([[1.0, 0.56, 0.48], [0.56, 1.0, 0.42], [0.48, 0.42, 1.0]]))
    >>> round(value, 6), warnings  # loadings 0.8, 0.7, 0.6: 2.1^2 / (2.1^2 + 0.36 + 0.51 + 0.64)
    (0.744932, [])
    """
    scale = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(scale, scale)
    unique, slope = _uniquenesses(correlation)
    at_bound = unique <= LOWER * 1.001
    inside = ~at_bound & (unique < 1)
    if np.any(np.abs(slope[inside]) > STEEP):
        return None, ["omega_not_converged"]
    common = float(np.sum(_factor(correlation, unique)[2] * scale)) ** 2
    return common / (common + float(np.sum(unique * scale**2))), ["heywood"] if np.any(at_bound) else []


def _uniquenesses(correlation: Floats) -> tuple[Floats, Floats]:
    """The better of two starts, and the slope there: squared multiple correlations, and one half."""
    smc_start = np.clip(1 / np.maximum(np.diag(np.linalg.pinv(correlation)), 1.0), 0.05, 0.95)
    bounds = [(np.log(LOWER), 0.0)] * len(correlation)
    options = {"maxiter": 5000, "maxfun": 50_000, "ftol": 1e-15, "gtol": 1e-9}
    found = [
        optimize.minimize(
            _discrepancy, np.log(start), args=(correlation,), jac=True, method="L-BFGS-B", bounds=bounds,
            options=options,
        )
        for start in (smc_start, np.full(len(correlation), 0.5))
    ]  # fmt: skip
    best = min(found, key=lambda one: float(one.fun))
    polished = _polished(best.x, correlation)
    return np.exp(polished), _discrepancy(polished, correlation)[1]


def _polished(log_unique: Floats, correlation: Floats) -> Floats:
    """Newton's method on those away from a bound: the search stops eight digits from the optimum, not always the same
    eight on every machine."""
    found, slope = log_unique, _discrepancy(log_unique, correlation)[1]
    free = np.flatnonzero((found > np.log(LOWER) + STEP) & (found < -STEP))
    for _ in range(10 if len(free) else 0):
        bends = np.empty((len(free), len(free)))
        for column, place in enumerate(free):
            moved = np.zeros(len(found))
            moved[place] = STEP
            ends = [_discrepancy(found + sign * moved, correlation)[1][free] for sign in (1, -1)]
            bends[:, column] = (ends[0] - ends[1]) / (2 * STEP)
        tried = found.copy()
        tried[free] -= np.linalg.lstsq(bends, slope[free], rcond=None)[0]
        steep = _discrepancy(tried, correlation)[1]
        if not np.max(np.abs(steep[free])) < np.max(np.abs(slope[free])):
            break
        found, slope = tried, steep
    return np.clip(found, np.log(LOWER), 0.0)


def _discrepancy(log_unique: Floats, correlation: Floats) -> tuple[float, Floats]:
    """log|Sigma| + tr(R Sigma^-1) with the loadings concentrated out, and its slope in the log unique variances.

    In this form (without log|R|) it is defined for a singular correlation matrix too, as of an item asked twice.
    """
    unique = np.exp(log_unique)
    largest, rest, loadings = _factor(correlation, unique)
    value = float(np.sum(log_unique)) + np.log(max(largest, 1.0)) + min(largest, 1.0) + rest
    return float(value), (loadings**2 + unique - np.diag(correlation)) / unique


def _factor(correlation: Floats, unique: Floats) -> tuple[float, float, Floats]:
    """Largest eigenvalue of R scaled by the unique variances, the sum of the others, and the loadings they give."""
    values, vectors = np.linalg.eigh(correlation / np.sqrt(np.outer(unique, unique)))
    loadings: Floats = np.sqrt(unique * max(values[-1] - 1, 0.0)) * vectors[:, -1]
    return float(values[-1]), float(np.sum(values[:-1])), loadings

"""Standardised effects and their noncentral-t intervals."""

import math

import numpy as np
from scipy import integrate, optimize, special, stats


def hedges_j(m: float) -> float:
    """Hedges' (1981) exact correction J(m) = Gamma(m/2) / (sqrt(m/2) Gamma((m-1)/2)); m degrees of freedom, above 1.

    >>> round(hedges_j(10), 6)
    0.922746
    """
    return math.exp(special.gammaln(m / 2) - special.gammaln((m - 1) / 2)) / math.sqrt(m / 2)


def nct_cdf(t: float, df: float, ncp: float) -> float:
    """P(T <= t) of the noncentral t. Where the library gives no finite number, integrated over the chi distribution."""
    value = float(stats.nct.cdf(t, df, ncp))
    if math.isfinite(value) and 1e-12 < value < 1 - 1e-12:
        return value
    # T <= t is Z <= t S - ncp, with S = sqrt(chi2(df)/df): integrate over S where it has its mass.
    low, high = (math.sqrt(stats.chi2.ppf(p, df) / df) for p in (1e-14, 1 - 1e-14))

    def density(s: float) -> float:
        return float(stats.norm.cdf(t * s - ncp) * stats.chi2.pdf(df * s * s, df) * 2 * df * s)

    return float(integrate.quad(density, low, high, limit=200, epsabs=1e-13, epsrel=1e-10)[0])


def noncentrality_ci(t: float, df: float, conf: float = 0.95) -> tuple[float, float]:
    """The noncentralities at which the observed t is the upper and lower (1 - conf)/2 point of t(df).

    Source: Steiger & Fouladi 1997, as in the contract's `paired`. Returns (low, high), low <= high.
    """
    tail = (1 - conf) / 2
    return _solve(t, df, 1 - tail), _solve(t, df, tail)


def _solve(t: float, df: float, target: float) -> float:
    """nct_cdf falls as the noncentrality grows: widen a narrow bracket around a normal guess until it fits."""
    guess = t - stats.norm.ppf(target) * math.sqrt(1 + t * t / (2 * df))
    width = 0.5 + abs(t) * 0.05
    for _ in range(60):
        low, high = guess - width, guess + width
        if nct_cdf(t, df, low) >= target >= nct_cdf(t, df, high):
            return float(optimize.brentq(lambda ncp: nct_cdf(t, df, ncp) - target, low, high, xtol=1e-12, rtol=1e-13))
        width *= 1.5
    return float(np.nan)

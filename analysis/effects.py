"""Standardised effects: Hedges' exact correction and intervals from the noncentral t distribution."""

import math

import numpy as np
from scipy import integrate, optimize, special, stats

# Of t^2/df: beyond it the normal part of t is nothing beside the spread of the standard deviation, and the limits are
# t times the square roots of the chi-square points over df, with a relative error below 1e-8.
ALL_BUT_INFINITE = 1e10
TRUSTED = (1e-10, 1 - 1e-10)  # outside these the library's noncentral t has lost its tail


def hedges_j(m: float) -> float:
    """Hedges' (1981) exact correction J(m) = Gamma(m/2) / (sqrt(m/2) Gamma((m-1)/2)) for m > 1 degrees of freedom.

    >>> round(hedges_j(10), 6)
    0.922746
    """
    # poch(a, 1/2) is the ratio of the gammas, without the overflow of either.
    return float(special.poch((m - 1) / 2, 0.5)) / math.sqrt(m / 2)


def nct_cdf(t: float, df: float, ncp: float) -> float:
    """P(T <= t) of the noncentral t with df degrees of freedom and noncentrality ncp.

    From the library where its number is finite and not in a tail, else by integration (see `nct_cdf_integrated`).

    >>> round(nct_cdf(2.0, 10, 1.0), 6), round(nct_cdf_integrated(2.0, 10, 1.0), 6)
    (0.807612, 0.807612)
    """
    with np.errstate(all="ignore"):
        value = float(stats.nct.cdf(t, df, ncp))
    if math.isfinite(value) and TRUSTED[0] < value < TRUSTED[1]:
        return value
    return nct_cdf_integrated(t, df, ncp)


def nct_cdf_integrated(t: float, df: float, ncp: float) -> float:
    """The same as the mean of Phi(t S - ncp) over S = sqrt(chi2(df)/df)."""
    low, high = math.sqrt(stats.chi2.ppf(1e-16, df) / df), math.sqrt(stats.chi2.isf(1e-16, df) / df)

    def integrand(s: float) -> float:
        return float(special.ndtr(t * s - ncp) * stats.chi2.pdf(df * s * s, df) * 2 * df * s)

    # Where the normal part turns, and the bulk of S, are given to the integrator: both can be narrow.
    turn = ncp / t if t else 1.0
    bulk, bend = 4 / math.sqrt(2 * df), 4 / (abs(t) + 1)
    marks = {1.0, 1 - bulk, 1 + bulk, turn, turn - bend, turn + bend}
    points = sorted(mark for mark in marks if low < mark < high)
    return float(integrate.quad(integrand, low, high, points=points, limit=400, epsabs=1e-14, epsrel=1e-11)[0])


def noncentrality_ci(t: float, df: float, conf: float = 0.95) -> tuple[float, float]:
    """The noncentralities (low, high) at which t is the upper and lower (1 - conf)/2 point (Steiger & Fouladi 1997).

    Divided by sqrt n they are the interval of d_z. Raises ArithmeticError if no noncentrality is found.

    >>> [round(limit, 4) for limit in noncentrality_ci(2.0, 20)]
    [-0.0771, 4.0318]
    """
    tail = (1 - conf) / 2
    if t * t > ALL_BUT_INFINITE * df:
        points = [t * math.sqrt(float(point) / df) for point in (stats.chi2.ppf(tail, df), stats.chi2.isf(tail, df))]
        return min(points), max(points)
    return _solve(t, df, 1 - tail), _solve(t, df, tail)


def _solve(t: float, df: float, target: float) -> float:
    """The cdf falls as the noncentrality grows: a narrow bracket around a normal guess is widened until it fits."""
    guess = t + float(special.ndtri(1 - target)) * math.sqrt(1 + t * t / (2 * df))
    width = 0.25 + abs(t) * 0.02
    for _ in range(40):
        low, high = guess - width, guess + width
        if nct_cdf(t, df, low) >= target >= nct_cdf(t, df, high):
            root = optimize.brentq(lambda ncp: nct_cdf(t, df, ncp) - target, low, high, xtol=1e-12, rtol=1e-13)
            return float(root)
        width *= 1.5
    raise ArithmeticError(f"no noncentrality for t = {t} with {df} degrees of freedom")

"""Power and sample size of the designs of the study: before a round is planned, never after it is over."""

import math
from typing import Any

import numpy as np
from scipy import optimize, special, stats

from analysis.columns import Floats
from analysis.effects import nct_cdf
from analysis.envelope import Misuse, Outcome
from analysis.proportion import normal_point

MOST = 1e9  # people per group, beyond which no study is planned


def power(
    design: str, effect: float, *, alpha: float = 0.05, n: float | None = None, wanted: float | None = None
) -> Outcome:
    """The t test of pairs (`paired`, n pairs, effect d_z) or of two groups (`two-sample`, n a group, effect d_s).

    power = P(|T| > t(1 - alpha/2, df)), both tails, T noncentral t with noncentrality effect sqrt n on n - 1 df, or
    effect sqrt(n/2) on 2n - 2 (Cohen 1988). Given n the power; given `wanted` the smallest whole `n`, the `n_exact`
    where the power is exactly that, and the power that n has. Warnings: `minimum_n` (two are enough).
    Misuse: both or neither given; n below 2; alpha outside 0 to 1; wanted not between alpha and 1; an effect of zero.

    >>> found = power("two-sample", 0.5, wanted=0.8).result  # G*Power: 64 in each group
    >>> found["n"], round(found["n_exact"], 4), round(power("paired", 0.5, n=34).result["power"], 4)
    (64, 63.7656, 0.8078)
    """
    _check_alpha(effect, alpha)
    if design not in ("paired", "two-sample"):
        raise Misuse("--design is paired, two-sample, cluster or stepped-wedge")
    if (n is None) == (wanted is None):
        raise Misuse("--n or --power is given, and not both")
    result: dict[str, Any] = {"design": design, "effect": effect, "alpha": alpha}
    if n is not None:
        if n < 2:
            raise Misuse("--n is at least 2")
        return Outcome(result | {"n": n, "power": _power_at(n, design, effect, alpha)})
    assert wanted is not None
    if not alpha < wanted < 1 or effect == 0:
        raise Misuse("--power lies between --alpha and 1, and --effect is not 0")
    if _power_at(2, design, effect, alpha) >= wanted:
        exact, warnings = 2.0, ["minimum_n"]
    else:
        exact, warnings = _solved(design, effect, alpha, wanted), []
    whole = math.ceil(exact - 1e-9)
    return Outcome(
        result | {"n": whole, "n_exact": exact, "power": _power_at(whole, design, effect, alpha)}, warnings
    )  # fmt: skip


def _check_alpha(effect: float, alpha: float) -> None:
    if not 0 < alpha < 1:
        raise Misuse("--alpha lies between 0 and 1")
    if not math.isfinite(effect):
        raise Misuse("--effect is a number")


def _power_at(n: float, design: str, effect: float, alpha: float) -> float:
    df, size = (n - 1, n) if design == "paired" else (2 * n - 2, n / 2)
    return t_power(effect * math.sqrt(size), df, alpha)


def t_power(noncentrality: float, df: float, alpha: float) -> float:
    """P(|T| > t(1 - alpha/2, df)) of the noncentral t; at noncentrality 0 it is alpha.

    >>> round(t_power(0.0, 10, 0.05), 12), round(t_power(2.8, 1e7, 0.05), 4)
    (0.05, 0.7996)
    """
    limit = float(stats.t.isf(alpha / 2, df))
    # The upper tail is the lower tail of the mirrored distribution, so that neither is a difference from one.
    return nct_cdf(-limit, df, -noncentrality) + nct_cdf(-limit, df, noncentrality)


def _solved(design: str, effect: float, alpha: float, wanted: float) -> float:
    high = 4.0
    while _power_at(high, design, effect, alpha) < wanted:
        high *= 2
        if high > MOST:
            raise Misuse("--effect is so small that no study of a thousand million people would show it")
    root = optimize.brentq(
        lambda n: _power_at(n, design, effect, alpha) - wanted, high / 2, high, xtol=1e-10, rtol=1e-13
    )
    return float(root)


def power_cluster(
    effect: float, clusters: int, cluster_size: float, icc: float, *, cv: float = 0.0, alpha: float = 0.05,
    simulate: int = 0, seed: int = 1,
) -> Outcome:  # fmt: skip
    """Two arms of `clusters` clusters each, with `cluster_size` people on average (coefficient of variation `cv`).

    design_effect = 1 + ((cv^2 + 1) M - 1) icc (Eldridge et al. 2006); power from the noncentral t on 2 (K - 1) df with
    noncentrality effect sqrt(K M/(2 design_effect)), both tails. `power_simulated` is the share of `simulate` trials,
    outcomes of total variance 1, in which Student's t test of the cluster means gives p < alpha; with cv the sizes are
    drawn from a gamma distribution and rounded, one at least. Effect in standard deviations.
    Misuse: clusters below 2, cluster_size below 1, icc outside 0 to 1, cv or simulate below 0.

    >>> found = power_cluster(0.5, 10, 10, 0.05).result
    >>> found["design_effect"], round(found["n_effective_per_arm"], 4), found["df"], round(found["power"], 4)
    (1.45, 68.9655, 18, 0.7929)
    """
    _check_alpha(effect, alpha)
    if clusters < 2 or not 1 <= cluster_size < math.inf or not 0 <= icc <= 1 or not 0 <= cv < math.inf or simulate < 0:
        raise Misuse(
            "--clusters is 2 or more, --cluster-size 1 or more, --icc from 0 to 1, --cv and --simulate 0 or more"
        )
    deff = 1 + ((cv**2 + 1) * cluster_size - 1) * icc
    effective = clusters * cluster_size / deff
    result: dict[str, Any] = {
        "design": "cluster", "effect": effect, "alpha": alpha, "clusters_per_arm": clusters,
        "cluster_size": cluster_size, "icc": icc, "cv": cv, "design_effect": deff, "n_effective_per_arm": effective,
        "df": 2 * (clusters - 1), "power": t_power(effect * math.sqrt(effective / 2), 2 * (clusters - 1), alpha),
    }  # fmt: skip
    if simulate:
        rng = np.random.default_rng(seed)
        hits = _hits(rng, simulate, effect, clusters, cluster_size, icc, cv, alpha)
        share = hits / simulate
        se = math.sqrt(share * (1 - share) / simulate)
        result |= {"power_simulated": share, "power_simulated_se": se, "n_simulated": simulate, "seed": seed}
    return Outcome(result)


def _hits(
    rng: np.random.Generator,
    trials: int,
    effect: float,
    clusters: int,
    size: float,
    icc: float,
    cv: float,
    alpha: float,
) -> int:
    """A cluster's mean is normal with variance icc + (1 - icc)/size: no person need be drawn."""
    hits = 0
    for begin in range(0, trials, 1000):
        shape = (min(1000, trials - begin), 2, clusters)
        sizes: Floats = np.full(shape, float(size))
        if cv:
            sizes = np.maximum(1.0, np.rint(rng.gamma(1 / cv**2, size * cv**2, shape)))
        means = rng.normal(size=shape) * np.sqrt(icc + (1 - icc) / sizes)
        means[:, 1] += effect
        change = means[:, 1].mean(axis=1) - means[:, 0].mean(axis=1)
        spread = means.var(axis=2, ddof=1).mean(axis=1)
        t = change / np.sqrt(spread * 2 / clusters)
        hits += int(np.sum(np.abs(t) > stats.t.isf(alpha / 2, 2 * (clusters - 1))))
    return hits


def power_stepped_wedge(
    effect: float, clusters: int, periods: int, cluster_size: float, var_residual: float, var_cluster: float, *,
    alpha: float = 0.05,
) -> Outcome:  # fmt: skip
    """A stepped wedge of I clusters and T periods, I/(T-1) clusters beginning at each period from the second.

    With s = var_residual/N and c = var_cluster, Var(effect) = I s (s + T c)/((I U - W) s + (U^2 + I T U - T W - I V) c)
    where U = sum of X, W = sum over periods of squared column sums, V = sum over clusters of squared row sums (Hussey &
    Hughes 2007). power = both tails of the normal. `cluster_size`: people a cluster and period, new ones each time.
    Misuse: fewer than three periods, clusters that do not share out evenly, a variance below 0, no residual variance.

    >>> found = power_stepped_wedge(0.3, 6, 4, 20, 1.0, 0.05).result
    >>> round(found["se_effect"], 6), round(found["power"], 4)
    (0.163663, 0.4496)
    """
    _check_alpha(effect, alpha)
    if periods < 3 or clusters < periods - 1 or clusters % (periods - 1):
        raise Misuse("--periods is 3 or more, and equally many of --clusters begin at each period from the second")
    if not cluster_size >= 1 or not 0 < var_residual < math.inf or not 0 <= var_cluster < math.inf:
        raise Misuse("--cluster-size is 1 or more, --var-residual above 0 and --var-cluster 0 or more")
    begins = 1 + np.arange(clusters) // (clusters // (periods - 1))
    x = (np.arange(periods) >= begins[:, None]).astype(np.float64)
    s, c = var_residual / cluster_size, var_cluster
    u, w, v = x.sum(), np.sum(x.sum(axis=0) ** 2), np.sum(x.sum(axis=1) ** 2)
    i, t = clusters, periods
    variance = i * s * (s + t * c) / ((i * u - w) * s + (u**2 + i * t * u - t * w - i * v) * c)
    se = math.sqrt(float(variance))
    point, shift = normal_point(1 - alpha), effect / se
    found = float(special.ndtr(shift - point) + special.ndtr(-shift - point))
    return Outcome({
        "design": "stepped-wedge", "effect": effect, "alpha": alpha, "clusters": clusters, "periods": periods,
        "cluster_size": cluster_size, "var_residual": var_residual, "var_cluster": var_cluster, "se_effect": se,
        "power": found,
    })  # fmt: skip

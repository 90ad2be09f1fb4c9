"""The bootstrap interval that is corrected for bias and acceleration (BCa): for few people, or skewed values."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy import special

from analysis.columns import Columns, Floats, check_conf, is_constant
from analysis.design import complete_rows
from analysis.envelope import Misuse, Outcome, Refused
from analysis.signed_rank import DECIMALS

RESAMPLES = 10_000
AT_ONCE = 2_000_000  # cells of resamples held in memory
FEW = 10  # a limit that fewer resamples lie beyond is hardly known
Statistic = Callable[..., Floats]


def _sd(values: Floats) -> Floats:
    return np.asarray(np.std(values, axis=-1, ddof=1))


def _d_av(pre: Floats, post: Floats) -> Floats:
    return np.asarray(np.mean(post - pre, axis=-1) / np.sqrt((_sd(pre) ** 2 + _sd(post) ** 2) / 2))


def _r(pre: Floats, post: Floats) -> Floats:
    x, y = (values - np.mean(values, axis=-1, keepdims=True) for values in (pre, post))
    return np.asarray(np.sum(x * y, axis=-1) / np.sqrt(np.sum(x * x, axis=-1) * np.sum(y * y, axis=-1)))


OF_ONE: dict[str, Statistic] = {
    "mean": lambda y: np.mean(y, axis=-1), "median": lambda y: np.median(y, axis=-1), "sd": _sd,
    "variance": lambda y: np.var(y, axis=-1),
}  # fmt: skip
OF_PAIRS: dict[str, Statistic] = {
    "mean_diff": lambda pre, post: np.mean(post - pre, axis=-1),
    "median_diff": lambda pre, post: np.median(post - pre, axis=-1),
    "d_z": lambda pre, post: np.mean(post - pre, axis=-1) / _sd(post - pre), "d_av": _d_av, "r": _r,
}  # fmt: skip
STATISTICS = (*OF_ONE, *OF_PAIRS)


def bootstrap(
    frame: Columns, statistic: str, *, y: str | None = None, pre: str | None = None, post: str | None = None,
    resamples: int = RESAMPLES, seed: int = 1, conf: float = 0.95,
) -> Outcome:  # fmt: skip
    """The BCa interval of a statistic of one column (`y`) or of pairs (`pre`, `post`), rows drawn anew with return.

    statistic: mean, median, sd (n - 1), variance (n: the plug-in of Efron's example); mean_diff, median_diff, d_z, d_av
    (see `paired`), r. The limits are the shares Phi(z0 + (z0 + z)/(1 - a (z0 + z))) of the resamples, z0 from the share
    of them below the estimate (half of those equal to it, to 10 decimals: Likert means have many ties), `acceleration`
    a from the jackknife, sum u^3 / (6 (sum u^2)^1.5) (Efron 1987, JASA 82; Efron & Tibshirani 1993, 14.10 and 14.15).
    `ci_percentile` is the plain one; `se` the resamples' sd, `bias` their mean less the estimate. Unit: that of the
    statistic. Missing: complete rows only.

    Warnings: `few_resamples` (a limit has fewer than ten resamples beyond it), `undefined_resamples` (in some draws the
    statistic does not exist, as r of a constant), `bias_infinite` (every resample lies on one side: ci is None). Raises
    Refused: column_not_found, no_rows, all_missing, too_few_rows (fewer than 3), no_variance.

    >>> found = bootstrap({"y": [1, 2, 2, 3, 9]}, "mean", y="y", seed=1).result
    >>> found["n"], found["estimate"], [round(end, 1) for end in found["ci"]], found["ci_percentile"]
    (5, 3.4, [1.8, 7.6], [1.6, 6.2])
    """
    check_conf(conf)
    if resamples < 1 or seed < 0:
        raise Misuse("--resamples is 1 or more and --seed 0 or more")
    names = columns_of(statistic, y, pre, post)
    rows = complete_rows(frame, names)
    columns = [rows.numbers[name] for name in names]
    measure = (OF_ONE | OF_PAIRS)[statistic]
    with np.errstate(all="ignore"):
        estimate = float(measure(*columns))
        left_out = np.concatenate([measure(*drawn) for drawn in _without_one(columns)])
        drawn = np.concatenate([measure(*drawn) for drawn in _resampled(columns, resamples, seed)])
    if not math.isfinite(estimate) or not np.all(np.isfinite(left_out)) or is_constant(np.round(left_out, DECIMALS)):
        raise Refused("no_variance", f"the {statistic} is the same, or not defined, whoever is left out")
    whole = drawn[np.isfinite(drawn)]
    warnings = ["undefined_resamples"] if len(whole) < len(drawn) else []
    bias_z, acceleration = _bias_z(whole, estimate), _acceleration(left_out)
    result: dict[str, Any] = {
        "n_rows": rows.n_rows, "n": rows.n, "statistic": statistic, "estimate": estimate, "method": "bca",
        "resamples": resamples, "n_undefined": len(drawn) - len(whole), "seed": seed,
        "se": float(np.std(whole, ddof=1)) if len(whole) > 1 else None, "bias": float(np.mean(whole)) - estimate,
        "z0": bias_z, "acceleration": acceleration, "ci": None,
        "ci_percentile": _quantiles(whole, [(1 - conf) / 2, (1 + conf) / 2]),
    }  # fmt: skip
    if bias_z is None:
        return Outcome(result, [*warnings, "bias_infinite"])
    shares = [_share(bias_z, acceleration, tail) for tail in ((1 - conf) / 2, (1 + conf) / 2)]
    if min(shares[0], 1 - shares[1]) * len(whole) < FEW:
        warnings.append("few_resamples")
    return Outcome(result | {"ci": _quantiles(whole, shares)}, warnings)


def columns_of(statistic: str, y: str | None, pre: str | None, post: str | None) -> list[str]:
    """The columns that the statistic is of. Misuse where others are named, or none."""
    if statistic in OF_ONE and y is not None and pre is None and post is None:
        return [y]
    if statistic in OF_PAIRS and y is None and pre is not None and post is not None:
        return [pre, post]
    if statistic not in STATISTICS:
        raise Misuse(f"--statistic is one of {', '.join(STATISTICS)}")
    raise Misuse(f"--statistic {statistic} needs {'--y' if statistic in OF_ONE else '--pre and --post'} and no other")


def _without_one(columns: list[Floats]) -> Iterator[list[Floats]]:
    n = len(columns[0])
    block = max(1, AT_ONCE // n)
    for start in range(0, n, block):
        out = np.arange(start, min(start + block, n))[:, None]
        kept = np.arange(n - 1) + (np.arange(n - 1) >= out)
        yield [column[kept] for column in columns]


def _resampled(columns: list[Floats], resamples: int, seed: int) -> Iterator[list[Floats]]:
    rng, n = np.random.default_rng(seed), len(columns[0])
    block = max(1, AT_ONCE // n)
    for start in range(0, resamples, block):
        chosen = rng.integers(0, n, size=(min(block, resamples - start), n))
        yield [column[chosen] for column in columns]


def _bias_z(drawn: Floats, estimate: float) -> float | None:
    less = np.round(drawn - estimate, DECIMALS)
    share = float(np.mean(less < 0) + np.mean(less == 0) / 2)
    return float(special.ndtri(share)) if 0 < share < 1 else None


def _acceleration(left_out: Floats) -> float:
    off = float(np.mean(left_out)) - left_out
    return float(np.sum(off**3) / (6 * np.sum(off**2) ** 1.5))


def _share(bias_z: float, acceleration: float, tail: float) -> float:
    """
    >>> round(_share(0.146, 0.061, 0.05), 3), round(_share(0.146, 0.061, 0.95), 3)
    (0.11, 0.984)
    """
    moved = bias_z + float(special.ndtri(tail))
    return float(special.ndtr(bias_z + moved / (1 - acceleration * moved)))


def _quantiles(values: Floats, shares: list[float]) -> list[float]:
    return [float(value) for value in np.quantile(values, shares)]

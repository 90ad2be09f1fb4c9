"""Reliability in this sample: Cronbach's alpha with its interval, McDonald's omega, and the items one by one."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import stats

from analysis.columns import (
    Columns,
    Floats,
    check_conf,
    check_range,
    check_some,
    covariance,
    mean,
    named,
    reversed_items,
    sd,
)  # fmt: skip
from analysis.envelope import Misuse, Outcome, Refused
from analysis.omega import omega_total

ESTIMATOR = "one factor, maximum likelihood, model-implied variance (McDonald 1999)"
NOTHING = 1e-12  # a variance this small beside its parts is rounding


def reliability(
    frame: Columns, items: Sequence[str] | None = None, reverse: Sequence[str] = (), minimum: float | None = None,
    maximum: float | None = None, *, missing: str = "listwise", conf: float = 0.95,
) -> Outcome:  # fmt: skip
    """Alpha (Cronbach 1951), its interval (Feldt 1965), omega total (McDonald 1999) and item statistics.

    alpha = k/(k-1) (1 - tr C / sum C), never clipped; `alpha_standardized` is the same on correlations. Units: shares;
    `scale_mean` and `scale_sd` are of the person means over the complete rows, in the items' unit.
    Missing: `listwise` (as SPSS) uses the complete rows of the items that vary. `pairwise` takes each covariance, and
    each correlation with its two variances, from the rows that have both (`use="pairwise"` of cov and cor in R, not
    cov2cor as psych does); each item's n, mean and sd are then of its own values, and alpha_ci, omega_total and
    the item correlations are None with the warning `pairwise_alpha_only`.
    An item that does not vary (among the complete rows, if listwise) is left out: `constant_item:NAME`.

    Warnings besides: `negative_alpha`, `negative_item_rest:NAME`, `zero_variance_total` (the items cancel: alpha and
    what is built on the total are None), `undefined_correlation` (pairwise: a pair without variance), those of
    `omega_total`. Raises Refused: column_not_found, no_rows, out_of_range, all_missing, too_few_rows (fewer than three
    complete rows), too_few_items, no_variance. Misuse: reverse without a range, an unknown `missing`.

    >>> found = reliability({"a": [1, 2, 3, 4], "b": [2, 2, 4, 4], "c": [1, 3, 3, 5]}).result
    >>> round(found["alpha"], 6), [round(limit, 4) for limit in found["alpha_ci"]], found["n_complete"]
    (0.933333, [0.5601, 0.9955], 4)
    """
    if missing not in ("listwise", "pairwise"):
        raise Misuse("--missing is listwise or pairwise")
    check_conf(conf)
    columns = named(frame, items)
    turned = reversed_items(columns, reverse, minimum, maximum)
    check_range(columns, minimum, maximum)
    check_some(columns)
    kept, used = _kept(turned, listwise=missing == "listwise")
    scores = np.sort(used, axis=1).sum(axis=1) / len(kept)
    result: dict[str, Any] = {
        "n_rows": len(next(iter(columns.values()))), "n_items": len(kept), "n_complete": len(used), "missing": missing,
        "dropped_items": [name for name in columns if name not in kept],
        "scale_mean": mean(scores), "scale_sd": sd(scores),
    }  # fmt: skip
    warnings = [f"constant_item:{name}" for name in result["dropped_items"]]
    if missing == "listwise":
        moments = covariance(used)
        estimates = _totals(moments, _correlations(moments), warnings)
        estimates |= _listwise_totals(moments, estimates["alpha"], len(used), conf, warnings)
        found = _item_statistics(dict(zip(kept, used.T, strict=True)), moments, warnings)
    else:
        moments, correlations = _pairwise(kept)
        estimates = _totals(moments, correlations, warnings) | {"alpha_ci": None, "omega_total": None}
        own = {name: values[~np.isnan(values)] for name, values in kept.items()}
        found = _item_statistics(own, moments, [])
        for item in found.values():
            item |= {"item_total_r": None, "item_rest_r": None}
        warnings.append("pairwise_alpha_only")
    for name, item in found.items():
        item["reversed"] = name in reverse
    return Outcome(result | estimates | {"items": found}, warnings)


def _kept(turned: Mapping[str, Floats], *, listwise: bool) -> tuple[dict[str, Floats], Floats]:
    """The items that vary and their complete rows. Leaving one out can make rows complete, so it is done until none is.

    Whether rows are too few is asked before what varies: in one row nothing does.
    """
    kept = {name: values for name, values in turned.items() if np.nanmin(values) < np.nanmax(values)}
    while True:
        used = _complete(kept or turned)
        if len(used) < 3:
            raise Refused("too_few_rows", f"{len(used)} complete rows; three are needed")
        if len(turned) < 2:
            raise Refused("too_few_items", "two items are needed")
        if not kept:
            raise Refused("no_variance", "no item varies")
        varying = np.ptp(used, axis=0) > 0
        if np.all(varying) or not listwise:
            break
        kept = {name: values for (name, values), varies in zip(kept.items(), varying, strict=True) if varies}
    if len(kept) < 2:
        raise Refused("too_few_items", "fewer than two items vary")
    return kept, used


def _complete(columns: Mapping[str, Floats]) -> Floats:
    matrix = np.column_stack(list(columns.values()))
    return np.asarray(matrix[~np.isnan(matrix).any(axis=1)], dtype=np.float64)


def alpha_of(covariances: Floats) -> float | None:
    """k/(k-1) (1 - tr C / sum C) (Cronbach 1951) of two items or more; None where the items cancel to a zero variance.

    >>> round(alpha_of(np.array([[1.0, 0.5], [0.5, 1.0]])), 6), alpha_of(np.array([[1.0, -1.0], [-1.0, 1.0]]))
    (0.666667, None)
    """
    k, trace, total = len(covariances), float(np.trace(covariances)), math.fsum(covariances.ravel().tolist())
    return None if abs(total) <= NOTHING * trace else k / (k - 1) * (1 - trace / total)


def alpha_ci(alpha: float, n: int, k: int, conf: float = 0.95) -> list[float]:
    """1 - (1 - alpha) F, with F the upper and lower points of F(n-1, (n-1)(k-1)) (Feldt 1965), of n persons, k items.

    >>> [round(limit, 4) for limit in alpha_ci(0.8, 41, 5)]
    [0.6837, 0.8826]
    """
    tail, df = (1 - conf) / 2, (n - 1, (n - 1) * (k - 1))
    return [1 - (1 - alpha) * float(stats.f.isf(tail, *df)), 1 - (1 - alpha) * float(stats.f.ppf(tail, *df))]


def _totals(moments: Floats, correlations: Floats, warnings: list[str]) -> dict[str, Any]:
    alpha = alpha_of(moments)
    if alpha is None:
        warnings.append("zero_variance_total")
    elif alpha < 0:
        warnings.append("negative_alpha")
    if np.isnan(correlations).any():
        warnings.append("undefined_correlation")
        return {"alpha": alpha, "alpha_standardized": None, "average_r": None}
    k = len(correlations)
    average = (math.fsum(correlations.ravel().tolist()) - k) / (k * (k - 1))
    return {"alpha": alpha, "alpha_standardized": alpha_of(correlations), "average_r": average}


def _correlations(moments: Floats) -> Floats:
    correlations = moments / np.sqrt(np.outer(np.diag(moments), np.diag(moments)))
    np.fill_diagonal(correlations, 1.0)
    return correlations


def _pairwise(kept: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Covariances and correlations, each of the rows that have both items; variances of an item's own values."""
    columns = list(kept.values())
    moments, correlations = np.empty((len(columns),) * 2), np.eye(len(columns))
    for i, a in enumerate(columns):
        moments[i, i] = covariance(_complete({"a": a}))[0, 0]
        for j, b in enumerate(columns[:i]):
            pair = covariance(_complete({"a": a, "b": b}))
            spread = math.sqrt(pair[0, 0] * pair[1, 1])
            moments[i, j] = moments[j, i] = pair[0, 1]
            correlations[i, j] = correlations[j, i] = pair[0, 1] / spread if spread else math.nan
    return moments, correlations


def _listwise_totals(moments: Floats, alpha: float | None, n: int, conf: float, warnings: list[str]) -> dict[str, Any]:
    k = len(moments)
    omega, codes = omega_total(moments) if k >= 3 else (None, ["omega_needs_three_items"])
    warnings += codes
    return {
        "alpha_ci": None if alpha is None else alpha_ci(alpha, n, k, conf),
        "omega_total": omega,
        "omega_estimator": ESTIMATOR,
    }


def _item_statistics(own: Mapping[str, Floats], moments: Floats, warnings: list[str]) -> dict[str, Any]:
    """Per item; the correlations with the total and with the rest come from the covariances alone."""
    found: dict[str, Any] = {}
    total = math.fsum(moments.ravel().tolist())
    for place, (name, values) in enumerate(own.items()):
        others = np.delete(np.arange(len(own)), place)
        variance, with_total = float(moments[place, place]), math.fsum(moments[place].tolist())
        rest = shared_r(with_total - variance, variance, total - 2 * with_total + variance)
        if rest is None:
            warnings.append(f"zero_variance_rest:{name}")
        elif rest < 0:
            warnings.append(f"negative_item_rest:{name}")
        found[name] = {
            "n": len(values), "mean": mean(values), "sd": sd(values),
            "item_total_r": shared_r(with_total, variance, total), "item_rest_r": rest,
            "alpha_if_dropped": alpha_of(moments[np.ix_(others, others)]) if len(others) > 1 else None,
        }  # fmt: skip
    return found


def shared_r(shared: float, variance: float, other: float) -> float | None:
    """The correlation of two columns from their covariance and variances; None where the second does not vary.

    >>> shared_r(1.0, 4.0, 1.0), shared_r(0.0, 4.0, 0.0)
    (0.5, None)
    """
    if other <= NOTHING * variance:
        return None
    return max(-1.0, min(1.0, shared / math.sqrt(variance * other)))

"""Reliability in this sample: Cronbach's alpha with its interval, McDonald's omega, and the items one by one."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import optimize, stats

from analysis.envelope import Misuse, Outcome, Refused
from analysis.score import person_means
from analysis.table import Floats, check_range, check_some, mean, sd, turned

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
HEYWOOD = 1e-4


def reliability(
    columns: Mapping[str, Floats], *, reverse: Sequence[str] = (), minimum: float | None = None,
    maximum: float | None = None, missing: str = "listwise", conf: float = 0.95,
) -> Outcome:  # fmt: skip
    """The contract's `reliability`; items are taken in alphabetical order, so their order changes no digit.

    Missing: listwise (as SPSS) or pairwise. Raises Refused: too_few_items, too_few_rows (complete rows < 3),
    no_variance. Alpha is never clipped.
    """
    if missing not in ("listwise", "pairwise"):
        raise Misuse("--missing is listwise or pairwise")
    check_range(dict(columns), minimum, maximum)
    check_some(dict(columns))
    if len(columns) < 2:
        raise Refused("too_few_items", "two items are needed")
    kept, dropped = _varying(turned(dict(sorted(columns.items())), reverse, minimum, maximum))
    matrix = np.column_stack(list(kept.values())) if kept else np.empty((0, 0))
    complete = matrix[~np.isnan(matrix).any(axis=1)] if kept else matrix
    if not kept:
        raise Refused("no_variance", "no item varies")
    if len(kept) < 2:
        raise Refused("too_few_items", "fewer than two items vary")
    if len(complete) < 3:
        raise Refused("too_few_rows", f"{len(complete)} complete rows; three are needed")
    warnings = [f"constant_item:{name}" for name in dropped]
    used = _sorted_rows(complete)
    if missing == "listwise" and np.any(np.ptp(used, axis=0) == 0):
        raise Refused("no_variance", "an item does not vary among the complete rows")
    result = _totals(kept, used, missing, conf, warnings)
    result["items"] = _items(kept, used, reverse, missing, warnings)
    means = person_means(kept, (len(kept) + 1) // 2)
    scores = means[~np.isnan(means)]
    result |= {
        "n_rows": len(matrix), "n_items": len(kept), "n_complete": len(complete), "missing": missing,
        "dropped_items": dropped, "scale_mean": mean(scores), "scale_sd": sd(scores),
    }  # fmt: skip
    return Outcome(result, warnings)


def _varying(columns: dict[str, Floats]) -> tuple[dict[str, Floats], list[str]]:
    varying = {name: values for name, values in columns.items() if np.nanmax(values) > np.nanmin(values)}
    return varying, [name for name in columns if name not in varying]


def _sorted_rows(matrix: Matrix) -> Matrix:
    """Rows in one fixed order, so that the order of the file changes no digit."""
    return matrix[np.lexsort(matrix.T[::-1])]


def _totals(kept: dict[str, Floats], used: Matrix, missing: str, conf: float, warnings: list[str]) -> dict[str, Any]:
    covariance = _covariance(kept, used, missing)
    correlation = covariance / np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    n, k = used.shape
    alpha = alpha_of(covariance)
    if alpha < 0:
        warnings.append("negative_alpha")
    result: dict[str, Any] = {
        "alpha": alpha,
        "alpha_standardized": alpha_of(correlation),
        "average_r": float((correlation.sum() - k) / (k * (k - 1))),
        "alpha_ci": None,
        "omega_total": None,
    }
    if missing == "listwise":
        # Feldt 1965.
        upper, lower = (float(stats.f.ppf(p, n - 1, (n - 1) * (k - 1))) for p in ((1 + conf) / 2, (1 - conf) / 2))
        result["alpha_ci"] = [1 - (1 - alpha) * upper, 1 - (1 - alpha) * lower]
        result["omega_total"] = omega_total(covariance * (n - 1) / n, warnings) if k >= 3 else None
    return result


def alpha_of(covariance: Matrix) -> float:
    """k/(k-1) (1 - tr C / sum C) (Cronbach 1951).

    >>> import numpy as np
    >>> round(alpha_of(np.array([[1.0, 0.5], [0.5, 1.0]])), 4)
    0.6667
    """
    k = len(covariance)
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def _covariance(kept: dict[str, Floats], used: Matrix, missing: str) -> Matrix:
    if missing == "listwise":
        return np.asarray(np.cov(used, rowvar=False, ddof=1))
    names = list(kept)
    matrix = np.empty((len(names), len(names)))
    for i, a in enumerate(names):
        for j, b in enumerate(names[: i + 1]):
            both = ~np.isnan(kept[a]) & ~np.isnan(kept[b])
            if both.sum() < 3:
                raise Refused("too_few_rows", f"{a} and {b} have fewer than three rows together")
            matrix[i, j] = matrix[j, i] = (
                np.cov(np.sort(kept[a][both]), np.sort(kept[a][both]))[0, 1]
                if i == j
                else (float(np.cov(kept[a][both], kept[b][both], ddof=1)[0, 1]))
            )
    return matrix


def omega_total(covariance: Matrix, warnings: list[str]) -> float | None:
    """One factor by maximum likelihood on the complete cases (McDonald 1999), unstandardised, model-implied below.

    The discrepancy is minimised over the log uniquenesses of the correlation matrix with the loadings concentrated out.
    """
    scale = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(scale, scale)
    k = len(correlation)

    def parts(log_unique: Floats) -> tuple[float, Floats, Floats]:
        root = np.exp(log_unique / 2)
        values, vectors = np.linalg.eigh(correlation / np.outer(root, root))
        first = max(values[-1], 1.0)
        loadings = root * vectors[:, -1] * math.sqrt(first - 1)
        rest = values[:-1]
        return float(np.sum(rest - np.log(np.maximum(rest, 1e-300)) - 1)), loadings, np.exp(log_unique)

    start = np.log(np.clip(1 / np.diag(np.linalg.pinv(correlation)), 0.05, 0.95))
    bounds = [(math.log(HEYWOOD), 0.0)] * k
    options = {"maxiter": 2000, "ftol": 1e-14, "gtol": 1e-9}
    found = optimize.minimize(lambda x: parts(x)[0], start, method="L-BFGS-B", bounds=bounds, options=options)
    _, loadings, unique = parts(found.x)
    if np.any(unique <= HEYWOOD * 1.001):
        warnings.append("heywood")
    common = float(np.sum(loadings * scale)) ** 2
    total = common + float(np.sum(unique * scale**2))
    return common / total if total else None


def _items(
    kept: dict[str, Floats], used: Matrix, reverse: Sequence[str], missing: str, warnings: list[str]
) -> dict[str, Any]:
    covariance = _covariance(kept, used, missing)
    items: dict[str, Any] = {}
    for place, name in enumerate(kept):
        others = np.delete(np.arange(len(kept)), place)
        dropped = alpha_of(covariance[np.ix_(others, others)]) if len(others) >= 2 else None
        values = used[:, place]
        item: dict[str, Any] = {"n": len(values), "mean": mean(values), "sd": sd(values), "reversed": name in reverse}
        item["alpha_if_dropped"] = dropped
        if missing == "listwise":
            rest = used[:, others].sum(axis=1)
            item["item_total_r"] = _r(values, used.sum(axis=1))
            item["item_rest_r"] = _r(values, rest)
            if item["item_rest_r"] is not None and item["item_rest_r"] < 0:
                warnings.append(f"negative_item_rest:{name}")
        items[name] = item
    return items


def _r(a: Floats, b: Floats) -> float | None:
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(np.corrcoef(a, b)[0, 1])

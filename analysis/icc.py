"""Intraclass correlations of raters: six of them, since they answer different questions (Shrout & Fleiss 1979)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from analysis.change import complete
from analysis.columns import Columns, Floats, check_conf, is_constant, mean, total
from analysis.envelope import Outcome, Refused

KINDS = ("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k")


def icc(frame: Columns, raters: Sequence[str], *, conf: float = 0.95) -> Outcome:
    """From the mean squares of rows BMS, raters JMS, error EMS and within rows WMS, of n complete rows, k raters.

    icc1 (raters differ from row to row) = (BMS - WMS)/(BMS + (k-1) WMS); icc2 (raters are a sample; agreement) =
    (BMS - EMS)/(BMS + (k-1) EMS + k (JMS - EMS)/n); icc3 (these raters; consistency) = (BMS - EMS)/(BMS + (k-1) EMS).
    The same with k at the end is of the mean of the k ratings. `F`, `df1`, `df2`, `p` test that it is zero: BMS/WMS or
    BMS/EMS. Intervals: exact F for 1 and 3, McGraw & Wong 1996 (with Satterthwaite's df) for 2. Never clipped.

    Warnings: `zero_error_variance` (the raters agree but for their level, or entirely: F, p, intervals None where the
    divisor is zero). Raises Refused: column_not_found, no_rows, all_missing, too_few_rows (fewer than three complete
    rows), too_few_items (fewer than two raters), no_variance (all ratings are equal). Misuse: a rater twice.

    >>> shrout = {"a": [9, 6, 8, 7, 10, 6], "b": [2, 1, 4, 1, 5, 2], "c": [5, 3, 6, 2, 6, 4], "d": [8, 2, 8, 6, 9, 7]}
    >>> {name: round(found["value"], 2) for name, found in icc(shrout, list("abcd")).result.items() if "icc" in name}
    {'icc1': 0.17, 'icc2': 0.29, 'icc3': 0.71, 'icc1k': 0.44, 'icc2k': 0.62, 'icc3k': 0.91}
    """
    check_conf(conf)
    columns = complete(frame, sorted(raters))
    if len(columns) < 2:
        raise Refused("too_few_items", "two raters are needed")
    ratings = np.column_stack(columns)
    ratings = ratings[np.lexsort(ratings.T)]
    n, k = ratings.shape
    if is_constant(ratings.ravel()):
        raise Refused("no_variance", "all ratings are equal")
    rows, places, error, within = _mean_squares(ratings)
    tests = {"1": _f(rows, within, n - 1, n * (k - 1)), "3": _f(rows, error, n - 1, (n - 1) * (k - 1))}
    values = {
        "icc1": (rows - within) / (rows + (k - 1) * within), "icc1k": _share(rows - within, rows),
        "icc2": (rows - error) / (rows + (k - 1) * error + k * (places - error) / n),
        "icc2k": _share(rows - error, rows + (places - error) / n),
        "icc3": _share(rows - error, rows + (k - 1) * error), "icc3k": _share(rows - error, rows),
    }  # fmt: skip
    limits = {
        "icc1": _exact(tests["1"], k, conf), "icc3": _exact(tests["3"], k, conf),
        "icc2": _agreement_ci(values["icc2"], rows, places, error, n, k, conf),
    }  # fmt: skip
    result: dict[str, Any] = {"n_rows": len(frame[raters[0]]), "n": n, "k": k}
    for name in KINDS:
        single = limits[name.removesuffix("k")]
        ci = single if single is None or not name.endswith("k") else [k * v / (1 + (k - 1) * v) for v in single]
        result[name] = {"value": values[name], **tests["1" if "1" in name else "3"], "ci": ci}
    return Outcome(result, [] if error else ["zero_error_variance"])


def _mean_squares(ratings: Floats) -> tuple[float, float, float, float]:
    n, k = ratings.shape
    middle = mean(ratings.ravel())
    of_rows, of_raters = ratings.mean(axis=1) - middle, ratings.mean(axis=0) - middle
    left = ratings - middle - of_rows[:, None] - of_raters
    whole = total((ratings - middle).ravel() ** 2)
    rows, places, error = k * total(of_rows**2), n * total(of_raters**2), total(left.ravel() ** 2)
    # What is left by rounding alone is nothing.
    rows, places, error = (0.0 if part <= 1e-20 * whole else part for part in (rows, places, error))
    return rows / (n - 1), places / (k - 1), error / ((n - 1) * (k - 1)), (places + error) / (n * (k - 1))


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _f(rows: float, divisor: float, df1: int, df2: int) -> dict[str, Any]:
    f = rows / divisor if divisor else None
    return {"F": f, "df1": df1, "df2": df2, "p": None if f is None else float(stats.f.sf(f, df1, df2))}


def _exact(test: dict[str, Any], k: int, conf: float) -> list[float] | None:
    if not test["F"]:
        return None
    tail, f, df1, df2 = (1 - conf) / 2, test["F"], test["df1"], test["df2"]
    low, high = f / float(stats.f.isf(tail, df1, df2)), f * float(stats.f.isf(tail, df2, df1))
    return [(limit - 1) / (limit + k - 1) for limit in (low, high)]


def _agreement_ci(
    value: float, rows: float, places: float, error: float, n: int, k: int, conf: float
) -> list[float] | None:
    if not error or not rows:
        return None
    tail, fj = (1 - conf) / 2, places / error
    own = n * (1 + (k - 1) * value) - k * value
    df = (k - 1) * (n - 1) * (k * value * fj + own) ** 2 / ((n - 1) * (k * value * fj) ** 2 + own**2)
    upper, lower = float(stats.f.isf(tail, n - 1, df)), float(stats.f.isf(tail, df, n - 1))
    spread = k * places + (k * n - k - n) * error
    return [
        n * (rows - upper * error) / (upper * spread + n * rows),
        n * (lower * rows - error) / (spread + n * lower * rows),
    ]  # fmt: skip

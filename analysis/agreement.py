"""Agreement of two raters beyond chance."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.columns import Columns, Floats, check_conf
from analysis.design import columns_of, level_text
from analysis.envelope import Misuse, Outcome, Refused
from analysis.proportion import normal_point, wilson


def agreement(frame: Columns, rater_a: str, rater_b: str, levels: Sequence[str], *, conf: float = 0.95) -> Outcome:
    """Cohen's kappa (1960, Educ Psychol Meas 20), and weighted (1968, Psychol Bull 70), over rows rated by both.

    kappa = 1 - sum(v p)/sum(v e), with the disagreement v of levels i and j: 0 or 1, `kappa_linear` |i - j|,
    `kappa_quadratic` (i - j)^2. The places are those of `levels`, also of a level that nobody used. Intervals: normal,
    with the standard error of Fleiss, Cohen & Everitt 1969 (Psychol Bull 72), within -1 to 1; `percent_agreement` 0-100
    with Wilson's. Missing: rows with one rating or none are left out.

    Warnings: `kappa_undefined` (both used one and the same level: the kappas are None). Raises Refused:
    column_not_found, no_rows, out_of_range (a rating not among the levels), all_missing, too_few_rows (no row is rated
    by both). Misuse: fewer than two levels, or one twice.

    >>> found = agreement({"a": [1, 1, 2, 2, 3], "b": [1, 2, 2, 2, 3]}, "a", "b", ["1", "2", "3"]).result
    >>> found["percent_agreement"], round(found["kappa"], 4), round(found["kappa_quadratic"], 4)
    (80.0, 0.6875, 0.8)
    """
    check_conf(conf)
    places = {level_text(level): place for place, level in enumerate(levels)}
    if len(places) < len(levels) or len(levels) < 2 or None in places:
        raise Misuse("--levels needs two levels or more, each once")
    _, found = columns_of(frame, [], [rater_a, rater_b], allowed=set(places))
    raters = [found[name] for name in (rater_a, rater_b)]
    first, second = (np.array([places[level] for level in held.levels])[held.codes] for held in raters)
    both = (raters[0].codes >= 0) & (raters[1].codes >= 0)
    n, k = int(both.sum()), len(levels)
    if not n:
        raise Refused("too_few_rows", "no row is rated by both")
    shares = np.bincount(first[both] * k + second[both], minlength=k * k).reshape(k, k) / n
    same = round(float(np.trace(shares)) * n)
    result: dict[str, Any] = {
        "n_rows": len(both), "n_pairs": n, "percent_agreement": 100 * same / n,
        "percent_agreement_ci": [100 * limit for limit in wilson(same, n, conf)],
    }  # fmt: skip
    gap = np.abs(np.subtract.outer(np.arange(k), np.arange(k))).astype(np.float64)
    for name, apart in (("kappa", (gap > 0).astype(np.float64)), ("kappa_linear", gap), ("kappa_quadratic", gap**2)):
        result |= _kappa(name, shares, apart, n, conf)
    return Outcome(result, ["kappa_undefined"] if result["kappa"] is None else [])


def _kappa(name: str, shares: Floats, apart: Floats, n: int, conf: float) -> dict[str, Any]:
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    chance = float(rows @ apart @ columns)
    if not chance:
        return {name: None, f"{name}_se": None, f"{name}_ci": None}
    kappa = 1 - float(np.sum(apart * shares)) / chance
    weights = 1 - apart / apart.max()
    expected = float(rows @ weights @ columns)
    shift = np.add.outer(weights @ columns, rows @ weights) * (1 - kappa)
    spread = float(np.sum(shares * (weights - shift) ** 2)) - (kappa - expected * (1 - kappa)) ** 2
    se = math.sqrt(max(0.0, spread) / n) / (1 - expected)
    reach = normal_point(conf) * se
    return {name: kappa, f"{name}_se": se, f"{name}_ci": [max(-1.0, kappa - reach), min(1.0, kappa + reach)]}

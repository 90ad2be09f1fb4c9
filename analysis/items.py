"""A knowledge test item by item: how hard each is, how well it tells people apart, and the test's own reliability."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analysis.columns import Columns, Floats, covariance, mean, sd
from analysis.design import columns_of, level_text
from analysis.envelope import Misuse, Outcome, Refused
from analysis.reliability import alpha_of, shared_r

ROUNDING = 1e-9  # an interpolated quantile of whole totals may miss its whole number by this


def items(
    frame: Columns, items: Sequence[str] | None = None, *, key: Mapping[str, str] | None = None, missing: str = "wrong"
) -> Outcome:
    """Right and wrong answers: 0/1, or with a key the chosen option, which is right where it is the key's.

    `difficulty` is the share right; `item_total_r` uncorrected and `item_rest_r` corrected point-biserial correlations;
    `discrimination` the share right among totals at or above the 73 % quantile less that among totals at or below the
    27 % quantile (type 7; ties included on both sides; Kelley 1939, J Educ Psychol 30). kr20 = k/(k-1) (1 - sum pq /
    var), which is alpha; kr21 = k/(k-1) (1 - M(k - M)/(k var)) with the population variance (Kuder & Richardson 1937);
    sem = sd sqrt(1 - kr20), in items. Missing: `wrong` counts an answer that was not given as wrong, `listwise` uses
    the complete rows. `options` counts every answer of a keyed item that was given.

    Warnings: `constant_item:NAME` (correlations None; the item stays in the test), `zero_variance_rest:NAME`,
    `zero_variance_total` (kr20, kr21 and sem None), `negative_alpha`. Raises Refused: column_not_found, no_rows,
    not_binary (an item without key), all_missing, too_few_rows (fewer than three), too_few_items. Misuse: a key to a
    column that is not among the items, an unknown `missing`.

    >>> found = items({"q1": [1, 1, 1, 0], "q2": [3, 3, 1, None]}, key={"q2": "3"}).result
    >>> found["items"]["q2"]["difficulty"], found["items"]["q2"]["options"], round(found["kr20"], 4)
    (0.5, {'1': 1, '3': 2}, 0.7273)
    """
    key = key or {}
    names = sorted(frame.keys() if items is None else items)
    if len(set(names)) < len(names):
        raise Misuse("an item is named twice")
    if not set(key) <= set(names):
        raise Misuse("--key names a column that is not among the items")
    if missing not in ("wrong", "listwise"):
        raise Misuse("--missing is wrong or listwise")
    plain = [name for name in names if name not in key]
    numbers, keyed = columns_of(frame, plain, sorted(key), binary=plain)
    answered = {name: ~np.isnan(values) for name, values in numbers.items()}
    answered |= {name: held.codes >= 0 for name, held in keyed.items()}
    right = {name: np.nan_to_num(values) for name, values in numbers.items()}
    for name, held in keyed.items():
        wanted = level_text(key[name])
        place = held.levels.index(wanted) if wanted in held.levels else len(held.levels)
        right[name] = (held.codes == place).astype(np.float64)
    whole = np.logical_and.reduce(list(answered.values())) if names else np.zeros(0, dtype=bool)
    used = whole if missing == "listwise" else np.ones_like(whole)
    if used.sum() < 3:
        raise Refused("too_few_rows", f"{used.sum()} rows; three are needed")
    if len(names) < 2:
        raise Refused("too_few_items", "two items are needed")
    matrix = np.column_stack([right[name][used] for name in names])
    warnings: list[str] = []
    result: dict[str, Any] = {"n_rows": len(used), "n_used": len(matrix), "n_items": len(names), "missing": missing}
    moments = covariance(matrix)
    result |= _test(matrix, moments, warnings)
    found = _items(names, matrix, moments, warnings)
    for name in names:
        found[name]["n_missing"] = int(np.sum(~answered[name]))
        if name in key:
            codes = keyed[name].codes[used]
            counts = np.bincount(codes[codes >= 0], minlength=len(keyed[name].levels)).tolist()
            found[name]["options"] = dict(zip(keyed[name].levels, counts, strict=True))
    lower, upper = _ends(matrix.sum(axis=1))
    return Outcome(result | {"n_lower": int(lower.sum()), "n_upper": int(upper.sum()), "items": found}, warnings)


def _test(matrix: Floats, moments: Floats, warnings: list[str]) -> dict[str, Any]:
    k, totals = matrix.shape[1], matrix.sum(axis=1)
    average, spread = mean(totals), sd(totals) or 0.0
    kr20 = alpha_of(moments) if spread else None
    found = {"kr20": kr20, "kr21": None, "mean_total": average, "sd_total": spread, "sem": None}
    if kr20 is None:
        warnings.append("zero_variance_total")
        return found
    if kr20 < 0:
        warnings.append("negative_alpha")
    population = spread**2 * (len(totals) - 1) / len(totals)
    return found | {
        "kr21": k / (k - 1) * (1 - average * (k - average) / (k * population)), "sem": spread * math.sqrt(1 - kr20)
    }  # fmt: skip


def _ends(totals: Floats) -> tuple[Any, Any]:
    """Who is in the lower and in the upper part."""
    low, high = np.percentile(totals, [27, 73], method="linear").tolist()
    return totals <= low + ROUNDING, totals >= high - ROUNDING


def _items(names: Sequence[str], matrix: Floats, moments: Floats, warnings: list[str]) -> dict[str, Any]:
    lower, upper = _ends(matrix.sum(axis=1))
    total = math.fsum(moments.ravel().tolist())
    found: dict[str, Any] = {}
    for place, name in enumerate(names):
        others = np.delete(np.arange(len(names)), place)
        own, with_total = float(moments[place, place]), math.fsum(moments[place].tolist())
        rest = shared_r(with_total - own, own, total - 2 * with_total + own) if own else None
        if not own:
            warnings.append(f"constant_item:{name}")
        elif rest is None:
            warnings.append(f"zero_variance_rest:{name}")
        column = matrix[:, place]
        found[name] = {
            "n_missing": None, "difficulty": mean(column),
            "item_total_r": shared_r(with_total, own, total) if own else None, "item_rest_r": rest,
            "discrimination": mean(column[upper]) - mean(column[lower]),
            "kr20_if_dropped": _dropped(moments[np.ix_(others, others)]),
        }  # fmt: skip
    return found


def _dropped(moments: Floats) -> float | None:
    return alpha_of(moments) if len(moments) > 1 and np.trace(moments) > 0 else None

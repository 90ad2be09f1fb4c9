"""Distributions of items, with the command's own last defence of small numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis.envelope import Misuse, Outcome
from analysis.table import Floats, check_range, check_some, mean, sd

_HIDDEN = (
    "mean", "sd", "median", "q1", "q3", "skewness", "excess_kurtosis", "floor_percent", "ceiling_percent",
)  # fmt: skip


def describe(columns: Mapping[str, Floats], *, minimum: int, maximum: int, suppress_below: int = 0) -> Outcome:
    """Counts, percent, moments and quartiles of each item.

    Units: percent is 0-100 of the valid answers; quartiles are Hyndman-Fan type 7; skewness and excess kurtosis are
    type 2 (G1 and G2 of SPSS and SAS). Missing: NaN is left out and counted. Suppression: the contract's `describe`.

    >>> import numpy as np
    >>> describe({"q": np.array([1.0, 2.0, 2.0, np.nan])}, minimum=1, maximum=3).result["items"]["q"]["counts"]
    {'1': 1, '2': 2, '3': 0}
    """
    if maximum <= minimum:
        raise Misuse("--max must be above --min")
    check_range(dict(columns), minimum, maximum)
    check_some(dict(columns))
    items: dict[str, Any] = {}
    warnings: list[str] = []
    for name, values in columns.items():
        items[name] = _describe(values, minimum, maximum, suppress_below, warnings, name)
    return Outcome({"items": items}, warnings, suppressed=bool(items) and all(i["suppressed"] for i in items.values()))


def _describe(
    values: Floats, minimum: int, maximum: int, suppress_below: int, warnings: list[str], name: str
) -> dict[str, Any]:
    valid = values[~np.isnan(values)]
    n = len(valid)
    known = {"n": n, "n_missing": len(values) - n, "suppressed": n < suppress_below}
    if n < suppress_below:
        return known | {"counts": None, "percent": None} | dict.fromkeys(_HIDDEN)
    counts: dict[str, int | None] = {str(c): int(np.sum(valid == c)) for c in range(minimum, maximum + 1)}
    item = known | _moments(valid, warnings, name)
    item["floor_percent"] = 100 * float(np.mean(valid == minimum))
    item["ceiling_percent"] = 100 * float(np.mean(valid == maximum))
    hidden = _hidden_cells(counts, suppress_below)
    if hidden:
        item |= dict.fromkeys(_HIDDEN)
    item["counts"] = {c: None if c in hidden else count for c, count in counts.items()}
    item["percent"] = {c: None if c in hidden else 100 * (count or 0) / n for c, count in counts.items()}
    return item


def _hidden_cells(counts: dict[str, int | None], suppress_below: int) -> set[str]:
    """Every non-zero count below the limit; where that is one cell, the smallest other non-zero one too."""
    hidden = {c for c, count in counts.items() if count and count < suppress_below}
    others = sorted((count, c) for c, count in counts.items() if count and c not in hidden)
    if len(hidden) == 1 and others:
        hidden.add(others[0][1])
    return hidden


def _moments(valid: Floats, warnings: list[str], name: str) -> dict[str, Any]:
    n, centre, spread = len(valid), mean(valid), sd(valid)
    q1, median, q3 = (float(q) for q in np.percentile(valid, [25, 50, 75], method="linear"))
    skewness = kurtosis = None
    deviations = np.sort(valid) - centre
    second = float(np.sum(deviations**2) / n)
    if second == 0:
        warnings.append(f"constant_item:{name}")
    else:
        g1 = float(np.sum(deviations**3) / n) / second**1.5
        g2 = float(np.sum(deviations**4) / n) / second**2 - 3
        if n > 2:
            skewness = g1 * np.sqrt(n * (n - 1)) / (n - 2)
        if n > 3:
            kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6)
    return {
        "mean": centre, "sd": spread, "median": median, "q1": q1, "q3": q3,
        "skewness": None if skewness is None else float(skewness),
        "excess_kurtosis": None if kurtosis is None else float(kurtosis),
    }  # fmt: skip

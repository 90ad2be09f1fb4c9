"""Distributions of items, with the command's own last defence of small numbers.

What a screen or a report shows has passed the release's own rules besides; this is not instead of them.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.columns import Columns, Floats, check_range, check_some, is_constant, mean, named, sd, total
from analysis.envelope import Misuse, Outcome

MOMENTS = ("mean", "sd", "median", "q1", "q3", "skewness", "excess_kurtosis", "floor_percent", "ceiling_percent")
MAX_CATEGORIES = 10_000


def describe(
    frame: Columns, items: Sequence[str] | None = None, *, minimum: int, maximum: int, suppress_below: int = 0
) -> Outcome:
    """Counts, percent, moments and quartiles of each item with the categories minimum to maximum.

    Formulas: sd with n - 1; quartiles by linear interpolation (Hyndman & Fan 1996, type 7; SPSS uses type 6); skewness
    G1 and excess kurtosis G2 (Joanes & Gill 1998, type 2: those of SPSS and SAS). Percent is 0-100 of the valid.
    Missing: NaN is left out and counted in `n_missing`.

    Suppression: an item with n < suppress_below has nothing but n. In a larger item each non-zero count below it is
    None, and where that is one cell alone the smallest other non-zero cell too; whenever a cell is hidden all moments
    are None, since n and the mean solve for it.

    Warnings: `constant_item:NAME` (no shape), `too_few_values:NAME` (n below 4: kurtosis, and perhaps skewness and sd,
    are None), `not_a_category:NAME` (a value between categories: in the moments, in no count).
    Raises Refused: column_not_found, no_rows, out_of_range, all_missing. Misuse: bounds that are not whole or in order.

    >>> found = describe({"q": [1, 2, 2, None]}, minimum=1, maximum=3).result["items"]["q"]
    >>> found["counts"], found["n_missing"], found["median"], round(found["skewness"], 4)
    ({'1': 1, '2': 2, '3': 0}, 1, 2.0, -1.7321)
    """
    if minimum != int(minimum) or maximum != int(maximum) or suppress_below < 0:
        raise Misuse("--min and --max are whole numbers, and --suppress-below is 0 or more")
    if maximum - minimum > MAX_CATEGORIES:
        raise Misuse(f"more than {MAX_CATEGORIES} categories from --min to --max")
    columns = named(frame, items)
    check_range(columns, minimum, maximum)
    check_some(columns)
    found: dict[str, Any] = {}
    warnings: list[str] = []
    for name, values in columns.items():
        found[name], codes = _item(values, int(minimum), int(maximum), suppress_below)
        warnings += [f"{code}:{name}" for code in codes]
    return Outcome({"items": found}, warnings, suppressed=bool(found) and all(i["suppressed"] for i in found.values()))


def _item(values: Floats, minimum: int, maximum: int, suppress_below: int) -> tuple[dict[str, Any], list[str]]:
    valid = values[~np.isnan(values)]
    n = len(valid)
    item: dict[str, Any] = {"n": n, "n_missing": len(values) - n, "suppressed": n < suppress_below}
    item |= {"counts": None, "percent": None} | dict.fromkeys(MOMENTS)
    if n < suppress_below:
        return item, ["small_n_suppressed"]
    whole = valid[valid == np.rint(valid)]
    counts = np.bincount((whole - minimum).astype(np.int64), minlength=maximum - minimum + 1).tolist()
    warnings = [] if len(whole) == n else ["not_a_category"]
    # Values between the categories are a cell of their own: the total would give a single hidden cell away by them.
    cells = [*counts, n - len(whole)]
    hidden = hidden_cells(cells, suppress_below)
    names = [str(category) for category in range(minimum, maximum + 1)]
    item["counts"] = {name: None if place in hidden else cells[place] for place, name in enumerate(names)}
    item["percent"] = {name: None if place in hidden else 100 * cells[place] / n for place, name in enumerate(names)}
    if hidden:
        return item, [*warnings, "cells_suppressed"]
    item["floor_percent"] = 100 * counts[0] / n
    item["ceiling_percent"] = 100 * counts[-1] / n
    return item | _moments(valid), warnings + _shape_warnings(valid)


def hidden_cells(counts: Sequence[int], suppress_below: int) -> set[int]:
    """Places of the cells to hide: non-zero ones below the limit, and never one alone.

    The second is the smallest other non-zero cell, the lowest category where two are equal. Zeros stay.

    >>> hidden_cells([3, 9, 7, 0], 5)
    {0, 2}
    """
    hidden = {place for place, count in enumerate(counts) if 0 < count < suppress_below}
    others = sorted((count, place) for place, count in enumerate(counts) if count >= max(suppress_below, 1))
    if len(hidden) == 1 and others:
        hidden.add(others[0][1])
    return hidden


def _moments(valid: Floats) -> dict[str, Any]:
    q1, median, q3 = np.percentile(valid, [25, 50, 75], method="linear").tolist()
    skewness, kurtosis = shape(valid)
    return {
        "mean": mean(valid), "sd": sd(valid), "median": median, "q1": q1, "q3": q3,
        "skewness": skewness, "excess_kurtosis": kurtosis,
    }  # fmt: skip


def _shape_warnings(valid: Floats) -> list[str]:
    return [
        code
        for code, holds in (("too_few_values", len(valid) < 4), ("constant_item", is_constant(valid)))
        if holds
    ]  # fmt: skip


def shape(valid: Floats) -> tuple[float | None, float | None]:
    """Skewness G1 = g1 sqrt(n(n-1))/(n-2) and excess kurtosis G2 = (n-1)((n+1) g2 + 6)/((n-2)(n-3)).

    g1 = m3/m2^1.5 and g2 = m4/m2^2 - 3 with m the central moments over n (Joanes & Gill 1998, The Statistician 47).
    None below three and four values, and both None of a constant.

    >>> import numpy as np
    >>> [round(value, 6) for value in shape(np.array([1.0, 2.0, 3.0, 10.0]))]
    [1.763633, 3.228]
    """
    n = len(valid)
    if n < 3 or is_constant(valid):
        return None, None
    deviations = valid - mean(valid)
    m2, m3, m4 = (total(deviations**power) / n for power in (2, 3, 4))
    skewness = m3 / m2**1.5 * math.sqrt(n * (n - 1)) / (n - 2)
    if n < 4:
        return skewness, None
    return skewness, (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m4 / m2**2 - 3) + 6)

"""Scale scores: the mean of a person's answered items."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analysis.envelope import Misuse, Outcome, Refused
from analysis.table import Floats, check_range, check_some, mean, sd, turned


def score(
    columns: Mapping[str, Floats], *, reverse: Sequence[str] = (), minimum: float | None = None,
    maximum: float | None = None, min_answered: int | None = None, with_scores: bool = True,
) -> Outcome:  # fmt: skip
    """Person means after reversing, where at least `min_answered` items are answered (default: half, rounded up).

    Unit: the items' own. Missing: below the rule the score is None; nothing is imputed.

    >>> import numpy as np
    >>> score({"a": np.array([1.0, np.nan]), "b": np.array([2.0, np.nan])}).result["scores"]
    [1.5, None]
    """
    names = list(columns)
    if not names:
        raise Refused("too_few_items", "no items were named")
    needed = (len(names) + 1) // 2 if min_answered is None else min_answered
    if not 1 <= needed <= len(names):
        raise Misuse(f"--min-answered must be from 1 to {len(names)}")
    check_range(dict(columns), minimum, maximum)
    check_some(dict(columns))
    scores = person_means(turned(dict(columns), reverse, minimum, maximum), needed)
    valid = scores[~np.isnan(scores)]
    result: dict[str, Any] = {
        "n_rows": len(scores), "n_scored": len(valid), "n_insufficient": len(scores) - len(valid),
        "min_answered": needed, "mean": mean(valid) if len(valid) else None, "sd": sd(valid),
        "min": float(valid.min()) if len(valid) else None, "max": float(valid.max()) if len(valid) else None,
        "median": float(np.median(valid)) if len(valid) else None,
    }  # fmt: skip
    if with_scores:
        result["scores"] = [None if np.isnan(value) else float(value) for value in scores]
    return Outcome(result)


def person_means(columns: Mapping[str, Floats], needed: int) -> Floats:
    """One mean a row, NaN where fewer than `needed` items are answered. Order of the items makes no difference."""
    matrix = np.sort(np.column_stack(list(columns.values())), axis=1)
    answered = np.sum(~np.isnan(matrix), axis=1)
    totals = np.nansum(matrix, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Floats = np.where(answered >= needed, totals / answered, np.nan)
    return means

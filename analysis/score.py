"""Scale scores: the mean of a person's answered items. A scale's own published rule wins over the default."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analysis.columns import Columns, Floats, check_range, check_some, mean, named, reversed_items, sd
from analysis.envelope import Misuse, Outcome, Refused


def score(
    frame: Columns, items: Sequence[str] | None = None, reverse: Sequence[str] = (), minimum: float | None = None,
    maximum: float | None = None, min_answered: int | None = None, *, with_scores: bool = True,
) -> Outcome:  # fmt: skip
    """Person means after reversing, of those who answered at least `min_answered` items (default: half, rounded up).

    Unit: the items' own. Missing: below the rule the score is None; nothing is imputed. `scores` has one entry a row,
    in the order of the rows. Warnings: `no_scores` where nobody answered enough (mean, sd, min, max, median None),
    `too_few_values:sd` where one person did.
    Raises Refused: column_not_found, no_rows, out_of_range, all_missing, too_few_items (none named).
    Misuse: min_answered outside 1 to the number of items; reverse without a range or of an unknown item.

    >>> found = score({"a": [1, None, 4], "b": [2, None, None]}, reverse=["b"], minimum=1, maximum=6)
    >>> found.result["scores"], found.result["n_insufficient"]
    ([3.0, None, 4.0], 1)
    """
    columns = named(frame, items)
    if not columns:
        raise Refused("too_few_items", "no items were named")
    needed = (len(columns) + 1) // 2 if min_answered is None else min_answered
    if not 1 <= needed <= len(columns):
        raise Misuse(f"--min-answered must be from 1 to {len(columns)}")
    turned = reversed_items(columns, reverse, minimum, maximum)
    check_range(columns, minimum, maximum)
    check_some(columns)
    scores = person_means(turned, needed)
    result: dict[str, Any] = {"n_rows": len(scores), "min_answered": needed}
    valid = scores[~np.isnan(scores)]
    result |= {"n_scored": len(valid), "n_insufficient": len(scores) - len(valid)} | _summary(valid)
    if with_scores:
        result["scores"] = [None if value != value else value for value in scores.tolist()]
    warnings = [] if len(valid) > 1 else ["too_few_values:sd" if len(valid) else "no_scores"]
    return Outcome(result, warnings)


def _summary(valid: Floats) -> dict[str, Any]:
    if not len(valid):
        return dict.fromkeys(("mean", "sd", "min", "max", "median"))
    low, high = float(valid.min()), float(valid.max())
    return {"mean": mean(valid), "sd": sd(valid), "min": low, "max": high, "median": float(np.median(valid))}


def person_means(columns: Mapping[str, Floats], needed: int) -> Floats:
    """One mean a row, NaN where fewer than `needed` items (1 or more) are answered; the order of items is no matter.

    >>> import numpy as np
    >>> person_means({"a": np.array([1.0, np.nan]), "b": np.array([2.0, 5.0])}, 2).tolist()
    [1.5, nan]
    """
    # Sorted within the row first, so that the sum is the same in whatever order the items are named.
    matrix = np.sort(np.column_stack(list(columns.values())), axis=1)
    answered = np.sum(~np.isnan(matrix), axis=1)
    means: Floats = np.full(len(matrix), np.nan)
    np.divide(np.nansum(matrix, axis=1), answered, out=means, where=answered >= needed)
    return means

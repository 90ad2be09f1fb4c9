"""Columns in memory: arrays of numbers with NaN for missing, the checks every command makes, and exact sums.

No sum depends on the order of the rows: it is rounded once, or taken in ascending order where there are very many.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.envelope import Misuse, Refused

Floats = npt.NDArray[np.float64]
Columns = Mapping[str, Any]  # a data frame does as well: it knows its column names and gives a column by name

EXACT = 2.0**53  # whole numbers up to here are exact as floats
MANY = 100_000  # values from which an exactly rounded sum takes too long


def floats(values: Any) -> Floats:
    """A column as floats: lists, arrays and data-frame columns, None and NaN for missing."""
    return np.asarray(values, dtype=np.float64)


def named(frame: Columns, items: Sequence[str] | None = None) -> dict[str, Floats]:
    """The named columns, or all, in alphabetical order so that the order of the items changes no digit.

    Raises Refused (column_not_found, no_rows), and Misuse for an item named twice or columns of unequal length.
    """
    names = list(frame.keys()) if items is None else list(items)
    if len(set(names)) < len(names):
        raise Misuse("an item is named twice")
    for name in names:
        if name not in frame:
            raise Refused("column_not_found", f"there is no column {name}")
    found = {name: floats(frame[name]) for name in sorted(names)}
    if len({len(values) for values in found.values()}) > 1:
        raise Misuse("the columns differ in length")
    check_rows(found)
    return found


def check_rows(columns: Mapping[str, Floats]) -> None:
    if any(len(values) == 0 for values in columns.values()):
        raise Refused("no_rows", "there are no rows")


def check_range(columns: Mapping[str, Floats], minimum: float | None, maximum: float | None) -> None:
    """Refuse a value outside minimum to maximum: 99 and -9 are values, and out of range."""
    if minimum is not None and maximum is not None and not minimum < maximum:
        raise Misuse("--max must be above --min")
    for name, values in columns.items():
        if (minimum is not None and np.any(values < minimum)) or (maximum is not None and np.any(values > maximum)):
            raise Refused("out_of_range", f"column {name} has a value outside {minimum} to {maximum}")


def check_binary(columns: Mapping[str, Floats]) -> None:
    for name, values in columns.items():
        if not np.all(np.isnan(values) | (values == 0) | (values == 1)):
            raise Refused("not_binary", f"column {name} has a value that is neither 0 nor 1")


def check_some(columns: Mapping[str, Floats]) -> None:
    for name, values in columns.items():
        if np.all(np.isnan(values)):
            raise Refused("all_missing", f"column {name} has no value at all")


def check_conf(conf: float) -> None:
    if not 0 < conf < 1:
        raise Misuse("--conf must lie between 0 and 1")


def reversed_items(
    columns: Mapping[str, Floats], reverse: Sequence[str], minimum: float | None, maximum: float | None
) -> dict[str, Floats]:
    """The columns with those in `reverse` turned: x becomes minimum + maximum - x. Missing stays missing.

    Raises Misuse without a whole range, or for a name that is not among the columns.

    >>> reversed_items({"a": floats([1, 5, None])}, ["a"], 1, 6)["a"].tolist()
    [6.0, 2.0, nan]
    """
    unknown = sorted(set(reverse) - set(columns))
    if unknown:
        raise Misuse(f"--reverse names {unknown[0]}, which is not among the items")
    if not reverse:
        return dict(columns)
    if minimum is None or maximum is None:
        raise Misuse("--reverse needs --min and --max")
    return {name: minimum + maximum - values if name in reverse else values for name, values in columns.items()}


def is_constant(values: Floats) -> bool:
    return bool(np.all(values == values[0]))


def total(values: Floats) -> float:
    """The sum, the same in whatever order the values stand.

    >>> total(floats([1e16, 1.0, -1e16]))
    1.0
    """
    return math.fsum(values.tolist()) if len(values) <= MANY else float(np.sum(np.sort(values)))


def mean(values: Floats) -> float:
    """The arithmetic mean of at least one value, of which the order is no matter.

    >>> mean(floats([0.1, 0.1, 0.1]))
    0.1
    """
    return float(values[0]) if is_constant(values) else total(values) / len(values)


def sd(values: Floats) -> float | None:
    """Standard deviation with n - 1; None of fewer than two values.

    >>> sd(floats([2, 4, 4, 4, 5, 5, 7, 9])), sd(floats([3]))
    (2.138089935299395, None)
    """
    if len(values) < 2:
        return None
    if is_constant(values):
        return 0.0
    return math.sqrt(total((values - mean(values)) ** 2) / (len(values) - 1))


def covariance(matrix: Floats) -> Floats:
    """Covariances (n - 1) of the columns of a matrix without missing values and with at least two rows.

    Whole numbers are summed exactly, n sum(xy) - sum(x) sum(y) included, and divided last. Other numbers are put in
    one fixed order of rows, and centred, before they are multiplied.

    >>> covariance(floats([[1, 2], [2, 4], [3, 6]])).tolist()
    [[1.0, 2.0], [2.0, 4.0]]
    """
    n = len(matrix)
    if np.array_equal(matrix, np.rint(matrix)) and n * float(np.max(np.abs(matrix))) ** 2 < EXACT:
        products, sums = (matrix.T @ matrix).tolist(), matrix.sum(axis=0).tolist()
        scaled = [
            [n * int(product) - int(sums[i]) * int(sums[j]) for j, product in enumerate(row)]
            for i, row in enumerate(products)
        ]
        return floats([[value / (n * (n - 1)) for value in row] for row in scaled])
    ordered = matrix[np.lexsort(matrix.T[::-1])]
    centred = ordered - floats([mean(column) for column in ordered.T])
    return np.asarray(centred.T @ centred / (n - 1), dtype=np.float64)

"""Counts that others have made of everybody in a municipality: calls, reports, crimes. A small one is not shown."""

from collections.abc import Iterable

from kapabla.release.disclosure.rules import Thresholds
from kapabla.release.disclosure.tables import HIDDEN, ReleasableTable, releasable

Row = tuple[str, str, float | None, float | None, bool]
HEADERS = ("place", "period", "value", "rate")


def protect_aggregates(rows: Iterable[Row], thresholds: Thresholds) -> ReleasableTable:
    """Place, period, value, rate of the same, and whether the value is a count.

    A count below the smallest cell is hidden, zero as well, and the rate with it: with the number of inhabitants it
    gives the count. What the source does not tell looks the same.

    >>> protect_aggregates([("2404", "2024", 4, 74.1, True), ("2404", "2025", 7, 129.6, True)], Thresholds(5)).rows
    (('2404', '2024', None, None), ('2404', '2025', 7, 129.6))
    """
    return releasable(HEADERS, [_row(row, thresholds.cell) for row in rows])


def _row(row: Row, least: int) -> tuple[str, str, float | None, float | None]:
    place, period, value, rate, is_count = row
    if value is None or (is_count and value < least):
        return place, period, HIDDEN, HIDDEN
    return place, period, value, rate

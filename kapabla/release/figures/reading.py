"""Which columns of a released table a figure is of, and whom its rows tell of, in any release."""

import math
from collections.abc import Iterable

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset
from kapabla.release.history import Members


def scales_at(dataset: Dataset, *waves: str) -> list[ColumnSpec]:
    """Scales asked at all the waves. The two forms of the knowledge test are no pair and stand as one by form order."""
    return [
        c
        for c in dataset.columns
        if c.kind is Kind.SCORE
        and set(waves) <= set(c.waves)
        and not c.name.startswith("kun_")
        and (c.maximum or 0) > 1
    ]


def number_of(cell: object) -> float:
    return math.nan if isinstance(cell, MissingReason) or not isinstance(cell, int | float) else float(cell)


def pairs_of(scale: str) -> Members:
    """Those whose change from before to after is counted."""
    return lambda answers: answers.compared([("t0", scale), ("t1", scale)])


def compared(cells: Iterable[tuple[str, str]]) -> Members:
    wanted = list(cells)
    return lambda answers: answers.compared(wanted)


def having(cells: Iterable[tuple[str, str]]) -> Members:
    wanted = list(cells)
    return lambda answers: answers.having(wanted)

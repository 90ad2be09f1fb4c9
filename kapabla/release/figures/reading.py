"""Columns of a released table as arrays, person by person, for `analysis`."""

import math
from collections.abc import Iterable, Set
from typing import Any

from kapabla.material import Material, Study
from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import Withheld
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


def scale_of(material: Material, study: Study, column: ColumnSpec) -> tuple[Any, Any]:
    for code, version in study.instrument_versions.items():
        instrument = material.instruments[code, version]
        for scale in instrument.scales:
            if scale.code == column.name:
                return instrument, scale
    raise Withheld(reason="scale_unknown")


def pairs(dataset: Dataset, name: str, before: str, after: str, ids: Set[str] | None) -> tuple[Any, Any]:
    """Two arrays over everybody who was there at either wave, or those of them with these ids; NaN without a score."""
    there = {str(row["record_id"]) for row in dataset.rows if row["wave"] in (before, after)}
    people = there if ids is None else there & ids
    return values_of(dataset, before, name, people), values_of(dataset, after, name, people)


def values_of(dataset: Dataset, wave: str, name: str, ids: Set[str]) -> Any:
    """One column at one wave over these people, in the order of their ids."""
    import numpy as np

    found = {str(row["record_id"]): number_of(row[name]) for row in dataset.rows if row["wave"] == wave}
    return np.array([found.get(one, math.nan) for one in sorted(ids)])


def number_of(cell: object) -> float:
    return math.nan if isinstance(cell, MissingReason) or not isinstance(cell, int | float) else float(cell)


def pairs_of(scale: str) -> Members:
    return lambda answers: answers.having([("t0", scale), ("t1", scale)])


def having(cells: Iterable[tuple[str, str]]) -> Members:
    wanted = list(cells)
    return lambda answers: answers.having(wanted)

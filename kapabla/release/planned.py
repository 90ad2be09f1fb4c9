"""Which columns are outcomes that were named before there were data (G7): told in codebook and figures."""

from collections.abc import Mapping
from dataclasses import replace

from kapabla.material import EXPLORATORY, Plan
from kapabla.release.columns import ColumnSpec
from kapabla.release.dataset import Dataset

LABELS: Mapping[str, Mapping[str, str]] = {
    "primary": {"sv": "Primärt utfall", "en": "Primary outcome"},
    "secondary": {"sv": "Sekundärt utfall", "en": "Secondary outcome"},
    EXPLORATORY: {"sv": "Utforskande", "en": "Exploratory"},
}


def planned_at(column: ColumnSpec, wave: str) -> str:
    """What the frozen plan calls the column as an outcome at that wave, in Swedish."""
    return LABELS[column.planned.get(wave, EXPLORATORY)]["sv"]


def with_plan(dataset: Dataset, plan: Plan | None) -> Dataset:
    """The long table with its outcomes marked. Without a plan that is frozen and holds, everything is exploratory."""
    if plan is None:
        return dataset
    roles: dict[str, dict[str, str]] = {}
    for family, outcome in plan.outcomes:
        roles.setdefault(outcome.column, {})[outcome.wave] = family.kind
    marked = tuple(replace(column, planned=roles.get(column.name, {})) for column in dataset.columns)
    return replace(dataset, columns=marked)

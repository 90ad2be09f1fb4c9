"""Which columns are outcomes that were named before there were data (G7): told in codebook and figures."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kapabla.material import EXPLORATORY, Material, Plan, Study, frozen_document
from kapabla.release.columns import ColumnSpec
from kapabla.release.dataset import Dataset

LABELS: Mapping[str, Mapping[str, str]] = {
    "primary": {"sv": "Primärt utfall", "en": "Primary outcome"},
    "secondary": {"sv": "Sekundärt utfall", "en": "Secondary outcome"},
    EXPLORATORY: {"sv": "Utforskande", "en": "Exploratory"},
}
# The model sentence of each command that a plan can name.
MODELS = {
    "ancova": {"sv": "Kovariansanalys", "en": "Analysis of covariance"},
    "mixed": {"sv": "Mixad modell", "en": "Mixed model"},
    "did": {"sv": "Skillnad i skillnader, CR2", "en": "Difference in differences, CR2"},
    "independent": {"sv": "Skillnad i förändring, Welch", "en": "Difference of changes, Welch"},
    "steppedwedge": {"sv": "Stegvis införande, Kenward-Roger", "en": "Stepped wedge, Kenward-Roger"},
    "paired": {"sv": "Parad förändring, t-test", "en": "Paired change, t test"},
    "mcnemar": {"sv": "Parade andelar, McNemar", "en": "Paired shares, McNemar"},
}


def planned_at(column: ColumnSpec, wave: str) -> str:
    """What the frozen plan calls the column as an outcome at that wave, in Swedish."""
    return LABELS[column.planned.get(wave, EXPLORATORY)]["sv"]


def plan_document(study: Study, material: Material, *, holds: bool) -> dict[str, Any]:
    """The plan with the design that it leans on, as it was frozen: by it the evaluation of a release is carried out.

    Where no plan is frozen and holds, the design stands alone and every figure is exploratory.
    """
    if not holds:
        return {"design": study.model_dump(mode="json", include={"waves", "arms", "parallel_forms"})}
    document: dict[str, Any] = json.loads(frozen_document(study, material))
    return document


def with_plan(dataset: Dataset, plan: Plan | None) -> Dataset:
    """The long table with its outcomes marked. Without a plan that is frozen and holds, everything is exploratory."""
    if plan is None:
        return dataset
    roles: dict[str, dict[str, str]] = {}
    for family, outcome in plan.outcomes:
        roles.setdefault(outcome.column, {})[outcome.wave] = family.kind
    marked = tuple(replace(column, planned=roles.get(column.name, {})) for column in dataset.columns)
    return replace(dataset, columns=marked)

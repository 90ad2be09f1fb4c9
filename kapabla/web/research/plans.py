"""The analysis plan (G7): outcomes, what is left out and why, whether it was frozen before there were answers."""

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from kapabla.material import Outcome, Plan, Study, plan_hash
from kapabla.material.studies.plan import Exclusion
from kapabla.office import plans
from kapabla.release.columns import ColumnSpec
from kapabla.release.planned import LABELS, MODELS
from kapabla.release.study_columns import columns_of
from kapabla.web.auth import needs
from kapabla.web.language import translated
from kapabla.web.research.blueprint import blueprint
from kapabla.web.research.choosing import tongue
from kapabla.web.unit_of_work import service, work


@blueprint.get("/forskning/plan")
@needs("see_results")
def plan() -> ResponseReturnValue:
    material = service().material
    shown = [_shown(material.studies[study], found) for study, found in material.plans.items()]
    return render_template("research/plan.html", plans=shown)


def _shown(study: Study, plan: Plan) -> dict[str, Any]:
    columns = {column.name: column for column in columns_of(study, service().material)}
    analyses = {"main": translated("Huvudanalysen"), "sensitivity": translated("Känslighetsanalys")}
    return {
        "study": study.title.get(tongue()),
        "state": plans.state_of(work().office, study.id, plan_hash(study, service().material)),
        "hypotheses": [hypothesis.text.get(tongue()) for hypothesis in plan.hypotheses],
        "outcomes": [
            [
                columns[outcome.column].labels[tongue()], LABELS[family.kind][tongue()], _waves(study, outcome),
                MODELS[outcome.model][tongue()], "Holm" if family.correction == "holm" else "–",
            ]
            for family, outcome in plan.outcomes
        ],
        "exclusions": [
            [
                _condition(columns, exclusion),
                analyses[exclusion.analysis],
                exclusion.why.get(tongue()),
            ]
            for exclusion in plan.exclusions
        ],
    }  # fmt: skip


def _condition(columns: Mapping[str, ColumnSpec], exclusion: Exclusion) -> str:
    """In words, and as it stands in the files."""
    column = columns[exclusion.column]
    value = column.category_labels(tongue()).get(exclusion.value, exclusion.value)
    return f"{column.labels[tongue()]}: {value} ({exclusion.column} = {exclusion.value})"


def _waves(study: Study, outcome: Outcome) -> str:
    told = study.wave(outcome.wave).short_label.get(tongue())
    if outcome.before:
        told += translated(", mot {}").format(study.wave(outcome.before).short_label.get(tongue()).lower())
    if outcome.waiting:
        waiting = study.wave(outcome.waiting).short_label.get(tongue()).lower()
        told += translated("; de som väntar: {}").format(waiting)
    return told

"""The analysis plan (G7): outcomes, what is left out and why, whether it was frozen before there were answers."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from kapabla.material import Outcome, Plan, Study, plan_hash
from kapabla.office import plans
from kapabla.release.planned import LABELS
from kapabla.web.auth import needs
from kapabla.web.research.blueprint import blueprint
from kapabla.web.unit_of_work import service, work


@blueprint.get("/forskning/plan")
@needs("see_results")
def plan() -> ResponseReturnValue:
    material = service().material
    shown = [_shown(material.studies[study], found) for study, found in material.plans.items()]
    return render_template("research/plan.html", plans=shown)


def _shown(study: Study, plan: Plan) -> dict[str, Any]:
    labels = {
        scale.code: scale.label.sv
        for code, version in study.instrument_versions.items()
        for scale in service().material.instruments[code, version].scales
    }
    return {
        "study": study.title.sv,
        "state": plans.state_of(work().office, study.id, plan_hash(study, service().material)),
        "hypotheses": [hypothesis.text.sv for hypothesis in plan.hypotheses],
        "outcomes": [
            [
                labels.get(outcome.column, outcome.column), LABELS[family.kind]["sv"], _waves(study, outcome),
                outcome.model, "Holm" if family.correction == "holm" else "–",
            ]
            for family, outcome in plan.outcomes
        ],
        "exclusions": [
            [
                f"{exclusion.column} = {exclusion.value}",
                {"main": "Huvudanalysen", "sensitivity": "Känslighetsanalys"}[exclusion.analysis], exclusion.why.sv,
            ]
            for exclusion in plan.exclusions
        ],
    }  # fmt: skip


def _waves(study: Study, outcome: Outcome) -> str:
    told = study.wave(outcome.wave).short_label.sv
    if outcome.before:
        told += f", mot {study.wave(outcome.before).short_label.sv.lower()}"
    if outcome.waiting:
        told += f"; de som väntar: {study.wave(outcome.waiting).short_label.sv.lower()}"
    return told

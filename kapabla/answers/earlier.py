"""What counts of one subject's earlier waves, where a rule of a later questionnaire looks there."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from kapabla.answers.saving import saved_pages
from kapabla.material import Study
from kapabla.material.instruments import Questionnaire
from kapabla.material.instruments.rules import Answers
from kapabla.material.studies.questionnaire import answers_by_wave


def earlier_answers(
    session: Session, subject: str, study: Study, questionnaire: Questionnaire, asked_at: Callable[[str], Questionnaire]
) -> dict[str, Answers]:
    """Ours look nowhere, and then nothing is read."""
    if not questionnaire.waves_looked_at:
        return {}
    order = [wave.code for wave in study.waves]
    before = order[: order.index(questionnaire.wave_code)]
    saved = {wave: values_of(saved_pages(session, subject, wave)) for wave in before}
    return answers_by_wave(study, {wave: values for wave, values in saved.items() if values}, asked_at)


def values_of(saved: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return {code: value for save in saved.values() for code, value in save["values"].items()}

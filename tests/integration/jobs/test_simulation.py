"""Simulated people meet what a participant would: the same pages, asked again when an answer opens more of them."""

from datetime import date

from sqlalchemy import select

from kapabla.answers.placement import Placement
from kapabla.jobs.population import make_population
from kapabla.material.instruments import hidden_items
from tests import factories as make


def test_each_one_has_met_every_question_that_their_own_answers_open(service):
    make_population(service, people=12, seed=4, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.0)
    study, behaviour = service.material.studies[make.STUDY], set()
    with service.vaults.reading() as work:
        placed = work.answers.execute(select(Placement.subject, Placement.form_order)).all()
    for subject, form_order in placed:
        pages = make.saved_rows(service, subject, "t0").values()
        values = {code: value for page in pages for code, value in page["values"].items()}
        met = set(values) | {code for page in pages for code, why in page["missing"].items() if why != "not_shown"}
        asked = study.questionnaire(service.material, "t0", form_order)
        assert not pages or met == {item.code for item in asked.items} - hidden_items(asked, values)
        behaviour.add((values.get("bet_0") == 1, "bet_1" in met))
    assert behaviour == {(True, True), (False, False)}

"""Simulated people meet what a participant would: the same pages, asked again when an answer opens more of them."""

from collections import Counter, defaultdict
from datetime import date

from sqlalchemy import func, select

from kapabla.answers.attendance import Attendance
from kapabla.answers.consents import Consent
from kapabla.answers.learning import LearningEvent
from kapabla.answers.placement import Placement
from kapabla.identity.meetings import Meeting
from kapabla.jobs.population import MEETINGS, make_population
from kapabla.material.instruments import hidden_items
from kapabla.release.teaching import taught
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


def test_some_are_taught_in_a_room_some_in_both_ways_and_most_on_their_own(service):
    """D14: they type the code of a meeting that is open, after their choices, and it is counted as for anybody."""
    make_population(service, people=36, seed=4, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.1)
    attended, read = defaultdict(dict), defaultdict(set)
    with service.vaults.reading() as work:
        for row in work.answers.execute(select(Attendance.subject, Attendance.attended_on, Attendance.mode)):
            attended[row.subject][row.attended_on] = frozenset({row.mode})
        first_reads = select(LearningEvent.subject, LearningEvent.happened_on).where(LearningEvent.kind == "read")
        for row in work.answers.execute(first_reads):
            read[row.subject].add(row.happened_on)
        first_choice = select(Consent.subject, func.min(Consent.given_on)).group_by(Consent.subject)
        chosen = dict(work.answers.execute(first_choice).all())
        came = list(work.identity.scalars(select(Meeting.came)))
    ways = Counter(taught(days, attended[subject]) for subject, days in read.items())
    assert ways.keys() == {"room", "mixed", "online"}
    assert ways["online"] > ways["room"] + ways["mixed"]
    assert len(came) == len(MEETINGS)
    assert sum(came) == sum(len(days) for days in attended.values())
    assert all(chosen[subject] <= day for subject, days in attended.items() for day in days)

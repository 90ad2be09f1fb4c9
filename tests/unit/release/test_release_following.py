"""Who was asked, who answered, for whom it is too early: three things that a response rate keeps apart (R04)."""

from datetime import date

import pytest

from kapabla.release.disclosure import Stage, Thresholds, protect_responses
from kapabla.release.following import Follower, follow
from tests.factories import STUDY
from tests.material_once import our_material

ON = date(2026, 11, 25)
LONG_AGO, LAST_MONTH = date(2026, 6, 1), date(2026, 10, 25)


@pytest.fixture(scope="module")
def study():
    return our_material().studies[STUDY]


def people(count, *waves, completed_on=LONG_AGO, wants=True):
    return [Follower("direct", frozenset(("t0", *waves)), date(2026, 5, 1), completed_on, wants)] * count


GROUP = [
    *people(20, "t1", "t3"),  # asked at three months and answered
    *people(15, "t1"),  # asked and did not answer
    *people(12, "t1", completed_on=LAST_MONTH),  # three months have not gone
    *people(8, "t1", wants=False),  # never asked for follow-ups
    *people(6, completed_on=None),  # still in the course, or gone from it
]


def test_asked_are_those_whose_day_has_come_and_who_want_follow_ups(study):
    """Before, all who had answered the start questions were taken for asked."""
    found = {wave.label: wave for wave in follow(GROUP, study, ON).responses}
    three = found["3 månader"]
    assert (len(three.asked), len(three.answered), len(three.early)) == (35, 20, 12)
    assert (len(found["Efter"].asked), len(found["Efter"].answered), len(found["Efter"].early)) == (55, 55, 0)


def test_who_is_not_asked_is_no_loss(study):
    assert follow(GROUP, study, ON).stages == (
        Stage("Samtyckte och svarade före", 61),
        Stage("Gick klart utbildningen", 55),
        Stage("Svarade efter", 55),
        Stage("Svarade varje gång till och med 3 månader", 20, not_asked=20),
    )


@pytest.mark.parametrize(("on", "asked"), [(date(2026, 11, 23), 9), (date(2026, 11, 24), 18)])
def test_the_day_that_it_opens_decides(study, on, asked):
    """Three months after the first of September, less seven days."""
    group = people(9, "t1", "t3") + people(9, "t1", completed_on=date(2026, 9, 1))
    assert len(follow(group, study, on).responses[-1].asked) == asked


def test_who_answered_was_asked_also_after_a_no_to_follow_ups(study):
    wave = follow(people(9, "t1", "t3", wants=False), study, ON).responses[-1]
    assert wave.asked == wave.answered


def test_a_wave_of_the_other_arm_is_not_asked_of_anybody(study):
    waiting = [Follower("waitlist", frozenset(("t0", "t0b")), LONG_AGO, None, True)] * 9
    found = {wave.label: wave for wave in follow(waiting + GROUP, study, ON).responses}
    assert len(found["Före, andra gången"].asked) == 9


@pytest.mark.parametrize(("without", "is_shown"), [(3, False), (8, True)])
def test_a_row_that_tells_of_a_few_by_subtraction_is_hidden(study, without, is_shown):
    """Completed less asked less early gives how many want no follow-ups; a few of them could be told."""
    group = [*people(20, "t1", "t3"), *people(15, "t1"), *people(without, "t1", wants=False), *people(9, "t1", "t3")]
    found = follow(group, study, ON)
    rows = protect_responses(found.responses, found.groups, thresholds=Thresholds(5)).rows
    assert (rows[-1][1] is not None) == is_shown


@pytest.mark.parametrize(("few", "is_shown"), [(3, False), (8, True)])
def test_a_row_that_tells_of_a_few_together_with_the_flow_is_hidden(study, few, is_shown):
    """Completed less asked, less those whom the flow says were not asked: who skipped the end questions and wants no
    follow-ups. Neither table tells of them by itself (C5.3)."""
    group = [
        *people(30, "t1", "t3"), *people(10, "t1"), *people(8, "t1", wants=False), *people(7), *people(few, wants=False)
    ]  # fmt: skip
    found = follow(group, study, ON)
    rows = protect_responses(found.responses, found.groups, thresholds=Thresholds(5)).rows
    assert (rows[-1][1] is not None) == is_shown

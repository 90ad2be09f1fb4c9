"""Which questions come when: windows, what a late answer may do, who is let past the gate, who waits (D5, E4-E8)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kapabla.answers import journey
from kapabla.answers.progress import Progress
from kapabla.answers.standing import Standing, Terms
from kapabla.material import Period
from tests.material_once import our_material

DONE = date(2026, 3, 2)
# The first day of the cohort, a week before the person came.
START = DONE - timedelta(days=7)


@pytest.fixture(scope="module")
def material():
    return our_material()


@pytest.fixture(scope="module")
def study(material):
    return material.studies["kapabla-2026"]


@pytest.fixture(scope="module")
def course(material):
    return material.courses["kapabla", 1]


def standing(course, *, closed=("t0",), begun=(), read=True, choices=None, arm="direct", chosen=0, **terms):
    over = {(m.number, s.number): DONE for m in course.modules for s in m.steps} if read else {}
    return Standing(
        choices or {1: True, 2: True},
        dict.fromkeys(closed, DONE),
        frozenset(begun),
        Progress(over),
        Terms(arm, START, **terms),
        chosen_on=on(chosen),
    )


def on(days):
    return DONE + timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "begun", "asked", "taken", "due"),
    [
        (0, False, True, True, True),
        (14, False, True, True, True),
        (15, False, False, False, False),
        (14, True, True, True, True),
        (15, True, True, True, False),
        (28, True, True, True, False),
        (29, True, False, False, False),
    ],
)
def test_the_window_closes_a_wave_and_what_was_begun_in_it_may_be_finished(
    study, course, days, begun, asked, taken, due
):
    """E4: the last questions stand open 14 days, and 14 more for who has begun; nobody is written to in those."""
    here = standing(course, begun=("t1",) if begun else ())
    assert (journey.open_wave(study, course, here, on(days)) == "t1") is asked
    assert journey.takes_answers(study, course, here, "t1", on(days)) is taken
    assert journey.is_due(study, course, here, "efter", on(days)) is due
    assert journey.end_state(study, course, here, on(days)) == ("open" if asked else "closed")


@pytest.mark.parametrize(("day", "timing"), [(-1, "early"), (0, "on_time"), (14, "on_time"), (15, "late")])
def test_timing_by_the_window_of_the_last_questions(study, day, timing):
    assert study.wave("t1").timing(DONE, on(day)) == timing


def test_timing_by_the_window_of_a_follow_up(study):
    """Seven days before, 28 after three months; the first of December 2026 plus three months is the first of March."""
    wave, anchor = study.wave("t3"), date(2026, 12, 1)
    days = [date(2027, 2, 21), date(2027, 2, 22), date(2027, 3, 29), date(2027, 3, 30)]
    assert [wave.timing(anchor, day) for day in days] == ["early", "on_time", "on_time", "late"]


@pytest.mark.parametrize("research", [True, False])
@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("overridden", [True, False])
def test_the_gate_in_every_state(study, course, research, closed, overridden):
    """D5: closed only for those in the research who have neither answered nor been let past."""
    here = standing(
        course, closed=("t0",) if closed else (), read=False, choices={1: research, 2: research},
        gate_overridden=overridden,
    )  # fmt: skip
    assert journey.course_is_open(study, here, on(1)) is (not research or closed or overridden)


def test_who_is_let_past_the_gate_is_not_asked_and_may_still_answer(study, course):
    """What somebody had open when staff opened the course is kept, and flagged."""
    here = standing(course, closed=(), gate_overridden=True)
    assert journey.open_wave(study, course, here, on(1)) == "t1"
    assert journey.takes_answers(study, course, here, "t0", on(1))
    assert not journey.takes_answers(study, course, standing(course, gate_overridden=True), "t0", on(1))


def test_nothing_after_the_course_is_taken_before_the_start_questions(study, course):
    here = standing(course, closed=())
    assert journey.open_wave(study, course, here, on(1)) == "t0"
    assert not journey.takes_answers(study, course, here, "t1", on(1))


def test_follow_ups_are_taken_from_those_alone_who_want_them(study, course):
    day = study.wave("t3").target_on(DONE)
    assert journey.open_wave(study, course, standing(course), day) == "t3"
    assert journey.open_wave(study, course, standing(course, choices={1: True, 2: False}), day) is None


def waiting(course, **given):
    return standing(course, **{"arm": "waitlist", "read": False, **given})


@pytest.mark.parametrize(
    ("days", "wave", "is_open"),
    [(0, None, False), (41, None, False), (42, "t0b", False), (56, "t0b", False), (57, None, True)],
)
def test_who_waits_is_asked_again_and_then_comes_to_the_course(study, course, days, wave, is_open):
    """E6: six to eight weeks after the person's own start questions; without an answer the course opens after it."""
    here = waiting(course)
    assert journey.open_wave(study, course, here, on(days)) == wave
    assert journey.course_is_open(study, here, on(days)) is is_open
    assert journey.is_due(study, course, here, "start", on(days)) is is_open
    assert journey.is_due(study, course, here, "fore2", on(days)) is (wave == "t0b")


@pytest.mark.parametrize(
    ("days", "given", "is_due"),
    [
        (56, {}, False),
        (57, {}, True),
        (300, {}, True),
        (43, {"closed": ("t0", "t0b")}, True),
        (43, {"closed": ()}, False),  # the start questions are left
        (57, {"arm": "direct"}, False),
        (57, {"read": True}, False),
        (57, {"left": "research"}, True),
        (34, {"choices": {1: False}}, False),
        (35, {"choices": {1: False}}, True),
        (60, {"choices": {1: False}, "chosen": 35}, False),  # came when it was open already
    ],
)
def test_it_is_time_to_say_that_the_course_has_opened_to_who_has_waited(study, course, days, given, is_due):
    """E6; who takes no part in the research waits from the first day of the cohort."""
    here = waiting(course, **given)
    assert journey.is_due(study, course, here, "course", on(days)) is is_due


def test_nobody_is_told_before_they_have_chosen(study, course):
    here = waiting(course, closed=())
    assert not journey.is_due(study, course, replace(here, choices={}, chosen_on=None), "course", on(57))


def test_the_course_opens_when_the_second_questions_are_sent_in(study, course):
    here = waiting(course, closed=("t0", "t0b"))
    assert journey.course_opens_on(study, here) is None
    assert journey.course_is_open(study, here, on(43))


def test_who_says_no_waits_as_long_counted_from_the_first_day_of_the_cohort(study, course):
    """Nobody comes sooner to the course by saying no to the research."""
    here = waiting(course, closed=(), choices={1: False, 2: False})
    assert journey.course_opens_on(study, here) == START + timedelta(weeks=6)
    assert not journey.course_is_open(study, here, START + timedelta(days=41))
    assert journey.course_is_open(study, here, START + timedelta(days=42))
    assert journey.open_wave(study, course, here, START + timedelta(days=43)) is None


def test_nobody_else_waits_and_nobody_else_is_asked_twice(study, course):
    here = standing(course, read=False)
    assert journey.course_opens_on(study, here) is None
    assert journey.course_is_open(study, here, on(0))
    assert not journey.takes_answers(study, course, here, "t0b", on(43))


def test_to_be_let_past_the_start_questions_is_not_to_be_let_past_the_wait(study, course):
    assert not journey.course_is_open(study, waiting(course, closed=(), gate_overridden=True), on(1))


def test_what_was_once_begun_stays_open(study, course):
    """Somebody is moved to a cohort that waits: the course is not taken away."""
    assert journey.course_is_open(study, waiting(course, read=True), on(1))


def test_in_a_stepped_wedge_the_calendar_opens_the_course_for_all_of_the_arm(study, course):
    """E8: answering again does not open it sooner, and who says no waits for the same day."""
    crossing = date(2026, 6, 1)
    periods = (
        Period(number=1, starts_on=date(2026, 1, 1), ends_on=date(2026, 5, 31)),
        Period(number=2, starts_on=crossing, ends_on=date(2026, 12, 31)),
    )
    arms = [arm.model_copy(update={"course_opens_in": place}) for place, arm in enumerate(study.arms, start=1)]
    wedge = study.model_copy(update={"arms": tuple(arms), "periods": periods})
    before = crossing - timedelta(days=1)
    for here in (
        waiting(course), waiting(course, closed=("t0", "t0b")),
        waiting(course, closed=(), choices={1: False, 2: False}),
    ):  # fmt: skip
        assert journey.course_opens_on(wedge, here) == crossing
        assert not journey.course_is_open(wedge, here, before)
        assert journey.course_is_open(wedge, here, crossing)
        told = [journey.is_due(wedge, course, here, "course", day) for day in (before, crossing)]
        assert told == [False, True]
    assert journey.course_is_open(wedge, standing(course, read=False), on(0))

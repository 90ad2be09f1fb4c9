"""The rule of completion is data, and the same events always give the same day (D4)."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapabla.answers.progress import Event, progress_of
from kapabla.material.courses.completion import CompletionRule, completed_on

COURSE = "courses/kapabla/v1/course.toml"
RULE = "completion = {share_of_steps = 1.0, checks_count = true}"
FIRST = date(2026, 3, 2)


def with_rule(course, **rule):
    return course.model_copy(update={"completion": CompletionRule(**{"checks_count": True, **rule})})


def over(course, modules=None, day=FIRST):
    return {
        (module.number, step.number): day
        for module in course.modules
        if modules is None or module.number in modules
        for step in module.steps
    }


@pytest.fixture
def course(material):
    return material.courses["kapabla", 1]


def test_ours_asks_for_every_step_of_every_module(course):
    assert (course.completion.modules, course.completion.share_of_steps) == ((), 1.0)
    days = over(course)
    assert completed_on(course, days) == FIRST
    days[1, 1] = FIRST + timedelta(days=3)
    assert completed_on(course, days) == FIRST + timedelta(days=3)
    del days[1, 1]
    assert completed_on(course, days) is None


def test_the_rule_may_name_its_modules(course):
    rule = {"modules": (1, 3), "share_of_steps": 1.0}
    assert completed_on(with_rule(course, **rule), over(course, modules={1, 3})) == FIRST
    assert completed_on(with_rule(course, **rule), over(course, modules={1, 2})) is None


def test_exercises_need_not_count(course):
    days = over(course)
    checks = [(m.number, s.number) for m in course.modules for s in m.steps if s.kind == "check"]
    assert checks
    for place in checks:
        del days[place]
    assert completed_on(course, days) is None
    assert completed_on(with_rule(course, share_of_steps=1.0, checks_count=False), days) == FIRST


def test_a_share_is_met_on_the_day_of_the_step_that_meets_it(course):
    module = course.modules[0]
    days = {(1, step.number): FIRST + timedelta(days=step.number) for step in module.steps}
    needed = math.ceil(0.5 * len(module.steps))
    rule = with_rule(course, modules=(1,), share_of_steps=0.5)
    assert completed_on(rule, days) == FIRST + timedelta(days=needed)
    fewer = dict(list(days.items())[: needed - 1])
    assert completed_on(rule, fewer) is None


@st.composite
def walks(draw):
    """Events as they may come: in any order, read or skipped, some again on later days, some missing."""
    event = st.tuples(
        st.sampled_from(["read", "skipped", "choice", "answer"]), st.integers(1, 3), st.integers(1, 9),
        st.integers(0, 60),
    )  # fmt: skip
    return [
        (Event(kind, module, step, "n", "c"), FIRST + timedelta(days=day))
        for kind, module, step, day in draw(st.lists(event, max_size=80))
    ]


@given(walk=walks(), share=st.sampled_from([0.3, 0.5, 0.9, 1.0]), checks=st.booleans())
def test_recomputing_gives_the_same_and_later_events_never_move_a_completion(material, walk, share, checks):
    """D4, D7: order and doubles do not matter, and what comes after the completion does not either."""
    course = with_rule(material.courses["kapabla", 1], modules=(1, 2, 3), share_of_steps=share, checks_count=checks)
    day = completed_on(course, progress_of(walk).over_on)
    assert completed_on(course, progress_of([*reversed(walk), *walk]).over_on) == day
    if day is not None:
        again = [(event, max(on, day) + timedelta(days=1)) for event, on in walk]
        assert completed_on(course, progress_of(walk + again).over_on) == day
        until = [(event, on) for event, on in walk if on <= day]
        assert completed_on(course, progress_of(until).over_on) == day
        before = [(event, on) for event, on in walk if on < day]
        assert completed_on(course, progress_of(before).over_on) is None


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("completion = {share_of_steps = 0.0, checks_count = true}", "greater than 0"),
        ("completion = {share_of_steps = 1.5, checks_count = true}", "1.5 is too high; write a number of at most 1.0."),
        ("completion = {share_of_steps = 1.0}", "`checks_count` is missing"),
        ("completion = {share_of_steps = 1.0, checks_count = true, quiz = 1}", "`quiz` is not a known key"),
        ("completion = {modules = [1, 11], share_of_steps = 1.0, checks_count = true}", "there is no module 11"),
        ("", "`completion` is missing"),
    ],
)
def test_a_rule_that_says_nothing_is_told(spoil, rule, message):
    faults = spoil(COURSE, RULE, rule)
    assert faults
    assert COURSE in faults[0]
    assert message in faults[0]

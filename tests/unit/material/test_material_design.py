"""The design of a study as data: lots (E7) and the stepped wedge (E8). A fault says what to write instead."""

from datetime import date

import pytest

from kapabla.material import default_root, load_material

STUDY = "studies/kapabla-2026.toml"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ratio = {direct = 1, waitlist = 1}", "ratio = {direct = 1, control = 1}", "there is no arm control"),
        ("ratio = {direct = 1, waitlist = 1}", "ratio = {direct = 1}", "a lot needs two arms or more"),
        ("block_sizes = [2, 4]", "block_sizes = [2, 3]", "3 does not hold the shares evenly; write a multiple of 2."),
        ("block_sizes = [2, 4]", "block_sizes = []", "is an empty list; write at least one."),
        ('strata = ["municipality"]', 'strata = ["role"]', "a cohort has people of many roles"),
        ('unit = "cohort"', 'unit = "household"', "write one of 'cohort' or 'person'"),
    ],
)
def test_faults_of_the_lot(spoil, old, new, message):
    assert any(fault.startswith(f"{STUDY}: allocation") and message in fault for fault in spoil(STUDY, old, new))


def test_lots_for_people_may_be_balanced_by_role(spoil):
    assert spoil(STUDY, 'unit = "cohort"\nstrata = ["municipality"]', 'unit = "person"\nstrata = ["role"]') == []


ARMS = """code = "direct"
label = {sv = "Börjar genast", en = "Starts at once"}

[[arms]]
code = "waitlist"
label = {sv = "Väntar först", en = "Waits first"}
"""
FIRST = "[[periods]]\nnumber = 1\nstarts_on = 2026-09-01\nends_on = 2026-10-31\n"
SECOND = "[[periods]]\nnumber = 2\nstarts_on = 2026-11-01\nends_on = 2026-12-31\n"


def wedge(*, direct="course_opens_in = 1\n", waitlist="course_opens_in = 2\n", periods=FIRST + SECOND):
    first, second = ARMS.split("\n\n")
    return f"{first}\n{direct}\n{second}{waitlist}\n{periods}"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (wedge(direct=""), "arm direct, course_opens_in: the study has periods"),
        (wedge(waitlist="course_opens_in = 3\n"), "arm waitlist, course_opens_in: there is no period 3"),
        (wedge(periods=SECOND + FIRST), "period 1: it does not follow the one before"),
        (wedge(periods=FIRST + SECOND.replace("11-01", "11-02")), "period 2: it does not follow the one before"),
        (wedge(periods=FIRST + SECOND.replace("2026-12-31", "2026-10-31")), "period 2, ends_on: it lies before"),
        (wedge(periods=FIRST.replace("2026-09-01", '"snart"') + SECOND), "period 1, starts_on"),
    ],
)
def test_faults_of_the_wedge(spoil, written, message):
    assert any(message in fault for fault in spoil(STUDY, ARMS, written))


@pytest.fixture
def wedged():
    text = (default_root() / STUDY).read_text("utf-8").replace(ARMS, wedge(), 1)
    return load_material(default_root(), {STUDY: text.encode()}).studies["kapabla-2026"]


def test_the_matrix_of_arms_and_periods(wedged):
    """E8: who has the course when."""
    exposed = {arm.code: [wedged.is_exposed(arm.code, period) for period in wedged.periods] for arm in wedged.arms}
    assert exposed == {"direct": [True, True], "waitlist": [False, True]}
    assert wedged.crosses_over_on("waitlist") == date(2026, 11, 1)
    days = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 10, 31), date(2026, 11, 1), date(2027, 1, 1)]
    assert [period and period.number for period in map(wedged.period_on, days)] == [None, 1, 1, 2, None]


@pytest.mark.parametrize(
    ("arm", "day", "can"),
    [
        ("direct", date(2026, 9, 1), True),
        ("direct", date(2026, 11, 1), False),
        ("waitlist", date(2026, 9, 1), True),
        ("waitlist", date(2026, 12, 31), True),
        ("waitlist", date(2027, 1, 1), False),
        ("direct", date(2026, 8, 31), False),
    ],
)
def test_a_cohort_begins_in_a_period_and_not_after_its_own(wedged, arm, day, can):
    """E8: the wrong period is refused."""
    assert wedged.can_enrol(arm, day) is can


def test_without_a_wedge_every_day_will_do(material):
    study = material.studies["kapabla-2026"]
    assert study.can_enrol("direct", date(2020, 1, 1))
    assert study.crosses_over_on("direct") is None

"""Coarse time (C4.1)."""

from datetime import date, timedelta

import pytest

from kapabla.release.coarse_time import DateStep, Visit, coarsen, finest_step

MONDAY = date(2026, 9, 7)


@pytest.mark.parametrize(
    ("step", "first"),
    [(DateStep.WEEK, date(2026, 12, 28)), (DateStep.MONTH, date(2027, 1, 1)), (DateStep.QUARTER, date(2027, 1, 1)),
     (DateStep.NONE, None)],
)  # fmt: skip
def test_a_day_becomes_the_first_of_its_step(step, first):
    assert coarsen(date(2027, 1, 3), step) == first


@pytest.mark.parametrize(
    ("days", "step"),
    [
        ([0, 1, 2, 3, 6], DateStep.WEEK),
        ([0, 1, 2, 3, 7], DateStep.MONTH),
        ([0, 1, 2, 3, -10], DateStep.QUARTER),
        ([0, 1, 2, 3, 60], DateStep.NONE),
    ],
)
def test_the_step_is_the_finest_that_k_people_share(days, step):
    """Attack 6."""
    visits = [Visit(person, "t0", MONDAY + timedelta(days=day)) for person, day in enumerate(days)]
    assert finest_step(visits, [("x",)] * 5, k=5) is step


def test_people_are_counted_with_their_values_and_at_each_wave():
    visits = [Visit(person, "t0", MONDAY) for person in range(9)]
    assert finest_step(visits, [("x",)] * 5 + [("y",)] * 4, k=5) is DateStep.NONE
    assert finest_step(visits, [("x",)] * 5 + [(None,)] * 4, k=5) is DateStep.WEEK
    alone = [*visits, Visit(0, "t1", MONDAY)]
    assert finest_step(alone, [("x",)] * 9, k=5) is DateStep.NONE


def test_two_days_of_one_person_are_one_person():
    visits = [Visit(person, "t0", MONDAY + timedelta(days=day)) for person in range(3) for day in (0, 1)]
    assert finest_step(visits, [("x",)] * 3, k=5) is DateStep.NONE

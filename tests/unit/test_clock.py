"""Stored as UTC, lived in Västerbotten."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kapabla.clock import epoch, local_date, system_clock


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 11, 25, 22, 59, 59, tzinfo=UTC), date(2026, 11, 25)),
        (datetime(2026, 11, 25, 23, 0, tzinfo=UTC), date(2026, 11, 26)),
        (datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_day_is_the_one_that_people_live_in(at, day):
    assert local_date(at) == day


def test_days_with_a_changed_clock_follow_one_another():
    for start in (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)):
        days = [local_date(start + timedelta(hours=hour)) for hour in range(72)]
        assert days == sorted(days)
        assert len(set(days)) == 4


def test_epoch_is_whole_seconds():
    assert epoch(datetime(1970, 1, 1, 0, 0, 1, 999_999, tzinfo=UTC)) == 1


def test_system_clock_knows_its_zone():
    assert system_clock().tzinfo is UTC

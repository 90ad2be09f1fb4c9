"""Attack 13: halving the range of dates again and again, to the second at which somebody answered."""

from datetime import datetime, timedelta

from kapabla.material.instruments import MissingReason
from kapabla.release.redcap import records
from tests import served


def halve(ask, record):
    """The first moment from which this person's row at the first wave is no longer found, to the second."""
    low, high = datetime(2026, 8, 1), datetime(2027, 1, 1)  # noqa: DTZ001  (the protocol's have no zone)

    def is_found(begin):
        reply = ask(content="record", records=record, events="fore_arm_1", dateRangeBegin=f"{begin}")
        assert reply.status_code == 200
        return bool(reply.json)

    assert is_found(low)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if is_found(middle) else (low, middle)
    return low


def dated(known):
    return [
        row for row in known.rows if row["wave"] == "t0" and not isinstance(row["answered_on"], MissingReason)
    ]  # fmt: skip


def test_only_midnights_of_the_released_step_are_found(ask, known):
    """C7.13: what is found is what stands in the file: a Monday."""
    for row in dated(known)[:6]:
        found = halve(ask, row["record_id"])
        assert f"{found}" == f"{row['answered_on']} 00:00:00"
        assert row["answered_on"] in served.MONDAYS
        assert found.weekday() == 0


def test_a_range_that_reached_the_true_time_would_be_found_out(ask, known, monkeypatch):
    """The mutant: a filter on a time that the release does not hold."""
    monkeypatch.setattr(
        records, "_is_within", lambda line, dated, asked: asked.begin <= f"{line[dated]} 14:23:51" <= "2027"
    )
    row = dated(known)[0]
    assert f"{halve(ask, row['record_id'])}".endswith("14:23:51")


def test_a_release_without_dates_knows_no_range(research, research_service, known):
    """A6.12: refused, never passed over."""
    served.lock_release(research_service, served.without(known, "answered_on"), name="2026-11-25-2")
    token = served.make_token(research_service, release="2026-11-25-2").token
    asked = {"token": token, "content": "record", "format": "json", "dateRangeBegin": "2026-09-07"}
    reply = research.test_client().post("/api/", data=asked)
    assert (reply.status_code, "has no dates" in reply.json["error"]) == (400, True)

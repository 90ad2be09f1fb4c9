"""Meetings of a cohort, and attendance as an event on the other side of the bridge (D14)."""

from datetime import date

import pytest
from sqlalchemy import select

from kapabla import bridge
from kapabla.answers.attendance import Attendance
from kapabla.answers.erasing import erase_subject
from kapabla.answers.standing import read_standing
from kapabla.identity import meetings
from kapabla.identity.cohorts import Cohort
from kapabla.identity.meetings import Meeting
from kapabla.vaults import table_of
from tests import factories as make

TODAY = date(2026, 11, 25)


def find(service, code, *, on=TODAY):
    with service.vaults.reading() as work:
        return meetings.find_open(work.identity, service.keys.get("invitation"), code, on=on)


def attend(service, made, code):
    meeting, entrant = find(service, code), make.entrant_of(service, made)
    with service.vaults.unit() as work:
        bridge.attend(work, service.keys, entrant, meeting)


def came(service, meeting_id):
    with service.vaults.reading() as work:
        return work.identity.get_one(Meeting, meeting_id).came


def test_a_meeting_is_found_by_its_code_on_its_day_until_it_is_closed(any_service):
    meeting_id, code = make.make_meeting(any_service)
    assert find(any_service, code).id == meeting_id
    assert find(any_service, code, on=date(2026, 11, 26)) is None
    assert find(any_service, "222222") is None
    with any_service.vaults.unit() as work:
        meetings.close_meeting(work.identity, work.identity.get_one(Meeting, meeting_id))
    assert find(any_service, code) is None


@pytest.mark.parametrize("day", [date(2026, 10, 31), date(2027, 2, 1), date(2026, 11, 24)])
def test_a_meeting_lies_within_its_cohort_and_not_in_the_past(service, day):
    cohort_id = make.make_cohort(service)
    with service.vaults.unit() as work, pytest.raises(meetings.MeetingOutsideCohort):
        meetings.open_meeting(
            work.identity, service.keys.get("invitation"), work.identity.get_one(Cohort, cohort_id), held_on=day,
            mode="room", takes_walk_ins=False, today=TODAY,
        )  # fmt: skip


def test_only_a_hash_of_the_code_is_kept(service):
    _, code = make.make_meeting(service)
    with service.vaults.reading() as work:
        row = work.identity.execute(select(table_of(Meeting))).one()
    assert code.encode() not in row.code_hash
    assert code not in [str(value) for value in row]


def test_attending_twice_is_one_event_and_one_more(any_service):
    """Day and mode by subject, and nothing that says which meeting it was."""
    made = make.make_person(any_service)
    meeting_id, code = make.make_meeting(any_service, mode="online")
    for _ in range(2):
        attend(any_service, made, code)
    attend(any_service, make.make_person(any_service, name="Prova", email="p@example.com"), code)
    assert came(any_service, meeting_id) == 2
    with any_service.vaults.reading() as work:
        rows = work.answers.execute(select(table_of(Attendance))).all()
        assert read_standing(work.answers, made.subject, "none").attended == {TODAY}
    assert (made.subject, TODAY, "online") in rows
    assert len(rows) == 2


def test_an_erased_subject_was_never_at_a_meeting(service):
    """B6."""
    made = make.make_person(service)
    attend(service, made, make.make_meeting(service)[1])
    with service.vaults.unit() as work:
        erase_subject(work.answers, made.subject)
        assert work.answers.scalars(select(Attendance)).all() == []

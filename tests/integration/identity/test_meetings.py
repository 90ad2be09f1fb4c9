"""Meetings of a cohort, and attendance as an event on the other side of the bridge (D14)."""

from datetime import date

import pytest
from sqlalchemy import insert, select

from kapabla import bridge
from kapabla.answers.attendance import Attendance
from kapabla.answers.erasing import erase_subject
from kapabla.answers.standing import read_standing
from kapabla.identity import cohort_view, meetings, sending, walk_ins
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact
from kapabla.identity.enrolling import NewPerson
from kapabla.identity.meetings import Meeting
from kapabla.identity.people import Person, StepOver
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


def come_in(service, meeting, form_key, *, email=None):
    with service.vaults.unit() as work:
        key = service.keys.get("session")
        walk_ins.admit(work.identity, key, meeting, at=service.clock())
        new = NewPerson(Contact(email=email), "2404", "vet", "email" if email else "none")
        person_id = walk_ins.id_of_walk_in(key, meeting, form_key)
        return walk_ins.enrol_walk_in(work.identity, service.keys, meeting, new, person_id=person_id)


def test_a_form_that_is_sent_twice_makes_one_person(any_service):
    """A13."""
    meeting = find(any_service, make.make_meeting(any_service, takes_walk_ins=True)[1])
    assert [come_in(any_service, meeting, key) for key in ("form-one", "form-one", "form-two")] == [True, False, True]
    with any_service.vaults.reading() as work:
        assert len(set(work.identity.scalars(select(Person.number)))) == 2
        assert set(work.identity.scalars(select(StepOver.step))) == {"opened", "kontakt"}


def test_so_many_come_in_a_minute(any_service, clock):
    """A13: counted in the database, by meeting."""
    meeting = find(any_service, make.make_meeting(any_service, takes_walk_ins=True)[1])
    other = find(any_service, make.make_meeting(any_service, takes_walk_ins=True)[1])
    for number in range(walk_ins.PER_MINUTE):
        come_in(any_service, meeting, f"form-{number}")
    with pytest.raises(walk_ins.TooManyAtOnce):
        come_in(any_service, meeting, "one-more")
    assert come_in(any_service, other, "one-more")
    clock.tick(seconds=61)
    assert come_in(any_service, meeting, "one-more")


def test_whoever_comes_in_with_anothers_address_is_sent_nothing(any_service):
    """Two links in one mailbox are of two people, or of one who is counted twice (D03). The first at it keeps it."""
    enrolled = make.make_person(any_service, email="testa@example.com")
    meeting = find(any_service, make.make_meeting(any_service, takes_walk_ins=True)[1])
    for form in ("form-one", "form-two"):
        come_in(any_service, meeting, form, email="Testa@example.com")
    come_in(any_service, meeting, "form-three", email="en.till@example.com")
    with any_service.vaults.unit() as work:
        cohort = work.identity.get_one(Cohort, meeting.cohort_id)
        assert [found.number for found in sending.invitees(work.identity, cohort)] == [enrolled.number]
        reached = {
            work.identity.get_one(Person, found).email_index for found in work.identity.scalars(sending.reachable())
        }
        assert len(reached) == len(list(work.identity.scalars(sending.reachable()))) == 2
        ((_, _, told),) = cohort_view.second_at_address(work.identity)
        second = work.identity.scalars(select(Person).where(Person.name_index.is_(None))).first()
        assert told == 2
        if second.email_index == work.identity.get_one(Person, enrolled.id).email_index:
            assert cohort_view.first_at_address(work.identity, second) == enrolled.number
        work.identity.get_one(Person, enrolled.id).left = "all"
    with any_service.vaults.reading() as work:
        assert len(list(work.identity.scalars(sending.reachable()))) == 2


def test_a_meeting_of_a_cohort_that_is_put_away_lets_nobody_in(any_service):
    _, code = make.make_meeting(any_service, takes_walk_ins=True)
    with any_service.vaults.unit() as work:
        work.identity.scalars(select(Cohort)).one().is_archived = True
    assert find(any_service, code) is None
    with any_service.vaults.unit() as work:
        cohort = work.identity.scalars(select(Cohort)).one()
        assert not meetings.is_held_for(work.identity, cohort.id, on=TODAY)


def test_a_number_that_is_taken_is_drawn_again(service):
    """With every number of four digits taken, a longer one is given."""
    meeting = find(service, make.make_meeting(service, takes_walk_ins=True)[1])
    made = make.make_person(service)
    with service.vaults.unit() as work:
        row = work.identity.execute(select(table_of(Person)).where(Person.id == made.id)).one()._mapping
        taken = [dict(row) | {"id": f"p{n}", "number": f"K-{n:04d}"} for n in range(10_000)]
        work.identity.execute(insert(table_of(Person)), [one for one in taken if one["number"] != made.number])
    assert come_in(service, meeting, "form-one")
    with service.vaults.reading() as work:
        assert sum(len(number) == 8 for number in work.identity.scalars(select(Person.number))) == 1

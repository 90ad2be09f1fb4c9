"""D08: the schedule in a sentence on the cohort's page, a pause, and what goes out today. Never who, where it tells."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from kapabla.identity import sending
from kapabla.identity.cohorts import Cohort
from kapabla.identity.messages import Message
from kapabla.identity.records import IdentityAudit
from kapabla.identity.sending import NewMessage
from tests.factories import make_cohort, make_person, sign_in_as, sign_in_with

TODAY = "/admin/utskick-i-dag"
START = "Den som inte har börjat får en påminnelse efter 7 och 21 dagar."


@pytest.fixture
def cohort(service):
    return make_cohort(service)


@pytest.fixture
def people(service, cohort):
    return [make_person(service, name=f"Person {n}", email=f"p{n}@example.com").id for n in range(7)]


@pytest.fixture
def desk(client, people):
    client.secret = sign_in_as(client, "officer")
    return client


def invite(service, cohort, people):
    with service.vaults.unit() as work:
        group = work.identity.get_one(Cohort, cohort)
        sending.order_invitations(work.identity, group, people, by="Kim", at=service.clock())
        for message in work.identity.scalars(select(Message)):
            message.state = "handed_over"


def make_ready(service, people, step, number):
    with service.vaults.unit() as work:
        sending.queue(work.identity, [NewMessage(one, step, number) for one in people], None, service.clock())


def test_the_page_says_when_the_next_one_goes_and_to_how_many(service, desk, cohort, people):
    desk.get(f"/admin/omgangar/{cohort}")
    assert f"{START} Just nu står ingen på tur." in desk.text
    invite(service, cohort, people)
    desk.get(f"/admin/omgangar/{cohort}")
    assert f"{START} Nästa går den 2 december till 7 personer." in desk.text


def test_what_falls_on_a_weekend_is_told_for_monday(service, desk, cohort, people, clock):
    clock.now = datetime(2026, 11, 28, 9, tzinfo=UTC)
    invite(service, cohort, people[:1])
    sign_in_again(desk)
    desk.get(f"/admin/omgangar/{cohort}")
    assert f"{START} Nästa går den 7 december till 1 person." in desk.text


def sign_in_again(desk):
    """Days on the former session has ended."""
    sign_in_with(desk, "officer", desk.secret)


@pytest.mark.parametrize(("count", "told"), [(4, "färre än 5 personer"), (5, "5 personer")])
def test_few_follow_ups_are_not_counted(service, desk, cohort, people, count, told):
    make_ready(service, people[:count], "uppf3", 0)
    desk.get(f"/admin/omgangar/{cohort}")
    assert (
        "Uppföljningsfrågor, 3 månader: mejl när de öppnar, påminnelse efter 7 och 21 dagar, till dem som ska svara på "
        f"dem. Tiden har kommit för {told}." in desk.text
    )
    desk.get(TODAY)
    assert desk.text.count(told) == 1
    assert str(count) not in told or count >= 5


def test_a_pause_is_logged_once_and_taken_back(service, desk, cohort, people):
    invite(service, cohort, people)
    address = f"/admin/omgangar/{cohort}/paminnelser"
    desk.get(f"/admin/omgangar/{cohort}")
    desk.fill(action=address, paus="1")
    assert "Påminnelser och uppföljning är pausade i den här omgången." in desk.text
    # What is planned is still told, and that nothing of it goes now.
    assert "Så här är det när pausen är slut:" in desk.text
    assert START in desk.text
    assert "Nästa går" not in desk.text
    assert "Just nu står ingen på tur." not in desk.text
    desk.fill(action=address, paus="0")
    assert START in desk.text
    desk.fill(action=address, paus="kanske", status=400)
    with service.vaults.reading() as work:
        deeds = [row.action for row in work.identity.scalars(select(IdentityAudit))]
    assert deeds == ["reminders_pause", "reminders_resume"]


def test_today_shows_what_waits_and_what_has_its_day(service, desk, cohort, people, clock):
    desk.get(TODAY)
    assert "Inget väntar på att gå ut." in desk.text
    invite(service, cohort, people[:3])
    with service.vaults.unit() as work:
        group = work.identity.get_one(Cohort, cohort)
        sending.order_invitations(work.identity, group, people[3:], by="Kim", at=clock.now)
    desk.get(TODAY)
    assert "Inbjudan" in desk.text
    assert "4 personer" in desk.text
    clock.now += timedelta(days=7)
    sign_in_again(desk)
    desk.get(TODAY)
    assert "Påminnelse om att börja" in desk.text
    assert "3 personer" in desk.text


def test_today_says_of_a_weekend_when_it_goes(service, desk, cohort, people, clock):
    clock.now = datetime.combine(date(2026, 11, 28), datetime.min.time(), UTC) + timedelta(hours=9)
    invite(service, cohort, people)
    sign_in_again(desk)
    desk.get(TODAY)
    assert "börjar skickas 2026-11-30 07.00" in desk.text


def test_a_reminder_is_an_errand_of_its_own_on_the_cohorts_page(service, desk, cohort, people):
    with service.vaults.unit() as work:
        sending.order_reminders(work.identity, cohort, {people[0]: 1}, at=service.clock())
    desk.get(f"/admin/omgangar/{cohort}")
    assert "2026-11-25 10.00</a>, påminnelse" in desk.text


def test_only_who_sends_sees_it(service, client, cohort, people):
    sign_in_as(client, "coordinator", municipality="2404")
    client.get(f"/admin/omgangar/{cohort}")
    assert START not in client.text
    client.get(TODAY, status=403)

"""E6: who has waited for the course is told once that it has opened, and staff cannot read from it who has answered."""

from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import select

from kapabla.answers import saving
from kapabla.identity import cohort_view, sending
from kapabla.identity.cohorts import Cohort
from kapabla.identity.entry import mark_over
from kapabla.identity.messages import COURSE_STEP, Message
from kapabla.identity.people import Person
from kapabla.jobs.runner import run_once
from tests import factories as make
from tests.integration.jobs.conftest import with_mail

STARTS, CAME = date(2026, 11, 2), date(2026, 11, 9)
# Six weeks from the start questions the next ones open, and are taken for two; who says no waits from the first day.
LAST_ASKED, OPENS, OPENS_FOR_NO = date(2027, 1, 4), date(2027, 1, 5), date(2026, 12, 14)


@pytest.fixture
def mailing(any_service, mail_server):
    return with_mail(any_service, mail_server)


@pytest.fixture
def go_to(clock):
    """To nine in the morning of a day, when mail may leave if it is no weekend."""

    def go(day, hour=9):
        clock.now = datetime.combine(day, time(hour), tzinfo=UTC)

    go(CAME)
    return go


def waiting(service, *, research=True, sent=("t0",), arm="waitlist", email="testa@example.com", **values):
    cohort = make.make_cohort(service, name=f"Omgång {arm}", starts_on=STARTS, arm=arm)
    made = make.make_person(service, cohort=cohort, email=email, name=email)
    make.take_part(service, made, on=CAME, research=research)
    with service.vaults.unit() as work:
        mark_over(work.identity, made.id, "opened")
        person = work.identity.get_one(Person, made.id)
        for name, value in values.items():
            setattr(person, name, value)
        for wave in sent if research else ():
            saving.send_in(work.answers, made.subject, wave, on=CAME)
    return made


def states(service):
    with service.vaults.reading() as work:
        return [
            (message.step, message.state, message.batch_id)
            for message in work.identity.scalars(select(Message).order_by(Message.id))
        ]


def test_who_has_waited_is_told_once_in_the_own_language(mailing, mail_server, go_to):
    made = waiting(mailing, language="en")
    go_to(LAST_ASKED)
    run_once(mailing)
    assert mail_server.taken == []
    for day in (OPENS, date(2027, 1, 7), date(2027, 1, 8)):
        go_to(day)
        run_once(mailing)
    (to, mail) = mail_server.taken[0]
    assert len(mail_server.taken) == 1
    assert (to, mail["Subject"]) == ("testa@example.com", "The course is open now")
    assert f"Start here: http://localhost/k/{made.token}" in mail.get_payload(decode=True).decode()
    assert states(mailing) == [(COURSE_STEP, "handed_over", None)]


def test_the_day_is_that_of_the_answers_and_of_the_cohort_for_who_said_no(mailing, mail_server, go_to):
    waiting(mailing, email="no@example.com", research=False)
    answered = waiting(mailing, email="yes@example.com")
    go_to(OPENS_FOR_NO)
    run_once(mailing)
    assert mail_server.recipients == ["no@example.com"]
    with mailing.vaults.unit() as work:
        saving.send_in(work.answers, answered.subject, "t0b", on=date(2026, 12, 22))
    go_to(date(2026, 12, 22))
    run_once(mailing)
    assert mail_server.recipients == ["no@example.com", "yes@example.com"]


@pytest.mark.parametrize(
    "values",
    [
        {"channel": "letter"},
        {"channel": "none"},
        {"left": "all"},
        {"no_more_messages": True},
        {"is_restricted": True},
        {"address_broken": True},
        {"arm": "direct"},
        {"sent": ()},
    ],
)
def test_nobody_else_is_told(mailing, mail_server, go_to, values):
    """By the way that was chosen, or not at all; those who begin at once have their invitation."""
    waiting(mailing, **values)
    go_to(OPENS)
    run_once(mailing)
    assert mail_server.taken == []
    assert states(mailing) == []


def test_who_has_begun_before_the_message_leaves_is_not_told(mailing, mail_server, go_to):
    """Ordered in the night, asked again in the morning."""
    made = waiting(mailing)
    go_to(OPENS, hour=2)
    run_once(mailing)
    assert states(mailing) == [(COURSE_STEP, "waiting", None)]
    make.finish_course(mailing, made, on=OPENS)
    go_to(OPENS)
    run_once(mailing)
    assert mail_server.taken == []
    assert states(mailing) == [(COURSE_STEP, "stopped", None)]


def test_staff_do_not_see_that_anybody_was_told(mailing, mail_server, go_to):
    waiting(mailing)
    with mailing.vaults.reading() as work:
        before = cohort_view.step_numbers(work.identity, work.identity.scalars(select(Cohort)).one())
    go_to(OPENS)
    run_once(mailing)
    with mailing.vaults.reading() as work:
        cohort = work.identity.scalars(select(Cohort)).one()
        assert cohort_view.step_numbers(work.identity, cohort) == before
        assert sending.batches_of(work.identity, cohort) == []

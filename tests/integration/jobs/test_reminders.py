"""A4, D08: reminders and follow-ups leave by themselves, at most two a step, and the vault of names cannot be read by
them: who has said no to the research looks like everybody else (D05, docs/decisions/0060)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from kapabla.answers import saving
from kapabla.clock import local_date
from kapabla.identity import reminding, sending
from kapabla.identity.cohorts import Cohort
from kapabla.identity.entry import mark_over
from kapabla.identity.messages import Message, MessageBatch
from kapabla.identity.people import Person
from kapabla.jobs.reminders import remind
from kapabla.jobs.runner import run_once
from kapabla.outbox import Job
from tests import factories as make
from tests.integration.jobs.conftest import with_mail

INVITED = date(2026, 11, 25)
PLACE = "Din plats på utbildningen finns kvar"
FOLLOW_UP = "Några frågor från Länsstyrelsen"


@pytest.fixture
def mailing(service, mail_server):
    return with_mail(service, mail_server)


@pytest.fixture
def days(mailing, clock, mail_server):
    """The subjects that leave on each of some days, at nine in the morning, to whom."""

    def walk(*wanted):
        found = {}
        for day in wanted:
            clock.now = datetime.combine(day, time(9), tzinfo=UTC)
            mail_server.taken.clear()
            run_once(mailing)
            found[day] = mail_server.recipients
        return {day: to for day, to in found.items() if to}

    return walk


def after(count, *, first=INVITED):
    return first + timedelta(days=count)


# Around the days of a reminder and between them, weekends too: 2, 9 and 16 December are Wednesdays like the first day.
DAYS = [after(n) for n in (1, 6, 7, 8, 10, 11, 13, 14, 15, 20, 21, 22, 25, 35, 36, 60)]


def invite(service):
    with service.vaults.unit() as work:
        cohort = work.identity.get_one(Cohort, make.make_cohort(service))
        people = sending.not_yet_invited(work.identity, cohort)
        sending.order_invitations(work.identity, cohort, people, by="Kim", at=service.clock())
    run_once(service)


def change(service, made, **values):
    with service.vaults.unit() as work:
        person = work.identity.get_one(Person, made.id)
        for name, value in values.items():
            setattr(person, name, value)


def set_paused(service, paused):
    with service.vaults.unit() as work:
        reminding.pause(work.identity, work.identity.scalars(select(Cohort)).one(), paused=paused)


def over(service, made, *steps):
    with service.vaults.unit() as work:
        for step in steps:
            mark_over(work.identity, made.id, step)


def test_who_has_not_begun_is_reminded_twice(mailing, days):
    make.make_person(mailing)
    invite(mailing)
    left = days(*DAYS)
    assert list(left) == [after(7), after(21)]


def test_a_reminder_that_falls_on_a_weekend_leaves_on_monday(mailing, clock, days):
    clock.now = datetime(2026, 11, 28, 11, tzinfo=UTC) - timedelta(days=2)
    make.make_person(mailing)
    invite(mailing)
    with mailing.vaults.unit() as work:
        work.identity.scalars(select(MessageBatch)).one().ordered_at = datetime(2026, 11, 28, 11, tzinfo=UTC)
    assert list(days(*(date(2026, 12, day) for day in (4, 5, 6, 7, 8, 10)))) == [date(2026, 12, 7)]


@pytest.mark.parametrize(
    "stop",
    [
        lambda service, made: over(service, made, "fore"),
        lambda service, made: change(service, made, left="all"),
        lambda service, made: change(service, made, channel="none"),
        lambda service, made: change(service, made, address_broken=True),
        lambda service, made: change(service, made, is_restricted=True),
        lambda service, made: change(service, made, no_more_messages=True),
        lambda service, _made: set_paused(service, True),
    ],
    ids=["over", "left", "not at all", "bounced", "restricted", "no more", "paused"],
)
@pytest.mark.parametrize("ordered", [False, True])
def test_nobody_is_reminded_who_is_not_to_be(mailing, clock, mail_server, days, stop, ordered):
    """A4: also where the reminder had been ordered in the night."""
    made = make.make_person(mailing)
    invite(mailing)
    if ordered:
        clock.now = datetime.combine(after(7), time(2), tzinfo=UTC)
        run_once(mailing)
    stop(mailing, made)
    assert days(after(7), after(8), after(12)) == {}
    with mailing.vaults.reading() as work:
        made_ready = [m.state for m in work.identity.scalars(select(Message).where(Message.number == 1))]
    assert made_ready == (["stopped"] if ordered else [])


def test_after_a_pause_they_go_on_with_what_has_its_day(mailing, days):
    make.make_person(mailing)
    invite(mailing)
    set_paused(mailing, True)
    assert days(after(7), after(12)) == {}
    set_paused(mailing, False)
    assert list(days(*(day for day in DAYS if day > after(12)))) == [after(21)]


def test_nobody_is_reminded_to_begin_what_has_closed(mailing, clock, days):
    make.make_person(mailing)
    clock.now = datetime(2027, 1, 25, 9, tzinfo=UTC)
    invite(mailing)
    assert list(days(date(2027, 2, 1), date(2027, 2, 2), date(2027, 2, 16))) == []


def test_the_round_done_twice_orders_nothing_twice(mailing, clock):
    make.make_person(mailing)
    invite(mailing)
    clock.now = datetime.combine(after(7), time(2), tzinfo=UTC)
    for _ in range(2):
        with mailing.vaults.unit() as work:
            remind(mailing, work, Job("j", "remind", {}, 1, "h"))
    with mailing.vaults.reading() as work:
        assert len(list(work.identity.scalars(select(Message)))) == 2


# --- Later steps: alike for everybody ---

WAYS = ("answered", "not answered", "no", "no follow-up", "left research")
DONE_ON = date(2026, 11, 25)
END_DAYS = [after(n) for n in (0, 3, 4, 5, 9, 10, 12, 13, 15, 16)]
# T3 opens on 18 February 2027, seven days before three months have passed, and closes on 25 March.
FOLLOW_UP_DAYS = [date(2027, 2, day) for day in (17, 18, 19, 25, 26)] + [date(2027, 3, day) for day in (11, 12, 26)]


@pytest.fixture(scope="module")
def walked(module_mailing, module_mail):
    """Five people through the course on one day, who have chosen in five ways; and a year gone by, day by day."""
    service, clock = module_mailing
    people = {way: through_the_course(service, way) for way in WAYS}
    sent, stored = {}, {}
    for day in (*END_DAYS, *FOLLOW_UP_DAYS):
        clock.now = datetime.combine(day, time(9), tzinfo=UTC)
        module_mail.taken.clear()
        run_once(service)
        sent[day] = [(to.split("@")[0], subject_of(mail)) for to, mail in sorted(module_mail.taken, key=lambda m: m[0])]
        stored[day] = {way: rows_of(service, made) for way, made in people.items()}
    return sent, stored


def subject_of(mail):
    from email.header import decode_header, make_header

    return str(make_header(decode_header(mail["Subject"])))


def through_the_course(service, way):
    made = make.make_person(service, email=f"{way.replace(' ', '-')}@example.com", name=way)
    make.take_part(service, made, on=DONE_ON, research=way != "no")
    if way == "no follow-up":
        choose_no_follow_up(service, made)
    over(service, made, "opened", "fore")
    make.finish_course(service, made, on=DONE_ON)
    with service.vaults.unit() as work:
        if way != "no":
            saving.send_in(work.answers, made.subject, "t0", on=DONE_ON)
        if way == "answered":
            saving.send_in(work.answers, made.subject, "t1", on=DONE_ON)
            work.identity.flush()
    if way == "left research":
        change(service, made, left="research")
    return made


def choose_no_follow_up(service, made):
    from kapabla import bridge
    from kapabla.answers import consents
    from kapabla.journals import Journal

    trail = bridge.Trail(
        service.identity_chain, service.answers_chain, Journal(service.config.data_dir, "identity"),
        Journal(service.config.data_dir, "answers"),
    )  # fmt: skip
    with service.vaults.unit() as work:
        bridge.record_choices(
            work, service.keys, trail, make.entrant_of(service, made), {1: True, 2: False, 3: False},
            text=consents.ConsentText("kapabla-forskning", 1, "sv", "Text"), wave="t0", channel="web",
            at=service.clock(),
        )  # fmt: skip


def rows_of(service, made):
    with service.vaults.reading() as work:
        found = work.identity.scalars(select(Message).where(Message.person_id == made.id))
        return sorted((m.step, m.number, m.channel, m.state, m.fault, m.batch_id) for m in found)


def test_the_end_questions_remind_those_who_have_them_left(walked):
    sent, _ = walked
    found = {day: [to for to, subject in mails if subject == PLACE] for day, mails in sent.items()}
    assert {day: to for day, to in found.items() if to} == {
        date(2026, 11, 30): ["no-follow-up", "not-answered"],
        date(2026, 12, 7): ["no-follow-up", "not-answered"],
    }


def test_follow_ups_leave_by_themselves_when_they_open_and_remind_twice(walked):
    sent, _ = walked
    found = {day: [to for to, subject in mails if subject == FOLLOW_UP] for day, mails in sent.items()}
    opens = date(2027, 2, 18)
    assert {day: to for day, to in found.items() if to} == {
        opens: ["answered", "not-answered"],
        opens + timedelta(days=7): ["answered", "not-answered"],
        opens + timedelta(days=21): ["answered", "not-answered"],
    }


def test_the_vault_of_names_keeps_the_same_of_everybody_on_every_day(walked):
    """D05, decision 16: no row tells who said yes, who said no, who has answered, and who has left the research."""
    _, stored = walked
    for day, of in stored.items():
        first = of["answered"]
        assert of == dict.fromkeys(WAYS, first), day
    last = stored[max(stored)]["no"]
    assert [(step, number) for step, number, *_ in last] == [
        ("efter", 1), ("efter", 2), ("uppf3", 0), ("uppf3", 1), ("uppf3", 2),
    ]  # fmt: skip
    assert {state for _, _, _, state, _, _ in last} == {"done"}


def test_who_has_begun_the_course_and_not_ended_it_is_reminded(mailing, days):
    for research in (True, False):
        made = make.make_person(mailing, email=f"{research}@example.com", name=str(research))
        make.take_part(mailing, made, on=INVITED, research=research)
        over(mailing, made, "opened", "fore")
        if research:
            with mailing.vaults.unit() as work:
                saving.send_in(work.answers, made.subject, "t0", on=INVITED)
    left = days(*DAYS)
    both = ["False@example.com", "True@example.com"]
    assert left == {after(14): both, after(35): both}


def test_who_waits_is_told_that_the_questions_of_the_waiting_time_have_opened(mailing, clock, days):
    cohort = make.make_cohort(mailing, name="Väntar", starts_on=date(2026, 11, 2), arm="waitlist")
    for research in (True, False):
        made = make.make_person(mailing, cohort=cohort, email=f"{research}@example.com", name=str(research))
        make.take_part(mailing, made, on=INVITED, research=research)
        over(mailing, made, "opened", "fore")
        if research:
            with mailing.vaults.unit() as work:
                saving.send_in(work.answers, made.subject, "t0", on=INVITED)
    opens = INVITED + timedelta(weeks=6)
    # Who said no has waited from the cohort's first day, and is told the same day that the course has opened.
    days(opens - timedelta(days=1))
    left = days(opens, opens + timedelta(days=1), opens + timedelta(days=5), opens + timedelta(days=6))
    assert left == {opens: ["True@example.com"], opens + timedelta(days=5): ["True@example.com"]}


def test_a_follow_up_to_an_address_that_no_longer_works_says_so_and_not_which(mailing, clock, mail_server):
    made = through_the_course(mailing, "answered")
    mail_server.answers["answered@example.com"] = "550 no such user"
    clock.now = datetime(2027, 2, 18, 9, tzinfo=UTC)
    run_once(mailing)
    with mailing.vaults.reading() as work:
        assert work.identity.get_one(Person, made.id).address_broken
    assert [row[3:5] for row in rows_of(mailing, made)] == [("done", "")]


def test_what_the_pages_say_of_the_next_one(mailing, clock):
    for n in range(7):
        make.make_person(mailing, email=f"p{n}@example.com", name=f"P{n}")
    invite(mailing)
    with mailing.vaults.reading() as work:
        cohort = work.identity.scalars(select(Cohort)).one()
        found = [
            reminding.next_not_begun(work.identity, cohort, (7, 21), grace=3, on=on)
            for on in (after(1), after(7), after(10), after(11), after(30))
        ]
    assert [(coming.on, coming.people) if coming else None for coming in found] == [
        (after(7), 7), (after(7), 7), (after(10), 7), (after(21), 7), None,
    ]  # fmt: skip
    assert local_date(clock.now) == INVITED

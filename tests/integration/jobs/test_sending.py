"""Messages leave once, are looked at again when they leave, and never lie about their fate (A4, A5, H8, D06)."""

import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from email.header import decode_header, make_header

import pytest
from sqlalchemy import func, select

from kapabla.identity import opting_out, sending
from kapabla.identity.cohorts import Cohort
from kapabla.identity.messages import INVITATION_STEP, Message, MessageBatch
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityOutbox, outbox
from kapabla.jobs.runner import run_once
from kapabla.outbox import LEASE_SECONDS
from tests.factories import make_cohort, make_person
from tests.integration.jobs.conftest import awake, with_mail


def order(service, *, cohort=None):
    cohort = cohort or make_cohort(service)
    with service.vaults.unit() as work:
        group = work.identity.get_one(Cohort, cohort)
        people = sending.not_yet_invited(work.identity, group)
        return sending.order_invitations(work.identity, group, people, by="Kim", at=service.clock())


def numbers(service, batch):
    with service.vaults.reading() as work:
        return {state: n for state, n in sending.batch_numbers(work.identity, batch).items() if n}


def change(service, made, **values):
    with service.vaults.unit() as work:
        person = work.identity.get_one(Person, made.id)
        for name, value in values.items():
            setattr(person, name, value)


@pytest.fixture
def mailing(any_service, mail_server):
    return with_mail(any_service, mail_server)


def test_each_person_gets_one_plain_mail_with_the_own_link(mailing, mail_server):
    """A2, A4."""
    made = [make_person(mailing, email=f"p{n}@example.com", name=f"Person {n}") for n in range(3)]
    batch = order(mailing)
    assert run_once(mailing) == 3
    assert run_once(mailing) == 0
    assert mail_server.recipients == [f"p{n}@example.com" for n in range(3)]
    text = {to: mail.get_payload(decode=True).decode() for to, mail in mail_server.taken}
    assert f"http://localhost/k/{made[1].token}" in text["p1@example.com"]
    assert all(mail.get_content_type() == "text/plain" for _, mail in mail_server.taken)
    assert numbers(mailing, batch) == {"handed_over": 3}


def test_mail_names_neither_the_project_nor_the_topic(mailing, mail_server):
    """A6."""
    make_person(mailing)
    order(mailing)
    run_once(mailing)
    whole = mail_server.taken[0][1].as_string().casefold()
    assert not [word for word in ("kapabla", "våld", "relation", "utsatt") if word in whole]
    assert "utbildning" in whole


@pytest.mark.parametrize(
    ("tongue", "subject", "told"),
    [
        ("sv", "Din plats på Länsstyrelsens utbildning", "Den är för dig som möter många människor"),
        ("sv_easy", "Din plats på Länsstyrelsens utbildning", "Utbildningen är för dig som träffar många människor."),
        ("en", "Your place on the course from Länsstyrelsen Västerbotten", "invites you to a course online."),
        ("fi", "Din plats på Länsstyrelsens utbildning", "Den är för dig som möter många människor"),
    ],
)
def test_mail_is_in_the_language_of_the_person_or_whole_in_swedish(mailing, mail_server, tongue, subject, told):
    """C10: Finnish is not written, and then nothing of it is mixed in."""
    change(mailing, make_person(mailing), language=tongue)
    order(mailing)
    run_once(mailing)
    (_, mail) = mail_server.taken[0]
    assert str(make_header(decode_header(mail["Subject"]))) == subject
    text = mail.get_payload(decode=True).decode()
    assert told in text
    assert "{" not in text
    assert ("Hej!" in text) is (tongue != "en")


def test_a_reminder_has_words_of_its_own_and_the_same_link(mailing, mail_server):
    made = make_person(mailing)
    with mailing.vaults.unit() as work:
        work.identity.add(
            Message(id="m", person_id=made.id, step=INVITATION_STEP, number=1, channel="email", state="waiting")
        )
        outbox.put(work.identity, "send_message", {"message": "m"}, key="message:m", at=mailing.clock())
    run_once(mailing)
    text = mail_server.taken[0][1].get_payload(decode=True).decode()
    assert "Här kan du börja eller fortsätta: http://localhost/k/" + made.token in text


def test_mail_carries_the_link_that_says_no_twice_and_the_one_click(mailing, mail_server):
    """RFC 8058, texts-sv.md 4.1: at most two links, and whoever says no is not written to again."""
    made = make_person(mailing)
    order(mailing)
    run_once(mailing)
    (_, mail) = mail_server.taken[0]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    no_link = mail["List-Unsubscribe"][1:-1]
    assert opting_out.person_of(mailing.keys, no_link.removeprefix("http://localhost/avanmal/")) == made.id
    text = mail.get_payload(decode=True).decode()
    assert re.findall(r"https?://\S+", text) == [f"http://localhost/k/{made.token}", no_link]
    assert f"Här säger du nej till fler mejl: {no_link}" in text


@pytest.mark.parametrize(
    "change_to",
    [
        {"left": "all"},
        {"no_more_messages": True},
        {"channel": "letter"},
        {"address_broken": True},
        {"is_restricted": True},
    ],
)
def test_what_has_changed_since_the_order_stops_the_message(mailing, mail_server, change_to):
    """A4: looked at again at send time."""
    made = make_person(mailing)
    batch = order(mailing)
    change(mailing, made, **change_to)
    run_once(mailing)
    assert mail_server.recipients == []
    assert numbers(mailing, batch) == {"stopped": 1}


def test_who_has_left_the_research_alone_is_written_to_as_before(mailing, mail_server):
    """D05: staff must not be able to read a research choice from who is written to."""
    made = make_person(mailing)
    change(mailing, made, left="research")
    order(mailing)
    run_once(mailing)
    assert mail_server.recipients == ["testa@example.com"]


def test_stopped_rest_does_not_leave(mailing, mail_server):
    """D06."""
    make_person(mailing)
    batch = order(mailing)
    with mailing.vaults.unit() as work:
        sending.stop_rest(work.identity, batch, at=mailing.clock())
    run_once(mailing)
    assert mail_server.recipients == []
    assert numbers(mailing, batch) == {"stopped": 1}


def test_refused_address_is_broken_and_the_others_go_on(mailing, mail_server):
    """A5."""
    bad = make_person(mailing, email="bad@example.com", name="A")
    make_person(mailing, email="good@example.com", name="B")
    mail_server.answers["bad@example.com"] = "550 no such user"
    batch = order(mailing)
    run_once(mailing)
    assert mail_server.recipients == ["good@example.com"]
    assert numbers(mailing, batch) == {"handed_over": 1, "failed": 1}
    with mailing.vaults.reading() as work:
        assert work.identity.get_one(Person, bad.id).address_broken


def test_a_domain_with_swedish_letters_is_sent_to_and_a_name_with_them_is_no_address(mailing, mail_server):
    """Taken in before lists refused it: told at once, not tried for hours."""
    sent = make_person(mailing, email="anna@pöst.example")
    lost = make_person(mailing, name="Åke", email="åke@example.com")
    order(mailing)
    run_once(mailing)
    assert mail_server.recipients == ["anna@xn--pst-sna.example"]
    with mailing.vaults.reading() as work:
        states = {row.person_id: (row.state, row.fault) for row in work.identity.scalars(select(Message))}
        assert states == {sent.id: ("handed_over", ""), lost.id: ("failed", "refused")}
        assert work.identity.get_one(Person, lost.id).address_broken


def test_refused_text_does_not_break_the_address(mailing, mail_server):
    made = make_person(mailing)
    mail_server.at_data = "554 looks like spam"
    batch = order(mailing)
    run_once(mailing)
    assert numbers(mailing, batch) == {"failed": 1}
    with mailing.vaults.reading() as work:
        assert not work.identity.get_one(Person, made.id).address_broken


@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_postponed_message_is_sent_later_once(mailing, mail_server, clock, where):
    """A4: greylisting."""
    make_person(mailing)
    if where == "rcpt":
        mail_server.answers["testa@example.com"] = "451 later"
    else:
        mail_server.at_data = "451 later"
    batch = order(mailing)
    assert run_once(mailing) == 0
    assert numbers(mailing, batch) == {"waiting": 1}
    mail_server.answers.clear()
    mail_server.at_data = "250 OK"
    clock.tick(minutes=5)
    run_once(mailing)
    assert mail_server.recipients == ["testa@example.com"]
    assert numbers(mailing, batch) == {"handed_over": 1}


def test_server_that_stays_away_ends_as_failed_never_as_sent(mailing, mail_server, clock):
    mailing = awake(mailing)
    """D06: "sent" is never shown where the server refused."""
    make_person(mailing)
    mail_server.answers["testa@example.com"] = "451 later"
    batch = order(mailing)
    for _ in range(10):
        run_once(mailing)
        clock.tick(hours=3)
    assert numbers(mailing, batch) == {"failed": 1}


def test_connection_that_dies_after_the_text_is_unclear_and_not_sent_again(mailing, mail_server, clock):
    """A4, H8."""
    make_person(mailing)
    mail_server.dies_after_text = True
    batch = order(mailing)
    run_once(mailing)
    mail_server.dies_after_text = False
    clock.tick(hours=1)
    run_once(mailing)
    assert mail_server.recipients == []
    assert numbers(mailing, batch) == {"unclear": 1}


def test_runner_that_died_while_the_text_left_makes_it_unclear(mailing, mail_server, clock):
    """H8: the mark set just before the text is found by the next runner."""
    make_person(mailing)
    batch = order(mailing)
    with mailing.vaults.unit() as work:
        work.identity.scalars(select(Message)).one().state = "sending"
    assert numbers(mailing, batch) == {"waiting": 1}
    run_once(mailing)
    assert mail_server.recipients == []
    assert numbers(mailing, batch) == {"unclear": 1}


def test_a_message_of_the_evening_waits_for_the_morning_and_of_friday_for_monday(mailing, mail_server, clock):
    """D06."""
    make_person(mailing)
    clock.now = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)
    batch = order(mailing)
    for late in ("2026-11-27T19:30", "2026-11-28T11:00", "2026-11-30T05:59"):
        clock.now = datetime.fromisoformat(f"{late}+00:00")
        run_once(mailing)
        assert numbers(mailing, batch) == {"waiting": 1}, late
    clock.now = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
    run_once(mailing)
    assert mail_server.recipients == ["testa@example.com"]


def test_without_a_mail_server_messages_wait_and_are_sent_when_it_is_set(any_service, mail_server, clock):
    any_service = awake(any_service)
    make_person(any_service)
    batch = order(any_service)
    for _ in range(12):
        run_once(any_service)
        clock.tick(hours=3)
    assert numbers(any_service, batch) == {"waiting": 1}
    mailing = with_mail(any_service, mail_server)
    mail_server.answers["testa@example.com"] = "451 later"
    run_once(mailing)
    assert numbers(mailing, batch) == {"waiting": 1}, "the wait for a setting has used up no attempt"
    del mail_server.answers["testa@example.com"]
    clock.tick(hours=3)
    run_once(mailing)
    assert mail_server.recipients == ["testa@example.com"]


def test_no_database_lock_is_held_while_the_server_answers(service, mail_server):
    """H9: participants save while mail is sent."""
    make_person(service)
    order(service)
    mailing, saved = with_mail(service, mail_server), []

    async def save_meanwhile(server, session, envelope):
        with service.vaults.unit() as work:
            saved.append(work.identity.scalar(select(func.count()).select_from(MessageBatch)))
        return "250 OK"

    mail_server.handle_DATA = save_meanwhile
    run_once(mailing)
    assert saved == [1]


def test_broken_job_does_not_keep_the_others_from_being_done(mailing, mail_server):
    make_person(mailing)
    order(mailing)
    with mailing.vaults.unit() as work:
        work.identity.add(
            IdentityOutbox(
                id="a", kind="nobody_knows", payload={}, idempotency_key="a", state="waiting", attempts=0, due=0,
                locked_until=0, fault="",
            )
        )  # fmt: skip
    run_once(mailing)
    assert mail_server.recipients == ["testa@example.com"]
    with mailing.vaults.reading() as work:
        assert work.identity.get_one(IdentityOutbox, "a").fault == "unexpected KeyError"


_KILLED = """
import os, signal, sys
from datetime import datetime
from kapabla.jobs import mail
from kapabla.config import load_config
from kapabla.service import open_service
from kapabla.jobs.runner import run_once
from kapabla.outbox import LEASE_SECONDS
kept = mail.Mailer._hand_over
def die(self, server, letter):
    if sys.argv[1] == "after":
        kept(self, server, letter)
    os.kill(os.getpid(), signal.SIGKILL)
def die_before(self, server, letter):
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[1] == "before":
    mail.Mailer._address = die_before
else:
    mail.Mailer._hand_over = die
at = datetime.fromisoformat(sys.argv[2])
run_once(open_service(load_config(os.environ), clock=lambda: at))
"""


@pytest.mark.parametrize(("where", "sent", "ends"), [("before", 1, "handed_over"), ("after", 1, "unclear")])
def test_killed_runner_neither_loses_nor_doubles_a_message(service, mail_server, clock, where, sent, ends):
    """H8: kill -9 between lease and finish, before and after the text was taken."""
    make_person(service)
    batch = order(service)
    config = service.config
    env = dict(os.environ) | {
        "KAPABLA_DATA_DIR": str(config.data_dir),
        "KAPABLA_KEY_DIR": str(config.key_dir),
        "KAPABLA_SMTP_URL": f"smtp://127.0.0.1:{mail_server.port}",
    }
    command = [sys.executable, "-c", _KILLED, where, clock.now.isoformat()]
    died = subprocess.run(command, env=env, timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL
    mailing = with_mail(service, mail_server)
    assert run_once(mailing) == 0
    clock.tick(seconds=LEASE_SECONDS + 1)
    run_once(mailing)
    run_once(mailing)
    assert len(mail_server.taken) == sent
    assert numbers(service, batch) == {ends: 1}

"""H8: a runner that is killed at fifty random points loses no message and sends none twice; and two run at once."""

import random
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from kapabla.identity import sending
from kapabla.identity.cohorts import Cohort
from kapabla.identity.messages import Message
from kapabla.jobs.runner import run_once
from kapabla.outbox import LEASE_SECONDS
from tests.factories import make_cohort, make_person
from tests.integration.jobs.conftest import with_mail
from tests.killing import killer

POINTS = 50


@pytest.fixture
def kill(service, mail_server, clock):
    with killer(service.config, {"KAPABLA_SMTP_URL": f"smtp://127.0.0.1:{mail_server.port}"}) as found:
        yield lambda die_at: found(die_at, clock.now)


def invite(service, cohort, *names):
    for name in names:
        make_person(service, name=name, email=f"{name}@example.com")
    with service.vaults.unit() as work:
        group = work.identity.get_one(Cohort, cohort)
        people = sending.not_yet_invited(work.identity, group)
        sending.order_invitations(work.identity, group, people, by="Kim", at=service.clock())


def states(service):
    with service.vaults.reading() as work:
        return {message.id: (message.state, message.fault) for message in work.identity.scalars(select(Message))}


def test_no_message_is_lost_and_none_is_doubled_wherever_a_runner_dies(service, mail_server, clock, kill):
    cohort, mailing = make_cohort(service), with_mail(service, mail_server)
    invite(service, cohort, "hel")
    ended, lines = kill(0)
    assert (ended, mail_server.recipients) == (0, ["hel@example.com"])
    assert lines > POINTS * 2
    seen, told = set(states(service)), []
    for die_at in sorted(random.Random(7).sample(range(1, lines), POINTS)):  # noqa: S311
        invite(service, cohort, f"p{die_at}")
        ended, _ = kill(die_at)
        assert ended == -signal.SIGKILL, die_at
        clock.tick(seconds=LEASE_SECONDS + 1)
        run_once(mailing)
        (state,) = (found for message, found in states(service).items() if message not in seen)
        seen = set(states(service))
        sent = mail_server.recipients.count(f"p{die_at}@example.com")
        # Either it is known that it was taken, once, or a person is asked; it never waits for ever.
        assert (state, sent) in ((("handed_over", ""), 1), (("unclear", "runner_died"), 0),
                                 (("unclear", "runner_died"), 1)), die_at  # fmt: skip
        told.append(state[0])
    assert {"handed_over", "unclear"} == set(told), "the points lie on both sides of the moment that counts"
    clock.tick(seconds=LEASE_SECONDS + 1)
    assert run_once(mailing) == 0


def test_two_that_run_at_once_send_each_message_once(any_service, mail_server):
    cohort, mailing = make_cohort(any_service), with_mail(any_service, mail_server)
    names = [f"p{n}" for n in range(12)]
    invite(any_service, cohort, *names)
    with ThreadPoolExecutor(2) as both:
        assert sum(both.map(run_once, [mailing, mailing])) == len(names)
    assert mail_server.recipients == sorted(f"{name}@example.com" for name in names)
    assert set(states(any_service).values()) == {("handed_over", "")}

"""Attack 29: the log of the mail server knows who got a message when; is there anything in the answers to meet it?"""

import re
import sqlite3
from datetime import date, timedelta

import pytest
from scipy.stats import spearmanr
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from kapabla import bridge
from kapabla.clock import epoch
from kapabla.identity import sending
from kapabla.identity.cohorts import Cohort
from kapabla.identity.enrolling import access_of
from kapabla.identity.messages import Message
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityOutbox
from tests import factories as make

PEOPLE = 60


def dumped(url):
    with sqlite3.connect(make_url(url).database) as connection:
        return "\n".join(connection.iterdump())


@pytest.fixture
def invited(service):
    """A cohort whose invitations are queued; in the order in which they will leave."""
    made = [make.make_person(service, name=f"Testa {n}", email=f"test{n}@example.com") for n in range(PEOPLE)]
    with service.vaults.unit() as work:
        cohort = work.identity.scalars(select(Cohort)).one()
        people = sending.not_yet_invited(work.identity, cohort)
        sending.order_invitations(work.identity, cohort, people, by="Kim", at=service.clock())
    with service.vaults.reading() as work:
        jobs = work.identity.execute(
            select(IdentityOutbox.payload, IdentityOutbox.due).order_by(IdentityOutbox.due, IdentityOutbox.id)
        ).all()
        of = dict(work.identity.execute(select(Message.id, Message.person_id)).all())
        number = dict(work.identity.execute(select(Person.id, Person.number)).all())
    assert {due for _, due in jobs} == {epoch(service.clock())}
    return made, [number[of[payload["message"]]] for payload, _ in jobs]


def tells_the_order(sent, listed):
    place = {one: n for n, one in enumerate(sent)}
    return abs(spearmanr(range(len(listed)), [place[one] for one in listed]).statistic) >= 4 / len(listed) ** 0.5


def test_invitations_leave_in_no_order_of_the_list(invited):
    """C7.29: neither that of the list nor that of the numbers."""
    made, sent = invited
    assert len(sent) == PEOPLE
    assert not tells_the_order(sent, [one.number for one in made])
    assert not tells_the_order(sent, sorted(sent))


def test_invitations_in_the_order_of_the_list_would_be_found(invited):
    """The mutant."""
    made, _ = invited
    listed = [one.number for one in made]
    assert tells_the_order(listed, listed)


def test_nothing_that_a_mail_carries_stands_in_the_answers_vault(simulated):
    """C7.29, C2.2: no id of person or message, no link or code, no address."""
    service, known = simulated.service, set()
    with service.vaults.reading() as work:
        people = work.identity.scalars(select(Person.id)).all()
        for access in access_of(work.identity, service.keys, people).values():
            known |= {access.token, access.code}
        known |= (
            set(people)
            | set(work.identity.scalars(select(Message.id)))
            | set(work.identity.scalars(select(Person.number)))
        )
        known |= {row[0].hex() for row in work.identity.execute(text("SELECT token_hash FROM invitation"))}
    answers = dumped(service.config.answers_url).lower()
    assert len(known) > 3 * len(people)
    assert not [one for one in known if one and one.lower() in answers]
    assert not re.search(r"test\d+-\d+@", answers)
    # The mutant, and that the dump is searched as it should be: subjects are found.
    assert bridge.subject_of(service.keys.get("study", make.STUDY), b"x" * 32) not in answers
    assert min(simulated.in_first) in answers or max(simulated.in_first) in answers


def test_every_wave_is_open_for_a_day_at_least(service):
    """C7.29: whoever is asked on a day answers on that day or on many others."""
    study, done_on = service.material.studies[make.STUDY], date(2026, 9, 1)
    for wave in study.waves:
        closes_on = wave.closes_on(done_on)
        assert closes_on is None or closes_on - wave.opens_on(done_on) >= timedelta(days=1), wave.code


def test_a_message_tells_neither_step_nor_day_of_what_somebody_finished(service, invited):
    """C7.29: identity keeps that a message went, never why or when something was finished."""
    names = {column.name for column in Message.__table__.columns}
    assert names == {"id", "person_id", "batch_id", "step", "number", "channel", "state", "fault"}

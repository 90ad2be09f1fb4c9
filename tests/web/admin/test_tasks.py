"""D01: tasks first, each with where to do it; and dead jobs, with what can be done and never whom they are about."""

import re

import pytest
from sqlalchemy import select

from kapabla.identity import sending
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact, sealed_fields
from kapabla.identity.messages import Message
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityAudit, IdentityOutbox, outbox
from kapabla.jobs.handlers import HANDLERS
from kapabla.office.records import outbox as office_outbox
from kapabla.outbox import MAX_ATTEMPTS
from kapabla.web.admin.jobs import WHAT
from tests.factories import make_cohort, make_person, sign_in_as

HOME = "/admin/omgangar"


@pytest.fixture
def cohort(service):
    return make_cohort(service)


@pytest.fixture
def desk(client, cohort):
    sign_in_as(client, "officer")
    return client


def order(service, cohort, *, states, kind="invitation"):
    """A batch whose messages have these states."""
    people = [make_person(service, name=f"P{n}{kind}", email=f"p{n}{kind}@example.com") for n in range(len(states))]
    with service.vaults.unit() as work:
        group = work.identity.get_one(Cohort, cohort)
        ids = [made.id for made in people]
        if kind == "invitation":
            batch = sending.order_invitations(work.identity, group, ids, by="Kim", at=service.clock())
        else:
            batch = sending.order_reminders(work.identity, cohort, dict.fromkeys(ids, 1), at=service.clock())
        found = work.identity.scalars(select(Message).where(Message.batch_id == batch))
        for message, state in zip(found, states, strict=True):
            message.state = state
    return batch, people


def tasks_on(desk):
    desk.get(HOME)
    section = re.search(r'<section aria-labelledby="att-gora">.*?</section>', desk.text, re.S)
    found = re.findall(r"<p>(.*?) <a href=\"([^\"]+)\">([^<]+)</a></p>", section[0] if section else "", re.S)
    return [task for task in found if "stödkontakt" not in task[0]]


def test_what_did_not_arrive_is_a_task_with_its_place(service, desk, cohort):
    batch, _ = order(service, cohort, states=["failed", "failed", "unclear", "handed_over"])
    reminder, _ = order(service, cohort, states=["failed"], kind="reminder")
    place = f"{HOME}/{cohort}/utskick"
    assert sorted(tasks_on(desk)) == [
        ("1 påminnelse kom inte fram i omgången Omgång 1.", f"{place}/{reminder}", "Se vilka i Omgång 1"),
        ("2 inbjudningar kom inte fram i omgången Omgång 1.", f"{place}/{batch}", "Se vilka i Omgång 1"),
        ("Det är oklart om 1 inbjudan kom fram i omgången Omgång 1.", f"{place}/{batch}", "Se vilka i Omgång 1"),
    ]
    desk.get(f"{place}/{batch}")
    desk.get(f"{place}/{reminder}")


def test_an_address_that_does_not_work_is_told_once(service, desk, cohort):
    _, (made,) = order(service, cohort, states=["failed"])
    with service.vaults.unit() as work:
        work.identity.get_one(Person, made.id).address_broken = True
    assert [says for says, _, _ in tasks_on(desk)] == ["1 adress fungerar inte i omgången Omgång 1."]


def test_letters_that_wait_are_a_task_until_they_are_printed(service, desk, cohort):
    made = make_person(service, email=None, channel="letter")
    with service.vaults.unit() as work:
        person = work.identity.get_one(Person, made.id)
        contact = Contact(name="Åsa", address="Åvägen 1, 922 31 Vindeln")
        person.address_sealed = sealed_fields(service.keys, made.id, contact)["address_sealed"]
    address = f"{HOME}/{cohort}/utskick"
    (task,) = tasks_on(desk)
    assert task == ("1 brev ska skrivas ut i omgången Omgång 1.", f"{address}#brev", "Skriv ut brev i Omgång 1")
    desk.get(address)
    desk.browser.post(f"{HOME}/{cohort}/brev.pdf", data=desk.hidden(action=f"{HOME}/{cohort}/brev.pdf"))
    assert tasks_on(desk) == []


def test_numbers_to_turn_to_are_to_be_checked(desk):
    desk.get(HOME)
    assert re.search(r"\d+ stödkontakter behöver kontrolleras\.", desk.text)


def test_without_tasks_no_heading_of_them_stands_there(service, desk, cohort):
    assert tasks_on(desk) == []


def test_whoever_came_in_with_anothers_address_is_a_task_of_those_who_see_addresses(service, desk, cohort):
    first = make_person(service, email="delad@example.com")
    second = make_person(service, name="", email="delad@example.com")
    assert tasks_on(desk) == [
        ("1 person utan namn har samma e-post som någon annan, i omgången Omgång 1.",
         f"{HOME}/{cohort}?visa=samma-e-post", "Se vem i Omgång 1")
    ]  # fmt: skip
    desk.get(f"{HOME}/{cohort}?visa=samma-e-post")
    assert re.findall(r"K-\d{4}(?=</a></th>)", desk.text) == [second.number]
    desk.get(f"/admin/deltagare/{second.number}")
    assert f'Har samma e-post som <a href="/admin/deltagare/{first.number}">' in desk.text
    desk.get(f"/admin/deltagare/{first.number}")
    assert "Har samma e-post som" not in desk.text


def test_a_coordinator_sees_no_task_of_others(service, client, cohort):
    order(service, cohort, states=["failed", "unclear"])
    sign_in_as(client, "coordinator", municipality="2404")
    client.get(HOME)
    assert "Att göra" not in client.text


def test_a_cohort_that_nobody_has_begun_says_so(service, desk, cohort):
    make_person(service)
    desk.get(f"{HOME}/{cohort}")
    assert "Ingen har börjat än." in desk.text


# --- Jobs that have stopped ---


def kill(service, kind, *, office=False):
    with service.vaults.unit() as work:
        box, session = (office_outbox, work.office) if office else (outbox, work.identity)
        box.put(session, kind, {"person": "hemligt"}, key=kind, at=service.clock())
        for _ in range(MAX_ATTEMPTS):
            job = box.lease(session, at=service.clock())
            box.fail(session, job, "unexpected KeyError", at=service.clock())
            service.clock.tick(hours=3)
    service.clock.tick(hours=-3 * MAX_ATTEMPTS)


def test_every_kind_of_job_has_words():
    assert set(WHAT) == set(HANDLERS)


@pytest.mark.parametrize("role", ["officer", "admin"])
def test_a_dead_job_is_told_with_what_to_do_and_never_whom_it_is_about(service, client, role):
    kill(service, "send_message")
    kill(service, "withdraw")
    kill(service, "build_release", office=True)
    sign_in_as(client, role)
    client.get("/admin/jobb")
    heads = re.findall(r"<h3>(.*?)</h3>", client.text)
    assert heads == [WHAT["withdraw"], WHAT["send_message"], WHAT["build_release"]]
    assert "Felkod: unexpected KeyError." in client.text
    assert "hemligt" not in client.text


def fail(service, times, *, fault="temporary"):
    """The sending of the first message, so often in vain."""
    for _ in range(times):
        service.clock.tick(minutes=10)
        with service.vaults.unit() as work:
            job = outbox.lease(work.identity, at=service.clock())
            outbox.fail(work.identity, job, fault, at=service.clock())


def test_a_mail_server_that_is_away_is_told_on_the_overview_the_jobs_and_the_batch(service, desk, cohort):
    """D06. Not at its first refusal, which many servers give everybody."""
    batch, _ = order(service, cohort, states=["waiting"])
    fail(service, 1)
    assert tasks_on(desk) == []
    fail(service, 1)
    ((says, address, _),) = tasks_on(desk)
    away = "E-postservern svarar inte, eller tar inte emot just nu."
    assert says == f"1 mejl har inte kunnat skickas. {away} Nästa försök 2026-11-25 10.22."
    desk.get(address)
    assert re.findall(r"<td[^>]*>(.*?)</td>", desk.text) == ["1", away, "2026-11-25 10.22"]
    assert "Inget har stannat." in desk.text
    desk.get(f"{HOME}/{cohort}/utskick/{batch}")
    assert f"1 mejl har inte kunnat skickas. {away} Nästa försök 2026-11-25 10.22." in desk.text


def test_the_night_is_no_trouble(service, desk, cohort):
    batch, _ = order(service, cohort, states=["waiting"])
    fail(service, 3, fault="quiet_hours")
    assert tasks_on(desk) == []
    for page in ("/admin/jobb", f"{HOME}/{cohort}/utskick/{batch}"):
        desk.get(page)
        assert "Nästa försök" not in desk.text


def test_a_dead_job_is_a_task_and_can_be_tried_again(service, desk):
    desk.get("/admin/jobb")
    assert "Inget har stannat." in desk.text
    kill(service, "withdraw")
    assert tasks_on(desk) == [("1 jobb har stannat.", "/admin/jobb", "Se vad som har stannat")]
    desk.get("/admin/jobb")
    again = desk.hidden(action="/admin/jobb")
    for _ in range(2):
        desk.post("/admin/jobb", again)
    assert "1 jobb väntar på att göras." in desk.text
    with service.vaults.reading() as work:
        job = work.identity.scalars(select(IdentityOutbox)).one()
        assert (job.state, job.attempts, job.fault) == ("waiting", 0, "")
        assert [row.action for row in work.identity.scalars(select(IdentityAudit))] == ["job_retry"]
    desk.post("/admin/jobb", again | {"valv": "answers"}, status=400)

"""Those who are to sign a year of promises are told, once more after a week, and the editor when one wants a change."""

from email.header import decode_header, make_header

import pytest

from kapabla.jobs.runner import run_once
from kapabla.office import promise_editions, promises
from kapabla.office.sign_in import get_staff
from tests.factories import make_staff
from tests.integration.jobs.conftest import awake, with_mail

PLACE = "2404"


@pytest.fixture
def mailing(service, mail_server, clock):
    found = awake(with_mail(service, mail_server))
    make_staff(found, "editor")
    make_staff(found, "signatory_municipality", municipality=PLACE)
    make_staff(found, "signatory_police", municipality="2409")
    return found


def member(work, role):
    return get_staff(work.office, f"{role}@example.com")


def ask(service):
    """The agreement on file is taken in, and its third year is asked to be signed."""
    at, chain = service.clock(), service.office_chain
    file = next(file for file in service.material.promises if file.municipality == PLACE)
    with service.vaults.unit() as work:
        editor = member(work, "editor")
        cycle = promises.find_cycle(work.office, PLACE, 2023) or promises.take_in(
            work.office, chain, file, by=editor, at=at
        )
        return promise_editions.ask(
            work.office, chain, cycle, 2025, publish_on=at.date(), note="", shelf={}.get, by=editor, at=at
        ).id  # fmt: skip


def settle(service):
    while run_once(service):
        pass


def as_told(server):
    found = [
        (to, str(make_header(decode_header(mail["Subject"]))), mail.get_payload(decode=True).decode())
        for to, mail in server.taken
    ]
    server.taken.clear()
    return found


def test_who_is_to_sign_is_told_now_and_after_a_week_and_nobody_else(mailing, mail_server, clock):
    edition = ask(mailing)
    settle(mailing)
    ((to, subject, text),) = as_told(mail_server)
    assert (to, subject) == ("signatory_municipality@example.com", "Något väntar på dig")
    assert (
        f"Något väntar på din underskrift. Logga in och läs mer: http://localhost/admin/loften/skriva-under/{edition}"
        in text
    )
    # Neutral, as all mail: neither the promises nor what they are about.
    assert not {"löfte", "våld", "Kapabla", "Vindeln"} & set(text.split())
    clock.tick(days=7)
    settle(mailing)
    assert [to for to, _, _ in as_told(mail_server)] == ["signatory_municipality@example.com"]
    clock.tick(days=7)
    settle(mailing)
    assert as_told(mail_server) == []


def test_who_has_signed_is_not_reminded(mailing, mail_server, clock):
    edition = ask(mailing)
    settle(mailing)
    as_told(mail_server)
    with mailing.vaults.unit() as work:
        promise_editions.sign(
            work.office, mailing.office_chain, promise_editions.get(work.office, edition),
            by=member(work, "signatory_municipality"), at=clock(),
        )  # fmt: skip
    clock.tick(days=8)
    settle(mailing)
    assert as_told(mail_server) == []


def test_the_editor_is_told_that_something_is_to_be_changed(mailing, mail_server, clock):
    edition = ask(mailing)
    settle(mailing)
    as_told(mail_server)
    with mailing.vaults.unit() as work:
        promise_editions.refuse(
            work.office, mailing.office_chain, promise_editions.get(work.office, edition),
            by=member(work, "signatory_municipality"), reason="Skriv om löfte 2.", at=clock(),
        )  # fmt: skip
    settle(mailing)
    ((to, subject, text),) = as_told(mail_server)
    assert (to, subject) == ("editor@example.com", "Något ska ändras")
    assert f"/admin/loften/utgava/{edition}" in text
    assert "löfte 2" not in text
    clock.tick(days=8)
    settle(mailing)
    assert as_told(mail_server) == []

"""Mail to staff: who may approve an upload is told once, by day, while waited for; and the trial of an invitation."""

from datetime import UTC, date, datetime
from email.header import decode_header, make_header

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from kapabla.jobs.runner import run_once
from kapabla.office import accounts, uploads
from kapabla.office.records import SEND_TRIAL, TELL_NEW_DEVICE, OfficeOutbox, outbox
from kapabla.office.staff import Staff
from tests.factories import make_staff
from tests.integration.jobs.conftest import with_mail

ROLES = ("editor", "steward", "admin", "officer", "researcher")


@pytest.fixture
def mailing(any_service, mail_server):
    for role in ROLES:
        make_staff(any_service, role)
    return with_mail(any_service, mail_server)


def account(work, role):
    return work.office.scalars(select(Staff).where(Staff.role == role)).one()


def ask(service):
    """An upload by the editor, who asks for it to be published."""
    with service.vaults.unit() as work:
        by, chain = account(work, "editor"), service.office_chain
        upload = uploads.keep(
            work.office, chain, place="instruments/til/v2.toml", file="til.toml", files={"a": b"b"}, sha256="c",
            losses=[], by=by, at=service.clock(),
        )  # fmt: skip
        uploads.ask(work.office, chain, upload, by=by, at=service.clock())
        return upload.id


def decide(service, upload_id, role, *, refuse=False):
    with service.vaults.unit() as work:
        upload, by = uploads.get(work.office, upload_id), account(work, role)
        if refuse:
            uploads.refuse(work.office, service.office_chain, upload, by=by, reason="Nej", at=service.clock())
        else:
            uploads.approve(work.office, service.office_chain, upload, by=by, at=service.clock())


def test_who_may_approve_is_told_once_and_neither_who_asked_nor_anybody_else(mailing, mail_server):
    upload_id = ask(mailing)
    run_once(mailing)
    run_once(mailing)
    assert mail_server.recipients == ["admin@example.com", "steward@example.com"]
    text = mail_server.taken[0][1].get_payload(decode=True).decode()
    before, link, after = text.partition(f"http://localhost/admin/utbildning/{upload_id}")
    assert link
    assert [word for word in ("namn", "editor", "til/", "v2", "kapabla") if word in (before + after).casefold()] == []


def test_by_night_it_waits_for_the_morning(mailing, mail_server, clock):
    clock.now = datetime(2026, 11, 25, 21, tzinfo=UTC)
    ask(mailing)
    with capture_logs() as told:
        run_once(mailing)
    assert {line["event"] for line in told} == {"jobs_wait"}, "to wait is no failure"
    assert mail_server.taken == []
    with mailing.vaults.reading() as work:
        assert set(work.office.scalars(select(OfficeOutbox.fault))) == {"quiet_hours"}
    clock.now = datetime(2026, 11, 26, 8, tzinfo=UTC)
    run_once(mailing)
    assert len(mail_server.taken) == 2


def test_what_has_been_decided_meanwhile_needs_nobody(mailing, mail_server):
    decide(mailing, ask(mailing), "steward", refuse=True)
    run_once(mailing)
    assert mail_server.taken == []


def test_who_has_approved_already_is_not_asked_again(mailing, mail_server):
    decide(mailing, ask(mailing), "steward")
    run_once(mailing)
    assert mail_server.recipients == ["admin@example.com"]


def test_an_account_that_has_ended_is_not_written_to(mailing, mail_server):
    ask(mailing)
    with mailing.vaults.unit() as work:
        account(work, "admin").ends_on = date(2026, 11, 24)
    run_once(mailing)
    assert mail_server.recipients == ["steward@example.com"]


def test_an_address_that_is_refused_is_not_tried_for_ever(mailing, mail_server):
    mail_server.answers["admin@example.com"] = "550 no such user"
    ask(mailing)
    run_once(mailing)
    run_once(mailing)
    assert mail_server.recipients == ["steward@example.com"]
    with mailing.vaults.reading() as work:
        assert set(work.office.scalars(select(OfficeOutbox.state))) == {"done"}


def order_trial(service, role="officer", language="en"):
    with service.vaults.unit() as work:
        given = {"staff": account(work, role).id, "language": language}
        outbox.put(work.office, SEND_TRIAL, given, key="trial", at=service.clock())


def test_a_trial_has_the_words_of_the_invitation_and_nobodys_link(mailing, mail_server, clock):
    """D06; asked for just now, so at any hour."""
    clock.now = datetime(2026, 11, 28, 21, tzinfo=UTC)
    order_trial(mailing)
    run_once(mailing)
    (to, mail) = mail_server.taken[0]
    text = mail.get_payload(decode=True).decode()
    assert to == "officer@example.com"
    assert str(make_header(decode_header(mail["Subject"]))).startswith("Your place on the course")
    assert text.startswith("Det här är ett prov.")
    assert "Start here: http://localhost/k\n" in text.replace("\r", "")


def test_a_trial_for_an_account_that_has_ended_is_not_sent(mailing, mail_server):
    order_trial(mailing)
    with mailing.vaults.unit() as work:
        account(work, "officer").ends_on = date(2026, 11, 24)
    run_once(mailing)
    assert mail_server.taken == []


def test_the_link_of_an_account_is_mailed_sealed_until_then_and_only_while_it_is_open(mailing, mail_server, clock):
    clock.now = datetime(2026, 11, 28, 21, tzinfo=UTC)
    sealing, tokens = mailing.keys.get("sealing"), []
    with mailing.vaults.unit() as work:
        for _ in range(2):
            by, holder = account(work, "admin"), account(work, "officer")
            tokens.append(accounts.let_in_anew(work.office, mailing.office_chain, holder, by=by, at=clock()))
            accounts.send_link(work.office, holder, tokens[-1], sealing_key=sealing, at=clock())
        payloads = str(list(work.office.scalars(select(OfficeOutbox.payload))))
    assert [token for token in tokens if token in payloads] == []
    run_once(mailing)
    # Those who could object read of it too, without the link.
    ((_, mail),) = [sent for sent in mail_server.taken if sent[0] == "officer@example.com"]
    others = [told.get_payload(decode=True).decode() for to, told in mail_server.taken if to != "officer@example.com"]
    assert not any(token in text for token in tokens for text in others)
    assert f"http://localhost/logga-in/konto/{tokens[1]}" in mail.get_payload(decode=True).decode()


def test_a_sign_in_from_elsewhere_is_told_at_any_hour_without_a_word_of_anybody_else(mailing, mail_server, clock):
    clock.now = datetime(2026, 11, 28, 21, tzinfo=UTC)
    with mailing.vaults.unit() as work:
        told = {"staff": account(work, "officer").id, "device": "Edge/Windows", "at": int(clock.now.timestamp())}
        outbox.put(work.office, TELL_NEW_DEVICE, told, key="new", at=clock())
    run_once(mailing)
    ((to, mail),) = mail_server.taken
    text = mail.get_payload(decode=True).decode()
    assert to == "officer@example.com"
    assert "2026-11-28 kl. 22.00" in text
    assert "Edge på Windows" in text
    assert [word for word in ("deltagar", "kapabla", "våld", "127.0.0.1") if word in text.casefold()] == []


def test_who_could_object_reads_who_will_be_able_to_let_something_out_and_from_when(mailing, mail_server, clock):
    clock.now = datetime(2026, 11, 28, 21, tzinfo=UTC)
    for ends_at_once in (False, True):
        with mailing.vaults.unit() as work:
            by, chain = account(work, "admin"), mailing.office_chain
            new, _ = accounts.give(
                work.office, chain, email=f"ny{ends_at_once}@example.com", name="Jag Själv", role="steward",
                ends_on=date(2027, 6, 1), municipality=None, by=by, at=clock(),
            )  # fmt: skip
            if ends_at_once:
                new.ends_on = date(2026, 11, 27)
    run_once(mailing)
    ((to, mail),) = [sent for sent in mail_server.taken if sent[0] == "steward@example.com"]
    text = mail.get_payload(decode=True).decode()
    assert to == "steward@example.com"
    assert "Namn admin har gett Jag Själv ett konto" in text
    assert "2026-12-05" in text

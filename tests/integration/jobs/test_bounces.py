"""A5: a report that a message did not arrive stops sends to the address, and says no more: over IMAP, with a real
server, and from a Maildir."""

import imaplib
import socket
import subprocess
import sys
import time
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from kapabla.identity import sending
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact
from kapabla.identity.correcting import correct_person, version_of
from kapabla.identity.messages import Message, MessageBatch
from kapabla.identity.people import Person
from kapabla.identity.sending import NewMessage
from kapabla.jobs.bounces import EVERY_SECONDS, find_message_id, mark_of, read_report, token_of
from kapabla.jobs.runner import run_once
from tests.factories import make_cohort, make_person
from tests.integration.jobs.conftest import with_mail

BOUNCE = "studs@example.se"
USER, PASSWORD = "studs", "hemligt"


def report(token, *, status="5.1.1", action="failed", diagnostic="", to=BOUNCE, returned=True):
    """As a mail server writes it (RFC 3464, appendix), in its three parts."""
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = "MAILER-DAEMON@mx.example.com", to, "Undelivered Mail"
    about = f"Message-ID: <{token}@example.se>\r\nTo: anna@example.com\r\n" if returned else "To: anna@example.com\r\n"
    status_part = "Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; anna@example.com\r\n"
    status_part += f"Action: {action}\r\nStatus: {status}\r\n" + (
        f"Diagnostic-Code: smtp; {diagnostic}\r\n" if diagnostic else ""
    )
    lines = [
        *[f"{name}: {value}" for name, value in found.items()], "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', "", "--b",
        "Content-Type: text/plain", "", "Sorry.", "--b", "Content-Type: message/delivery-status", "", status_part,
        "--b", "Content-Type: text/rfc822-headers", "", about, "--b--", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def letter_to_us():
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = "anna@example.com", BOUNCE, "Fråga"
    found.set_content("Hej!")
    return found.as_bytes()


# --- What a report says ---


@pytest.mark.parametrize(
    ("status", "diagnostic", "address", "failed"),
    [
        ("5.1.1", "", True, True),
        ("5.1.10", "", True, True),
        ("5.0.0", "550 no such user", True, True),
        ("5.0.0", "550 5.7.1 looks like spam", False, True),
        ("5.2.1", "", True, True),
        ("5.4.4", "", True, True),
        ("5.2.2", "552 mailbox full", False, True),
        ("5.7.1", "", False, True),
        ("4.4.1", "", False, True),
        ("4.2.2", "452 mailbox full", False, True),
        ("2.0.0", "", False, False),
    ],
)
def test_the_kind_of_a_failure(keys, status, diagnostic, address, failed):
    found = read_report(keys, report(token_of(keys, "bcdfghjkmnpqrstv"), status=status, diagnostic=diagnostic))
    assert (found.message_id, found.is_address_broken, found.has_failed) == ("bcdfghjkmnpqrstv", address, failed)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_what_is_only_late_has_not_failed(keys, action):
    assert not read_report(keys, report(token_of(keys, "bcdfghjkmnpqrstv"), action=action)).has_failed


def test_the_return_address_alone_is_enough_in_any_case(keys):
    token = token_of(keys, "bcdfghjkmnpqrstv")
    found = read_report(keys, report(token, to=f"STUDS+{token.upper()}@EXAMPLE.SE", returned=False))
    assert found.message_id == "bcdfghjkmnpqrstv"


def test_nobody_else_can_make_a_token(keys):
    token = token_of(keys, "bcdfghjkmnpqrstv")
    assert find_message_id(keys, f"<{token}@x>") == ("bcdfghjkmnpqrstv", "")
    assert find_message_id(keys, f"<{token}abcd2345@x>") == ("bcdfghjkmnpqrstv", "abcd2345")
    for wrong in (token[:-1] + ("a" if token[-1] != "a" else "b"), "c" + token[1:], token[:16] + "a" * 16, token[1:]):
        assert read_report(keys, report(wrong)) is None


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", letter_to_us(), report("x" * 32)[:400]])
def test_what_is_no_report_of_ours_is_none(keys, raw):
    assert read_report(keys, raw) is None


# --- From the mailbox to the desk ---


@pytest.fixture(scope="module")
def imap():
    """A real IMAP server (pymap), its mailbox in memory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = Path(sys.executable).with_name("pymap")
    command = [script, "--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict", "--demo-user", USER,
               "--demo-password", PASSWORD]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def wait_for(port, server):
    for _ in range(300):
        assert server.poll() is None
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the IMAP server did not start")


class OverImap:
    def __init__(self, port):
        self.port = port
        self.url = f"imap://{USER}:{PASSWORD}@127.0.0.1:{port}/INBOX"
        with self._open() as server:
            server.store("1:*", "+FLAGS", r"\Deleted")
            server.expunge()

    def _open(self):
        server = imaplib.IMAP4("127.0.0.1", self.port)
        server.login(USER, PASSWORD)
        server.select("INBOX")
        return server

    def deliver(self, raw):
        with self._open() as server:
            assert server.append("INBOX", "", imaplib.Time2Internaldate(0), raw)[0] == "OK"

    def left(self):
        with self._open() as server:
            return [len(server.search(None, which)[1][0].split()) for which in ("ALL", "UNSEEN")]


class OnDisk:
    def __init__(self, folder):
        self.folder = folder / "studs"
        for name in ("cur", "new", "tmp"):
            (self.folder / name).mkdir(parents=True)
        self.url = f"maildir://{self.folder}"
        self.count = 0

    def deliver(self, raw):
        self.count += 1
        (self.folder / "new" / f"{self.count}.mx").write_bytes(raw)

    def left(self):
        seen, new = list((self.folder / "cur").iterdir()), list((self.folder / "new").iterdir())
        assert all(path.name.endswith(":2,S") for path in seen)
        return [len(seen) + len(new), len(new)]


@pytest.fixture(params=["imap", "maildir"])
def box(request, tmp_path):
    return OverImap(request.getfixturevalue("imap")) if request.param == "imap" else OnDisk(tmp_path)


@pytest.fixture
def mailing(service, mail_server, box):
    config = replace(service.config, bounce_address=BOUNCE, bounce_mailbox_url=box.url)
    return with_mail(replace(service, config=config), mail_server)


def invite(service):
    with service.vaults.unit() as work:
        cohort = work.identity.get_one(Cohort, make_cohort(service))
        people = sending.not_yet_invited(work.identity, cohort)
        batch = sending.order_invitations(work.identity, cohort, people, by="Kim", at=service.clock())
    run_once(service)
    return batch


def state_of(service, made):
    with service.vaults.reading() as work:
        message = work.identity.scalars(select(Message).where(Message.person_id == made.id)).one()
        return work.identity.get_one(Person, made.id).address_broken, message.state, message.fault


def test_a_bounce_breaks_the_address_within_a_cycle_and_is_removed(mailing, mail_server, box, clock):
    made, other = make_person(mailing), make_person(mailing, name="Annan", email="annan@example.com")
    invite(mailing)
    mail = dict(mail_server.taken)["testa@example.com"]
    box.deliver(report(mail["Message-ID"].strip("<>").split("@")[0]))
    box.deliver(letter_to_us())
    assert box.left() == [2, 2]
    clock.tick(EVERY_SECONDS)
    run_once(mailing)
    # Never which message: what staff see of the invitation stays as it was.
    assert state_of(mailing, made) == (True, "handed_over", "")
    assert state_of(mailing, other) == (False, "handed_over", "")
    assert box.left() == [1, 0], "the letter of a person stays, marked as read"


def test_a_bounce_of_the_address_of_before_leaves_the_new_one_alone(mailing, mail_server, box, clock):
    """The message that bounced is one to send again, to the address that is there now."""
    made = make_person(mailing)
    invite(mailing)
    mail = dict(mail_server.taken)["testa@example.com"]
    with mailing.vaults.unit() as work:
        person = work.identity.get_one(Person, made.id)
        correct_person(
            work.identity, mailing.keys, person, contact=Contact(name="Testa Påhittsson", email="ny@example.com"),
            municipality="2404", role="vet", language="sv", channel="email", seen=version_of(person),
        )  # fmt: skip
    box.deliver(report(mail["Message-ID"].strip("<>").split("@")[0]))
    clock.tick(EVERY_SECONDS)
    run_once(mailing)
    assert state_of(mailing, made) == (False, "failed", "address_corrected")
    with mailing.vaults.unit() as work:
        batch = work.identity.scalars(select(MessageBatch)).one()
        assert sending.retry_failed(work.identity, batch.id, at=clock.now) == 1
    run_once(mailing)
    assert state_of(mailing, made) == (False, "handed_over", "")
    assert "ny@example.com" in dict(mail_server.taken)
    box.deliver(report(mail["Message-ID"].strip("<>").split("@")[0]))
    clock.tick(EVERY_SECONDS)
    run_once(mailing)
    assert state_of(mailing, made) == (False, "handed_over", ""), "a second report, later still, of the first copy"
    box.deliver(report(dict(mail_server.taken)["ny@example.com"]["Message-ID"].strip("<>").split("@")[0]))
    clock.tick(EVERY_SECONDS)
    run_once(mailing)
    assert state_of(mailing, made) == (True, "handed_over", ""), "the new address does not work either"


def test_a_message_that_a_filter_turned_away_is_told_of_an_invitation_alone(mailing, mail_server, box, clock):
    made, later = make_person(mailing), make_person(mailing, name="Sen", email="sen@example.com", channel="none")
    batch = invite(mailing)
    with mailing.vaults.unit() as work:
        sending.queue(work.identity, [NewMessage(later.id, "uppf3")], None, clock.now)
        for message in work.identity.scalars(select(Message)):
            box.deliver(report(token_of(mailing.keys, message.id), status="5.7.1"))
    clock.tick(EVERY_SECONDS)
    run_once(mailing)
    assert state_of(mailing, made) == (False, "failed", "not_accepted")
    assert state_of(mailing, later) == (False, "done", "")
    with mailing.vaults.reading() as work:
        assert sending.batch_numbers(work.identity, batch)["failed"] == 1


def test_a_report_of_somebody_erased_is_taken_in_and_forgotten(mailing, box, clock):
    box.deliver(report(token_of(mailing.keys, "bcdfghjkmnpqrstv")))
    clock.tick(EVERY_SECONDS)
    run_once(mailing)
    assert box.left() == [0, 0]


def test_the_return_address_holds_the_token_and_nobody(service, mail_server):
    seen = []

    async def handle_MAIL(server, session, envelope, address, options):  # noqa: N802
        envelope.mail_from = address
        seen.append(address)
        return "250 OK"

    mail_server.handle_MAIL = handle_MAIL
    mailing = with_mail(replace(service, config=replace(service.config, bounce_address=BOUNCE)), mail_server)
    made = make_person(mailing)
    invite(mailing)
    with mailing.vaults.reading() as work:
        message, person = work.identity.scalars(select(Message)).one(), work.identity.get_one(Person, made.id)
        token = token_of(mailing.keys, message.id) + mark_of(mailing.keys, message, person)
    assert seen == [f"studs+{token}@example.se"]
    assert not [part for part in (made.id, made.number, "testa") if part in seen[0]]
    assert len(seen[0].split("@")[0]) <= 64


@pytest.mark.parametrize("url", ["imap://x:y@127.0.0.1:9/INBOX", "maildir:///finns/inte"])
def test_a_mailbox_that_is_away_stops_nothing(service, mail_server, clock, url, caplog):
    mailing = with_mail(replace(service, config=replace(service.config, bounce_mailbox_url=url)), mail_server)
    make_person(mailing)
    invite(mailing)
    assert mail_server.recipients == ["testa@example.com"]
    assert "x:y" not in caplog.text

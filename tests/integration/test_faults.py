"""What fails around the service: a full disk, one that cannot be written to, a clock that jumps, a mail server that
lies, a runner that dies, half a line. Nothing acknowledged is lost, the page says so, and it mends without hands."""

import os
import resource
import signal
import socket
import sqlite3
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle
from threading import Event

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from kapabla.answers.submissions import Submission
from kapabla.cli.serving import Runner
from kapabla.jobs import mail, runner
from kapabla.journals import Journal
from kapabla.keys import KeyMissing
from kapabla.quiet_hours import QuietHours
from tests import factories as make
from tests.integration.jobs.conftest import mail_server  # noqa: F401  (fixture)
from tests.integration.jobs.test_sending import numbers, order
from tests.page_client import PageClient

CLOSED = "Just nu kan vi inte spara."


@pytest.fixture
def live(config, make_app):
    """As in production: with `testing`, faults are raised to the test instead of being answered."""
    return make_app(replace(config, testing=False))


@pytest.fixture
def at_questions(live):
    """Somebody on the first page of questions, and the form as it is sent from there."""
    client, made = PageClient(live), make.make_person(live.extensions["kapabla"])
    make.start_course(client, made)
    client.get("/fragor/fore/1")
    return client, made, client.hidden() | make.answers_on(client.text)


def saved(client):
    with client.app.extensions["kapabla"].vaults.reading() as work:
        return work.answers.scalar(select(func.count()).select_from(Submission))


def with_mail_at_any_hour(service, port):
    hours = QuietHours(0, 0, on_weekends=True)
    return replace(service, config=replace(service.config, smtp_url=f"smtp://127.0.0.1:{port}", quiet_hours=hours))


def asserted_in_child(what):
    child = os.fork()
    if child == 0:
        # What is printed lies in a file of the tests, which must not be what cannot grow.
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115  (ends with the child)
        with suppress(BaseException):
            what()
            os._exit(0)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


def no_file_grows():
    """As on a full disk: the next byte beyond where a file ends is refused."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))


def test_on_a_full_disk_the_page_can_be_sent_again_when_there_is_room(at_questions):
    client, _, data = at_questions

    def send():
        no_file_grows()
        client.post("/fragor/fore/1", data, status=503)
        assert CLOSED in client.text
        assert client.browser.get("/healthz").status_code == 200

    asserted_in_child(send)
    assert saved(client) == 0
    client.post("/fragor/fore/1", data)
    assert (client.path, saved(client)) == ("/fragor/fore/2", 1)


def test_nobody_is_told_that_they_have_left_while_it_cannot_be_written_down(at_questions, config):
    """The journal is what a restore knows of it: without the line there is no leaving, and no word of one."""
    client, made, _ = at_questions
    client.get("/mina-uppgifter/avsluta")
    data = client.hidden() | {"vad": "allt", "svar": "bort"}
    journal = config.data_dir / "journals" / "answers.jsonl"
    journal.parent.mkdir()
    journal.symlink_to("/dev/full")
    client.post("/mina-uppgifter/avsluta", data, status=503)
    assert CLOSED in client.text
    journal.unlink()
    assert make.entrant_of(client.app.extensions["kapabla"], made).left == "none"
    client.post("/mina-uppgifter/avsluta", data)
    (line,) = Journal(config.data_dir, "answers").entries()
    assert (line["who"], line["kind"]) == (made.subject, "all_erase")


def test_on_a_disk_that_cannot_be_written_to_pages_are_read_and_nothing_is_saved(at_questions):
    client, _, data = at_questions
    engines = client.app.extensions["kapabla"].vaults.engines.values()

    def cannot(connection, *_):
        connection.execute("PRAGMA query_only=ON")

    for engine in engines:
        event.listen(engine, "checkout", cannot)
    client.post("/fragor/fore/1", data, status=503)
    assert CLOSED in client.text
    client.get("/stod")
    for engine in engines:
        event.remove(engine, "checkout", cannot)
        engine.dispose()
    client.post("/fragor/fore/1", data)
    assert saved(client) == 1


@pytest.mark.parametrize("hours", [-3, -24 * 400])
def test_a_clock_that_jumps_back_keeps_nobody_from_saving(at_questions, clock, hours):
    client, _, data = at_questions
    clock.tick(hours=hours)
    client.post("/fragor/fore/1", data)
    assert saved(client) == 1


def test_a_clock_that_jumps_while_messages_leave_sends_each_once(service, mail_server, clock):  # noqa: F811
    service = with_mail_at_any_hour(service, mail_server.port)
    for number in range(3):
        make.make_person(service, email=f"p{number}@example.com")
    batch, hours = order(service), cycle([0, -2, 3, -24, 1])
    jumping = replace(service, clock=lambda: clock.now + timedelta(hours=next(hours)))
    for _ in range(4):
        runner.run_once(jumping)
    clock.tick(hours=4)
    runner.run_once(service)
    assert mail_server.recipients == [f"p{number}@example.com" for number in range(3)]
    assert numbers(service, batch) == {"handed_over": 3}


POLITE = [b"220 hello", b"250 hello", b"250 ok", b"250 ok", b"354 go on"]
# What a server says, and what becomes of the message: before the text left nothing is lost, after it nobody knows.
LIARS = {
    "says nothing at all": ([], "waiting"),
    "greets with rubbish": ([b"\x00\xff rubbish"], "waiting"),
    "hangs up at the address": (POLITE[:3], "waiting"),
    "never answers for the text": (POLITE, "unclear"),
    "answers for the text with rubbish": ([*POLITE, b"OK, fine"], "unclear"),
    "goes on answering for ever": ([b"250-and more"] * 20_000, "waiting"),
}


@contextmanager
def lying_server(says):
    """Answers line by line with what it was told to, then not at all until the other hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):
                        talk(connection)

        def talk(connection):
            in_text = False
            for number, line in enumerate(says):
                connection.sendall(line + b"\r\n")
                if line.startswith(b"250-") and number < len(says) - 1:
                    continue
                in_text = line.startswith(b"354")
                if not in_text and number == len(says) - 1:
                    break
                heard = connection.recv(65536)
                while in_text and heard and not heard.endswith(b"\r\n.\r\n"):
                    heard += connection.recv(65536)
            connection.settimeout(1)
            connection.recv(65536)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


@pytest.mark.parametrize("liar", LIARS)
def test_a_mail_server_that_is_slow_or_lies_loses_and_doubles_nothing(service, monkeypatch, liar):
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.2)
    says, state = LIARS[liar]
    make.make_person(service)
    batch = order(service)
    with lying_server(says) as port:
        began = time.monotonic()
        runner.run_once(with_mail_at_any_hour(service, port))
        assert time.monotonic() - began < 10
    assert numbers(service, batch) == {state: 1}


def test_the_runner_goes_on_when_a_disk_a_key_or_a_database_is_away(service, monkeypatch):
    rounds, stop = [], Event()

    def broken(_service):
        rounds.append(1)
        if len(rounds) == 3:
            stop.set()
        raise (OSError("disk"), KeyMissing(name="x"), sqlite_away())[len(rounds) - 1]

    monkeypatch.setattr(runner, "run_once", broken)
    monkeypatch.setattr(runner, "PAUSE_SECONDS", 0)
    runner.run_loop(service, stop)
    assert len(rounds) == 3


def sqlite_away():
    return OperationalError("", {}, sqlite3.OperationalError("gone"))


def test_a_runner_that_was_killed_is_started_again_and_ends_with_its_server(tmp_path):
    told = tmp_path / "pids"
    kept = Runner(["/bin/sh", "-c", f"echo $$ >> {told}; exec sleep 60"], dict(os.environ), pause=0.02)
    pids = []
    while len(pids) < 3:
        time.sleep(0.01)
        found = told.read_text().split() if told.exists() else []
        if len(found) > len(pids):
            pids = found
            if len(pids) < 3:
                os.kill(int(pids[-1]), signal.SIGKILL)
    kept.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pids[-1]), 0)


def test_half_a_line_of_a_journal_takes_no_other_with_it(tmp_path):
    """A power cut in the middle of one: it was never answered for, and the next is whole."""
    journal = Journal(tmp_path, "answers")
    journal.append("first", "all", date(2026, 11, 25))
    with (tmp_path / "journals" / "answers.jsonl").open("ab") as file:
        file.write(b'{"who": "half", "ki')
    assert [entry["who"] for entry in journal.entries()] == ["first"]
    journal.append("second", "research", date(2026, 11, 26))
    assert [entry["who"] for entry in journal.entries()] == ["first", "second"]

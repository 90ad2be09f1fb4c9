"""Runners that die at random lines while a message leaves, by mail and by text message (H8, A4).

The floor is how many died. Of lost and doubled there must be none; of unclear, which a person decides, as few as the
lines are between which the text is handed over.
"""

import random
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aiosmtpd.controller import Controller

from benchmarks.installation import installation, new_cohort
from benchmarks.measuring import Row
from kapabla.config import load_config
from kapabla.identity import sending
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact
from kapabla.identity.enrolling import NewPerson, enrol
from kapabla.identity.messages import Message
from kapabla.jobs.runner import run_once
from kapabla.outbox import LEASE_SECONDS
from kapabla.service import Service, open_service
from tests.integration.jobs.conftest import MailServer
from tests.killing import killer
from tests.sms_provider import sms_served

LONG, SHORT = 100, 20
SEED = 7
_BEGIN = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@dataclass
class _Clock:
    now: datetime = _BEGIN

    def __call__(self) -> datetime:
        return self.now


@dataclass
class _Found:
    killed: int = 0
    wrong: int = 0
    unclear: int = 0


def rows(*, long: bool) -> Iterator[Row]:
    points = LONG if long else SHORT
    with sms_served() as provider:
        settings = {"KAPABLA_SMS_URL": provider.url, "KAPABLA_SMS_FROM": "LstUtb"}
        yield from _of("text message", settings, lambda: provider.recipients, points)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        mail = MailServer(port=probe.getsockname()[1])
    server = Controller(mail, hostname="127.0.0.1", port=mail.port)
    server.start()
    try:
        settings = {"KAPABLA_SMTP_URL": f"smtp://127.0.0.1:{mail.port}"}
        yield from _of("mail", settings, lambda: mail.recipients, points)
    finally:
        server.stop()


def _of(way: str, settings: Mapping[str, str], taken: Callable[[], list[str]], points: int) -> Iterator[Row]:
    clock, found, settings = _Clock(), _Found(), {**settings, "KAPABLA_QUIET_HOURS": "none"}
    with installation() as bare:
        given = load_config({"KAPABLA_DATA_DIR": str(bare.data_dir), "KAPABLA_SEND_ON_WEEKENDS": "yes", **settings})
        service = open_service(replace(given, key_dir=bare.key_dir), clock=clock)
        cohort = new_cohort(service, "Mätning")
        with killer(service.config, {**settings, "KAPABLA_SEND_ON_WEEKENDS": "yes"}) as kill:
            _order(service, cohort, way, 0)
            lines, chance, n = kill(0, clock.now)[1], random.Random(SEED), 0  # noqa: S311
            while points > found.killed:
                n += 1
                to = _order(service, cohort, way, n)
                # What the day's rounds have done already is not done again: some are through before their line comes.
                ended = kill(chance.randrange(1, lines), clock.now)[0]
                found.killed += ended == -signal.SIGKILL
                clock.now += timedelta(seconds=LEASE_SECONDS + 1)
                run_once(service)
                _note(service, found, taken().count(to))
    yield Row(f"{way}, runners killed: lost or doubled", found.wrong, "messages", points, "runners killed")
    yield Row(f"{way}, runners killed: unclear", found.unclear, "messages", points, "runners killed")


def _order(service: Service, cohort_id: str, way: str, n: int) -> str:
    """An invitation to somebody new. Where it goes."""
    is_sms = way == "text message"
    to = f"+4670{n:07d}" if is_sms else f"prova{n}@example.com"
    contact = Contact(name=f"Prova {n}", phone=to) if is_sms else Contact(name=f"Prova {n}", email=to)
    person = NewPerson(contact, "2404", "hairdresser", "sms" if is_sms else "email")
    with service.vaults.unit() as work:
        cohort = work.identity.get_one(Cohort, cohort_id)
        ids = enrol(work.identity, service.keys, cohort, [person], on=service.clock().date())
        sending.order_invitations(work.identity, cohort, ids, by="Mätning", at=service.clock())
    return to


def _note(service: Service, found: _Found, sent: int) -> None:
    """Either it is known that it was taken, once, or a person is asked; and nothing waits for ever."""
    with service.vaults.reading() as work:
        states = [row.state for row in work.identity.query(Message).where(Message.state != "handed_over")]
    unclear = states.count("unclear") - found.unclear
    found.unclear += unclear
    is_right = sent <= 1 if unclear else sent == 1
    found.wrong += 0 if is_right and set(states) <= {"unclear"} else 1

"""A real SMTP server on a free port, that can be told to refuse, to postpone, or to die after the text."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import Message as Email

import pytest
from aiosmtpd.controller import Controller

from kapabla.quiet_hours import QuietHours
from kapabla.service import Service, open_service
from tests.conftest import FixedClock, copied_config


@dataclass
class MailServer:
    port: int = 0
    taken: list[tuple[str, Email]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    at_data: str = "250 OK"
    dies_after_text: bool = False

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.dies_after_text:
            server.transport.abort()
            await asyncio.sleep(0)
            return "250 never heard"
        if self.at_data.startswith("250"):
            self.taken += [(to, message_from_bytes(envelope.content)) for to in envelope.rcpt_tos]
        return self.at_data

    @property
    def recipients(self) -> list[str]:
        return sorted(to for to, _ in self.taken)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    yield from _served()


@pytest.fixture(scope="module")
def module_mail() -> Iterator[MailServer]:
    yield from _served()


@pytest.fixture(scope="module")
def module_mailing(tmp_path_factory, sqlite_template, key_template, module_mail):
    """A service that sends, and its clock, for what many tests of a module look at and none changes."""
    clock = FixedClock()
    service = open_service(copied_config(tmp_path_factory.mktemp("sent"), sqlite_template, key_template), clock=clock)
    return with_mail(service, module_mail), clock


def _served() -> Iterator[MailServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    found = MailServer(port=port)
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    yield found
    controller.stop()


def awake(service: Service) -> Service:
    """Sends at any hour, for what is about other waiting than that for the morning."""
    return replace(service, config=replace(service.config, quiet_hours=QuietHours(0, 0, on_weekends=True)))


def with_mail(service: Service, server: MailServer) -> Service:
    return replace(service, config=replace(service.config, smtp_url=f"smtp://127.0.0.1:{server.port}"))

"""The county's desk with five thousand people in one cohort: its page, and sending to some of them.

The floor of the page is an empty page of Flask; of a message, the same mail server given the same text by `smtplib`
alone, a connection each: what is left above it is ours, and the rest is the mail server's.
"""

import asyncio
import smtplib
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from benchmarks.floor import floor_app
from benchmarks.installation import installation, invite
from benchmarks.measuring import Row, cpu_ms, medians
from kapabla.app import create_app
from kapabla.config import Config
from kapabla.identity import sending
from kapabla.identity.cohorts import Cohort
from kapabla.jobs.runner import run_once
from kapabla.quiet_hours import QuietHours
from kapabla.service import Service, open_service
from tests import factories as make
from tests.page_client import PageClient

PEOPLE, MESSAGES = 5_000, 200
# A server elsewhere seldom takes less, with its greeting, its encryption and what it asks others.
USUAL = 0.1


def rows(*, long: bool) -> Iterator[Row]:
    messages = PEOPLE if long else MESSAGES
    awake = QuietHours(0, 0, on_weekends=True)
    with installation() as config:
        config = replace(config, testing=True, quiet_hours=awake)
        invite(open_service(config), PEOPLE)
        yield from _page(config)
        with _MailServer() as port:
            yield from _sending(_with_mail(config, port), port, messages, "")
        with _MailServer(seconds=USUAL) as port:
            name = f" to a server that takes {USUAL * 1000:.0f} ms for each"
            yield from _sending(_with_mail(config, port), port, MESSAGES // 2, name)


def _with_mail(config: Config, port: int) -> Config:
    return replace(config, smtp_url=f"smtp://127.0.0.1:{port}")


def _page(config: Config) -> Iterator[Row]:
    service = open_service(config)
    client = PageClient(create_app(config))
    make.sign_in_with(client, "officer", make.make_staff(service, "officer"))
    with service.vaults.reading() as work:
        address = f"/admin/omgangar/{work.identity.query(Cohort).one().id}"
    with tempfile.TemporaryDirectory(prefix="kapabla-bench-") as folder:
        empty = floor_app(Path(folder) / "floor.db").test_client()
        value, floor = medians(
            lambda: cpu_ms(lambda: client.browser.get(address)), lambda: cpu_ms(lambda: empty.get("/thanks"))
        )
        yield Row(f"cohort page of {PEOPLE}", value, "ms", floor, "empty page of Flask")
        sizes = len(client.browser.get(address).get_data()), len(empty.get("/thanks").get_data())
        yield Row(f"cohort page of {PEOPLE}, before compression", *_pair(sizes), "empty page of Flask")


def _pair(sizes: tuple[int, int]) -> tuple[float, str, float]:
    return float(sizes[0]), "bytes", float(sizes[1])


def _sending(config: Config, port: int, messages: int, name: str) -> Iterator[Row]:
    """By the clock, since the time of the mail server is what should bound it; and by CPU, which the neighbours of a
    shared machine do not tell of. The mail server's own is in both."""
    service = open_service(config)
    with service.vaults.unit() as work:
        cohort = work.identity.query(Cohort).one()
        people = sending.not_yet_invited(work.identity, cohort)[:messages]
        sending.order_invitations(work.identity, cohort, people, by="Mätning", at=service.clock())
    ours, our_cpu = _timed(lambda: _send_all(service))
    floor, floor_cpu = _timed(lambda: _hand_all_over(port, messages))
    against = "smtplib alone, a connection each"
    yield Row(f"messages a second{name}", messages / ours, "a second", messages / floor, against)
    yield Row(f"CPU of a message{name}", our_cpu / messages, "ms", floor_cpu / messages, against)


def _send_all(service: Service) -> None:
    while run_once(service):
        pass


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and milliseconds of CPU."""
    began = time.perf_counter()
    spent = cpu_ms(work)
    return time.perf_counter() - began, spent


def _hand_all_over(port: int, messages: int) -> None:
    for _ in range(messages):
        _hand_over(port)


def _hand_over(port: int) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "x"
    message.set_content("x" * 900)
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(message)


class _MailServer:
    """Takes everything, each message in its time."""

    def __init__(self, seconds: float = 0) -> None:
        self._seconds = seconds

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(self._seconds)
        return "250 OK"

    def __enter__(self) -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=port)
        self._controller.start()
        return port

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

"""Handing an e-mail to the mail server: plain text, nothing that tells what it is about, and what became of it.

An answer of the server is always believed. Only where the connection dies between the text and the answer is nothing
known: that is `Unclear`, and it is never tried again by itself (A4, H8).
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formataddr
from functools import cache
from urllib.parse import unquote, urlsplit

from kapabla.ids import new_id

TIMEOUT_SECONDS = 15


class Temporary(Exception):
    """Not accepted now; may be tried again."""


class RefusedByServer(Exception):
    """The server will never take this message."""


class AddressRefused(RefusedByServer):
    """Because the address does not work."""


class Unclear(Exception):
    """The connection died after the text was handed over: it may have been sent. A person decides."""


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str
    headers: dict[str, str] = field(default_factory=dict)
    # By which a report that it did not arrive finds it (`bounces.py`).
    token: str = ""


def _for_the_wire(address: str) -> str:
    """With the domain as name servers know it: `pöst.example` is xn--pst-sna.example."""
    local, _, domain = address.rpartition("@")
    try:
        local.encode("ascii")
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise AddressRefused("not ascii") from None


def always() -> None:
    return None


@dataclass(frozen=True)
class Mailer:
    """`url` is smtp://[user:password@]host[:port], with STARTTLS where it is offered, or smtps:// for TLS at once."""

    url: str
    sender: str
    sender_name: str
    reply_to: str
    # Where reports go of what did not arrive; to the sender, where there is no mailbox that we read.
    bounce_address: str | None = None

    def send(self, letter: Letter, *, before_text: Callable[[], None] = always) -> None:
        """`before_text` runs when the address is accepted and nothing has been handed over; what it raises stops it."""
        # What the server says may hold the address: only the kind of a fault is kept.
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise Temporary(type(error).__name__) from None
        with _Closing(server):
            try:
                self._address(server, letter)
            except (OSError, smtplib.SMTPException) as error:
                raise Temporary(type(error).__name__) from None
            before_text()
            self._hand_over(server, letter)

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host = parts.hostname or "localhost"
        if parts.scheme == "smtps":
            return smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=trust())
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
        server.ehlo_or_helo_if_needed()
        if server.has_extn("starttls"):
            server.starttls(context=trust())
            server.ehlo()
        return server

    def _address(self, server: smtplib.SMTP, letter: Letter) -> None:
        parts = urlsplit(self.url)
        server.ehlo_or_helo_if_needed()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        code, _ = server.mail(self._return_address(letter))
        if code >= 400:
            # About us, not about the address: nobody's address is broken by it.
            raise Temporary(str(code))
        code, _ = server.rcpt(_for_the_wire(letter.to))
        if code >= 500:
            raise AddressRefused(str(code))
        _believe(code)

    def _return_address(self, letter: Letter) -> str:
        if not (self.bounce_address and letter.token):
            return self.bounce_address or self.sender
        name, _, domain = self.bounce_address.rpartition("@")
        return f"{name}+{letter.token}@{domain}"

    def _hand_over(self, server: smtplib.SMTP, letter: Letter) -> None:
        try:
            code, _ = server.docmd("DATA")
        except (OSError, smtplib.SMTPException) as error:
            raise Temporary(type(error).__name__) from None
        if code != 354:
            _believe(code)
            raise Temporary(str(code))
        # A line that begins with a point gets another one, since a point alone ends the text (RFC 5321, 4.5.2).
        text = re.sub(rb"(?m)^\.", b"..", self._message(letter))
        try:
            server.send(text + b".\r\n")
            code, _ = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise Unclear(type(error).__name__) from None
        _believe(code, otherwise=Unclear)

    def _message(self, letter: Letter) -> bytes:
        message = EmailMessage()
        message["From"] = formataddr((self.sender_name, self.sender))
        message["To"] = _for_the_wire(letter.to)
        message["Subject"] = letter.subject
        message["Reply-To"] = self.reply_to
        # Random, from the sender's own domain: it must lead nobody else to a person, a time or a machine.
        message["Message-ID"] = f"<{letter.token or new_id()}@{self.sender.rsplit('@', 1)[-1]}>"
        message["Auto-Submitted"] = "auto-generated"
        for name, value in letter.headers.items():
            message[name] = value
        message.set_content(letter.text)
        # Folded, a long address in a header would be written as an encoded word, which no mail client follows.
        return message.as_bytes(policy=message.policy.clone(linesep="\r\n", max_line_length=900))


@cache
def trust() -> ssl.SSLContext:
    """Whom the machine trusts: read once, since reading it takes longer than handing over a message."""
    return ssl.create_default_context()


def _believe(code: int, *, otherwise: type[Temporary] | type[Unclear] = Temporary) -> None:
    """What is neither yes, no nor later is no answer."""
    if code >= 500:
        raise RefusedByServer(str(code))
    if code >= 400:
        raise Temporary(str(code))
    if not 200 <= code < 300:
        raise otherwise(str(code))


class _Closing:
    """QUIT in good order; a server that no longer answers is only left. What it says then changes nothing."""

    def __init__(self, server: smtplib.SMTP) -> None:
        self._server = server

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        try:
            self._server.quit()
        except (OSError, smtplib.SMTPException):
            self._server.close()

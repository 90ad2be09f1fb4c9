"""Handing an e-mail to the mail server: plain text, one link, nothing that tells what it is about."""

import smtplib
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formataddr, make_msgid
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20


class Temporary(Exception):
    """Not accepted now; may be tried again."""


class RefusedByServer(Exception):
    """The server will never take it: the address does not work."""


class Unclear(Exception):
    """The connection died after the text was handed over: it may have been sent. A person decides."""


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mailer:
    """`url` is smtp://[user:password@]host[:port]."""

    url: str
    sender: str
    sender_name: str
    reply_to: str

    def send(self, letter: Letter) -> None:
        message = self._message(letter)
        handed_over = False
        try:
            with self._connect() as server:
                server.ehlo_or_helo_if_needed()
                self._open(server)
                server.mail(self.sender)
                code, _ = server.rcpt(letter.to)
                if code >= 500:
                    raise RefusedByServer(str(code))
                if code >= 400:
                    raise Temporary(str(code))
                handed_over = True
                code, _ = server.data(message.as_bytes())
                handed_over = False
                if code >= 500:
                    raise RefusedByServer(str(code))
                if code >= 400:
                    raise Temporary(str(code))
        except (OSError, smtplib.SMTPException) as error:
            # What the server said may hold the address: only the kind of the fault is kept.
            raise (Unclear if handed_over else Temporary)(type(error).__name__) from None

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        return smtplib.SMTP(parts.hostname or "localhost", parts.port or 25, timeout=TIMEOUT_SECONDS)

    def _open(self, server: smtplib.SMTP) -> None:
        parts = urlsplit(self.url)
        if server.has_extn("starttls"):
            server.starttls()
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = formataddr((self.sender_name, self.sender))
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Reply-To"] = self.reply_to
        # Random, from the sender's own domain: a message id must not lead to a person or an answer.
        message["Message-ID"] = make_msgid(domain=self.sender.rsplit("@", 1)[-1])
        for name, value in letter.headers.items():
            message[name] = value
        message.set_content(letter.text)
        return message

"""Handing a text message to the provider, 46elks (https://46elks.com/docs), and reading what became of it.

A form by POST with name and password; the reply is believed. Where the connection dies after the form was handed over
nothing is known: `Unclear`, as with mail. The provider is asked not to keep the words, since a link stands in them.
Reports are fetched, not received: no address of ours stands open for them (docs/decisions/0077).
"""

import json
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from kapabla.jobs.mail import RefusedByServer, Temporary, Unclear, always, trust

TIMEOUT_SECONDS = 15
# What the provider gives at most in one answer.
PAGE = 100
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# Busy, away for a while, or out of credit and with a wrong password, which somebody has to mend: not about the message.
_NOT_NOW = (401, 402, 403, 408, 429, 503)


@dataclass(frozen=True)
class ShortMessage:
    to: str
    text: str


@dataclass(frozen=True)
class Entry:
    """Of the provider's list: a message of ours that failed, or a reply. `number` is the other's, never ours."""

    id: str
    number: str
    has_failed: bool
    reply: str


@dataclass(frozen=True)
class SmsProvider:
    """`url` is https://user:password@host/a1, `sender` a name or one of the provider's numbers."""

    url: str
    sender: str

    def send(self, message: ShortMessage, *, before_text: Callable[[], None] = always) -> None:
        """`before_text` runs when the provider is reached and nothing has been handed over; what it raises stops it."""
        form = {"from": self.sender, "to": message.to, "message": message.text, "dontlog": "message"}
        with closing(self._connect()) as connection:
            before_text()
            try:
                connection.request("POST", f"{self._path}/sms", urlencode(form), self._signed(_FORM))
                status = connection.getresponse().status
            except (OSError, HTTPException) as error:
                raise Unclear(type(error).__name__) from None
        _believe(status)

    def since(self, at: datetime) -> Iterator[Entry]:
        """What the provider's list holds from then on, the newest first."""
        start = ""
        while True:
            found = self._fetch({"end": at.strftime("%Y-%m-%dT%H:%M:%S"), "limit": str(PAGE), "start": start})
            yield from (_entry(row) for row in found.get("data", ()))
            start = str(found.get("next") or "")
            if not start:
                return

    def _fetch(self, query: dict[str, str]) -> dict[str, Any]:
        wanted = urlencode({name: value for name, value in query.items() if value})
        with closing(self._connect()) as connection:
            try:
                connection.request("GET", f"{self._path}/sms?{wanted}", headers=self._signed({}))
                reply = connection.getresponse()
                found = json.loads(reply.read()) if reply.status == 200 else None
            except (OSError, HTTPException, ValueError) as error:
                raise Temporary(type(error).__name__) from None
        if not isinstance(found, dict):
            raise Temporary(str(reply.status))
        return found

    def _connect(self) -> HTTPConnection:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port
        connection: HTTPConnection
        if parts.scheme == "https":
            context: ssl.SSLContext = trust()
            connection = HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            connection = HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
        try:
            connection.connect()
        except OSError as error:
            raise Temporary(type(error).__name__) from None
        return connection

    @property
    def _path(self) -> str:
        return urlsplit(self.url).path

    def _signed(self, headers: dict[str, str]) -> dict[str, str]:
        parts = urlsplit(self.url)
        pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        return {**headers, "Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def _believe(status: int) -> None:
    """A gateway on the way (500, 502, 504) does not know whether the form arrived, so nor do we."""
    if status < 300:
        return
    if status in _NOT_NOW or status < 400:
        raise Temporary(str(status))
    if status < 500:
        raise RefusedByServer(str(status))
    raise Unclear(str(status))


def _entry(row: dict[str, Any]) -> Entry:
    came_in = row.get("direction") == "incoming"
    return Entry(
        id=str(row.get("id", "")), number=str(row.get("from" if came_in else "to", "")),
        has_failed=not came_in and row.get("status") == "failed", reply=str(row.get("message", "")) if came_in else "",
    )  # fmt: skip

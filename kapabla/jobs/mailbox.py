"""The mailbox that mail servers answer to when a message does not arrive: over IMAP, or a Maildir on the same machine.

It is a mailbox of its own. What we have taken in is removed from it, since it holds somebody's address; all else is
left, marked as read.
"""

import imaplib
import mailbox
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 15
# A report is short; one that brings the whole message back is cut, with all that we look for before it.
MOST_BYTES = 200_000
# In one go. The rest is there the next time.
AT_ONCE = 200


class MailboxAway(Exception):
    """It cannot be reached, or does not let us in. Only the kind of the fault is kept."""


class Mailbox(Protocol):
    def unread(self) -> list[str]: ...

    def read(self, name: str) -> bytes: ...

    def remove(self, name: str) -> None: ...

    def leave(self, name: str) -> None:
        """Marked as read."""


@contextmanager
def open_mailbox(url: str) -> Iterator[Mailbox]:
    """imap://user:password@host[:port][/folder] with STARTTLS where it is offered, imaps:// for TLS at once, or
    maildir:///path."""
    try:
        if urlsplit(url).scheme == "maildir":
            yield Folder(Path(unquote(urlsplit(url).path)))
        else:
            with Imap.open(url) as found:
                yield found
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxAway(type(error).__name__) from None


class Imap:
    def __init__(self, server: imaplib.IMAP4) -> None:
        self._server = server

    @classmethod
    @contextmanager
    def open(cls, url: str) -> Iterator["Imap"]:
        parts, context = urlsplit(url), ssl.create_default_context()
        host, folder = parts.hostname or "localhost", unquote(parts.path.strip("/")) or "INBOX"
        server: imaplib.IMAP4
        if parts.scheme == "imaps":
            server = imaplib.IMAP4_SSL(host, parts.port or 993, ssl_context=context, timeout=TIMEOUT_SECONDS)
        else:
            server = imaplib.IMAP4(host, parts.port or 143, timeout=TIMEOUT_SECONDS)
        with server:
            if parts.scheme == "imap" and "STARTTLS" in server.capabilities:
                server.starttls(context)
            server.login(unquote(parts.username or ""), unquote(parts.password or ""))
            _accepted(server.select(f'"{folder}"'))
            yield cls(server)
            server.expunge()

    def unread(self) -> list[str]:
        found = _accepted(self._server.uid("SEARCH", "UNSEEN"))
        return [name.decode() for name in (found[0] or b"").split()[:AT_ONCE]]

    def read(self, name: str) -> bytes:
        found = _accepted(self._server.uid("FETCH", name, f"(BODY.PEEK[]<0.{MOST_BYTES}>)"))
        # imaplib gives what a literal held as the second of a pair.
        return b"".join(part[1] for part in found if isinstance(part, tuple))

    def remove(self, name: str) -> None:
        _accepted(self._server.uid("STORE", name, "+FLAGS", r"(\Seen \Deleted)"))

    def leave(self, name: str) -> None:
        _accepted(self._server.uid("STORE", name, "+FLAGS", r"(\Seen)"))


def _accepted(answer: tuple[str, Any]) -> list[Any]:
    if answer[0] != "OK":
        raise imaplib.IMAP4.error(answer[0])
    return list(answer[1])


class Folder:
    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise FileNotFoundError
        self._box = mailbox.Maildir(path, create=False)

    def unread(self) -> list[str]:
        new = [name for name in sorted(self._box.keys()) if "S" not in self._box.get_message(name).get_flags()]
        return new[:AT_ONCE]

    def read(self, name: str) -> bytes:
        with self._box.get_file(name) as file:
            return file.read(MOST_BYTES)

    def remove(self, name: str) -> None:
        self._box.discard(name)

    def leave(self, name: str) -> None:
        message = self._box.get_message(name)
        message.set_subdir("cur")
        message.add_flag("S")
        self._box[name] = message

"""What did not arrive, as a mail server reports it later (A5): its reports are read from a mailbox (RFC 3464).

Each message leaves with a token in its return address and its Message-ID: the message's random key and a keyed check.
It holds nobody, leads nowhere without our own database, and nobody else can make one. A report finds its message by the
token, and by nothing else that it says. A mark behind the token tells to which address that copy went, by the keyed
index alone: a report that comes after the address was mended says nothing of the new one.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message as Email

import structlog
from sqlalchemy.orm import Session

from kapabla.clock import epoch
from kapabla.identity.messages import ADDRESS_CORRECTED, Message
from kapabla.identity.people import Person
from kapabla.identity.records import outbox
from kapabla.jobs.mailbox import Mailbox, MailboxAway, open_mailbox
from kapabla.keys import Keyring, keyed_hash
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work

log = structlog.get_logger("kapabla.jobs")
READ_BOUNCES = "read_bounces"
EVERY_SECONDS = 120
_CHECK_BYTES, _MARK_BYTES = 10, 5
_ID_LENGTH, _TOKEN_LENGTH = 16, 32
# In small letters: not every mail server keeps the case of a return address.
_TOKEN = re.compile(r"(?<![a-z0-9])([2-9b-df-hj-np-tv-z]{16}[a-z2-7]{16}(?:[a-z2-7]{8})?)(?=@)")
_FAILED = re.compile(r"\b5\.(\d{1,3}\.\d{1,3})\b")
# A server that has tried for days gives up with the code of why it was late: it says nothing of the address.
_GAVE_UP = re.compile(r"\b4\.\d{1,3}\.\d{1,3}\b")
# Of a permanent failure (RFC 3463), what is about the address: nothing said, bad address, mailbox closed, no such
# place. A full mailbox, and what a filter thinks of us, is not.
_ADDRESS = re.compile(r"0\.|1\.|2\.1$|4\.[14]$")


@dataclass(frozen=True)
class Report:
    """Of one message. Neither flag: it was only late, or it arrived."""

    message_id: str
    mark: str
    has_failed: bool
    is_address_broken: bool


def token_of(keys: Keyring, message_id: str) -> str:
    mac = keyed_hash(keys.get("sealing"), b"bounce", message_id.encode())
    return message_id + base64.b32encode(mac[:_CHECK_BYTES]).decode().lower()


def mark_of(keys: Keyring, message: Message, person: Person) -> str:
    """Of the address that the person has now."""
    mac = keyed_hash(keys.get("sealing"), b"bounce to", message.id.encode(), person.email_index or b"")
    return base64.b32encode(mac[:_MARK_BYTES]).decode().lower()


def find_message_id(keys: Keyring, text: str) -> tuple[str, str] | None:
    """The key of the message whose token stands in the text, and the mark behind it."""
    for token in _TOKEN.findall(text.lower()):
        message_id: str = token[:_ID_LENGTH]
        if hmac.compare_digest(token[:_TOKEN_LENGTH], token_of(keys, message_id)):
            return message_id, token[_TOKEN_LENGTH:]
    return None


def read_report(keys: Keyring, raw: bytes) -> Report | None:
    """None for what is no report, or is not about a message of ours."""
    said = [block for part in message_from_bytes(raw).walk() for block in _blocks(part)]
    found = find_message_id(keys, raw.decode("ascii", "replace")) if said else None
    if found is None:
        return None
    failures = [failure for block in said if (failure := _failure(block)) is not None]
    return Report(*found, bool(failures), any(_ADDRESS.match(failure) for failure in failures))


def _blocks(part: Email) -> list[Email]:
    """What a report says of the message, and of each who was to have it."""
    content = part.get_payload() if part.get_content_type() == "message/delivery-status" else None
    return [block for block in content if isinstance(block, Email)] if isinstance(content, list) else []


def _failure(block: Email) -> str | None:
    """Subject and detail of a permanent failure, as "1.1"; the words of the other server where our own says nothing."""
    if str(block.get("Action", "")).strip().lower() != "failed":
        return None
    said = f"{block.get('Status', '')} {block.get('Diagnostic-Code', '')}"
    codes = _FAILED.findall(said)
    if not codes:
        return "gave up" if _GAVE_UP.search(said) else None
    return next((code for code in codes if code != "0.0"), "0.0")


def order_reading(service: Service, work: Work, *, at: datetime) -> None:
    if service.config.bounce_mailbox_url:
        key = f"{READ_BOUNCES}:{epoch(at) // EVERY_SECONDS}"
        outbox.put(work.identity, READ_BOUNCES, {}, key=key, at=at)


def read_bounces(service: Service, _work: Work, _job: Job) -> None:
    """A mailbox that is away is tried again in two minutes. What is taken in is committed before it is removed."""
    if not service.config.bounce_mailbox_url:
        return
    try:
        with open_mailbox(service.config.bounce_mailbox_url) as box:
            for name in box.unread():
                _take(service, box, name)
    except MailboxAway as error:
        log.warning("mailbox_away", kind=str(error))


def _take(service: Service, box: Mailbox, name: str) -> None:
    report = read_report(service.keys, box.read(name))
    if report is None:
        box.leave(name)
        return
    with service.vaults.unit() as work:
        _keep(work.identity, service.keys, report)
    box.remove(name)


def _keep(session: Session, keys: Keyring, report: Report) -> None:
    """That the address does not work, alike whichever message told it: what staff see of the message stays (D05).

    Of those to begin, which staff have ordered, it is also told that one was turned away for another reason.
    """
    message = session.get(Message, report.message_id)
    if message is None or not report.has_failed:
        return
    if message.fault == ADDRESS_CORRECTED:
        # It went to the address of before. The present one has not been tried: the message is one to send again.
        if message.batch_id and message.state == "handed_over":
            message.state = "failed"
        return
    person = session.get_one(Person, message.person_id)
    if report.mark and report.mark != mark_of(keys, message, person):
        return  # of the address of before, and the message has been sent again since
    if report.is_address_broken:
        person.address_broken = True
    elif message.batch_id and message.state == "handed_over":
        message.state, message.fault = "failed", "not_accepted"

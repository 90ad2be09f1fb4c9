"""Sending one message: everything is looked at again at the moment of sending, and the text is made then.

No transaction stands open while the mail server answers: it would hold up everybody who saves a page. The message is
marked "sending" in a commit of its own just before its text leaves; who finds that mark later knows that a runner died
there, so its fate is unclear and a person decides (A4, H8).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kapabla.errors import KapablaError
from kapabla.identity import entry, opting_out
from kapabla.identity.contact import fold_phone, index_of, read_contact
from kapabla.identity.enrolling import access_of
from kapabla.identity.message_texts import message_text, sms_text
from kapabla.identity.messages import COURSE_STEP, INVITATION_STEP, Message, MessageBatch
from kapabla.identity.people import Person
from kapabla.identity.sending import NEVER, PAUSED, SENT_TO
from kapabla.jobs.bounces import mark_of, token_of
from kapabla.jobs.mail import AddressRefused, Letter, Mailer, RefusedByServer, Temporary, Unclear
from kapabla.jobs.openings import is_course_due
from kapabla.jobs.reminders import is_still_due
from kapabla.jobs.sms import ShortMessage, SmsProvider
from kapabla.keys import unseal
from kapabla.material import Study
from kapabla.outbox import MAX_ATTEMPTS, Job
from kapabla.service import Service
from kapabla.vaults import Work, table_of

_messages = table_of(Message)


class MustWait(KapablaError):
    """Not a fault of the message: it waits, however long it takes, and no attempt is counted."""

    until: datetime | None = None


class NoMailServer(MustWait):
    """Until KAPABLA_SMTP_URL is set."""

    code = "no_mail_server"


class NoSmsProvider(MustWait):
    """Until KAPABLA_SMS_URL is set: whoever has chosen this way waits."""

    code = "no_sms_provider"


class Quiet(MustWait):
    """It is night, or a weekend (D06)."""

    code = "quiet_hours"

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until


class Paused(MustWait):
    """Until somebody lets the batch go on."""

    code = PAUSED
    until = NEVER


class NotWanted(Exception):
    """Stopped, withdrawn or taken by another runner since it was prepared: nothing of the text has left."""


@dataclass(frozen=True)
class Outcome:
    state: str
    fault: str = ""
    is_address_broken: bool = False


def send_message(service: Service, work: Work, job: Job) -> None:
    message_id: str = job.payload["message"]
    check_awake(service)
    ready = _prepare(service, message_id)
    if ready is None:
        return
    try:
        outcome = _send(service, ready, message_id)
    except NotWanted:
        return
    except Temporary:
        if job.attempts < MAX_ATTEMPTS:
            with service.vaults.unit() as again:
                _set(again.identity, message_id, "waiting", since="sending")
            raise
        outcome = Outcome("failed", "server_away")
    _record(work.identity, message_id, outcome)


def check_awake(service: Service) -> None:
    """What nobody has asked for just now waits for the morning."""
    until = service.config.quiet_hours.wait_until(service.clock())
    if until is not None:
        raise Quiet(until)


def _prepare(service: Service, message_id: str) -> Letter | ShortMessage | None:
    """What is sent, by the way that the person has chosen by now. None where nothing is, which is then written down."""
    with service.vaults.unit() as work:
        found = _find(work.identity, message_id)
        if found is None:
            return None
        message, person, _ = found
        if message.state == "sending":
            _end(message, Outcome("unclear", "runner_died"))
        if message.state != "waiting":
            return None
        if not _is_wanted(service, work, *found):
            _end(message, Outcome("stopped"))
            return None
        if not message.is_silent:
            # In a later one the row would tell that it left (D05).
            message.channel = person.channel
        to = getattr(read_contact(service.keys, person), SENT_TO[person.channel])
        if not to:
            _end(message, Outcome("failed", "no_address"))
            return None
        if person.channel == "sms":
            return _short_message(service, work, person, to, message.step)
        letter = _letter(service, work, person, to, message.step, message.number)
        return replace(letter, token=token_of(service.keys, message.id) + mark_of(service.keys, message, person))


def _end(message: Message, outcome: Outcome) -> None:
    """What became of it; of a later step only that it is done with, alike for everybody (D05)."""
    message.state, message.fault = ("done", "") if message.is_silent else (outcome.state, outcome.fault)


def _send(service: Service, ready: Letter | ShortMessage, message_id: str) -> Outcome:
    def claim() -> None:
        with service.vaults.unit() as work:
            found = _find(work.identity, message_id)
            if found is None or found[0].state != "waiting":
                raise NotWanted
            message, wanted = found[0], _is_wanted(service, work, *found)
            ended = "done" if message.is_silent else "stopped"
            taken = _set(work.identity, message_id, "sending" if wanted else ended, since="waiting")
        if not (wanted and taken):
            raise NotWanted

    try:
        _hand_over(service, ready, claim)
    except AddressRefused:
        return Outcome("failed", "refused", is_address_broken=True)
    except RefusedByServer:
        return Outcome("failed", "not_accepted")
    except Unclear:
        return Outcome("unclear", "connection_lost")
    return Outcome("handed_over")


def _hand_over(service: Service, ready: Letter | ShortMessage, claim: Callable[[], None]) -> None:
    if isinstance(ready, Letter):
        mailer_of(service).send(ready, before_text=claim)
    else:
        sms_provider_of(service).send(ready, before_text=claim)


def _record(session: Session, message_id: str, outcome: Outcome) -> None:
    message = session.get(Message, message_id)
    if message is None:
        return
    _end(message, outcome)
    if outcome.is_address_broken:
        session.get_one(Person, message.person_id).address_broken = True
    session.flush()


def _set(session: Session, message_id: str, state: str, *, since: str) -> bool:
    """Move one message, if it still stands where it was last seen."""
    moved = session.execute(
        update(_messages)
        .where(_messages.c.id == message_id, _messages.c.state == since)
        .values(state=state)
        .returning(_messages.c.id)
    )
    return moved.first() is not None


def _find(session: Session, message_id: str) -> tuple[Message, Person, MessageBatch | None] | None:
    """A message with who it is to and the batch it is in: one statement."""
    query = (
        select(Message, Person, MessageBatch)
        .join(Person, Person.id == Message.person_id)
        .outerjoin(MessageBatch, MessageBatch.id == Message.batch_id)
    )
    row = session.execute(query.where(Message.id == message_id)).first()
    return (row[0], row[1], row[2]) if row else None


def _is_wanted(service: Service, work: Work, message: Message, person: Person, batch: MessageBatch | None) -> bool:
    if batch and batch.is_paused:
        raise Paused()
    if (batch and batch.is_stopped) or not may_be_written_to(person):
        return False
    if message.step == COURSE_STEP:
        return is_course_due(service, work, person.id)
    is_invitation = message.step == INVITATION_STEP and not message.number
    return is_invitation or is_still_due(service, work, message)


def may_be_written_to(person: Person) -> bool:
    """Who has left the research alone goes on with the course, and is written to as before (D05)."""
    return (
        person.left != "all"
        and person.channel in SENT_TO
        and not (person.no_more_messages or person.is_restricted or person.address_broken)
    )


def _letter(service: Service, work: Work, person: Person, email: str, step: str, number: int) -> Letter:
    """In the person's own language, with the link that is the same in every message, and the one that says no."""
    access, base_url = access_of(work.identity, service.keys, [person.id])[person.id], service.config.base_url
    no_link = opting_out.no_link(service.keys, base_url, person.id)
    written = message_text(
        service.material, step, number, language=person.language, link=access.link(base_url), no_link=no_link,
        study=_study_of(service, work, person),
    )  # fmt: skip
    return Letter(email, written.subject, written.text, _one_click(no_link))


def _short_message(service: Service, work: Work, person: Person, phone: str, step: str) -> ShortMessage:
    """With the same two links, short."""
    config = service.config.sms
    if config is None:
        raise NoSmsProvider()
    access = access_of(work.identity, service.keys, [person.id])[person.id]
    text = sms_text(
        service.material, step, language=person.language, link=access.short_link(config.link_url),
        no_link=access.short_no_link(config.link_url), study=_study_of(service, work, person),
    )  # fmt: skip
    return ShortMessage(fold_phone(phone), text)


def _study_of(service: Service, work: Work, person: Person) -> Study | None:
    found = entry.find_by_person(work.identity, person.id)
    return service.material.studies[found.study] if found else None


def _one_click(no_link: str) -> dict[str, str]:
    """The mail client's own button for no more of this (RFC 2369, RFC 8058)."""
    return {"List-Unsubscribe": f"<{no_link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def send_lost_link(service: Service, _work: Work, job: Job) -> None:
    """Only to somebody who is enrolled with that very address and has chosen that way; to others nothing happens."""
    key = service.keys.get("sealing")
    typed = unseal(key, bytes.fromhex(job.payload["sealed"]), f"lost_link.{job.payload['job']}")
    if not typed:
        return
    with service.vaults.reading() as work:
        found = work.identity.scalars(select(Person).where(Person.email_index == index_of(key, "email", typed)))
        letters = [
            _letter(service, work, person, read_contact(service.keys, person).email or typed, INVITATION_STEP, 0)
            for person in found
            if may_be_written_to(person) and person.channel == "email"
        ]
    mailer = mailer_of(service) if letters else None
    for letter in letters:
        try:
            assert mailer is not None
            mailer.send(letter)
        except (RefusedByServer, Unclear):
            # Whoever asked may ask again; a second copy that nobody asked for may not be sent.
            continue


def mailer_of(service: Service) -> Mailer:
    if not service.config.smtp_url:
        raise NoMailServer()
    organisation, config = service.material.organisation, service.config
    return Mailer(
        service.config.smtp_url, config.mail_from, organisation.name, organisation.reply_to, config.bounce_address
    )


def sms_provider_of(service: Service) -> SmsProvider:
    config = service.config.sms
    if config is None:
        raise NoSmsProvider()
    return SmsProvider(config.url, config.sender)

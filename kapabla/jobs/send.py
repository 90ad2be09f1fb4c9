"""Sending one message: everything is looked at again at the moment of sending, and the text is made then."""

from sqlalchemy import select

from kapabla.errors import KapablaError
from kapabla.identity.contact import index_of, read_contact
from kapabla.identity.enrolling import access_of
from kapabla.identity.invitation_text import invitation_text
from kapabla.identity.messages import Message, MessageBatch
from kapabla.identity.people import Person
from kapabla.jobs.mail import Letter, Mailer, RefusedByServer, Unclear
from kapabla.keys import unseal
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work


class NoMailServer(KapablaError):
    code = "no_mail_server"


def send_message(service: Service, work: Work, job: Job) -> None:
    message = work.identity.get(Message, job.payload["message"])
    if message is None or message.state != "waiting":
        return
    person = work.identity.get_one(Person, message.person_id)
    batch = work.identity.get(MessageBatch, message.batch_id) if message.batch_id else None
    if (batch and batch.is_stopped) or not _may_be_written_to(person):
        message.state = "stopped"
        return
    email = read_contact(service.keys, person).email
    if not email:
        message.state, message.fault = "failed", "no_address"
        return
    try:
        _mailer(service).send(invitation(service, work, person, email))
    except RefusedByServer:
        message.state, message.fault = "failed", "refused"
        person.address_broken = True
    except Unclear:
        message.state, message.fault = "unclear", "connection_lost"
    else:
        message.state = "handed_over"


def _may_be_written_to(person: Person) -> bool:
    return (
        person.left == "none"
        and person.channel == "email"
        and not (person.no_more_messages or person.is_restricted or person.address_broken)
    )


def invitation(service: Service, work: Work, person: Person, email: str) -> Letter:
    """The words of `texts-sv.md` 4.1; the time is computed from the course."""
    access = access_of(work.identity, service.keys, [person.id])[person.id]
    minutes = max(course.minutes for course in service.material.courses.values())
    text = invitation_text(service.material.organisation, access.link(service.config.base_url), minutes)
    return Letter(email, "Din plats på Länsstyrelsens utbildning", text)


def send_lost_link(service: Service, work: Work, job: Job) -> None:
    """Only to somebody who is enrolled with that very address and has chosen that way; to others nothing happens."""
    key = service.keys.get("sealing")
    typed = unseal(key, bytes.fromhex(job.payload["sealed"]), f"lost_link.{job.payload['job']}")
    if not typed:
        return
    for person in work.identity.scalars(select(Person).where(Person.email_index == index_of(key, "email", typed))):
        if _may_be_written_to(person):
            _mailer(service).send(invitation(service, work, person, read_contact(service.keys, person).email or typed))


def _mailer(service: Service) -> Mailer:
    if not service.config.smtp_url:
        raise NoMailServer()
    organisation = service.material.organisation
    return Mailer(service.config.smtp_url, service.config.mail_from, organisation.name, organisation.reply_to)

"""Mail to staff: that something waits, and the trial of an invitation. Neutral as all that is mailed."""

from kapabla.clock import local_date
from kapabla.identity.message_texts import message_text
from kapabla.identity.messages import INVITATION_STEP
from kapabla.jobs.mail import Letter, RefusedByServer, Unclear
from kapabla.jobs.send import check_awake, mailer_of
from kapabla.office import uploads
from kapabla.office.sign_in import has_ended
from kapabla.office.staff import Staff
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work

SUBJECT = "Något väntar på dig"
TEXT = """Hej!

Något väntar på ditt godkännande. Logga in och läs mer: {link}

Hälsningar
{organisation}
"""

TRIAL = "Det här är ett prov. Den första länken leder dit där man skriver sin kod. Den andra säger inte nej åt någon."


def tell_approver(service: Service, _work: Work, job: Job) -> None:
    """Looked at again when it leaves: what others have decided meanwhile needs nobody."""
    check_awake(service)
    on = local_date(service.clock())
    with service.vaults.reading() as work:
        awaited = uploads.awaited_approver(work.office, job.payload["upload"], job.payload["staff"], on=on)
        email = awaited.email if awaited else None
    if email is None:
        return
    link = f"{service.config.base_url}/admin/utbildning/{job.payload['upload']}"
    text = TEXT.format(link=link, organisation=service.material.organisation.name)
    _send(service, Letter(email, SUBJECT, text))


def send_trial(service: Service, _work: Work, job: Job) -> None:
    """Asked for just now, so it leaves at any hour. The words are those that people get; the link is nobody's."""
    with service.vaults.reading() as work:
        member = work.office.get(Staff, job.payload["staff"])
        email = member.email if member and not has_ended(member, at=service.clock()) else None
    if email is None:
        return
    base_url = service.config.base_url
    written = message_text(
        service.material, INVITATION_STEP, 0, language=job.payload["language"], link=f"{base_url}/k",
        no_link=f"{base_url}/avanmal/prov",
    )  # fmt: skip
    _send(service, Letter(email, written.subject, f"{TRIAL}\n\n{written.text}"))


def _send(service: Service, letter: Letter) -> None:
    try:
        mailer_of(service).send(letter)
    except (RefusedByServer, Unclear):
        # It is on the page all the same; a second copy that nobody asked for may not be sent.
        return

"""Mail to staff: that something waits. Neutral as all that is mailed, and without anybody's name."""

from kapabla.clock import local_date
from kapabla.jobs.mail import Letter, RefusedByServer, Unclear
from kapabla.jobs.send import check_awake, mailer_of
from kapabla.office import uploads
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work

SUBJECT = "Något väntar på dig"
TEXT = """Hej!

Något väntar på ditt godkännande. Logga in och läs mer: {link}

Hälsningar
{organisation}
"""


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
    try:
        mailer_of(service).send(Letter(email, SUBJECT, text))
    except (RefusedByServer, Unclear):
        # It waits on the page all the same; a second copy that nobody asked for may not be sent.
        return

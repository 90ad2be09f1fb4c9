"""What staff are sent: that something waits, a sign-in from elsewhere, the trial of an invitation. Neutral as all that
people are sent."""

from kapabla.clock import LOCAL, from_epoch, local_date
from kapabla.identity.message_texts import message_text, sms_text
from kapabla.identity.messages import INVITATION_STEP
from kapabla.jobs.mail import Letter, RefusedByServer, Unclear
from kapabla.jobs.send import check_awake, mailer_of, sms_provider_of
from kapabla.jobs.sms import ShortMessage
from kapabla.keys import unseal
from kapabla.office import devices, promise_editions, settling, uploads
from kapabla.office.access import ROLE_LABELS
from kapabla.office.staff import Staff
from kapabla.office.staff_sessions import has_ended, hash_of
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work

SUBJECT = "Något väntar på dig"
TEXT = """Hej!

Något väntar på ditt godkännande. Logga in och läs mer: {link}

Hälsningar
{organisation}
"""

NEW_DEVICE_SUBJECT = "Ny inloggning"
NEW_DEVICE = """Hej!

Någon loggade in på ditt konto {at} från en enhet som inte har använts förut: {device}.

Var det du behöver du inte göra något. Var det inte du: öppna ditt konto och
tryck på "Logga ut överallt". Byt lösenord och säg till en administratör.

{link}

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


SIGN_TEXT = """Hej!

Något väntar på din underskrift. Logga in och läs mer: {link}

Hälsningar
{organisation}
"""
CHANGE_SUBJECT = "Något ska ändras"
CHANGE_TEXT = """Hej!

Någon har skrivit vad som ska ändras innan den skriver under. Logga in och läs mer: {link}

Hälsningar
{organisation}
"""


def tell_signatory(service: Service, _work: Work, job: Job) -> None:
    """When it is asked for, and a week later to whoever has not signed by then."""
    check_awake(service)
    on, edition = local_date(service.clock()), job.payload["edition"]
    with service.vaults.reading() as work:
        awaited = promise_editions.awaited_signatory(work.office, edition, job.payload["staff"], on=on)
        email = awaited.email if awaited else None
    if email is None:
        return
    link = f"{service.config.base_url}/admin/loften/skriva-under/{edition}"
    _send(service, Letter(email, SUBJECT, SIGN_TEXT.format(link=link, organisation=_organisation(service))))


def tell_promise_editor(service: Service, _work: Work, job: Job) -> None:
    """Whoever asked for the signatures reads what has to be changed."""
    check_awake(service)
    with service.vaults.reading() as work:
        edition = promise_editions.get(work.office, job.payload["edition"])
        member = work.office.get(Staff, edition.asked_by)
        email = member.email if member and not has_ended(member, at=service.clock()) else None
    if email is None:
        return
    link = f"{service.config.base_url}/admin/loften/utgava/{job.payload['edition']}"
    _send(service, Letter(email, CHANGE_SUBJECT, CHANGE_TEXT.format(link=link, organisation=_organisation(service))))


def send_trial(service: Service, _work: Work, job: Job) -> None:
    """Asked for just now, so it leaves at any hour. The words are those that people get; the link is nobody's."""
    with service.vaults.reading() as work:
        member = work.office.get(Staff, job.payload["staff"])
        email = member.email if member and not has_ended(member, at=service.clock()) else None
    if email is None:
        return
    if "sealed" in job.payload:
        _send_sms_trial(service, job)
        return
    base_url = service.config.base_url
    written = message_text(
        service.material, INVITATION_STEP, 0, language=job.payload["language"], link=f"{base_url}/k",
        no_link=f"{base_url}/avanmal/prov",
    )  # fmt: skip
    _send(service, Letter(email, written.subject, f"{TRIAL}\n\n{written.text}"))


def _send_sms_trial(service: Service, job: Job) -> None:
    """The links are nobody's: they are answered like any other that is not known."""
    provider, config = sms_provider_of(service), service.config.sms
    assert config is not None
    sealed = bytes.fromhex(job.payload["sealed"])
    to = unseal(service.keys.get("sealing"), sealed, f"trial.{job.payload['key']}")
    text = sms_text(
        service.material, INVITATION_STEP, language=job.payload["language"], link=f"{config.link_url}/s/prov",
        no_link=f"{config.link_url}/n/prov",
    )  # fmt: skip
    try:
        provider.send(ShortMessage(to, text))
    except (RefusedByServer, Unclear):
        # Whoever asked may ask again.
        return


def tell_new_device(service: Service, _work: Work, job: Job) -> None:
    """At any hour: whoever it was not wants to know at once. Without a mail server there is nobody to tell."""
    with service.vaults.reading() as work:
        member = work.office.get(Staff, job.payload["staff"])
        email = member.email if member and not has_ended(member, at=service.clock()) else None
    if email is None or not service.config.smtp_url:
        return
    browser, system = devices.parts_of(job.payload["device"])
    at = from_epoch(job.payload["at"]).astimezone(LOCAL)
    text = NEW_DEVICE.format(
        at=at.strftime("%Y-%m-%d kl. %H.%M"), device=" på ".join(filter(None, (browser, system))) or "okänd enhet",
        link=f"{service.config.base_url}/konto", organisation=service.material.organisation.name,
    )  # fmt: skip
    _send(service, Letter(email, NEW_DEVICE_SUBJECT, text))


LET_IN_SUBJECT = "Ett konto har fått mer behörighet"
LET_IN = """Hej!

{by} har gett {name} ett konto, en ny roll eller en ny länk in.
Rollen är {role}. Från och med {day} kan kontot användas till att
godkänna att uppgifter lämnas ut, eller till att hämta dem.

Stämmer det inte? Hör av dig till en administratör före den dagen, så
avslutas kontot.

{link}

Hälsningar
{organisation}
"""


def tell_let_in(service: Service, _work: Work, job: Job) -> None:
    """At any hour. Without a mail server there is nobody to tell; the log has it all the same."""
    with service.vaults.reading() as work:
        told, about, by = (work.office.get(Staff, job.payload[name]) for name in ("staff", "about", "by"))
        if told is None or about is None or by is None or has_ended(told, at=service.clock()):
            return
        from_on = settling.waits_until(about, at=service.clock())
        if from_on is None or has_ended(about, at=service.clock()) or not service.config.smtp_url:
            return
        text = LET_IN.format(
            by=by.name, name=about.name, role=ROLE_LABELS[about.role].lower(), day=from_on.isoformat(),
            link=f"{service.config.base_url}/logga-in", organisation=_organisation(service),
        )  # fmt: skip
        letter = Letter(told.email, LET_IN_SUBJECT, text)
    _send(service, letter)


SIGN_UP_SUBJECT = "Ditt konto"
SIGN_UP = """Hej!

Här är länken till ditt konto. Öppna den, välj ett lösenord och koppla din
telefon. Länken gäller i sju dagar och kan användas en gång.

{link}

Väntar du inte på den här länken: svara inte, och säg till en administratör.

Hälsningar
{organisation}
"""


def send_sign_up(service: Service, _work: Work, job: Job) -> None:
    """Asked for just now, so at any hour. A link that another has replaced, or that has been used, is not sent."""
    sealed, staff_id = bytes.fromhex(job.payload["sealed"]), job.payload["staff"]
    token = unseal(service.keys.get("sealing"), sealed, f"staff.link.{staff_id}")
    with service.vaults.reading() as work:
        member = work.office.get(Staff, staff_id)
        is_open = member is not None and member.sign_up_hash == hash_of(token)
        email = member.email if member and is_open and not has_ended(member, at=service.clock()) else None
    if email is None:
        return
    link = f"{service.config.base_url}/logga-in/konto/{token}"
    text = SIGN_UP.format(link=link, organisation=service.material.organisation.name)
    _send(service, Letter(email, SIGN_UP_SUBJECT, text))


def _organisation(service: Service) -> str:
    return service.material.organisation.name


def _send(service: Service, letter: Letter) -> None:
    try:
        mailer_of(service).send(letter)
    except (RefusedByServer, Unclear):
        # It is on the page all the same; a second copy that nobody asked for may not be sent.
        return

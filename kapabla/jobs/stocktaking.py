"""Once a day the answers are counted (H7), and whoever runs the service is told when something has stopped or is gone:
at most one mail a day for the same (H11). Numbers and where to look, never about whom."""

from collections import Counter
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from kapabla import watching
from kapabla.answers import counting
from kapabla.clock import local_date
from kapabla.identity.records import outbox as identity_outbox
from kapabla.jobs.mail import Letter, RefusedByServer, Unclear
from kapabla.jobs.send import mailer_of
from kapabla.office.records import outbox as office_outbox
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work

log = structlog.get_logger("kapabla.jobs")
TELL_OPERATOR = "tell_operator"
STALE_BACKUP = timedelta(days=3)
ANSWERS_GONE = "Svar har försvunnit utan att loggen säger varför, på {count} ställen. Kör `kapabla answers counts`."
SUBJECT = "Något i {service} behöver dig"
TEXT = """Hej!

{lines}

Det här mejlet går högst en gång om dagen för samma sak. `kapabla doctor` visar hur det står till.
"""


def count_answers(service: Service) -> None:
    """The day's round. Read first: a round comes every other second."""
    on = local_date(service.clock())
    with service.vaults.reading() as work:
        if counting.is_counted(work.answers, on=on):
            return
    with service.vaults.unit() as work:
        fallen = counting.take_stock(work.answers, on=on)
    if fallen:
        log.error("answers_missing", places=len(fallen), people=max(one.missing for one in fallen))


def order_notice(service: Service, work: Work, *, at: datetime) -> None:
    """Under a key of the day and of what is wrong: something new is told at once."""
    if service.config.operator_email is None:
        return
    told = _wrong(service, work, at)
    if told:
        what = sha256("\n".join(sorted(told)).encode()).hexdigest()[:16]
        office_outbox.put(
            work.office, TELL_OPERATOR, {}, key=f"{TELL_OPERATOR}:{local_date(at)}:{what}", at=at
        )  # fmt: skip


def tell_operator(service: Service, _work: Work, _job: Job) -> None:
    """As it is when the mail leaves: what has been mended meanwhile needs nobody."""
    email = service.config.operator_email
    with service.vaults.reading() as work:
        told = _wrong(service, work, service.clock())
        lines = [line.format(count=count) for line, count in told.items()]
    if email is None or not lines:
        return
    subject = SUBJECT.format(service=service.config.base_url.split("://")[-1])
    try:
        mailer_of(service).send(Letter(email, subject, TEXT.format(lines="\n".join(lines))))
    except (RefusedByServer, Unclear) as error:
        log.error("operator_not_told", kind=type(error).__name__)


def _wrong(service: Service, work: Work, at: datetime) -> dict[str, int]:
    """What is wrong, in a sentence each, and how much of it."""
    boxes = ((identity_outbox, work.identity), (office_outbox, work.office))
    dead = Counter(one.kind for box, session in boxes for one in box.dead(session) if one.kind != TELL_OPERATOR)
    found = {f"Jobb som har stannat ({kind}): {{count}}. Se /admin/jobb.": count for kind, count in dead.items()}
    missing, age = counting.fallen(work.answers), watching.backup_age(service.config, at)
    if missing:
        found[ANSWERS_GONE] = len(missing)
    if age is not None and age > STALE_BACKUP.total_seconds():
        found["Den senaste hela säkerhetskopian är {count} dygn gammal."] = age // 86400
    return found

"""What became of text messages, read from the provider's own list: numbers that do not work (A5), and replies that say
stop. Whatever else somebody replies is not kept; the message says whom to call.
"""

from datetime import datetime, timedelta

import structlog

from kapabla.clock import epoch
from kapabla.identity import opting_out, sms_reports
from kapabla.identity.records import outbox
from kapabla.jobs.mail import Temporary
from kapabla.jobs.send import sms_provider_of
from kapabla.jobs.sms import Entry
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work

log = structlog.get_logger("kapabla.jobs")
READ_SMS = "read_sms"
EVERY_SECONDS = 300
# A network tries a telephone that is off for a day or two before it gives up.
BACK = timedelta(hours=72)


def order_sms_reading(service: Service, work: Work, *, at: datetime) -> None:
    if service.config.sms:
        outbox.put(work.identity, READ_SMS, {}, key=f"{READ_SMS}:{epoch(at) // EVERY_SECONDS}", at=at)


def read_sms(service: Service, work: Work, _job: Job) -> None:
    """A list that cannot be fetched is tried again in five minutes."""
    if service.config.sms is None:
        return
    try:
        entries = list(sms_provider_of(service).since(service.clock() - BACK))
    except Temporary as error:
        log.warning("sms_list_away", kind=str(error))
        return
    told = {
        sms_reports.mark_of(service.keys, entry.id): entry
        for entry in entries
        if entry.has_failed or sms_reports.says_stop(entry.reply)
    }
    known = sms_reports.known_reports(work.identity)
    for mark, entry in told.items():
        if mark not in known:
            _take(service, work, entry)
    if told.keys() != known:
        sms_reports.keep_reports(work.identity, list(told))


def _take(service: Service, work: Work, entry: Entry) -> None:
    if entry.has_failed:
        sms_reports.mark_broken(work.identity, service.keys, entry.number)
        return
    for person_id in sms_reports.people_of(work.identity, service.keys, entry.number):
        opting_out.say_no(work.identity, service.identity_chain, person_id, at=service.clock())

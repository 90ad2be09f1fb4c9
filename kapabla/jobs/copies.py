"""Copies of somebody's own details: the digits that are asked for, and the sealed copy with answers that the county
ordered."""

import json

from kapabla import bridge
from kapabla.answers import sealed_copy
from kapabla.clock import local_date
from kapabla.identity import copy_code, entry, rights_requests
from kapabla.identity.contact import fold_phone, read_contact
from kapabla.identity.message_texts import copy_code_sms, copy_code_text
from kapabla.identity.people import Person
from kapabla.identity.sending import SENT_TO
from kapabla.jobs.mail import Letter, RefusedByServer, Unclear
from kapabla.jobs.send import mailer_of, may_be_written_to, sms_provider_of
from kapabla.jobs.sms import ShortMessage
from kapabla.keys import unseal
from kapabla.office.access import ROLE_LABELS
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work


def send_copy_code(service: Service, _work: Work, job: Job) -> None:
    """By the address that is registered now. Nothing of what the digits open stands in the mail."""
    digits = unseal(
        service.keys.get("sealing"), bytes.fromhex(job.payload["sealed"]), f"copy_code.{job.payload['job']}"
    )
    with service.vaults.reading() as work:
        person = work.identity.get(Person, job.payload["person"])
        if person is None or not may_be_written_to(person):
            return
        to = getattr(read_contact(service.keys, person), SENT_TO[person.channel])
        way, language = person.channel, person.language
    if not to:
        return
    try:
        if way == "sms":
            text = copy_code_sms(service.material, digits, language=language)
            sms_provider_of(service).send(ShortMessage(fold_phone(to), text))
        else:
            written = copy_code_text(service.material, digits, language=language)
            mailer_of(service).send(Letter(to, written.subject, written.text))
    except (RefusedByServer, Unclear):
        # Whoever asked may ask again.
        return


def make_copy(service: Service, work: Work, job: Job) -> None:
    """Through the bridge, without staff seeing it: within a job cycle of the order."""
    found = entry.find_by_person(work.identity, job.payload["person"])
    if found is None:
        # Erased since: there is nothing left to copy.
        return
    code = copy_code.spoken_code(service.keys, job.payload["request"])
    copy = bridge.own_copy(
        work, service.keys, service.identity_chain, service.material, found, roles=ROLE_LABELS, with_answers=True
    )
    sealed_copy.keep(
        work.answers, bridge.subject_for(service.keys, found), json.dumps(copy, ensure_ascii=False, indent=1),
        code=code, secret=found.secret, on=local_date(service.clock()),
    )  # fmt: skip
    rights_requests.carried_out(
        work.identity, found.person_id, rights_requests.ACCESS, on=local_date(service.clock())
    )  # fmt: skip

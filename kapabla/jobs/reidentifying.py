"""From a number in a release to the participant (`privacy.md` E5.3): by two people with a reason, while the keys live.
It is in three logs, the data protection officer is told, and so is the participant.
"""

from dataclasses import dataclass

from sqlalchemy import select

from kapabla import bridge
from kapabla.answers.placement import ReleaseInclusion
from kapabla.audit import Event
from kapabla.errors import Refused
from kapabla.identity.people import Person
from kapabla.ids import new_id
from kapabla.jobs.mail import Letter, RefusedByServer, Unclear
from kapabla.jobs.send import check_awake, mailer_of
from kapabla.office import approvals, release_register
from kapabla.office.records import outbox
from kapabla.office.releases import ReleaseRecord
from kapabla.office.staff import Staff
from kapabla.outbox import Job
from kapabla.release.pseudonyms import release_id
from kapabla.service import Service
from kapabla.vaults import Work

ACTION, KIND = "reidentify", "reidentification"
TELL_REIDENTIFICATION = "tell_reidentification"
LEAST_REASON = 10
SUBJECT = "Något är gjort som du ska veta om"
TEXT = """Hej!

Två personer har tagit reda på vem som står bakom ett nummer i datautgåvan {release}.
Deras skäl finns i registret, under {approval}. Kontrollera att det var rätt. Det syns också i loggboken.

Hälsningar
{organisation}
"""


@dataclass(frozen=True)
class Asked:
    """Two people, whose one-time codes have been tried, and why."""

    first: Staff
    second: Staff
    reason: str


def reidentify(service: Service, work: Work, release: str, record_id: str, asked: Asked) -> str | None:
    """The participant's number, never the name. None where nobody in the release has that id: logged as well."""
    if len(asked.reason.strip()) < LEAST_REASON:
        raise Refused("reason_too_short", least=LEAST_REASON)
    record = release_register.get(work.office, release)
    _check_keys(service, record)
    approval = _approve(service, work, record, asked)
    person_id = _person_behind(service, work, record, record_id)
    _log(service, work, record, approval, asked, person_id)
    if person_id is None:
        return None
    payload = {"approval": approval, "release": release}
    outbox.put(work.office, TELL_REIDENTIFICATION, payload, key=f"tell:{approval}", at=service.clock())
    return work.identity.get_one(Person, person_id).number


def _check_keys(service: Service, record: ReleaseRecord) -> None:
    for purpose, key_id in (("release", record.id), ("study", record.study)):
        if not service.keys.has(purpose, key_id):
            raise Refused("keys_gone", release=record.id)


def _approve(service: Service, work: Work, record: ReleaseRecord, asked: Asked) -> str:
    """Two different accounts, held by the database as for everything that needs two. The number that was asked about is
    not written down: it would join the office's log with a row of the release."""
    object_ = f"{record.id}/{new_id()}"
    approval = approvals.ask(
        work.office, kind=KIND, object_=object_, staff_id=asked.first.id, at=service.clock()
    )  # fmt: skip
    for member in (asked.first, asked.second):
        approvals.approve(work.office, approval, staff_id=member.id)
    approval.reason = asked.reason.strip()[:200]
    return object_


def _person_behind(service: Service, work: Work, record: ReleaseRecord, record_id: str) -> str | None:
    key = service.keys.get("release", record.id)
    query = select(ReleaseInclusion.subject).where(ReleaseInclusion.release == record.id)
    for subject in work.answers.scalars(query):
        if release_id(key, record.study, subject) == record_id:
            found = bridge.find_by_subject(work, service.keys, record.study, subject)
            return found.person_id if found else None
    return None


def _log(
    service: Service, work: Work, record: ReleaseRecord, approval: str, asked: Asked, person_id: str | None
) -> None:
    """Each of the two in the office's log; in the vault of the person whom it was about, which that person reads; in
    the vault of the answers only that it was done."""
    at, outcome = service.clock(), "done" if person_id else "nobody"
    for member in (asked.first, asked.second):
        event = Event(member.id, member.role, ACTION, f"release:{record.id}", outcome, reason=approval)
        service.office_chain.append(work.office, event, at=at)
        if person_id is not None:
            about = Event(member.id, member.role, ACTION, f"person:{person_id}")
            service.identity_chain.append(work.identity, about, at=at)
    by = asked.first
    event = Event(by.id, by.role, ACTION, f"release:{record.id}", outcome)
    service.answers_chain.append(work.answers, event, at=at, date_only=True)


def tell_reidentification(service: Service, _work: Work, job: Job) -> None:
    """To the data protection officer: that it was done and where to look, never about whom."""
    check_awake(service)
    organisation = service.material.organisation
    text = TEXT.format(
        release=job.payload["release"], approval=job.payload["approval"], organisation=organisation.name
    )  # fmt: skip
    try:
        mailer_of(service).send(Letter(organisation.data_protection_officer.email, SUBJECT, text))
    except (RefusedByServer, Unclear):
        # It stands in the logs all the same; a second copy may not be sent.
        return

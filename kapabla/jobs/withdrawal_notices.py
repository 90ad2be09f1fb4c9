"""How many have left the research since a release was made (`privacy.md` E2.3). The bytes of a locked one stay, and
whoever reads it is told: never who, and never so that a day can be read from it. One that is not locked is given up."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kapabla.answers.consents import OTHER_RESEARCH, RESEARCH, Consent
from kapabla.answers.placement import Placement, ReleaseInclusion
from kapabla.clock import local_date
from kapabla.office import release_register
from kapabla.office.records import outbox
from kapabla.office.releases import ReleaseRecord
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work, table_of

TELL_WITHDRAWALS = "tell_withdrawals"


def order_notices(work: Work, *, at: datetime) -> None:
    """The day's round, where something is handed out."""
    if release_register.locked(work.office):
        outbox.put(work.office, TELL_WITHDRAWALS, {}, key=f"{TELL_WITHDRAWALS}:{local_date(at)}", at=at)


def tell_withdrawals(service: Service, work: Work, _job: Job) -> None:
    """Reads first, so that nobody waits for a lock while consents are counted."""
    with service.vaults.reading() as reading:
        remaining = {
            record.id: _remaining(reading.answers, record) for record in release_register.locked(reading.office)
        }
    for record in release_register.locked(work.office):
        if record.id in remaining:
            number = max((record.people or 0) - remaining[record.id], 0)
            least, on = service.config.min_cell, local_date(service.clock())
            release_register.note_withdrawn(record, number, least=least, on=on)


def give_up_outdated(service: Service) -> None:
    """Before anybody can say yes to it: whoever has left, or is restricted, is handed out by no release that was not
    locked (C2.2, E3.4)."""
    with service.vaults.reading() as reading:
        found = [
            record.id
            for record in release_register.undecided(reading.office)
            if _to_hand_out(reading.answers, record) < (record.people or 0)
        ]
    for name in found:
        with service.vaults.unit() as work:
            release_register.outdated(work.office, release=name, at=service.clock())


def lock_release(service: Service, work: Work, job: Job) -> None:
    lock_or_give_up(service, work, job.payload["release"])


def lock_or_give_up(service: Service, work: Work, name: str) -> str:
    """The release that two have approved, locked in the one transaction that sees everybody in it still there; the
    state that followed. Whoever leaves later leaves a locked release (decision 53)."""
    record = release_register.take(work.office, name)
    if record.state == "approved":
        if _to_hand_out(work.answers, record) < (record.people or 0):
            release_register.outdated(work.office, release=name, at=service.clock())
        else:
            release_register.lock(work.office, name)
            release_register.tell_public(work.office, name, state="locked", at=service.clock())
    return record.state


def _remaining(session: Session, record: ReleaseRecord) -> int:
    """People of the release who have not left: restriction takes nobody out for good."""
    return session.scalar(_still_in(record)) or 0


def _to_hand_out(session: Session, record: ReleaseRecord) -> int:
    """People of the release who would be in one that was built now: what is restricted may be stored, and no more."""
    return session.scalar(_still_in(record).where(table_of(Placement).c.is_restricted.is_(False))) or 0


def _still_in(record: ReleaseRecord) -> Select[int]:
    """How many of the release are not erased, have not left, and say yes in their latest choices."""
    inclusion, placement = table_of(ReleaseInclusion), table_of(Placement)
    query = (
        select(func.count())
        .select_from(inclusion.join(placement, placement.c.subject == inclusion.c.subject))
        .where(inclusion.c.release == record.id, placement.c.left == "none")
    )
    needed = (RESEARCH, OTHER_RESEARCH) if record.purpose == "sharing" else (RESEARCH,)
    for choice in needed:
        given, later = table_of(Consent).alias(), table_of(Consent).alias()
        latest = (
            select(func.max(later.c.number))
            .where(later.c.subject == given.c.subject, later.c.choice == choice)
            .scalar_subquery()
        )
        query = query.where(
            select(given.c.subject)
            .where(
                given.c.subject == inclusion.c.subject, given.c.choice == choice, given.c.number == latest,
                given.c.answer.is_(True),
            )
            .exists()
        )  # fmt: skip
    return query

"""The register of releases: ordered, built, approved by two, locked. What may be done in which state, as a table."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kapabla.audit import Chain, Event
from kapabla.errors import NotFound, Refused
from kapabla.office import approvals
from kapabla.office.records import outbox
from kapabla.office.releases import Download, ReleaseRecord
from kapabla.office.staff import Staff

# How often the number of those who have left is told where too few have left for it to be told by itself.
NOTICE_DAYS = 30
PURPOSES = ("evaluation", "sharing")

ALLOWED = {
    "ordered": {"built", "failed"},
    "failed": set[str](),
    "built": {"approved_once", "refused"},
    "approved_once": {"locked", "refused"},
    "locked": {"retired"},
    "refused": set[str](),
    "retired": set[str](),
}
_AFTER_APPROVAL = {"approved_once": "approved_once", "approved": "locked"}


class WrongState(Refused):
    code = "wrong_state"


def order(
    session: Session, chain: Chain, *, release: str, study: str, purpose: str, is_test: bool, by: Staff, at: datetime
) -> ReleaseRecord:
    """Leave an order to the jobs, which alone may read the answers vault."""
    if purpose not in PURPOSES:
        raise Refused("purpose_unknown", known=", ".join(PURPOSES))
    if session.get(ReleaseRecord, release):
        raise Refused("release_exists", release=release)
    record = ReleaseRecord(
        id=release, study=study, purpose=purpose, is_test=is_test, state="ordered", reason="", ordered_by=by.id
    )
    session.add(record)
    session.flush()
    outbox.put(session, "build_release", {"release": release}, key=f"build:{release}", at=at)
    chain.append(session, Event(by.id, by.role, "release_order", f"release:{release}", reason=purpose), at=at)
    return record


def get(session: Session, release: str) -> ReleaseRecord:
    record = session.get(ReleaseRecord, release)
    if record is None:
        raise NotFound("release_unknown", release=release)
    return record


def take(session: Session, release: str) -> ReleaseRecord:
    """As `get`, held until the transaction ends: who waits for it sees what the other has done."""
    record = session.get(ReleaseRecord, release, with_for_update=True, populate_existing=True)
    if record is None:
        raise NotFound("release_unknown", release=release)
    return record


def all_releases(session: Session) -> Sequence[ReleaseRecord]:
    return _newest_first(session.scalars(select(ReleaseRecord)))


def locked(session: Session) -> Sequence[ReleaseRecord]:
    return _newest_first(session.scalars(select(ReleaseRecord).where(ReleaseRecord.state == "locked")))


def _newest_first(records: Iterable[ReleaseRecord]) -> list[ReleaseRecord]:
    """By the day and number of the order, which are its name: built or not, the tenth of a day after the ninth."""
    return sorted(records, key=lambda record: [int(part) for part in re.findall(r"\d+", record.id)], reverse=True)


def former(session: Session, record: ReleaseRecord) -> ReleaseRecord | None:
    """The newest locked release of the same kind before this one: what it is compared with."""
    kind = (record.study, record.purpose, record.is_test)
    return next((r for r in locked(session) if (r.study, r.purpose, r.is_test) == kind and r.id != record.id), None)


def approvers(session: Session, release: str) -> list[Staff]:
    """Who has approved it so far, the first one first. A yes holds for the manifest whose hash is in the register."""
    approval = approvals.find(session, "release", release)
    given = (approval.first_by, approval.second_by) if approval else ()
    return [session.get_one(Staff, staff_id) for staff_id in given if staff_id]


def built(
    session: Session, record: ReleaseRecord, *, people: int, manifest: dict[str, Any], manifest_hash: str, on: date,
    at: datetime,
) -> None:  # fmt: skip
    _move(record, "built")
    record.people, record.manifest, record.manifest_hash, record.built_on = people, manifest, manifest_hash, on
    approvals.ask(session, kind="release", object_=record.id, staff_id=record.ordered_by, at=at)
    session.flush()


def failed(session: Session, record: ReleaseRecord, reason: str) -> None:
    """The builder withheld the release: it says why, and nothing of it is kept."""
    _move(record, "failed")
    record.reason = reason[:200]
    session.flush()


def approve(session: Session, chain: Chain, *, release: str, by: Staff, at: datetime) -> str:
    """One of two approvals, by two different accounts. Returns the release's state."""
    record = get(session, release)
    approval = approvals.find(session, "release", release)
    if approval is None:
        raise WrongState(release=record.id, state=record.state)
    _move(record, _AFTER_APPROVAL[approvals.approve(session, approval, staff_id=by.id)])
    chain.append(session, Event(by.id, by.role, "release_approve", f"release:{release}", reason=record.state), at=at)
    session.flush()
    return record.state


def refuse(session: Session, chain: Chain, *, release: str, by: Staff, reason: str, at: datetime) -> None:
    record = get(session, release)
    approval = approvals.find(session, "release", release)
    if approval is None:
        raise WrongState(release=record.id, state=record.state)
    approvals.refuse(session, approval, reason=reason[:200])
    _move(record, "refused")
    record.reason = reason[:200]
    chain.append(session, Event(by.id, by.role, "release_refuse", f"release:{release}"), at=at)
    session.flush()


def note_withdrawn(record: ReleaseRecord, number: int, *, least: int, on: date) -> None:
    """How many have left since it was built, told to its readers in steps of `least` people or by the calendar.

    The calendar is that of the release, a month from the last telling whatever has happened: no date in the register
    is the day on which somebody left, and no step tells that one person did.
    """
    since = record.withdrawn_on or record.built_on
    is_step = number - record.withdrawn >= least
    if is_step or (since is not None and on >= since + timedelta(days=NOTICE_DAYS)):
        record.withdrawn, record.withdrawn_on = number, on


def record_download(
    session: Session, chain: Chain, *, record: ReleaseRecord, file: str, sha256: str, by: Staff, at: datetime,
    token_id: str | None = None,
) -> None:  # fmt: skip
    """Every file that leaves makes exactly one row: who, when, which release, which bytes (E6)."""
    if record.state != "locked":
        raise WrongState(state=record.state)
    session.add(Download(staff_id=by.id, release=record.id, file=file, sha256=sha256, token_id=token_id, at=at))
    chain.append(session, Event(by.id, by.role, "release_download", f"release:{record.id}", reason=file), at=at)
    session.flush()


def _move(record: ReleaseRecord, to: str) -> None:
    if to not in ALLOWED[record.state]:
        raise WrongState(release=record.id, state=record.state, wanted=to)
    record.state = to

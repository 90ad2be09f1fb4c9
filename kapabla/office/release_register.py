"""The register of releases: ordered, built, approved by two, locked. What may be done in which state, as a table."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kapabla.audit import Chain, Event
from kapabla.clock import LOCAL, local_date
from kapabla.errors import NotFound, Refused
from kapabla.ids import new_id
from kapabla.office import agreements, approvals
from kapabla.office.access import can
from kapabla.office.records import outbox
from kapabla.office.releases import PARTS, Download, ReleaseRecord, ReleaseUse
from kapabla.office.staff import Staff

# How often the number of those who have left is told where too few have left for it to be told by itself.
NOTICE_DAYS = 30
PURPOSES = ("evaluation", "sharing")
_TRIES = 5
LONGEST_PURPOSE = 200
# The purpose of what a command writes to a folder.
EXPORTED = "kommando"

ALLOWED = {
    "ordered": {"built", "failed"},
    "failed": set[str](),
    "built": {"approved_once", "refused", "failed"},
    "approved_once": {"approved", "refused", "failed"},
    "approved": {"locked", "failed"},
    "locked": {"retired"},
    "refused": set[str](),
    "retired": set[str](),
}
# Whose files are in the store, to be looked at by who approves and by who reads.
WITH_FILES = ("built", "approved_once", "approved", "locked", "retired")
# Built, and not yet to be handed out: whoever leaves ends it. The last are approved by two and wait for the jobs.
UNDECIDED = ("built", "approved_once", "approved")
# Why a release that was built has failed all the same (decision 49).
SOMEBODY_LEFT = "somebody_left"
# Why one could not be protected: what more people who answer may mend. All other reasons are no fault of the people.
TOO_FEW = ("too_few_people", "k_not_reached", "few_blanks")
CLEAR_RELEASE, LOCK_RELEASE, PUBLISH_RESULTS = "clear_release", "lock_release", "publish_results"


class WrongState(Refused):
    code = "wrong_state"


class ReleaseExists(Refused):
    code = "release_exists"


class PurposeMissing(Refused):
    """Whoever fetches the first file of a release says what it is for (R09)."""

    code = "purpose_missing"


class SomebodyLeft(Refused):
    """Whoever has left is handed out by no approval that comes after it."""

    code = "somebody_left"


def order_next(
    session: Session, chain: Chain, *, study: str, purpose: str, is_test: bool, by: Staff, at: datetime, form: str = ""
) -> str:
    """Order the next release of the day, and return its name.

    `form` is the key of the form that it was chosen on: sent again with the same choices it is the same order, and with
    others a new one (decision 19).
    """
    key = f"order:{form}:{study}:{purpose}:{is_test:d}" if form else None
    name = ""
    for _ in range(_TRIES):
        known = outbox.payload_of(session, key) if key else None
        if known is not None:
            return str(known["release"])
        name = f"{local_date(at).isoformat()}-{_count(session) + 1}"
        try:
            with session.begin_nested():
                order(
                    session, chain, release=name, study=study, purpose=purpose, is_test=is_test, by=by, at=at, key=key
                )
        except (IntegrityError, ReleaseExists):
            # Somebody else, or the same form, was first at this very moment.
            continue
        return name
    raise ReleaseExists(release=name)


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ReleaseRecord)) or 0


def order(
    session: Session, chain: Chain, *, release: str, study: str, purpose: str, is_test: bool, by: Staff, at: datetime,
    key: str | None = None,
) -> ReleaseRecord:  # fmt: skip
    """Leave an order to the jobs, which alone may read the answers vault. `key`: its place in the outbox."""
    if purpose not in PURPOSES:
        raise Refused("purpose_unknown", known=", ".join(PURPOSES))
    if session.get(ReleaseRecord, release):
        raise ReleaseExists(release=release)
    record = ReleaseRecord(
        id=release, study=study, purpose=purpose, is_test=is_test, state="ordered", reason="", ordered_by=by.id
    )
    session.add(record)
    session.flush()
    if not outbox.put(session, "build_release", {"release": release}, key=key or f"build:{release}", at=at):
        # The same form was ordered between the look for it and now: what was begun here is rolled back.
        raise ReleaseExists(release=release)
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


def take_with_seen(session: Session, release: str) -> tuple[ReleaseRecord, list[ReleaseRecord]]:
    """As `take`, with all that it must have been held against. Every release of its study's people is held, in one
    order: of two that were built at the same moment, the later one to be registered sees the other."""
    kind = select(ReleaseRecord.study, ReleaseRecord.is_test).where(ReleaseRecord.id == release).subquery()
    held = select(ReleaseRecord).where(ReleaseRecord.study == kind.c.study, ReleaseRecord.is_test == kind.c.is_test)
    locked = held.order_by(ReleaseRecord.id).with_for_update(of=ReleaseRecord)
    session.scalars(locked.execution_options(populate_existing=True)).all()
    record = get(session, release)
    return record, seen(session, record)


def all_releases(session: Session) -> Sequence[ReleaseRecord]:
    return _newest_first(session.scalars(select(ReleaseRecord)))


def undecided(session: Session) -> Sequence[ReleaseRecord]:
    return _newest_first(session.scalars(select(ReleaseRecord).where(ReleaseRecord.state.in_(UNDECIDED))))


def locked(session: Session) -> Sequence[ReleaseRecord]:
    return _newest_first(session.scalars(select(ReleaseRecord).where(ReleaseRecord.state == "locked")))


def newest_evaluation(session: Session, study: str, *, is_test: bool) -> ReleaseRecord | None:
    """What the public is told of."""
    kinds = (study, is_test, "evaluation")
    return next((one for one in locked(session) if (one.study, one.is_test, one.purpose) == kinds), None)


def tell_public(session: Session, release: str, *, state: str, at: datetime) -> None:
    """What everybody may know of a course has to be written anew."""
    outbox.put(session, PUBLISH_RESULTS, {"release": release}, key=f"{PUBLISH_RESULTS}:{release}:{state}", at=at)


def _newest_first(records: Iterable[ReleaseRecord]) -> list[ReleaseRecord]:
    """By the day and number of the order, which are its name: built or not, the tenth of a day after the ninth."""
    return sorted(records, key=_order, reverse=True)


def _order(record: ReleaseRecord) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", record.id)]


def former(session: Session, record: ReleaseRecord) -> ReleaseRecord | None:
    """The newest locked release of the same kind before this one: what it is compared with."""
    kind = (record.study, record.purpose, record.is_test)
    older = (r for r in locked(session) if _order(r) < _order(record))
    return next((r for r in older if (r.study, r.purpose, r.is_test) == kind), None)


def seen(session: Session, record: ReleaseRecord) -> list[ReleaseRecord]:
    """Every other release of the study's people that somebody has seen or may come to see, for whatever purpose: also
    one that was refused, where a file of it had been fetched."""
    has_left = select(Download.id).where(Download.release == ReleaseRecord.id).exists()
    found = session.scalars(
        select(ReleaseRecord).where(
            ReleaseRecord.study == record.study, ReleaseRecord.is_test.is_(record.is_test),
            ReleaseRecord.id != record.id,
            ReleaseRecord.state.in_(WITH_FILES) | has_left,
        )
    )  # fmt: skip
    return _newest_first(found)


def has_left(session: Session, release: str) -> bool:
    """Whether anybody has fetched a file of it."""
    return session.scalar(select(Download.id).where(Download.release == release).limit(1)) is not None


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


def outdated(session: Session, *, release: str, at: datetime) -> None:
    """Somebody in it has left before it was locked. No row of the log tells so: its time would be that of leaving."""
    record, approval = take(session, release), approvals.find(session, "release", release)
    if approval is None or record.state not in UNDECIDED:
        return
    if record.state != "approved":
        approvals.refuse(session, approval, reason=SOMEBODY_LEFT)
    failed(session, record, SOMEBODY_LEFT)
    _clear(session, record, at)


def _clear(session: Session, record: ReleaseRecord, at: datetime) -> None:
    """Its key and files are the jobs' to destroy: no page reaches them."""
    outbox.put(session, CLEAR_RELEASE, {"release": record.id}, key=f"clear:{record.id}", at=at)


def approve(session: Session, chain: Chain, *, release: str, by: Staff, at: datetime) -> str:
    """One of two approvals, by two different accounts. Returns the release's state. After the second the jobs lock it,
    who alone can see whether everybody in it is still there (decision 53)."""
    record = take(session, release)
    if record.state == "failed" and record.reason == SOMEBODY_LEFT:
        raise SomebodyLeft(release=record.id)
    approval = approvals.find(session, "release", release)
    if approval is None:
        raise WrongState(release=record.id, state=record.state)
    _move(record, approvals.approve(session, approval, staff_id=by.id))
    if record.state == "approved":
        outbox.put(session, LOCK_RELEASE, {"release": record.id}, key=f"lock:{record.id}", at=at)
    chain.append(session, Event(by.id, by.role, "release_approve", f"release:{release}", reason=record.state), at=at)
    session.flush()
    return record.state


def lock(session: Session, release: str) -> None:
    """What two have approved is handed out from now on, in the very bytes that they approved."""
    _move(take(session, release), "locked")
    session.flush()


def refuse(session: Session, chain: Chain, *, release: str, by: Staff, reason: str, at: datetime) -> None:
    """Somebody's no, with why. The row stays; what was built is destroyed."""
    record = take(session, release)
    approval = approvals.find(session, "release", release)
    if approval is None:
        raise WrongState(release=record.id, state=record.state)
    approvals.refuse(session, approval, reason=reason[:200])
    _move(record, "refused")
    record.reason = reason[:200]
    _clear(session, record, at)
    chain.append(session, Event(by.id, by.role, "release_refuse", f"release:{release}"), at=at)
    session.flush()


def retire(session: Session, chain: Chain, *, release: str, by: Staff, at: datetime) -> None:
    """Take back a locked release: from now on no file of it leaves and its keys read nothing. What has left has left;
    the register tells to whom. Its own key and files stay, for later releases to be compared with it."""
    _move(take(session, release), "retired")
    tell_public(session, release, state="retired", at=at)
    chain.append(session, Event(by.id, by.role, "release_retire", f"release:{release}"), at=at)
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


def say_purpose(session: Session, *, record: ReleaseRecord, by: Staff, purpose: str, at: datetime) -> None:
    """What somebody uses a release for, said before their first file of it. Raises as `check_download`."""
    _, said = check_download(session, record=record, by=by, at=at, purpose=purpose)
    try:
        with session.begin_nested():
            session.merge(ReleaseUse(staff_id=by.id, release=record.id, purpose=said))
    except IntegrityError:
        # The same form at the same moment: it has been said.
        return


def purpose_of(session: Session, record: ReleaseRecord, by: Staff) -> str:
    """What somebody has said that they use the release for. Empty: not yet."""
    said = session.get(ReleaseUse, (by.id, record.id))
    if said is not None:
        return said.purpose
    # Asked before it was kept by itself: then it stands in what was fetched.
    query = (
        select(Download.purpose)
        .where(Download.staff_id == by.id, Download.release == record.id, Download.purpose != "")
        .order_by(Download.at.desc(), Download.id)
    )
    return session.scalar(query.limit(1)) or ""


def check_download(
    session: Session, *, record: ReleaseRecord, by: Staff, at: datetime, purpose: str = ""
) -> tuple[str, str]:
    """The agreement that somebody may have a file under, and what it is for. Whoever approves may look at the files of
    a release that waits. Raises `NoAgreement` where there is none that lasts, and then `PurposeMissing`."""
    may_look = record.state in UNDECIDED and can(by.role, "approve_release")
    if record.state != "locked" and not may_look:
        raise WrongState(state=record.state)
    agreement = agreements.check_agreement(session, by, on=local_date(at))
    purpose = purpose.strip() or purpose_of(session, record, by)
    if not purpose:
        raise PurposeMissing(release=record.id)
    return agreement, purpose[:LONGEST_PURPOSE]


def record_download(
    session: Session, chain: Chain, *, record: ReleaseRecord, file: str, sha256: str, by: Staff, at: datetime,
    purpose: str = "", format: str = "", rows: int | None = None, download_id: str | None = None,
    token_id: str | None = None,
) -> None:  # fmt: skip
    """Every file that leaves makes exactly one row: who, under which agreement and what for, which release and bytes
    (E6).

    `download_id`: where the file's name already carries it. `token_id`: where it left through the API. Raises as
    `check_download`.
    """
    agreement, purpose = check_download(session, record=record, by=by, at=at, purpose=purpose)
    session.add(
        Download(
            id=download_id or new_id(), staff_id=by.id, release=record.id, file=file, sha256=sha256, at=at,
            agreement=agreement, purpose=purpose, format=format, rows=rows, token_id=token_id,
        )
    )  # fmt: skip
    chain.append(session, Event(by.id, by.role, "release_download", f"release:{record.id}", reason=file), at=at)
    session.flush()


def record_export(
    session: Session,
    chain: Chain,
    *,
    record: ReleaseRecord,
    what: str,
    rows: int | None,
    by: Staff | None,
    at: datetime,
) -> None:
    """A folder that a command writes: one row of the register, as for any download. Where nobody is named it is
    nobody's, and the log says `cli`: who runs the machine is known there and not to us."""
    if record.state != "locked":
        raise WrongState(release=record.id, state=record.state, wanted="locked")
    file, sha256 = f"{record.id}/{what}", record.manifest_hash or ""
    if by is not None:
        purpose = purpose_of(session, record, by) or EXPORTED
        record_download(
            session, chain, record=record, file=file, sha256=sha256, by=by, at=at, format="folder", rows=rows,
            purpose=purpose,
        )  # fmt: skip
        return
    session.add(
        Download(release=record.id, file=file[:80], sha256=sha256, at=at, format="folder", rows=rows, purpose=EXPORTED)
    )
    chain.append(session, Event("cli", "", "release_download", f"release:{record.id}", reason=what), at=at)
    session.flush()


def record_part(
    session: Session, chain: Chain, *, record: ReleaseRecord, sha256: str, rows: int, by: Staff, token_id: str,
    purpose: str, at: datetime,
) -> None:  # fmt: skip
    """What leaves through the API in parts is one row a key and day: the rows of all parts, and a hash over theirs.

    A client that reads a release in batches takes as much as one that reads it at once. Call after the key's use has
    been counted: that row is locked, so of two parts at the same moment none is lost.
    """
    midnight = datetime.combine(local_date(at), time.min, LOCAL).astimezone(UTC)
    today = session.scalar(
        select(Download)
        .where(Download.token_id == token_id, Download.file == PARTS, Download.at >= midnight)
        .execution_options(populate_existing=True)
    )
    if today is None:
        record_download(
            session, chain, record=record, file=PARTS, sha256=sha256, by=by, at=at, format="api", rows=rows,
            token_id=token_id, purpose=purpose,
        )  # fmt: skip
        return
    today.rows = (today.rows or 0) + rows
    today.sha256 = hashlib.sha256(f"{today.sha256}{sha256}".encode()).hexdigest()
    session.flush()


def downloads(
    session: Session, *, by: Staff | None = None, release: str | None = None
) -> Sequence[tuple[Download, Staff | None, ReleaseRecord]]:
    """What has left, the latest first: all, or one person's, or of one release. With whose it is (None: a command's)
    and of what."""
    query = (
        select(Download, Staff, ReleaseRecord)
        .outerjoin(Staff, Staff.id == Download.staff_id)
        .join(ReleaseRecord, ReleaseRecord.id == Download.release)
        .order_by(Download.at.desc(), Download.id)
    )
    if by is not None:
        query = query.where(Download.staff_id == by.id)
    if release is not None:
        query = query.where(Download.release == release)
    return [(download, member, record) for download, member, record in session.execute(query)]


def _move(record: ReleaseRecord, to: str) -> None:
    if to not in ALLOWED[record.state]:
        raise WrongState(release=record.id, state=record.state, wanted=to)
    record.state = to

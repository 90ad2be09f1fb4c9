"""A year of promises on its way out: asked for, signed by municipality and police, published by the jobs.

What is signed is the very document that citizens will read: it is made when the signatures are asked for, and from then
on it stands as it is (I5, I7)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from sqlalchemy import JSON, Date, DateTime, ForeignKey, Integer, Select, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.audit import Chain
from kapabla.clock import LOCAL, local_date
from kapabla.errors import NotFound, Refused
from kapabla.ids import new_id
from kapabla.material.promise_editions import (
    Edition,
    PublishedActivity,
    PublishedAgreement,
    PublishedFeedback,
    PublishedObservation,
    PublishedPromise,
    Source,
    from_bytes,
    to_bytes,
)
from kapabla.office import approvals
from kapabla.office.promise_series import Shelf, find_published, series_of
from kapabla.office.promises import (
    CitizenPromise,
    CycleRecord,
    Followup,
    activities_of,
    feedback_of,
    followup_of,
    observations_of,
    promises_of,
    sources_of,
    trace,
)
from kapabla.office.records import outbox
from kapabla.office.staff import Staff
from kapabla.vaults import OfficeBase

APPROVAL_KIND = "public_page"
PUBLISH_PROMISES = "publish_promises"
# Those who are to sign, and the editor when one of them wants something changed.
TELL_SIGNATORY, TELL_EDITOR = "tell_signatory", "tell_promise_editor"
# Whoever has not signed by then is told once more.
REMIND_AFTER = timedelta(days=7)
SIGNATORIES = ("signatory_municipality", "signatory_police")
ALLOWED = {
    "asked": {"signed_once", "refused", "withdrawn"},
    "signed_once": {"signed", "refused", "withdrawn"},
    "signed": {"published", "failed", "withdrawn"},
    "published": set[str](),
    "refused": set[str](),
    "withdrawn": set[str](),
    "failed": set[str](),
}
LONGEST_REASON = 400
ON_THE_WAY = ("asked", "signed_once", "signed")


class PromiseEdition(OfficeBase):
    """`document` as it is signed and published; `signatures` the day of each by role. `state`: a key of `ALLOWED`."""

    __tablename__ = "promise_edition"
    __table_args__ = {"info": {"retention": "register"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("promise_cycle.id"), index=True)
    year: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    document: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    publish_on: Mapped[date] = mapped_column(Date)
    signatures: Mapped[dict[str, str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    asked_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @property
    def edition(self) -> Edition:
        return from_bytes(self.document.encode())


class EditionDraft(OfficeBase):
    """What goes with the next version of a year, until it is published: its day, and what it puts right."""

    __tablename__ = "edition_draft"
    __table_args__ = {"info": {"retention": "register"}}

    cycle_id: Mapped[str] = mapped_column(ForeignKey("promise_cycle.id", ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    publish_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, default="")


class WrongState(Refused):
    code = "wrong_state"


class OnTheWay(Refused):
    """One edition at a time of a year: two that wait would overtake each other."""

    code = "edition_on_the_way"


class NotReady(Refused):
    """Something has to be there first. `faults`: code, and the number of the promise or 0."""

    code = "not_ready"

    def __init__(self, faults: Sequence[tuple[str, int]]) -> None:
        super().__init__(count=len(faults))
        self.faults = tuple(faults)


class NotYours(Refused):
    """Another municipality's matter, or one that this side has signed already."""

    code = "not_yours"


def get(session: Session, edition_id: str) -> PromiseEdition:
    found = session.get(PromiseEdition, edition_id)
    if found is None:
        raise NotFound("no_such_edition")
    return found


def editions_of(session: Session, cycle: CycleRecord) -> Sequence[PromiseEdition]:
    """The newest first."""
    query = select(PromiseEdition).where(PromiseEdition.cycle_id == cycle.id)
    newest = query.order_by(PromiseEdition.year.desc(), PromiseEdition.asked_at.desc(), PromiseEdition.id)
    return session.scalars(newest).all()


def edition_draft(session: Session, cycle: CycleRecord, year: int) -> EditionDraft:
    """As it was saved last, or blank."""
    found = session.get(EditionDraft, (cycle.id, year))
    return found or EditionDraft(cycle_id=cycle.id, year=year, publish_on=None, note="")


def latest_published(session: Session, cycle: CycleRecord, year: int) -> PromiseEdition | None:
    found = (one for one in editions_of(session, cycle) if one.year == year and one.state == "published")
    return max(found, key=lambda one: one.version, default=None)


def faults_of(
    session: Session, cycle: CycleRecord, year: int, *, shelf: Shelf, note: str, on: date
) -> list[tuple[str, int]]:
    """What stops the asking: all of it at once."""
    promises, faults = promises_of(session, cycle), list[tuple[str, int]]()
    if not promises:
        faults.append(("no_promises", 0))
    if cycle.status == "draft":
        faults.append(("draft", 0))
    if not cycle.is_signed_earlier and not (cycle.signed_on and cycle.signed_by and cycle.source):
        faults.append(("agreement", 0))
    if year > on.year:
        faults.append(("future", 0))
    if latest_published(session, cycle, year) and not note:
        faults.append(("note", 0))
    if not cycle.is_signed_earlier:
        faults += [(lacking, promise.number) for promise in promises for lacking in promise.lacking]
    for promise in promises:
        lost = [one for one in series_of(session, promise) if find_published(one, cycle.municipality, shelf) is None]
        faults += [("series", promise.number)] * bool(lost)
    found = [(promise, followup_of(session, promise, year)) for promise in promises]
    if any(one and one.verdict for _, one in found):
        for promise, one in found:
            faults += [(fault, promise.number) for fault in _faults_of_followup(one, is_over=year < on.year)]
    return faults


def _faults_of_followup(one: Followup | None, *, is_over: bool) -> Iterator[str]:
    """That nobody followed a promise up is a thing to say too, with its reason, of a year that is over."""
    if one is None or not one.verdict:
        yield "verdict"
    elif one.verdict == "no_followup":
        if not is_over:
            yield "not_over"
        if not one.reason:
            yield "no_followup"
    else:
        if one.verdict == "cannot_judge" and not one.reason:
            yield "reason"
        if not one.feedback:
            yield "feedback"


def draft_of(session: Session, cycle: CycleRecord, year: int, *, shelf: Shelf, note: str = "") -> Edition:
    """The year as it would be published now. The same text once more is the same document."""
    former = latest_published(session, cycle, year)
    return Edition(
        municipality=cycle.municipality, from_year=cycle.from_year, to_year=cycle.to_year, year=year,
        version=former.version + 1 if former else 1, status=cycle.status, source=cycle.source, note=note,
        agreement=PublishedAgreement(
            purpose=cycle.purpose or None, signed_on=cycle.signed_on, signed_in=cycle.signed_in or None,
            signed_by=tuple(cycle.signed_by.splitlines()), from_on=cycle.from_on, to_on=cycle.to_on,
            prolonged_until_replaced=cycle.prolonged_until_replaced, feedback=tuple(cycle.feedback.splitlines()),
        ),
        picture=tuple(
            Source(summary=one.summary, kind=one.kind, as_of=one.as_of, link=one.link)
            for one in sources_of(session, cycle)
        ),
        promises=tuple(_promise(session, cycle, one, year, shelf) for one in promises_of(session, cycle)),
        told=tuple(
            PublishedFeedback(year=one.year, channel=one.channel, told_on=one.told_on, link=one.link)
            for one in feedback_of(session, cycle)
            if one.year <= year
        ),
    )  # fmt: skip


def _promise(
    session: Session, cycle: CycleRecord, promise: CitizenPromise, year: int, shelf: Shelf
) -> PublishedPromise:
    followup = followup_of(session, promise, year)
    said = followup if followup and followup.verdict else None
    return PublishedPromise(
        number=promise.number, title=promise.title, text=promise.text, problem=promise.problem or None,
        causes=promise.causes or None, owner=promise.owner or None, indicator=promise.indicator or None,
        baseline=promise.baseline or None, target=promise.target or None, due_on=promise.due_on,
        course=promise.course or None,
        activities=tuple(
            PublishedActivity(
                title=one.title, owner=one.owner, status=one.status, starts_on=one.starts_on, due_on=one.due_on,
                evidence=one.evidence, link=one.link,
            )
            for one in activities_of(session, promise)
        ),
        observations=tuple(
            PublishedObservation(period=one.period, value=one.value, source=one.source, retrieved_on=one.retrieved_on)
            for one in observations_of(session, promise)
        ),
        series=tuple(
            published
            for one in series_of(session, promise)
            if (published := find_published(one, cycle.municipality, shelf))
        ),
        verdict=(said.verdict if said else None) or "no_followup",
        reason=(said.reason if said else "") or None,
        feedback=(said.feedback if said else "") or None,
    )  # fmt: skip


def ask(
    session: Session, chain: Chain, cycle: CycleRecord, year: int, *, publish_on: date, note: str, shelf: Shelf,
    by: Staff, at: datetime,
) -> PromiseEdition:  # fmt: skip
    """From here on the document stands as it is: it is what the two sign."""
    if any(one.year == year and one.state in ON_THE_WAY for one in editions_of(session, cycle)):
        raise OnTheWay(year=year)
    faults = faults_of(session, cycle, year, shelf=shelf, note=note, on=local_date(at))
    if faults:
        raise NotReady(faults)
    edition = draft_of(session, cycle, year, shelf=shelf, note=note)
    body = to_bytes(edition)
    asked = PromiseEdition(
        id=new_id(), cycle_id=cycle.id, year=year, version=edition.version, document=body.decode(),
        sha256=sha256(body).hexdigest(), state="asked", publish_on=publish_on, signatures={}, reason="",
        asked_by=by.id, asked_at=at,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    approvals.ask(session, kind=APPROVAL_KIND, object_=asked.id, staff_id=by.id, at=at)
    for signatory in session.scalars(_signatories(local_date(at))):
        if may_sign(asked, signatory):
            given = {"edition": asked.id, "staff": signatory.id}
            for turn, day in enumerate((at, at + REMIND_AFTER), 1):
                outbox.put(session, TELL_SIGNATORY, given, key=f"sign:{asked.id}:{signatory.id}:{turn}", at=day)
    trace(session, chain, "promise_ask", f"edition:{asked.id}", by=by, at=at)
    return asked


def _signatories(on: date) -> Select[Staff]:
    """Accounts that have signed up, have not ended, and may sign."""
    return select(Staff).where(Staff.role.in_(SIGNATORIES), Staff.ends_on >= on, Staff.sign_up_hash.is_(None))


def awaited_signatory(session: Session, edition_id: str, staff_id: str, *, on: date) -> Staff | None:
    """The account, if its signature is still waited for."""
    edition = session.get(PromiseEdition, edition_id)
    found = session.scalar(_signatories(on).where(Staff.id == staff_id))
    return found if edition and found and may_sign(edition, found) else None


def may_sign(edition: PromiseEdition, by: Staff) -> bool:
    return (
        by.role in SIGNATORIES and edition.state in ("asked", "signed_once") and by.role not in edition.signatures
        and is_of(edition, by)
    )  # fmt: skip


def is_of(edition: PromiseEdition, by: Staff) -> bool:
    """Whoever signs for a municipality signs for that one. The police are one for several, or for the whole county."""
    if by.municipality is None:
        return by.role == "signatory_police"
    return by.municipality == edition.edition.municipality


def for_signatory(session: Session, by: Staff) -> list[PromiseEdition]:
    """What this account may see: what it is to sign first, then what is or was under way."""
    newest = select(PromiseEdition).order_by(PromiseEdition.asked_at.desc(), PromiseEdition.id)
    found = [one for one in session.scalars(newest) if is_of(one, by)]
    return sorted(found, key=lambda one: not may_sign(one, by))


def sign(session: Session, chain: Chain, edition: PromiseEdition, *, by: Staff, at: datetime) -> None:
    """One of two signatures, one by each side. The second leaves the publishing to the jobs, on its day."""
    session.refresh(edition, with_for_update=True)  # the other side may be signing at this very moment
    if not may_sign(edition, by):
        raise NotYours(edition=edition.id)
    state = approvals.approve(session, _approval(session, edition), staff_id=by.id)
    _move(edition, "signed" if state == "approved" else "signed_once")
    edition.signatures = edition.signatures | {by.role: local_date(at).isoformat()}
    if edition.state == "signed":
        day = datetime.combine(edition.publish_on, time(), LOCAL)
        given = {"edition": edition.id}
        outbox.put(session, PUBLISH_PROMISES, given, key=f"{PUBLISH_PROMISES}:{edition.id}", at=max(at, day))
    trace(session, chain, "promise_sign", f"edition:{edition.id}", by=by, at=at)


def refuse(session: Session, chain: Chain, edition: PromiseEdition, *, by: Staff, reason: str, at: datetime) -> None:
    """Not as it stands: the editor reads why, mends it and asks anew."""
    if not may_sign(edition, by):
        raise NotYours(edition=edition.id)
    approvals.refuse(session, _approval(session, edition), reason=reason[:200])
    _move(edition, "refused")
    edition.reason = reason
    outbox.put(session, TELL_EDITOR, {"edition": edition.id}, key=f"{TELL_EDITOR}:{edition.id}", at=at)
    trace(session, chain, "promise_refuse", f"edition:{edition.id}", by=by, at=at)


def withdraw(session: Session, chain: Chain, edition: PromiseEdition, *, by: Staff, at: datetime) -> None:
    """The editor takes it back before its day."""
    _move(edition, "withdrawn")
    approval = _approval(session, edition)
    if approval.state in ("asked", "approved_once"):
        approvals.refuse(session, approval, reason="withdrawn")
    trace(session, chain, "promise_withdraw", f"edition:{edition.id}", by=by, at=at)


def approval_id(session: Session, edition: PromiseEdition) -> str:
    return _approval(session, edition).id


def finish(session: Session, edition: PromiseEdition, state: str) -> None:
    """The jobs tell how the publishing went. What was written for this version is not of the next one."""
    _move(edition, state)
    if state == "published":
        of_year = (EditionDraft.cycle_id == edition.cycle_id, EditionDraft.year == edition.year)
        session.execute(delete(EditionDraft).where(*of_year))
    session.flush()


def _approval(session: Session, edition: PromiseEdition) -> approvals.Approval:
    found = approvals.find(session, APPROVAL_KIND, edition.id)
    if found is None:
        raise WrongState(edition=edition.id, state=edition.state)
    return found


def _move(edition: PromiseEdition, to: str) -> None:
    if to not in ALLOWED[edition.state]:
        raise WrongState(edition=edition.id, state=edition.state, wanted=to)
    edition.state = to

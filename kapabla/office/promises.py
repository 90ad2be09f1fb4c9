"""The cycle of the citizen promises as the editor keeps it: period and agreement, situation picture, promises with what
is measured and done, and the yearly follow-up. What citizens read are editions of it (`promise_editions`)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.audit import Chain, Event
from kapabla.errors import NotFound, Refused
from kapabla.ids import new_id
from kapabla.material.promise_editions import ActivityStatus, Channel, CycleStatus, SourceKind, Verdict
from kapabla.material.promises import PromiseCycle
from kapabla.office.staff import Staff
from kapabla.vaults import OfficeBase

_REGISTER = {"info": {"retention": "register"}}
# From a status to those that may follow. A period that was closed stays closed.
ALLOWED: dict[CycleStatus, set[CycleStatus]] = {
    "draft": {"active"},
    "active": {"prolonged", "closed"},
    "prolonged": {"closed"},
    "closed": set[CycleStatus](),
}
# An activity that nobody needs to ask about any more.
SETTLED = ("done", "cancelled")


class CycleRecord(OfficeBase):
    """The promises of a municipality and a period, with their agreement. `status`: a key of `ALLOWED`."""

    __tablename__ = "promise_cycle"
    __table_args__ = (UniqueConstraint("municipality", "from_year", name="uq_promise_cycle_period"), _REGISTER)

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    municipality: Mapped[str] = mapped_column(String(4))
    from_year: Mapped[int] = mapped_column(Integer)
    to_year: Mapped[int] = mapped_column(Integer)
    status: Mapped[CycleStatus] = mapped_column(String(10), default="draft")
    # An agreement of before, taken from its file: what it lacks is missing, and stops no publication (I2).
    is_signed_earlier: Mapped[bool] = mapped_column(Boolean, default=False)
    source: Mapped[str] = mapped_column(String(200), default="")
    purpose: Mapped[str] = mapped_column(Text, default="")
    signed_on: Mapped[date | None] = mapped_column(Date)
    signed_in: Mapped[str] = mapped_column(String(80), default="")
    signed_by: Mapped[str] = mapped_column(String(400), default="")  # offices, one a line
    from_on: Mapped[date | None] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date)
    prolonged_until_replaced: Mapped[bool] = mapped_column(Boolean, default=False)
    feedback: Mapped[str] = mapped_column(
        Text, default=""
    )  # ways that residents are promised to be told by, one a line

    @property
    def years(self) -> str:
        return f"{self.from_year}–{self.to_year}"


class SituationSource(OfficeBase):
    """One ground of the joint situation picture, and the day that it is of. What a file lacks is blank."""

    __tablename__ = "situation_source"
    __table_args__ = _REGISTER

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("promise_cycle.id", ondelete="CASCADE"), index=True)
    kind: Mapped[SourceKind | None] = mapped_column(String(20))
    as_of: Mapped[date | None] = mapped_column(Date)
    summary: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(300), default="")


class CitizenPromise(OfficeBase):
    """A focus area with its problem and causes, and what is promised of it. What is not known is blank."""

    __tablename__ = "citizen_promise"
    __table_args__ = (UniqueConstraint("cycle_id", "number", name="uq_citizen_promise_number"), _REGISTER)

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("promise_cycle.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(120))
    problem: Mapped[str] = mapped_column(Text, default="")
    causes: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(String(120), default="")
    indicator: Mapped[str] = mapped_column(String(200), default="")
    baseline: Mapped[str] = mapped_column(String(200), default="")
    target: Mapped[str] = mapped_column(String(200), default="")
    due_on: Mapped[date | None] = mapped_column(Date)
    course: Mapped[str] = mapped_column(String(40), default="")  # of the training that carries it out

    @property
    def lacking(self) -> tuple[str, ...]:
        """What has to be there before anything is published (I2)."""
        return tuple(name for name in ("text", "owner", "indicator", "target", "due_on") if not getattr(self, name))


class Observation(OfficeBase):
    """A value of the indicator, with where it is from and the day that it was fetched."""

    __tablename__ = "observation"
    __table_args__ = _REGISTER

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    promise_id: Mapped[str] = mapped_column(ForeignKey("citizen_promise.id", ondelete="CASCADE"), index=True)
    period: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(200))
    retrieved_on: Mapped[date] = mapped_column(Date)


class Activity(OfficeBase):
    """`status`: planned, ongoing, done, delayed or cancelled."""

    __tablename__ = "activity"
    __table_args__ = _REGISTER

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    promise_id: Mapped[str] = mapped_column(ForeignKey("citizen_promise.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    owner: Mapped[str] = mapped_column(String(120))
    status: Mapped[ActivityStatus] = mapped_column(String(10))
    starts_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    evidence: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(300), default="")


class Followup(OfficeBase):
    """What the two say together of a promise and a year, until it is asked to be signed."""

    __tablename__ = "followup"
    __table_args__ = _REGISTER

    promise_id: Mapped[str] = mapped_column(ForeignKey("citizen_promise.id", ondelete="CASCADE"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    verdict: Mapped[Verdict | None] = mapped_column(String(14))
    reason: Mapped[str] = mapped_column(Text, default="")
    feedback: Mapped[str] = mapped_column(Text, default="")


class FeedbackItem(OfficeBase):
    """A way that residents, or those who do the work, were told how a year went, and the day."""

    __tablename__ = "feedback_item"
    __table_args__ = _REGISTER

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("promise_cycle.id", ondelete="CASCADE"), index=True)
    year: Mapped[int] = mapped_column(Integer)
    channel: Mapped[Channel] = mapped_column(String(10))
    told_on: Mapped[date] = mapped_column(Date)
    link: Mapped[str] = mapped_column(String(300), default="")


class CouncilMeeting(OfficeBase):
    """A meeting that the promises are on the agenda of: the crime prevention council, or the municipality's own."""

    __tablename__ = "council_meeting"
    __table_args__ = _REGISTER

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    cycle_id: Mapped[str] = mapped_column(ForeignKey("promise_cycle.id", ondelete="CASCADE"), index=True)
    held_on: Mapped[date] = mapped_column(Date)
    council: Mapped[str] = mapped_column(String(120))
    agenda: Mapped[str] = mapped_column(Text)
    is_over: Mapped[bool] = mapped_column(Boolean, default=False)


class CycleExists(Refused):
    """The municipality has a period that begins that year."""

    code = "cycle_exists"


class StepNotAllowed(Refused):
    """From where the period stands it cannot go there."""

    code = "step_not_allowed"


def trace(session: Session, chain: Chain, action: str, object_: str, *, by: Staff, at: datetime) -> None:
    chain.append(session, Event(by.id, by.role, action, object_), at=at)
    session.flush()


def all_cycles(session: Session) -> Sequence[CycleRecord]:
    """By municipality, the newest period first."""
    newest = select(CycleRecord).order_by(CycleRecord.municipality, CycleRecord.from_year.desc())
    return session.scalars(newest).all()


def get_cycle(session: Session, cycle_id: str) -> CycleRecord:
    found = session.get(CycleRecord, cycle_id)
    if found is None:
        raise NotFound("no_such_cycle")
    return found


def find_cycle(session: Session, municipality: str, from_year: int) -> CycleRecord | None:
    return session.scalar(
        select(CycleRecord).where(CycleRecord.municipality == municipality, CycleRecord.from_year == from_year)
    )


def former_of(session: Session, cycle: CycleRecord) -> CycleRecord | None:
    """The period before it in the same municipality."""
    earlier = select(CycleRecord).where(
        CycleRecord.municipality == cycle.municipality, CycleRecord.from_year < cycle.from_year
    )
    return session.scalar(earlier.order_by(CycleRecord.from_year.desc()).limit(1))


def sources_of(session: Session, cycle: CycleRecord) -> Sequence[SituationSource]:
    query = select(SituationSource).where(SituationSource.cycle_id == cycle.id)
    return session.scalars(query.order_by(SituationSource.as_of.desc(), SituationSource.kind, SituationSource.id)).all()


def promises_of(session: Session, cycle: CycleRecord) -> Sequence[CitizenPromise]:
    query = select(CitizenPromise).where(CitizenPromise.cycle_id == cycle.id)
    return session.scalars(query.order_by(CitizenPromise.number)).all()


def activities_of(session: Session, promise: CitizenPromise) -> Sequence[Activity]:
    query = select(Activity).where(Activity.promise_id == promise.id)
    return session.scalars(query.order_by(Activity.due_on, Activity.title, Activity.id)).all()


def observations_of(session: Session, promise: CitizenPromise) -> Sequence[Observation]:
    query = select(Observation).where(Observation.promise_id == promise.id)
    return session.scalars(query.order_by(Observation.period, Observation.retrieved_on, Observation.id)).all()


def meetings_of(session: Session, cycle: CycleRecord) -> Sequence[CouncilMeeting]:
    query = select(CouncilMeeting).where(CouncilMeeting.cycle_id == cycle.id)
    return session.scalars(query.order_by(CouncilMeeting.held_on, CouncilMeeting.id)).all()


def feedback_of(session: Session, cycle: CycleRecord) -> Sequence[FeedbackItem]:
    query = select(FeedbackItem).where(FeedbackItem.cycle_id == cycle.id)
    return session.scalars(query.order_by(FeedbackItem.year, FeedbackItem.told_on, FeedbackItem.id)).all()


def followup_of(session: Session, promise: CitizenPromise, year: int) -> Followup | None:
    return session.get(Followup, (promise.id, year))


def create_cycle(
    session: Session, chain: Chain, *, municipality: str, from_year: int, to_year: int,
    files: Iterable[PromiseCycle], by: Staff, at: datetime,
) -> CycleRecord:  # fmt: skip
    """A draft, with the focus areas of the period before: what was promised of them is written anew. What is agreed
    before and only on file is taken in first, so that there is something to take over."""
    before = [file for file in files if file.municipality == municipality and file.from_year <= from_year]
    if find_cycle(session, municipality, from_year) or any(file.from_year == from_year for file in before):
        raise CycleExists(municipality=municipality, year=from_year)
    for file in before:
        if not find_cycle(session, municipality, file.from_year):
            take_in(session, chain, file, by=by, at=at)
    cycle = CycleRecord(id=new_id(), municipality=municipality, from_year=from_year, to_year=to_year, status="draft")
    session.add(cycle)
    session.flush()
    former = former_of(session, cycle)
    for one in promises_of(session, former) if former else ():
        kept = {"number": one.number, "title": one.title, "problem": one.problem, "causes": one.causes}
        session.add(CitizenPromise(cycle_id=cycle.id, owner=one.owner, course=one.course, **kept))
    trace(session, chain, "promise_cycle_add", f"cycle:{cycle.id}", by=by, at=at)
    return cycle


def take_in(session: Session, chain: Chain, file: PromiseCycle, *, by: Staff, at: datetime) -> CycleRecord:
    """An agreement of before as it stands on file, so that it can be followed up. Nothing is added to it."""
    if find_cycle(session, file.municipality, file.from_year):
        raise CycleExists(municipality=file.municipality, year=file.from_year)
    signed = file.agreement
    cycle = CycleRecord(
        id=new_id(), municipality=file.municipality, from_year=file.from_year, to_year=file.to_year,
        status=file.status, is_signed_earlier=True, source=file.source, signed_on=signed.signed_on,
        signed_in=signed.signed_in, signed_by="\n".join(office.sv for office in signed.signed_by),
        from_on=signed.from_on, to_on=signed.to_on, prolonged_until_replaced=signed.prolonged_until_replaced,
        feedback="\n".join(way.sv for way in signed.feedback),
    )  # fmt: skip
    session.add(cycle)
    session.flush()
    session.add_all(SituationSource(cycle_id=cycle.id, summary=text.sv) for text in file.basis)
    session.add_all(
        CitizenPromise(
            cycle_id=cycle.id, number=one.number, title=one.title.sv, text=one.text.sv, course=one.course or ""
        )
        for one in file.promises
    )
    trace(session, chain, "promise_cycle_take_in", f"cycle:{cycle.id}", by=by, at=at)
    return cycle


def move(session: Session, chain: Chain, cycle: CycleRecord, to: str, *, by: Staff, at: datetime) -> None:
    """A period that becomes active takes over: the one before it is closed."""
    allowed = next((status for status in ALLOWED[cycle.status] if status == to), None)
    if allowed is None:
        raise StepNotAllowed(status=cycle.status, wanted=to)
    cycle.status = allowed
    former = former_of(session, cycle)
    if to == "active" and former is not None and former.status != "closed":
        former.status = "closed"
        trace(session, chain, "promise_cycle_closed", f"cycle:{former.id}", by=by, at=at)
    trace(session, chain, f"promise_cycle_{to}", f"cycle:{cycle.id}", by=by, at=at)

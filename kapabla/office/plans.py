"""Analysis plans that are frozen: by two people, with hash and time, before anybody real has answered (G7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import DateTime, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.audit import Chain, Event
from kapabla.errors import Refused
from kapabla.ids import new_id
from kapabla.office import approvals
from kapabla.office.staff import Staff
from kapabla.vaults import OfficeBase

KIND = "analysis_plan"


class FrozenPlan(OfficeBase):
    """`hash` names the document in the published store. Never changed; what is frozen later stands beside it."""

    __tablename__ = "frozen_plan"
    __table_args__ = {"info": {"retention": "register"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    study: Mapped[str] = mapped_column(String(40))
    hash: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    approval_id: Mapped[str] = mapped_column(ForeignKey("approval.id"))


class AlreadyFrozen(Refused):
    """This very plan is frozen."""

    code = "plan_already_frozen"


class AnswersHaveCome(Refused):
    """Somebody real has answered: what is decided now is decided after the fact."""

    code = "answers_have_come"


@dataclass(frozen=True)
class PlanState:
    """`is_changed`: the plan or the design is not what was frozen any more."""

    hash: str
    frozen: FrozenPlan | None

    @property
    def is_changed(self) -> bool:
        return self.frozen is not None and self.frozen.hash != self.hash

    @property
    def holds(self) -> bool:
        return self.frozen is not None and not self.is_changed

    @property
    def frozen_at(self) -> datetime | None:
        """In UTC, which SQLite does not keep with the time."""
        at = self.frozen.frozen_at if self.frozen else None
        return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at

    @property
    def word(self) -> str:
        return "not frozen" if self.frozen is None else "changed since it was frozen" if self.is_changed else "frozen"


def freeze(
    session: Session, chain: Chain, *, study: str, plan_hash: str, has_answers: bool, by: Staff, at: datetime
) -> FrozenPlan | None:
    """One of two yeses, by two accounts, to the plan as it stands. The second freezes it; None after the first."""
    if has_answers:
        raise AnswersHaveCome(study=study)
    object_ = f"{study}:{plan_hash[:32]}"
    approval = approvals.find(session, KIND, object_)
    if approval is None:
        approval = approvals.ask(session, kind=KIND, object_=object_, staff_id=by.id, at=at)
    if approval.state == "approved":
        raise AlreadyFrozen(study=study, hash=plan_hash)
    state = approvals.approve(session, approval, staff_id=by.id)
    chain.append(session, Event(by.id, by.role, "plan_freeze", f"study:{study}", reason=f"{state} {plan_hash}"), at=at)
    if state != "approved":
        return None
    made = FrozenPlan(id=new_id(), study=study, hash=plan_hash, frozen_at=at, approval_id=approval.id)
    session.add(made)
    session.flush()
    return made


def all_frozen(session: Session, study: str) -> Sequence[FrozenPlan]:
    """The newest first."""
    query = select(FrozenPlan).where(FrozenPlan.study == study)
    return session.scalars(query.order_by(FrozenPlan.frozen_at.desc(), FrozenPlan.id)).all()


def state_of(session: Session, study: str, plan_hash: str) -> PlanState:
    found = all_frozen(session, study)
    same = next((frozen for frozen in found if frozen.hash == plan_hash), None)
    return PlanState(plan_hash, same or (found[0] if found else None))

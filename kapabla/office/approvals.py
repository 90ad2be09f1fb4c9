"""Approvals: one table for everything that needs two people. Two different accounts, held by the database itself."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.errors import Refused
from kapabla.ids import new_id
from kapabla.vaults import OfficeBase


class Approval(OfficeBase):
    """`kind`: release, course_version, public_page, reidentification, analysis_plan, survey_result. `state`: a key of
    `ALLOWED`."""

    __tablename__ = "approval"
    __table_args__ = (
        UniqueConstraint("kind", "object", name="uq_approval_kind_object"),
        CheckConstraint("first_by IS NULL OR second_by IS NULL OR first_by <> second_by", name="two_accounts"),
        CheckConstraint("state <> 'approved' OR (first_by IS NOT NULL AND second_by IS NOT NULL)", name="both"),
        {"info": {"retention": "register"}},
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    object: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(14), default="asked")
    asked_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    first_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    second_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str] = mapped_column(String(200), default="")


class SameAccount(Refused):
    """The second approval has to be another person's."""

    code = "same_account"


class NotOpen(Refused):
    """What was asked about is already decided."""

    code = "not_open"


# From a state to the states that may follow. Nothing leaves "approved" or "refused".
ALLOWED = {
    "asked": {"approved_once", "refused"},
    "approved_once": {"approved", "refused"},
    "approved": set[str](),
    "refused": set[str](),
}


def ask(session: Session, *, kind: str, object_: str, staff_id: str, at: datetime) -> Approval:
    approval = Approval(kind=kind, object=object_, state="asked", asked_by=staff_id, asked_at=at)
    session.add(approval)
    session.flush()
    return approval


def find(session: Session, kind: str, object_: str) -> Approval | None:
    return session.scalar(select(Approval).where(Approval.kind == kind, Approval.object == object_))


def approve(session: Session, approval: Approval, *, staff_id: str) -> str:
    """One person's yes. Returns the state that followed: approved_once, then approved by another account."""
    if approval.state == "asked":
        _move(approval, "approved_once")
        approval.first_by = staff_id
    else:
        if approval.first_by == staff_id:
            raise SameAccount(kind=approval.kind, object=approval.object)
        _move(approval, "approved")
        approval.second_by = staff_id
    session.flush()
    return approval.state


def refuse(session: Session, approval: Approval, *, reason: str) -> None:
    _move(approval, "refused")
    approval.reason = reason
    session.flush()


def _move(approval: Approval, to: str) -> None:
    if to not in ALLOWED[approval.state]:
        raise NotOpen(kind=approval.kind, object=approval.object, state=approval.state)
    approval.state = to

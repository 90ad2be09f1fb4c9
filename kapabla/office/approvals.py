"""Approvals: one table for everything that needs two people. Two different accounts, held by the database itself."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kapabla.ids import new_id
from kapabla.vaults import OfficeBase


class Approval(OfficeBase):
    """`kind`: release, course_version, public_page, reidentification. `state`: asked, approved_once, approved, refused."""

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

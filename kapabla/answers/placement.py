"""Placement: where in the study a subject stands. Copied here through the bridge: a release needs no other vault."""

from sqlalchemy import Boolean, String
from sqlalchemy.orm import Mapped, mapped_column

from kapabla.vaults import AnswersBase

SUBJECT = String(64)


class Placement(AnswersBase):
    __tablename__ = "placement"
    __table_args__ = {"info": {"retention": "answers"}}

    subject: Mapped[str] = mapped_column(SUBJECT, primary_key=True)
    study: Mapped[str] = mapped_column(String(40))
    # A municipality or role code, or "withheld" for people with protected identity.
    municipality: Mapped[str] = mapped_column(String(8))
    role: Mapped[str] = mapped_column(String(20))
    cohort_label: Mapped[str] = mapped_column(String(64))
    arm: Mapped[str] = mapped_column(String(20))
    form_order: Mapped[str] = mapped_column(String(3))
    mode: Mapped[str] = mapped_column(String(8), default="web")
    is_test: Mapped[bool] = mapped_column(Boolean)
    is_protected: Mapped[bool] = mapped_column(Boolean)
    is_restricted: Mapped[bool] = mapped_column(Boolean, default=False)
    # "none", "research" or "all": what has been left while the answers stay.
    left: Mapped[str] = mapped_column(String(8), default="none")


class ReleaseInclusion(AnswersBase):
    """Answers "which releases was I in" without any release's key."""

    __tablename__ = "release_inclusion"
    __table_args__ = {"info": {"retention": "answers"}}

    subject: Mapped[str] = mapped_column(SUBJECT, primary_key=True)
    release: Mapped[str] = mapped_column(String(40), primary_key=True)

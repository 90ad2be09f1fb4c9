"""Learning: what was read, chosen and answered in the course, as events; and certificates. Progress is derived."""

from datetime import date

from sqlalchemy import Date, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kapabla.answers.placement import SUBJECT
from kapabla.vaults import AnswersBase


class LearningEvent(AnswersBase):
    """`kind`: read, skipped, choice (a scenario node) or answer (a check). A first answer is never replaced."""

    __tablename__ = "learning_event"
    __table_args__ = (
        UniqueConstraint("subject", "idempotency_key", name="uq_learning_event_subject_idempotency_key"),
        {"info": {"retention": "answers"}, "sqlite_with_rowid": False},
    )

    subject: Mapped[str] = mapped_column(SUBJECT, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(8))
    course: Mapped[str] = mapped_column(String(40))
    course_version: Mapped[int] = mapped_column(Integer)
    module: Mapped[int] = mapped_column(Integer)
    step: Mapped[int] = mapped_column(Integer)
    node: Mapped[str] = mapped_column(String(40), default="")
    choice: Mapped[str] = mapped_column(String(40), default="")
    happened_on: Mapped[date] = mapped_column(Date)


class Certificate(AnswersBase):
    """That a certificate was made: serial and day. Never the name or the initials that stood on it."""

    __tablename__ = "certificate"
    __table_args__ = (
        # One valid certificate, however often the button is pressed; a revoked one leaves room for the next.
        Index(
            "uq_certificate_valid", "subject", "course", "course_version", unique=True,
            sqlite_where=text("revoked_on IS NULL"), postgresql_where=text("revoked_on IS NULL"),
        ),
        {"info": {"retention": "answers"}, "sqlite_with_rowid": False},
    )  # fmt: skip

    subject: Mapped[str] = mapped_column(SUBJECT, primary_key=True)
    serial: Mapped[str] = mapped_column(String(20), primary_key=True)
    course: Mapped[str] = mapped_column(String(40))
    course_version: Mapped[int] = mapped_column(Integer, server_default="1")
    completed_on: Mapped[date] = mapped_column(Date)
    revoked_on: Mapped[date | None] = mapped_column(Date)

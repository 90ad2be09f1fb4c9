"""Submissions: one document a saved page, exactly once a key. The document never holds free text."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from kapabla.answers.placement import SUBJECT
from kapabla.vaults import AnswersBase


class Submission(AnswersBase):
    """A page as it was saved. `number` counts the subject's saves: the highest of a page is the one that holds."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("subject", "idempotency_key", name="uq_submission_subject_idempotency_key"),
        {"info": {"retention": "answers"}, "sqlite_with_rowid": False},
    )

    subject: Mapped[str] = mapped_column(SUBJECT, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(40))
    wave: Mapped[str] = mapped_column(String(8))
    page: Mapped[int] = mapped_column(Integer)
    instrument: Mapped[str] = mapped_column(String(40))
    instrument_version: Mapped[int] = mapped_column(Integer)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    missing: Mapped[dict[str, str]] = mapped_column(JSON)
    seed: Mapped[int] = mapped_column(Integer, default=0)
    language: Mapped[str] = mapped_column(String(8))
    mode: Mapped[str] = mapped_column(String(8))
    duration_seconds: Mapped[int | None] = mapped_column(Integer)
    device: Mapped[str] = mapped_column(String(8))
    was_online: Mapped[bool] = mapped_column(Boolean, default=True)
    # Something of the course had been read when this was saved: answers "before" it are then flagged (E5). Days alone
    # would not tell which came first on the same day.
    course_had_begun: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    saved_on: Mapped[date] = mapped_column(Date)


class WaveState(AnswersBase):
    """`state`: sent (the questionnaire was sent in) or over (it closed, or was not wanted)."""

    __tablename__ = "wave_state"
    __table_args__ = {"info": {"retention": "answers"}, "sqlite_with_rowid": False}

    subject: Mapped[str] = mapped_column(SUBJECT, primary_key=True)
    wave: Mapped[str] = mapped_column(String(8), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    reached_on: Mapped[date] = mapped_column(Date)


class FreeText(AnswersBase):
    """Free text stands apart and held back until a person has read it (`state` held, cleared or refused).

    `findings` and `hidden` are lists of [start, end, kind]: what the guard found on `screened_on` (None: it has not
    looked yet), and what is not to be read in a release. A text that is written anew is another row, unread: what
    became of a text stands in its row, and no review outlives it.
    """

    __tablename__ = "free_texts"
    __table_args__ = {"info": {"retention": "answers"}, "sqlite_with_rowid": False}

    subject: Mapped[str] = mapped_column(SUBJECT, primary_key=True)
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    wave: Mapped[str] = mapped_column(String(8))
    item: Mapped[str] = mapped_column(String(26))
    text: Mapped[str] = mapped_column(String(4000))
    state: Mapped[str] = mapped_column(String(8), default="held")
    findings: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    hidden: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    screened_on: Mapped[date | None] = mapped_column(Date)
    reviewed_on: Mapped[date | None] = mapped_column(Date)


class OpenSurveySubmission(AnswersBase):
    """An anonymous answer to an open survey: no subject, no session, the day alone."""

    __tablename__ = "open_survey_submission"
    __table_args__ = {"info": {"retention": "open_survey"}, "sqlite_with_rowid": False}

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    survey: Mapped[str] = mapped_column(String(40))
    survey_version: Mapped[int] = mapped_column(Integer)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    missing: Mapped[dict[str, str]] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(8))
    mode: Mapped[str] = mapped_column(String(8))
    saved_on: Mapped[date] = mapped_column(Date)

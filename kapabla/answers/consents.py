"""Consents: each choice with the version and hash of the text it answered. Append-only; the latest number wins."""

from datetime import date

from sqlalchemy import Boolean, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from kapabla.answers.placement import SUBJECT
from kapabla.vaults import AnswersBase


class Consent(AnswersBase):
    """`choice` 1 research, 2 follow-ups, 3 other research, 4 quotation of the comment."""

    __tablename__ = "consent"
    __table_args__ = {"info": {"retention": "answers"}}

    subject: Mapped[str] = mapped_column(SUBJECT, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    choice: Mapped[int] = mapped_column(Integer, primary_key=True)
    answer: Mapped[bool] = mapped_column(Boolean)
    text_id: Mapped[str] = mapped_column(String(60))
    text_version: Mapped[int] = mapped_column(Integer)
    text_hash: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(8))
    wave: Mapped[str] = mapped_column(String(8))
    given_on: Mapped[date] = mapped_column(Date)

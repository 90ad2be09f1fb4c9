"""Consents: each choice with the version and hash of the text it answered. Append-only; the latest number wins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, Integer, String, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.answers.placement import SUBJECT
from kapabla.errors import Crowded
from kapabla.vaults import AnswersBase, table_of


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


RESEARCH, FOLLOW_UP, OTHER_RESEARCH, QUOTATION = 1, 2, 3, 4
_COLLISIONS_ALLOWED = 25


@dataclass(frozen=True)
class ConsentText:
    """The text that was answered, as it stood: which version, in which language, with its hash."""

    id: str
    version: int
    hash: str
    language: str


_table = table_of(Consent)


def record_choices(
    session: Session, subject: str, choices: Mapping[int, bool], *, text: ConsentText, wave: str, channel: str, on: date
) -> int:
    """Append one set of choices. Returns its number; nothing that was said before is touched."""
    for _ in range(_COLLISIONS_ALLOWED):
        last = session.scalar(select(func.max(_table.c.number)).where(_table.c.subject == subject)) or 0
        rows = [
            {
                "subject": subject, "number": last + 1, "choice": choice, "answer": answer, "text_id": text.id,
                "text_version": text.version, "text_hash": text.hash, "language": text.language, "channel": channel,
                "wave": wave, "given_on": on,
            }
            for choice, answer in sorted(choices.items())
        ]  # fmt: skip
        try:
            with session.begin_nested():
                session.execute(insert(_table), rows)
        except IntegrityError:
            # The form was sent twice at the same moment: this set comes after the other.
            continue
        return last + 1
    raise Crowded()


def current_choices(session: Session, subject: str) -> dict[int, bool]:
    """The latest answer to each choice; a choice that was never asked is not there."""
    rows = session.execute(
        select(_table.c.choice, _table.c.answer).where(_table.c.subject == subject).order_by(_table.c.number)
    )
    return {row.choice: row.answer for row in rows}


def all_choices(session: Session, subject: str) -> list[Any]:
    query = select(_table).where(_table.c.subject == subject).order_by(_table.c.number, _table.c.choice)
    return list(session.execute(query).mappings())

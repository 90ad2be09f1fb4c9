"""Consents: each choice with the version and hash of the text it answered. Append-only; the latest number wins."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, Integer, String, Text, exists, func, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.answers.placement import SUBJECT
from kapabla.errors import Crowded
from kapabla.vaults import AnswersBase, table_of


class Consent(AnswersBase):
    """`choice` 1 research, 2 follow-ups, 3 other research, 4 quotation of the comment."""

    __tablename__ = "consent"
    __table_args__ = {"info": {"retention": "answers"}, "sqlite_with_rowid": False}

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


class AgreedText(AnswersBase):
    """The very text that a person answered, filled in and in their language: theirs to read years later (B2)."""

    __tablename__ = "agreed_text"
    __table_args__ = {"info": {"retention": "answers"}, "sqlite_with_rowid": False}

    subject: Mapped[str] = mapped_column(SUBJECT, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


RESEARCH, FOLLOW_UP, OTHER_RESEARCH, QUOTATION = 1, 2, 3, 4
_COLLISIONS_ALLOWED = 25


@dataclass(frozen=True)
class ConsentText:
    """The text that was answered, as it stood on the pages: which version, in which language, word for word."""

    id: str
    version: int
    language: str
    text: str

    @property
    def hash(self) -> str:
        """SHA-256 of the text in UTF-8, as it is downloaded."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Agreed:
    """One set of choices with the text it answered; `text` is None where none was kept, or not with this hash."""

    given_on: date
    choices: dict[int, bool]
    hash: str
    language: str
    text: str | None


@dataclass(frozen=True)
class ChoiceSet:
    """What was chosen at one time; the number tells which came after which."""

    number: int
    choices: dict[int, bool]
    text_hash: str


_table, _texts = table_of(Consent), table_of(AgreedText)


def record_choices(
    session: Session, subject: str, choices: Mapping[int, bool], *, text: ConsentText, wave: str, channel: str,
    on: date, unless_after: int = 0,
) -> int | None:  # fmt: skip
    """Append one set of choices, with the text. Returns its number; nothing that was said before is touched.

    None where the latest set, given after number `unless_after`, says the same of the same text: there is nothing new.
    """
    _keep_text(session, subject, text)
    for _ in range(_COLLISIONS_ALLOWED):
        latest = latest_set(session, subject)
        if latest.number > unless_after and (latest.choices, latest.text_hash) == (dict(choices), text.hash):
            return None
        last = latest.number
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
            # Another form came at the same moment: look at what it said.
            continue
        return last + 1
    raise Crowded()


def _keep_text(session: Session, subject: str, text: ConsentText) -> None:
    """Once, however often it is answered."""
    known = exists().where(_texts.c.subject == subject, _texts.c.hash == text.hash)
    new = select(literal(subject), literal(text.hash), literal(text.text)).where(~known)
    try:
        with session.begin_nested():
            session.execute(insert(_texts).from_select(["subject", "hash", "text"], new))
    except IntegrityError:
        # Kept at the same moment by another request of the same person.
        return


def find_agreed(session: Session, subject: str, number: int) -> Agreed | None:
    """What the person chose that time, and the text: shown only if it is, byte for byte, what was answered."""
    query = select(_table).where(_table.c.subject == subject, _table.c.number == number).order_by(_table.c.choice)
    rows = session.execute(query).all()
    if not rows:
        return None
    first = rows[0]
    text = session.scalar(select(_texts.c.text).where(_texts.c.subject == subject, _texts.c.hash == first.text_hash))
    kept = ConsentText(first.text_id, first.text_version, first.language, text or "")
    choices = {row.choice: row.answer for row in rows}
    is_same = kept.hash == first.text_hash
    return Agreed(first.given_on, choices, first.text_hash, first.language, text if is_same else None)


def latest_set(session: Session, subject: str) -> ChoiceSet:
    """Number 0 and no choices for somebody who has not chosen yet."""
    latest = select(func.max(_table.c.number)).where(_table.c.subject == subject).scalar_subquery()
    query = select(_table).where(_table.c.subject == subject, _table.c.number == latest)
    rows = session.execute(query).all()
    if not rows:
        return ChoiceSet(0, {}, "")
    return ChoiceSet(rows[0].number, {row.choice: row.answer for row in rows}, rows[0].text_hash)


def current_choices(session: Session, subject: str) -> dict[int, bool]:
    """The latest answer to each choice; a choice that was never asked is not there."""
    rows = session.execute(
        select(_table.c.choice, _table.c.answer).where(_table.c.subject == subject).order_by(_table.c.number)
    )
    return {row.choice: row.answer for row in rows}


def all_choices(session: Session, subject: str) -> list[Any]:
    query = select(_table).where(_table.c.subject == subject).order_by(_table.c.number, _table.c.choice)
    return list(session.execute(query).mappings())

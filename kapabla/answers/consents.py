"""Consents: each choice with the version and hash of the text it answered. Append-only; the latest number wins."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, Integer, Select, String, Text, exists, func, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.answers.placement import SUBJECT
from kapabla.errors import Crowded
from kapabla.vaults import AnswersBase, table_of


class Consent(AnswersBase):
    """`choice` 1 research, 2 follow-ups, 3 other research, 4 quotation of a comment.

    Of the first three the latest holds, whenever it was made. The fourth holds for one comment: that of the item that
    `text_id` names, at its wave.
    """

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
    version: int
    text: str | None


_table, _texts = table_of(Consent), table_of(AgreedText)


def record_choices(
    session: Session, subject: str, choices: Mapping[int, bool], *, text: ConsentText, wave: str, channel: str, on: date
) -> int:
    """Append one set of choices, with the text. Returns its number; nothing that was said before is touched."""
    _keep_text(session, subject, text)
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
    return Agreed(
        first.given_on, choices, first.text_hash, first.language, first.text_version, text if is_same else None
    )


def current_choices(session: Session, subject: str) -> dict[int, bool]:
    """The latest answer to each choice; a choice that was never asked is not there."""
    rows = session.execute(
        select(_table.c.choice, _table.c.answer).where(_table.c.subject == subject).order_by(_table.c.number)
    )
    return {row.choice: row.answer for row in rows}


@dataclass(frozen=True)
class Quotation:
    """What holds of one comment: whether it may be quoted, since when, and in which set of choices that was said."""

    number: int
    wave: str
    item: str
    answer: bool
    given_on: date


def quotations(session: Session, subject: str) -> list[Quotation]:
    """The latest word on each comment whose box was ever ticked."""
    return quotations_among(all_choices(session, subject))


def quotations_among(choices: Iterable[Mapping[str, Any]]) -> list[Quotation]:
    """The same, of what `all_choices` has read already."""
    latest = {(row["wave"], row["text_id"]): row for row in choices if row["choice"] == QUOTATION}
    return [
        Quotation(row["number"], row["wave"], row["text_id"], row["answer"], row["given_on"]) for row in latest.values()
    ]


def quotable(session: Session) -> set[tuple[str, str, str]]:
    """(subject, wave, item) of every comment that may be quoted without a name."""
    latest = {(row.subject, row.wave, row.text_id): row.answer for row in session.execute(_quotations())}
    return {comment for comment, answer in latest.items() if answer}


def _quotations() -> Select[Any]:
    return select(_table).where(_table.c.choice == QUOTATION).order_by(_table.c.subject, _table.c.number)


def record_quotation(
    session: Session, subject: str, answer: bool, *, text: ConsentText, wave: str, channel: str, on: date
) -> int | None:
    """Keep whether the comment of this wave may be quoted. None where it holds already: a box that nobody has ticked
    is a no that needs no row."""
    held = {(one.wave, one.item): one.answer for one in quotations(session, subject)}
    if held.get((wave, text.id), False) == answer:
        return None
    return record_choices(session, subject, {QUOTATION: answer}, text=text, wave=wave, channel=channel, on=on)


def all_choices(session: Session, subject: str) -> list[Any]:
    query = select(_table).where(_table.c.subject == subject).order_by(_table.c.number, _table.c.choice)
    return list(session.execute(query).mappings())

"""Answers that came in when their questionnaire could no longer be changed (B08): kept apart, and counted nowhere."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Date, Integer, String, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.answers.placement import SUBJECT
from kapabla.answers.saving import PageSave
from kapabla.answers.submissions import FreeText
from kapabla.ids import new_id
from kapabla.vaults import AnswersBase, table_of

# Of a free text that belongs to them: no state that leads to a release.
TEXT_STATE = "late"


class LateAnswers(AnswersBase):
    """A page that waited on a telephone too long. `reason`: late (sent in already) or closed (the time was over)."""

    __tablename__ = "late_answers"
    __table_args__ = {"info": {"retention": "answers"}, "sqlite_with_rowid": False}

    subject: Mapped[str] = mapped_column(SUBJECT, primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    wave: Mapped[str] = mapped_column(String(8))
    page: Mapped[int] = mapped_column(Integer)
    instrument: Mapped[str] = mapped_column(String(40))
    instrument_version: Mapped[int] = mapped_column(Integer)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    missing: Mapped[dict[str, str]] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(8))
    received_on: Mapped[date] = mapped_column(Date)


_table, _texts = table_of(LateAnswers), table_of(FreeText)


def find_late(session: Session, subject: str, key: str) -> str | None:
    """The reason for which a record was put aside, for the second time that it comes."""
    query = select(_table.c.reason).where(_table.c.subject == subject, _table.c.idempotency_key == key)
    reason: str | None = session.scalar(query)
    return reason


def put_aside(session: Session, subject: str, key: str, page: PageSave, texts: dict[str, str], reason: str) -> None:
    """Once a key. What the questionnaire holds is left as it is."""
    row = {
        "subject": subject, "idempotency_key": key, "wave": page.wave, "page": page.page,
        "instrument": page.instrument, "instrument_version": page.instrument_version, "values": dict(page.values),
        "missing": dict(page.missing), "language": page.language, "reason": reason, "received_on": page.on,
    }  # fmt: skip
    try:
        with session.begin_nested():
            session.execute(insert(_table).values(row))
    except IntegrityError:
        # The same record, at the same moment.
        return
    for item, text in texts.items():
        if text.strip():
            held = {"subject": subject, "id": new_id(), "wave": page.wave, "item": item, "text": text}
            session.execute(insert(_texts).values(**held, state=TEXT_STATE))

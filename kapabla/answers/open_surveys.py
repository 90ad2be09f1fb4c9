"""Answers to open surveys: without subject, session or address, and with the day alone. Nothing here can be led back to
anybody, so nothing can be changed or taken out again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kapabla.answers.submissions import OpenSurveySubmission
from kapabla.vaults import table_of

_submissions = table_of(OpenSurveySubmission)
_t = _submissions.c
_given = select(_t.survey, _t.survey_version, _t["values"], _t.missing, _t.language, _t.mode, _t.saved_on)


@dataclass(frozen=True)
class Given:
    """One person's answers. `mode`: web or paper."""

    survey: str
    version: int
    values: Mapping[str, Any]
    missing: Mapping[str, str]
    language: str
    mode: str
    on: date

    def says_the_same(self, other: "Given") -> bool:
        return (dict(self.values), dict(self.missing)) == (dict(other.values), dict(other.missing))


def save(session: Session, answer_id: str, given: Given) -> bool:
    """Keep a form once: its id follows from the form, so that the same form sent again is False and changes nothing."""
    row = {
        "id": answer_id, "survey": given.survey, "survey_version": given.version, "values": dict(given.values),
        "missing": dict(given.missing), "language": given.language, "mode": given.mode, "saved_on": given.on,
    }  # fmt: skip
    try:
        with session.begin_nested():
            session.execute(insert(_submissions).values(row))
    except IntegrityError:
        return False
    return True


def find(session: Session, answer_id: str) -> Given | None:
    """What was sent with a form, for whoever holds that form."""
    row = session.execute(_given.where(_submissions.c.id == answer_id)).one_or_none()
    return Given(*row) if row else None


def answers_of(session: Session, survey: str) -> list[Given]:
    """In the order of their random ids, which tells nothing of who came when."""
    rows = session.execute(_given.where(_submissions.c.survey == survey).order_by(_submissions.c.id))
    return [Given(*row) for row in rows]


def count_answers(session: Session, survey: str, *, before: date | None = None) -> dict[str, int]:
    """By mode. `before`: of earlier days alone."""
    t = _submissions.c
    query = select(t.mode, func.count()).where(t.survey == survey).group_by(t.mode)
    if before is not None:
        query = query.where(t.saved_on < before)
    return {row[0]: row[1] for row in session.execute(query)}


def erase_answers(session: Session, survey: str) -> int:
    """All of them: none can be told from another."""
    gone = session.execute(delete(_submissions).where(_submissions.c.survey == survey).returning(_submissions.c.id))
    return len(gone.all())

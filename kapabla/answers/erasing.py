"""Erasure of a subject: everything in the answers vault that stands under it."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

# Every table with a subject has to be known here.
from kapabla.answers import attendance, consents, late, learning, placement, sealed_copy, submissions  # noqa: F401
from kapabla.vaults import AnswersBase, table_of

# What someone who goes on with the course keeps when only the research answers are removed.
_RESEARCH_TABLES = ("submission", "free_texts", "wave_state", "release_inclusion", "sealed_copy", "late_answers")


def erase_research(session: Session, subject: str) -> None:
    """The answers to questionnaires and what hangs on them. Course progress, placement and consents stay."""
    _delete(session, subject, only=_RESEARCH_TABLES)


def erase_subject(session: Session, subject: str) -> None:
    """Every row of the subject in every table that has one, so that a new table cannot be forgotten."""
    _delete(session, subject, only=None)


def erase_study(session: Session, study: str) -> int:
    """Every row of every subject that is placed in the study; how many subjects they were."""
    placed = table_of(placement.Placement)
    subjects = select(placed.c.subject).where(placed.c.study == study)
    number = session.scalar(select(func.count()).select_from(subjects.subquery())) or 0
    tables = sorted(AnswersBase.metadata.tables.values(), key=lambda table: table is placed)
    for table in tables:  # the placement last: it says whose the others are
        if "subject" in table.c:
            session.execute(delete(table).where(table.c.subject.in_(subjects)))
    return number


def _delete(session: Session, subject: str, *, only: tuple[str, ...] | None) -> None:
    for name, table in AnswersBase.metadata.tables.items():
        if "subject" in table.c and (only is None or name in only):
            session.execute(delete(table).where(table.c.subject == subject))

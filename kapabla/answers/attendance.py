"""Attendance: that somebody was taught at a meeting, on which day and in which way. Never at which meeting."""

from datetime import date

from sqlalchemy import Date, String, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.answers.placement import SUBJECT
from kapabla.vaults import AnswersBase, table_of


class Attendance(AnswersBase):
    """`mode`: room or online. The key is all there is: said twice on a day is the same as once."""

    __tablename__ = "attendance"
    __table_args__ = {"info": {"retention": "answers"}, "sqlite_with_rowid": False}

    subject: Mapped[str] = mapped_column(SUBJECT, primary_key=True)
    attended_on: Mapped[date] = mapped_column(Date, primary_key=True)
    mode: Mapped[str] = mapped_column(String(8), primary_key=True)


_table = table_of(Attendance)


def record_attendance(session: Session, subject: str, mode: str, *, on: date) -> bool:
    """Keep it once. False where it was known."""
    try:
        with session.begin_nested():
            session.execute(insert(_table).values(subject=subject, attended_on=on, mode=mode))
    except IntegrityError:
        return False
    return True

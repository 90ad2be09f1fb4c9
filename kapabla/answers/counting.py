"""The loss alarm (H7): how many have answered each questionnaire at each wave, counted once a day in the vault that the
answers lie in. A number that has fallen by more than the log explains is told until somebody has looked at it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, Integer, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.answers.placement import Placement
from kapabla.answers.records import AnswersAudit, AnswersAuditHead
from kapabla.answers.submissions import Submission
from kapabla.vaults import AnswersBase, table_of

_placed, _saved, _log, _head = map(table_of, (Placement, Submission, AnswersAudit, AnswersAuditHead))
# What takes answers away, as the log tells of it: of one person, of a whole study, or of whatever came after a backup.
_OF_ONE = ("all_erase", "research_erase")
_OF_ALL = ("restore", "loss_accepted")
ACCEPTED = "loss_accepted"


class AnswerCount(AnswersBase):
    """`people` is what was last explained, at the row `log_seq` of the log; `missing` how many are gone unexplained."""

    __tablename__ = "answer_count"
    __table_args__ = {"info": {"retention": "answers"}, "sqlite_with_rowid": False}

    study: Mapped[str] = mapped_column(String(40), primary_key=True)
    wave: Mapped[str] = mapped_column(String(8), primary_key=True)
    instrument: Mapped[str] = mapped_column(String(40), primary_key=True)
    people: Mapped[int] = mapped_column(Integer)
    log_seq: Mapped[int] = mapped_column(Integer)
    counted_on: Mapped[date] = mapped_column(Date)
    missing: Mapped[int] = mapped_column(Integer, default=0)


@dataclass(frozen=True)
class Fallen:
    study: str
    wave: str
    instrument: str
    missing: int


def take_stock(session: Session, *, on: date) -> list[Fallen]:
    """Count, compare with the last count that was explained, and keep what is explained. Safe to repeat."""
    now, seq = _count(session), session.execute(select(_head.c.seq)).scalar_one()
    kept = {(row.study, row.wave, row.instrument): row for row in session.scalars(select(AnswerCount))}
    for place in now.keys() | kept.keys():
        row, people = kept.get(place), now.get(place, 0)
        if row is None:
            session.add(AnswerCount(**_named(place), people=people, log_seq=seq, counted_on=on, missing=0))
            continue
        row.counted_on = on
        row.missing = max(0, row.people - people - _explained(session, row))
        if not row.missing:
            row.people, row.log_seq = people, seq
    session.flush()
    return fallen(session)


def is_counted(session: Session, *, on: date) -> bool:
    """Today, or there is nothing to count yet."""
    last = session.scalar(select(func.max(AnswerCount.counted_on)))
    return last == on or (last is None and session.scalar(select(_saved.c.subject).limit(1)) is None)


def fallen(session: Session) -> list[Fallen]:
    rows = session.scalars(select(AnswerCount).where(AnswerCount.missing > 0))
    found = [Fallen(row.study, row.wave, row.instrument, row.missing) for row in rows]
    return sorted(found, key=lambda one: (one.study, one.wave, one.instrument))


def all_counts(session: Session) -> Sequence[AnswerCount]:
    order = (AnswerCount.study, AnswerCount.wave, AnswerCount.instrument)
    return session.scalars(select(AnswerCount).order_by(*order)).all()


def _named(place: tuple[str, str, str]) -> dict[str, str]:
    return dict(zip(("study", "wave", "instrument"), place, strict=True))


def _count(session: Session) -> dict[tuple[str, str, str], int]:
    columns = (_placed.c.study, _saved.c.wave, _saved.c.instrument)
    people = func.count(_saved.c.subject.distinct())
    query = select(*columns, people).join_from(_saved, _placed, _saved.c.subject == _placed.c.subject)
    return {(row[0], row[1], row[2]): row[3] for row in session.execute(query.group_by(*columns))}


def _explained(session: Session, row: AnswerCount) -> int:
    """How many may be gone by what the log says since the count that was explained."""
    since = select(func.count()).select_from(_log).where(_log.c.seq > row.log_seq)
    purged = (_log.c.action == "purge") & (_log.c.object == f"study:{row.study}")
    if session.scalar(since.where(_log.c.action.in_(_OF_ALL) | purged)):
        return row.people
    return session.scalar(since.where(_log.c.action == "withdrawal", _log.c.object.in_(_OF_ONE))) or 0

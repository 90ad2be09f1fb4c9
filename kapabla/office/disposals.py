"""Gallring: what was found to be due, and what has been destroyed by which decision. Counts alone, never who."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Date, ForeignKey, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.vaults import OfficeBase

# In the order in which they go: nobody who has a link meets a study without its key.
IDENTITY, STUDY_KEY, ANSWERS, RELEASES, RELEASE_KEYS = "identity", "study_key", "answers", "releases", "release_keys"
DATA_CLASSES = (IDENTITY, STUDY_KEY, ANSWERS, RELEASES, RELEASE_KEYS)


class Disposal(OfficeBase):
    """A class of data of a study whose day has come. `amount` on `counted_on`: people, subjects, releases or keys, as
    the last round found them, or as they were destroyed on `disposed_on` by `decision`."""

    __tablename__ = "disposal"
    __table_args__ = {"info": {"retention": "register"}}

    study: Mapped[str] = mapped_column(String(40), primary_key=True)
    data_class: Mapped[str] = mapped_column(String(14), primary_key=True)
    due_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[int] = mapped_column(Integer)
    counted_on: Mapped[date] = mapped_column(Date)
    decision: Mapped[str] = mapped_column(String(40), default="")
    disposed_on: Mapped[date | None] = mapped_column(Date)
    disposed_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))


def what_is_due(session: Session) -> Sequence[Disposal]:
    """What the daily round has found due and nobody has destroyed yet: a task for the steward."""
    query = select(Disposal).where(Disposal.disposed_on.is_(None), Disposal.amount > 0)
    return session.scalars(query.order_by(Disposal.due_on, Disposal.study, Disposal.data_class)).all()


def all_disposals(session: Session) -> Sequence[Disposal]:
    return session.scalars(select(Disposal).order_by(Disposal.study, Disposal.due_on, Disposal.data_class)).all()


def is_counted(session: Session, study: str, data_class: str, *, on: date) -> bool:
    found = session.get(Disposal, (study, data_class))
    return found is not None and found.counted_on == on


def note_due(session: Session, study: str, data_class: str, *, due_on: date, amount: int, on: date) -> None:
    """The dry run. What has come back since it was destroyed is due again."""
    found = _row(session, study, data_class, due_on, on)
    if found.disposed_on is not None and amount:
        found.disposed_on, found.disposed_by, found.decision = None, None, ""
    if found.disposed_on is None:
        found.due_on, found.amount = due_on, amount
    found.counted_on = on
    session.flush()


def note_disposed(
    session: Session, study: str, data_class: str, *, due_on: date, amount: int, decision: str, by: str, on: date
) -> None:
    found = _row(session, study, data_class, due_on, on)
    found.due_on, found.amount, found.counted_on = due_on, amount, on
    found.decision, found.disposed_on, found.disposed_by = decision, on, by
    session.flush()


def _row(session: Session, study: str, data_class: str, due_on: date, on: date) -> Disposal:
    found = session.get(Disposal, (study, data_class))
    if found is None:
        found = Disposal(study=study, data_class=data_class, due_on=due_on, amount=0, counted_on=on)
        session.add(found)
    return found

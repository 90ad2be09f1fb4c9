"""Cohorts: people trained together. Municipality and role belong to the person, not to the cohort."""

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from kapabla.ids import new_id
from kapabla.vaults import IdentityBase

# A day outside is a slip of the pen; and months are counted on from these days, which a calendar must have room for.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


class Cohort(IdentityBase):
    __tablename__ = "cohort"
    __table_args__ = {"info": {"retention": "identity"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    study: Mapped[str] = mapped_column(String(40))
    course: Mapped[str] = mapped_column(String(40))
    arm: Mapped[str] = mapped_column(String(20))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    responsible: Mapped[str] = mapped_column(String(80), default="")
    is_archived: Mapped[bool] = mapped_column(Boolean, default=False)
    # What leaves by itself, reminders and follow-ups, waits until staff let it go on.
    reminders_paused: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    # The list that the arm was given by lot in; none where staff chose it.
    allocation_id: Mapped[str | None] = mapped_column(String(20))


class Enrolment(IdentityBase):
    """A person's place in a cohort. A move ends one and starts another, so that history is kept (A7)."""

    __tablename__ = "enrolment"
    __table_args__ = {"info": {"retention": "identity"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id"), index=True)
    # Staff enrol people, so the day is of staff's doing and not of the participant's.
    enrolled_on: Mapped[date] = mapped_column(Date)
    is_current: Mapped[bool] = mapped_column(Boolean, default=True)

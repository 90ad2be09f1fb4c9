"""People: who is trained, how they are reached, and the secret that their subject is derived from."""

from datetime import date

from sqlalchemy import Boolean, Date, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from kapabla.ids import new_id, new_secret
from kapabla.vaults import IdentityBase


class Person(IdentityBase):
    """Contact fields are sealed; the two indexes are keyed hashes, for finding doubles without reading anybody."""

    __tablename__ = "person"
    __table_args__ = {"info": {"retention": "identity"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(12), unique=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary(32), default=new_secret)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    name_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    municipality: Mapped[str | None] = mapped_column(String(4))
    role: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8), default="sv")
    # How the person wants to be reached: email, sms, letter or none.
    channel: Mapped[str] = mapped_column(String(8), default="email")
    no_more_messages: Mapped[bool] = mapped_column(Boolean, default=False)
    interview: Mapped[bool] = mapped_column(Boolean, default=False)
    address_broken: Mapped[bool] = mapped_column(Boolean, default=False)
    # The day on which staff last printed a letter that leads in; none once a new code has made it useless.
    printed_on: Mapped[date | None] = mapped_column(Date)
    # "none", "research" or "all": what the person has left. No date: the journal and the audit row carry it.
    left: Mapped[str] = mapped_column(String(8), default="none")
    is_protected: Mapped[bool] = mapped_column(Boolean, default=False)
    is_restricted: Mapped[bool] = mapped_column(Boolean, default=False)
    is_test: Mapped[bool] = mapped_column(Boolean, default=False)
    # Staff have opened the course without the start questions (D5).
    gate_overridden: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    # Given to this person by lot, where the study draws lots for people; otherwise the cohort's arm holds.
    arm: Mapped[str | None] = mapped_column(String(20))
    allocation_id: Mapped[str | None] = mapped_column(String(20))


class StepOver(IdentityBase):
    """A step of the journey that is over, for whatever reason. That the row is there is all: no time, no why."""

    __tablename__ = "step_over"
    # The number that SQLite gives a row as it comes would be a time after all.
    __table_args__ = {"info": {"retention": "identity"}, "sqlite_with_rowid": False}

    person_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    step: Mapped[str] = mapped_column(String(10), primary_key=True)


class Tombstone(IdentityBase):
    """Keeps an erased person from coming back with the next list, and tells their link that they are out: a keyed hash
    and a date, nothing else."""

    __tablename__ = "tombstone"
    __table_args__ = {"info": {"retention": "tombstone"}}

    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    erased_on: Mapped[date] = mapped_column(Date)

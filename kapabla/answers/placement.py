"""Placement: where in the study a subject stands. Copied here through the bridge: a release needs no other vault."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Boolean, String, false, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.material.instruments import Item
from kapabla.vaults import AnswersBase, table_of

SUBJECT = String(64)


class Placement(AnswersBase):
    __tablename__ = "placement"
    __table_args__ = {"info": {"retention": "answers"}, "sqlite_with_rowid": False}

    subject: Mapped[str] = mapped_column(SUBJECT, primary_key=True)
    study: Mapped[str] = mapped_column(String(40))
    # A municipality or role code, or "withheld" for people with protected identity.
    municipality: Mapped[str] = mapped_column(String(8))
    role: Mapped[str] = mapped_column(String(20))
    cohort_label: Mapped[str] = mapped_column(String(64))
    arm: Mapped[str] = mapped_column(String(20))
    form_order: Mapped[str] = mapped_column(String(3))
    mode: Mapped[str] = mapped_column(String(8), default="web")
    is_test: Mapped[bool] = mapped_column(Boolean)
    is_protected: Mapped[bool] = mapped_column(Boolean)
    is_restricted: Mapped[bool] = mapped_column(Boolean, default=False)
    # "none", "research" or "all": what has been left while the answers stay.
    left: Mapped[str] = mapped_column(String(8), default="none")
    # Staff have let the person past the start questions (D5): a release says so.
    gate_overridden: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    # The arm was given by lot and not by staff (E7).
    arm_by_lot: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    # The participant has said which trade and municipality fit ("Stämmer det här?"): a refresh leaves them alone.
    is_confirmed: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class ReleaseInclusion(AnswersBase):
    """Answers "which releases was I in" without any release's key."""

    __tablename__ = "release_inclusion"
    __table_args__ = {"info": {"retention": "answers"}, "sqlite_with_rowid": False}

    subject: Mapped[str] = mapped_column(SUBJECT, primary_key=True)
    release: Mapped[str] = mapped_column(String(40), primary_key=True)


@dataclass(frozen=True)
class Place:
    """A placement as a value: what the bridge copies, and what a release reads."""

    study: str
    municipality: str
    role: str
    cohort_label: str
    arm: str
    form_order: str
    is_test: bool
    is_protected: bool
    is_restricted: bool = False
    mode: str = "web"
    left: str = "none"
    gate_overridden: bool = False
    arm_by_lot: bool = False


_table = table_of(Placement)


def find_place(session: Session, subject: str) -> Place | None:
    row = session.execute(
        select(*(_table.c[name] for name in Place.__dataclass_fields__)).where(_table.c.subject == subject)
    ).one_or_none()
    return Place(**row._mapping) if row else None


def set_place(session: Session, subject: str, place: Place) -> None:
    """Copy or refresh a placement. What was left, and that it was left, is never undone by a refresh."""
    known = find_place(session, subject)
    values = asdict(place)
    if known is None:
        try:
            with session.begin_nested():
                session.execute(insert(_table).values(subject=subject, **values))
        except IntegrityError:
            # Placed at the same moment by another request of the same person.
            return
        return
    del values["left"]
    if _is_confirmed(session, subject) and not place.is_protected:
        # Protected identity is withheld whatever was said before.
        del values["municipality"], values["role"]
    if asdict(known) | values != asdict(known):
        session.execute(update(_table).where(_table.c.subject == subject).values(**values))


def _is_confirmed(session: Session, subject: str) -> bool:
    return bool(session.scalar(select(_table.c.is_confirmed).where(_table.c.subject == subject)))


def set_left(session: Session, subject: str, left: str) -> None:
    session.execute(update(_table).where(_table.c.subject == subject).values(left=left))


def said_of_place(items: Iterable[Item], values: Mapping[str, Any]) -> dict[str, str]:
    """What the person's own answers say of trade and municipality, by "role" and "municipality"."""
    return {
        item.confirms: option.code
        for item in items
        if item.confirms and item.code in values
        for option in [item.option(int(str(values[item.code])))]
        if option and option.code
    }


def correct_place(session: Session, subject: str, *, municipality: str, role: str) -> None:
    """What the participant says about trade and municipality wins in the placement (BAK 1-2)."""
    values = {"municipality": municipality, "role": role, "is_confirmed": True}
    session.execute(update(_table).where(_table.c.subject == subject).values(**values))

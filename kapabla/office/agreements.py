"""Agreements with those outside the county who fetch data: without one that lasts no file leaves (`privacy.md` E6)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kapabla.audit import Chain, Event
from kapabla.clock import local_date
from kapabla.errors import Refused
from kapabla.office.access import NotAllowed
from kapabla.office.releases import DataAgreement
from kapabla.office.staff import Staff

# Whoever is not of the county itself. What the county's own people fetch stays with the one whose data it is.
BOUND_BY_AGREEMENT = frozenset({"researcher"})
# As long as the column, and as far ahead as agreements are made: ten years, give or take the days of February.
LONGEST_NUMBER, LONGEST_DAYS, FIRST_YEAR = 60, 3660, 2020

# The last day of somebody's agreements, for a statement that has `Staff`.
LAST_DAY = (
    select(func.max(DataAgreement.ends_on)).where(DataAgreement.staff_id == Staff.id).correlate(Staff).scalar_subquery()
)


class NoAgreement(NotAllowed):
    """Nothing says on what terms this person may have the data."""

    code = "agreement_missing"


class AgreementEnded(NoAgreement):
    code = "agreement_ended"


def record(
    session: Session, chain: Chain, *, member: Staff, number: str, ends_on: date, actor: str, at: datetime
) -> DataAgreement:
    """Write an agreement down; one that is there already gets the new last day, earlier or later. Logged.

    A new one does not end before it is written down, and none lasts longer than anybody agrees."""
    number, today = number.strip(), local_date(at)
    if not number or member.role not in BOUND_BY_AGREEMENT:
        raise Refused("agreement_for_researchers", role=member.role)
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        raise Refused("agreement_number", longest=LONGEST_NUMBER)
    found = session.scalar(
        select(DataAgreement).where(DataAgreement.staff_id == member.id, DataAgreement.number == number)
    )
    first, last = date(FIRST_YEAR, 1, 1) if found else today, today + timedelta(days=LONGEST_DAYS)
    if not first <= ends_on <= last:
        raise Refused("agreement_day", first=first.isoformat(), last=last.isoformat())
    if found is None:
        found = DataAgreement(staff_id=member.id, number=number)
        session.add(found)
    found.ends_on = ends_on
    chain.append(session, Event(actor, "", "agreement_record", f"staff:{member.id}", reason=ends_on.isoformat()), at=at)
    session.flush()
    return found


def all_agreements(session: Session) -> Sequence[tuple[DataAgreement, Staff]]:
    """With whose they are, the one that ends last first."""
    rows = session.execute(
        select(DataAgreement, Staff)
        .join(Staff, Staff.id == DataAgreement.staff_id)
        .order_by(DataAgreement.ends_on.desc(), DataAgreement.number, Staff.email)
    )
    return [(agreement, member) for agreement, member in rows]


def is_agreed(member: Staff, until: date | None, *, on: date) -> bool:
    """`until`: the last day of the agreements of whoever is bound by one."""
    return member.role not in BOUND_BY_AGREEMENT or (until is not None and on <= until)


def check_agreement(session: Session, member: Staff, *, on: date) -> str:
    """The number of the agreement that lasts longest; empty for the county's own people.

    Raises `NoAgreement` where there has never been one, and `AgreementEnded` the day after the last ended.
    """
    if member.role not in BOUND_BY_AGREEMENT:
        return ""
    last = session.scalar(
        select(DataAgreement)
        .where(DataAgreement.staff_id == member.id)
        .order_by(DataAgreement.ends_on.desc(), DataAgreement.number)
        .limit(1)
    )
    if last is None:
        raise NoAgreement(role=member.role)
    if last.ends_on < on:
        raise AgreementEnded(role=member.role, number=last.number, ends_on=last.ends_on.isoformat())
    return last.number

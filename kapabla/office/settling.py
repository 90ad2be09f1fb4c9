"""Whoever is given an account, a role or a new way in by a colleague lets nothing out for a week (decision 113).

An administrator makes accounts and has one. Without the week one person could be both of the two who approve, and be
gone with the files before anybody has read of it.
"""

from datetime import date, datetime, timedelta

from kapabla.clock import local_date
from kapabla.errors import Refused
from kapabla.office.access import can
from kapabla.office.agreements import BOUND_BY_AGREEMENT
from kapabla.office.staff import Staff

DAYS = 7
# What lets something out, or lets somebody read what others wrote. A researcher's agreement is another's word already.
RIGHTS = ("approve_release", "download_release", "review_texts", "tell_copy_code", "list_interviews")


class LetInLately(Refused):
    """A colleague gave this account its way in less than a week ago. `from_on`: the first day that it may."""

    code = "let_in_lately"


def is_of_those_who_wait(member: Staff) -> bool:
    return member.role not in BOUND_BY_AGREEMENT and any(can(member.role, right) for right in RIGHTS)


def waits_until(member: Staff, *, at: datetime) -> date | None:
    """The first day on which this account may let something out, where it still waits for it."""
    if member.let_in_on is None or not is_of_those_who_wait(member):
        return None
    from_on = member.let_in_on + timedelta(days=DAYS)
    return from_on if local_date(at) < from_on else None


def check_settled(member: Staff, right: str, *, at: datetime) -> None:
    from_on = waits_until(member, at=at) if right in RIGHTS else None
    if from_on is not None:
        raise LetInLately(account=member.id, from_on=from_on)

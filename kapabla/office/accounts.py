"""Accounts as administrators see them: given, prolonged, ended, and let in anew when a phone is lost. Each is logged.

Nobody prolongs, ends or lets in the own account: that needs another administrator (A11).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kapabla.audit import Chain, Event
from kapabla.clock import epoch, local_date
from kapabla.errors import KapablaError, NotFound, Refused
from kapabla.keys import seal
from kapabla.office import settling, sign_in
from kapabla.office.access import ROLES, can
from kapabla.office.records import SEND_SIGN_UP, TELL_LET_IN, outbox
from kapabla.office.staff import Staff
from kapabla.office.staff_sessions import end_all_of, has_ended

# The longest that an account is given at a time: somebody looks at it again then.
MOST_DAYS = 730
# Roles that see the people or the promises of one municipality alone, and are nothing without it.
OF_ONE_MUNICIPALITY = ("coordinator", "signatory_municipality")
ENDS_SOON_DAYS = 30
_AT_WORK = ("active", "soon")


class EndWrong(KapablaError):
    """Before today, or too far away."""

    code = "account_end_wrong"


class MunicipalityMissing(KapablaError):
    code = "municipality_missing"


class RoleOfOrganisation(Refused):
    """The organisation's groups give the role, and take it back."""

    code = "role_of_organisation"


def all_accounts(session: Session) -> Sequence[Staff]:
    return session.scalars(select(Staff).order_by(Staff.name, Staff.email)).all()


def active_with(session: Session, right: str, *, at: datetime) -> list[Staff]:
    """Who may do this today, and has signed up."""
    return [staff for staff in all_accounts(session) if can(staff.role, right) and state_of(staff, at=at) in _AT_WORK]


def get_account(session: Session, staff_id: str) -> Staff:
    found = session.get(Staff, staff_id)
    if found is None:
        raise NotFound("staff_unknown")
    return found


def state_of(staff: Staff, *, at: datetime) -> str:
    """waiting (the link has not been used), active, soon (ends within a month) or ended."""
    if has_ended(staff, at=at):
        return "ended"
    if staff.sign_up_hash is not None:
        return "waiting"
    return "soon" if staff.ends_on <= local_date(at) + timedelta(days=ENDS_SOON_DAYS) else "active"


def give(
    session: Session, chain: Chain, *, email: str, name: str, role: str, ends_on: date, municipality: str | None,
    by: Staff, at: datetime,
) -> tuple[Staff, str]:  # fmt: skip
    """A new account and the token of its one-time link."""
    _check_end(ends_on, at)
    if role in OF_ONE_MUNICIPALITY and municipality is None:
        raise MunicipalityMissing()
    staff, token = sign_in.add_staff(
        session, email=email, name=name, role=role, ends_on=ends_on, at=at,
        municipality=municipality if role in OF_ONE_MUNICIPALITY else None,
    )  # fmt: skip
    _log(session, chain, "staff_add", staff, by=by, at=at, reason=f"{role}, {ends_on}")
    _let_in(session, staff, by=by, at=at)
    return staff, token


def change_end(session: Session, chain: Chain, staff: Staff, ends_on: date, *, by: Staff, at: datetime) -> None:
    _check_other(staff, by)
    _check_end(ends_on, at)
    is_opened_again = has_ended(staff, at=at)
    staff.ends_on = ends_on
    _log(session, chain, "staff_end_change", staff, by=by, at=at, reason=f"{ends_on}")
    if is_opened_again:
        _let_in(session, staff, by=by, at=at)


def end(session: Session, chain: Chain, staff: Staff, *, by: Staff, at: datetime) -> None:
    """Now: the next request is refused and the sessions are dead."""
    _check_other(staff, by)
    sign_in.end_account(session, staff, on=local_date(at))
    _log(session, chain, "staff_end", staff, by=by, at=at)


def change_role(
    session: Session, chain: Chain, staff: Staff, role: str, *, municipality: str | None, by: Staff, at: datetime
) -> None:
    """The rights are those of the new role from the next request on; what was open with the old one is closed.

    Of an organisation's account the role is that of its groups, and would be changed back at the next sign-in.
    """
    _check_other(staff, by)
    if staff.oidc_hash is not None:
        raise RoleOfOrganisation()
    if role not in ROLES:
        raise sign_in.UnknownRole(role=role, known=", ".join(ROLES))
    if role in OF_ONE_MUNICIPALITY and municipality is None:
        raise MunicipalityMissing()
    place = municipality if role in OF_ONE_MUNICIPALITY else None
    if (role, place) == (staff.role, staff.municipality):
        return
    reason = f"{staff.role} to {role}"
    staff.role, staff.municipality = role, place
    end_all_of(session, staff)
    _log(session, chain, "staff_role_change", staff, by=by, at=at, reason=reason)
    _let_in(session, staff, by=by, at=at)


def let_in_anew(session: Session, chain: Chain, staff: Staff, *, by: Staff, at: datetime) -> str:
    """The token of a new one-time link. Password, phone, codes and keys of before are dead."""
    _check_other(staff, by)
    if has_ended(staff, at=at):
        raise Refused("account_has_ended")
    token = sign_in.open_sign_up(session, staff, at=at)
    _log(session, chain, "staff_reset", staff, by=by, at=at)
    _let_in(session, staff, by=by, at=at)
    return token


def send_link(session: Session, staff: Staff, token: str, *, sealing_key: bytes, at: datetime) -> None:
    """Left to the jobs, sealed: an outbox row is read by more than the mail server."""
    sealed = seal(sealing_key, token, f"staff.link.{staff.id}").hex()
    outbox.put(session, SEND_SIGN_UP, {"staff": staff.id, "sealed": sealed}, key=f"{SEND_SIGN_UP}:{sealed[:24]}", at=at)


def administrators(session: Session, *, on: date) -> int:
    """That can let somebody in today."""
    rows = session.scalars(select(Staff).where(Staff.role == "admin", Staff.ends_on >= on))
    return sum(1 for row in rows if row.sign_up_hash is None)


def ending_soon(session: Session, *, on: date) -> Sequence[Staff]:
    soon = (Staff.ends_on >= on, Staff.ends_on <= on + timedelta(days=ENDS_SOON_DAYS))
    return session.scalars(select(Staff).where(*soon).order_by(Staff.ends_on, Staff.email)).all()


def _let_in(session: Session, staff: Staff, *, by: Staff, at: datetime) -> None:
    """From that day on it settles. Of an account that will be able to let something out all are told who could say that
    it should not."""
    staff.let_in_on = local_date(at)
    session.flush()
    if not settling.is_of_those_who_wait(staff):
        return
    told = {*active_with(session, "approve_release", at=at), *active_with(session, "manage_staff", at=at)} - {staff, by}
    for member in sorted(told, key=lambda member: member.id):
        outbox.put(
            session, TELL_LET_IN, {"staff": member.id, "about": staff.id, "by": by.id},
            key=f"{TELL_LET_IN}:{staff.id}:{epoch(at)}:{member.id}", at=at,
        )  # fmt: skip


def _check_other(staff: Staff, by: Staff) -> None:
    if staff.id == by.id:
        raise Refused("another_administrator_is_needed")


def _check_end(ends_on: date, at: datetime) -> None:
    today = local_date(at)
    if not today <= ends_on <= today + timedelta(days=MOST_DAYS):
        raise EndWrong()


def _log(
    session: Session, chain: Chain, action: str, staff: Staff, *, by: Staff, at: datetime, reason: str = ""
) -> None:
    chain.append(session, Event(by.id, by.role, action, f"staff:{staff.id}", reason=reason), at=at)
    session.flush()

"""Whose account the organisation's own sign-in opens: the role follows its claims, the last day is ours."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kapabla.audit import Chain, Event
from kapabla.clock import local_date
from kapabla.config import GivenRole, Oidc
from kapabla.errors import KapablaError
from kapabla.ids import new_id
from kapabla.office.staff import Staff
from kapabla.office.staff_sessions import end_all_of, has_ended


class NotGiven(KapablaError):
    """The organisation has said who it is, and that person has no account to open. `code` says why."""

    code = "no_role"


@dataclass(frozen=True)
class Said:
    """What we read of the claims, and no more."""

    subject: bytes
    email: str
    name: str
    role: GivenRole


def read_claims(claims: Mapping[str, Any], settings: Oidc) -> Said:
    """The first role of the settings that the claims give. An address that the provider has not verified is none."""
    given = claims.get(settings.role_claim)
    words = {str(word) for word in given} if isinstance(given, Sequence) and not isinstance(given, str) else {given}
    role = next((role for role in settings.roles if role.value in words), None)
    if role is None:
        raise NotGiven("no_role")
    email = str(claims.get(settings.email_claim) or "").strip().lower()
    if "@" not in email or claims.get("email_verified") is False:
        raise NotGiven("no_email")
    subject = hashlib.sha256(f"{claims['iss']} {claims['sub']}".encode()).digest()
    return Said(subject, email[:254], str(claims.get("name") or email)[:80], role)


def account_for(session: Session, chain: Chain, said: Said, *, days: int, may_change: bool, at: datetime) -> Staff:
    """The account, made or brought in line with the claims. `may_change` is false in a process that may not say who
    somebody is: there an account is opened that is as the claims say, and no other."""
    staff = _find(session, said)
    if staff is None and may_change:
        staff = Staff(
            id=new_id(), email=said.email, name=said.name, role=said.role.role, municipality=said.role.municipality,
            oidc_hash=said.subject, totp_step=0, ends_on=local_date(at) + timedelta(days=days),
        )  # fmt: skip
        session.add(staff)
        _log(session, chain, "staff_add", staff, at)
    if staff is None:
        raise NotGiven("no_account")
    if has_ended(staff, at=at):
        raise NotGiven("account_ended")
    if not _is_as(staff, said):
        if not may_change:
            raise NotGiven("account_differs")
        _bring_in_line(session, chain, staff, said, at)
    return staff


def _find(session: Session, said: Said) -> Staff | None:
    """By the provider's own name for the person; the first time by the address of an account that an administrator
    made, which nobody else has taken over."""
    known = session.scalar(select(Staff).where(Staff.oidc_hash == said.subject))
    if known is not None:
        return known
    found = session.scalar(select(Staff).where(Staff.email == said.email))
    if found is not None and found.oidc_hash is not None:
        raise NotGiven("address_taken")
    return found


def _is_as(staff: Staff, said: Said) -> bool:
    is_given = (staff.role, staff.municipality) == (said.role.role, said.role.municipality)
    return is_given and staff.oidc_hash == said.subject and staff.sign_up_hash is None


def _bring_in_line(session: Session, chain: Chain, staff: Staff, said: Said, at: datetime) -> None:
    is_other = (staff.role, staff.municipality) != (said.role.role, said.role.municipality)
    staff.role, staff.municipality, staff.oidc_hash = said.role.role, said.role.municipality, said.subject
    # The organisation has let her in: the link that waited is not needed, and would be another way in.
    staff.sign_up_hash = None
    if is_other:
        end_all_of(session, staff)
        _log(session, chain, "staff_role", staff, at)
    session.flush()


def _log(session: Session, chain: Chain, action: str, staff: Staff, at: datetime) -> None:
    session.flush()
    reason = f"{staff.role}{f'/{staff.municipality}' if staff.municipality else ''}"
    chain.append(session, Event("oidc", "", action, f"staff:{staff.id}", reason=reason), at=at)

"""Sign-in of staff: a password, then a one-time code; failures counted; a link to choose both anew."""

import re
import secrets
from datetime import date, datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from kapabla.clock import epoch
from kapabla.errors import KapablaError
from kapabla.ids import new_id
from kapabla.keys import keyed_hash, seal, unseal
from kapabla.office.access import ROLES
from kapabla.office.staff import Passkey, RecoveryCode, Staff, StaffAttempt
from kapabla.office.staff_sessions import end_all_of, has_ended, hash_of

SIGN_UP_SECONDS = 7 * 24 * 3600
ATTEMPTS_ALLOWED = 8
ATTEMPT_WINDOW_SECONDS = 15 * 60
MIN_PASSWORD = 12
TOTP_SECONDS = 30

# Enough to see that something else was written in its place.
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
# 19 MiB and one lane: the OWASP minimum, bounded so that a few sign-ins at once do not fill a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Verified when the account does not exist, so that a wrong address costs as much time as a wrong password.
_NOBODY = _hasher.hash("nobody has this password")


class SignInRefused(KapablaError):
    """Wrong address, password or code: one answer for all, so that nobody learns which accounts exist."""

    code = "sign_in_refused"


class TooManyAttempts(KapablaError):
    code = "too_many_attempts"


class PasswordTooWeak(KapablaError):
    code = "password_too_weak"


class SignUpClosed(KapablaError):
    code = "sign_up_closed"


class StaffExists(KapablaError):
    code = "staff_exists"


class AddressWrong(KapablaError):
    code = "email_wrong"


class UnknownRole(KapablaError):
    code = "unknown_role"


def add_staff(
    session: Session, *, email: str, name: str, role: str, ends_on: date, at: datetime,
    municipality: str | None = None, is_demo: bool = False,
) -> tuple[Staff, str]:  # fmt: skip
    """A new account, and the one-time sign-up link's token that its holder chooses a password with."""
    if role not in ROLES:
        raise UnknownRole(role=role, known=", ".join(ROLES))
    email = email.strip().lower()
    if not _ADDRESS.fullmatch(email):
        raise AddressWrong()
    if session.scalar(select(Staff.id).where(Staff.email == email)):
        raise StaffExists()
    staff = Staff(
        id=new_id(), email=email, name=name, role=role, municipality=municipality, ends_on=ends_on,
        is_demo=is_demo, totp_step=0,
    )  # fmt: skip
    session.add(staff)
    session.flush()
    return staff, open_sign_up(session, staff, at=at)


def open_sign_up(session: Session, staff: Staff, *, at: datetime) -> str:
    """Let the holder choose a password and a phone anew. All that let the account in stops working at once."""
    token = secrets.token_urlsafe(24)
    staff.sign_up_hash = hash_of(token)
    staff.sign_up_until = epoch(at) + SIGN_UP_SECONDS
    staff.password_hash = None
    staff.totp_sealed = None
    for held in (Passkey, RecoveryCode):
        session.execute(delete(held).where(held.staff_id == staff.id))
    end_all_of(session, staff)
    session.flush()
    return token


def find_sign_up(session: Session, token: str, *, at: datetime) -> Staff:
    staff = session.scalar(select(Staff).where(Staff.sign_up_hash == hash_of(token)))
    if staff is None or staff.sign_up_until < epoch(at) or has_ended(staff, at=at):
        raise SignUpClosed()
    return staff


def complete_sign_up(
    session: Session, staff: Staff, *, password: str, totp_secret: str, code: str, sealing_key: bytes, at: datetime
) -> list[str]:
    """Set password and phone when the first code is right. Returns ten recovery codes, shown once."""
    if len(password) < MIN_PASSWORD:
        raise PasswordTooWeak()
    step = _matching_step(totp_secret, code, at, after=0)
    if step is None:
        raise SignInRefused()
    staff.password_hash = _hasher.hash(password)
    staff.totp_sealed = seal(sealing_key, totp_secret, f"staff.totp.{staff.id}")
    staff.totp_step = step
    staff.sign_up_hash = None
    # Whoever has the lost phone may still be signed in.
    end_all_of(session, staff)
    return new_recovery_codes(session, staff)


def new_recovery_codes(session: Session, staff: Staff) -> list[str]:
    """Ten, shown once. Those from before stop working."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
    codes = [_new_recovery_code() for _ in range(10)]
    session.add_all(RecoveryCode(staff_id=staff.id, code_hash=_recovery_hash(code)) for code in codes)
    session.flush()
    return codes


def recovery_codes_left(session: Session, staff: Staff) -> int:
    count = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.staff_id == staff.id)
    return session.scalar(count) or 0


def change_password(session: Session, staff: Staff, *, present: str, new: str) -> None:
    """Whoever sits at an open session does not know the present one."""
    if not staff.password_hash or not _is_password(staff.password_hash, present):
        raise SignInRefused()
    if len(new) < MIN_PASSWORD:
        raise PasswordTooWeak()
    staff.password_hash = _hasher.hash(new)
    session.flush()


def _is_password(stored: str, given: str) -> bool:
    try:
        return _hasher.verify(stored, given)
    except VerificationError:
        return False


def check_attempts(session: Session, key: bytes, whos: list[str], *, at: datetime) -> None:
    """Refuse when one account or one address has failed too often in a quarter of an hour."""
    since = epoch(at) - ATTEMPT_WINDOW_SECONDS
    for who in whos:
        count = select(func.count()).select_from(StaffAttempt)
        mine = StaffAttempt.who_hash == keyed_hash(key, b"staff attempt", who.encode())
        limit = ATTEMPTS_ALLOWED if who.startswith("account:") else ATTEMPTS_ALLOWED * 5
        if (session.scalar(count.where(mine, StaffAttempt.at > since)) or 0) >= limit:
            raise TooManyAttempts()


def count_attempt(session: Session, key: bytes, whos: list[str], *, at: datetime) -> None:
    session.execute(delete(StaffAttempt).where(StaffAttempt.at < epoch(at) - 24 * 3600))
    for who in whos:
        hashed = keyed_hash(key, b"staff attempt", who.encode())
        session.add(StaffAttempt(id=new_id(), who_hash=hashed, at=epoch(at)))
    session.flush()


def check_password(session: Session, *, email: str, password: str, at: datetime) -> Staff:
    staff = session.scalar(select(Staff).where(Staff.email == email.strip().lower()))
    stored = staff.password_hash if staff and staff.password_hash else _NOBODY
    if not _is_password(stored, password) or staff is None or stored == _NOBODY or has_ended(staff, at=at):
        raise SignInRefused()
    return staff


def check_code(session: Session, staff: Staff, code: str, *, sealing_key: bytes, at: datetime) -> None:
    """The present one-time code, once; or a recovery code, which is then gone."""
    if staff.totp_sealed is None:
        raise SignInRefused()
    secret = unseal(sealing_key, staff.totp_sealed, f"staff.totp.{staff.id}")
    step = _matching_step(secret, code, at, after=staff.totp_step)
    if step is not None:
        _spend_step(session, staff, step)
        return
    spent = session.execute(
        delete(RecoveryCode)
        .where(RecoveryCode.staff_id == staff.id, RecoveryCode.code_hash == _recovery_hash(code))
        .returning(RecoveryCode.code_hash)
    ).first()
    if spent is None:
        raise SignInRefused()


def _new_recovery_code() -> str:
    """Digits alone, since the field for codes opens the number pad of a phone: 53 bits, in groups of four."""
    digits = f"{secrets.randbelow(10**16):016d}"
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4))


def _recovery_hash(code: str) -> bytes:
    return hash_of("".join(character for character in code if character.isdigit()))


def _spend_step(session: Session, staff: Staff, step: int) -> None:
    """In one statement, so that of two requests with the same code only one is let in."""
    mine = update(Staff).where(Staff.id == staff.id, Staff.totp_step < step).values(totp_step=step)
    if session.execute(mine.returning(Staff.id)).first() is None:
        raise SignInRefused()


def present_code(staff: Staff, *, sealing_key: bytes, at: datetime) -> str:
    """The present one-time code of a demo account. Of nobody else: `kapabla staff code` asks first."""
    assert staff.totp_sealed is not None
    secret = unseal(sealing_key, staff.totp_sealed, f"staff.totp.{staff.id}")
    return pyotp.TOTP(secret).at(at)


def _matching_step(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """The time step whose code this is, one step of drift allowed; never one that has been used (replay)."""
    now = epoch(at) // TOTP_SECONDS
    digits = "".join(code.split())
    for step in (now, now - 1, now + 1):
        expected = pyotp.TOTP(secret).at(step * TOTP_SECONDS)
        if step > after and secrets.compare_digest(expected.encode(), digits.encode()):
            return step
    return None


def end_account(session: Session, staff: Staff, *, on: date) -> None:
    """From the day before: the account and all its sessions are dead now."""
    staff.ends_on = date.fromordinal(on.toordinal() - 1)
    end_all_of(session, staff)
    session.flush()


def get_staff(session: Session, email: str) -> Staff:
    staff = session.scalar(select(Staff).where(Staff.email == email.strip().lower()))
    if staff is None:
        raise SignInRefused("staff_unknown")
    return staff

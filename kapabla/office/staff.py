"""Staff accounts, what they sign in with, their sessions and counted attempts."""

from datetime import date

from sqlalchemy import Boolean, Date, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kapabla.ids import new_id
from kapabla.vaults import OfficeBase


class Staff(OfficeBase):
    """One role an account. Every account ends on a day; after it the next request is refused (A11)."""

    __tablename__ = "staff"
    __table_args__ = {"info": {"retention": "staff"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(30))
    # Coordinators and signatories see one municipality; None is the whole county.
    municipality: Mapped[str | None] = mapped_column(String(4))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    # The last accepted time step of the one-time code: a code works once.
    totp_step: Mapped[int] = mapped_column(Integer, default=0)
    # Who this is to the organisation's own sign-in: its issuer and its name for the person.
    oidc_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    sign_up_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    sign_up_until: Mapped[int] = mapped_column(Integer, default=0)
    ends_on: Mapped[date] = mapped_column(Date)
    # When a colleague last gave this account itself, its role or a new way in (decision 113). None: nobody has.
    let_in_on: Mapped[date | None] = mapped_column(Date)
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)


class RecoveryCode(OfficeBase):
    __tablename__ = "recovery_code"
    __table_args__ = {"info": {"retention": "staff"}}

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class Passkey(OfficeBase):
    """A key of a device (WebAuthn): the public half. The device lets nobody use it but who can unlock the device."""

    __tablename__ = "passkey"
    __table_args__ = {"info": {"retention": "staff"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(2048))
    # As the device last counted: a copy of the device counts backwards.
    uses: Mapped[int] = mapped_column(Integer, default=0)
    name: Mapped[str] = mapped_column(String(40))
    added_on: Mapped[date] = mapped_column(Date)
    used_on: Mapped[date | None] = mapped_column(Date)


class KnownDevice(OfficeBase):
    """A browser that an account has signed in with, by the hash of a cookie of its own and nothing else."""

    __tablename__ = "known_device"
    __table_args__ = {"info": {"retention": "staff"}}

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    device_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    seen_on: Mapped[date] = mapped_column(Date)


class SignInChallenge(OfficeBase):
    """What a key or another service is to answer once: by its hash, for one browser, for some minutes."""

    __tablename__ = "sign_in_challenge"
    __table_args__ = {"info": {"retention": "transient"}}

    challenge_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    until: Mapped[int] = mapped_column(Integer)


class StaffSession(OfficeBase):
    """`stage`: password (first half of the sign-in done) or full. `method`: password, passkey or organisation."""

    __tablename__ = "staff_session"
    __table_args__ = {"info": {"retention": "transient"}}

    id_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    stage: Mapped[str] = mapped_column(String(8))
    last_seen: Mapped[int] = mapped_column(Integer)
    started: Mapped[int] = mapped_column(Integer)
    method: Mapped[str] = mapped_column(String(12), default="password")
    # The family of the browser and of what it runs on, in a word each; never more of either.
    device: Mapped[str] = mapped_column(String(30), default="")
    # When the person behind it last showed who she is.
    proved: Mapped[int] = mapped_column(Integer, default=0)
    # Contact details are shown for ten minutes after a reason was given; this is whose and until when.
    may_see_person: Mapped[str | None] = mapped_column(String(20))
    may_see_until: Mapped[int] = mapped_column(Integer, default=0)


class StaffAttempt(OfficeBase):
    """A failed sign-in: the account and the address as keyed hashes, kept a day."""

    __tablename__ = "staff_attempt"
    __table_args__ = {"info": {"retention": "transient"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    who_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    at: Mapped[int] = mapped_column(Integer)

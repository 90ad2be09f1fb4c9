"""Live participant sessions and counted attempts. A session is a row, so that it can be ended at once, and it goes when
it ends, or a day after it was left idle: nothing remains of when somebody was here."""

from sqlalchemy import Boolean, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from kapabla.ids import new_id
from kapabla.vaults import IdentityBase


class ParticipantSession(IdentityBase):
    """`device`: unknown, own, shared or kiosk. The cookie holds the id; the row holds its hash."""

    __tablename__ = "participant_session"
    __table_args__ = {"info": {"retention": "transient"}}

    id_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    companion_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    device: Mapped[str] = mapped_column(String(8), default="unknown")
    offline_key_id: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8), default="sv")
    has_seen_safety: Mapped[bool] = mapped_column(Boolean, default=False)
    last_seen: Mapped[int] = mapped_column(Integer)
    # The meeting that somebody has just walked into, until they have written down the code that they got.
    meeting_id: Mapped[str | None] = mapped_column(String(20))


class CodeAttempt(IdentityBase):
    """Wrong codes from an address (a village hall shares one, so 30 are allowed), and those who walk into a meeting:
    counted under a keyed hash that is kept a day."""

    __tablename__ = "code_attempt"
    __table_args__ = {"info": {"retention": "transient"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    at: Mapped[int] = mapped_column(Integer)


class ImportDraft(IdentityBase):
    """A list that waits for its preview to be confirmed, sealed, for an hour; then what came of it, for a day."""

    __tablename__ = "import_draft"
    __table_args__ = {"info": {"retention": "transient"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    staff_id: Mapped[str] = mapped_column(String(20))
    filename: Mapped[str] = mapped_column(String(120))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    until: Mapped[int] = mapped_column(Integer)

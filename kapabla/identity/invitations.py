"""Invitations: the look-up hashes of a person's link and code, and the generation that they are derived from."""

from sqlalchemy import ForeignKey, Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from kapabla.vaults import IdentityBase


class Invitation(IdentityBase):
    """Links and codes are derived, never stored: a stolen database gives none (`privacy.md` C2.4)."""

    __tablename__ = "invitation"
    __table_args__ = {"info": {"retention": "identity"}}

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    generation: Mapped[int] = mapped_column(Integer, default=1)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    # Of the link in text messages. None in rows from before there were any, until `kapabla init` has filled it in.
    short_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)

"""A copy of somebody's details with their answers, made on the county's order and sealed (B5).

It opens with the person's own secret and a code that was spoken to them, and with neither alone: not for staff, who
know the code, nor for whoever reads the person's mail, nor for a thief of the vault. Kept a week.
"""

import secrets
from datetime import date, timedelta
from hashlib import scrypt

from sqlalchemy import Date, LargeBinary, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.answers.placement import SUBJECT
from kapabla.keys import keyed_hash, seal, unseal
from kapabla.vaults import AnswersBase, table_of

KEPT_DAYS = 7
_SALT_BYTES = 16
# 32 MiB and about a tenth of a second a try: eight digits are few, and the person's secret is the other half.
_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 2**26}


class SealedCopy(AnswersBase):
    """The latest copy that was ordered: a new order replaces it."""

    __tablename__ = "sealed_copy"
    __table_args__ = {"info": {"retention": "transient"}, "sqlite_with_rowid": False}

    subject: Mapped[str] = mapped_column(SUBJECT, primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    made_on: Mapped[date] = mapped_column(Date)


_table = table_of(SealedCopy)


def keep(session: Session, subject: str, text: str, *, code: str, secret: bytes, on: date) -> None:
    salt = secrets.token_bytes(_SALT_BYTES)
    body = salt + seal(_key(code, secret, salt), text, f"sealed_copy.{subject}")
    session.execute(delete(_table).where(_table.c.subject == subject))
    session.execute(insert(_table).values(subject=subject, body=body, made_on=on))


def waits(session: Session, subject: str, *, on: date) -> bool:
    """Whether a copy can be opened; one that has stood its week is as good as gone."""
    made_on = session.scalar(select(_table.c.made_on).where(_table.c.subject == subject))
    return made_on is not None and on <= made_on + timedelta(days=KEPT_DAYS)


def open_copy(session: Session, subject: str, *, code: str, secret: bytes) -> str | None:
    """The text, or None where the code is wrong or nothing waits."""
    from cryptography.exceptions import InvalidTag

    body = session.scalar(select(_table.c.body).where(_table.c.subject == subject))
    if body is None:
        return None
    salt, sealed = body[:_SALT_BYTES], body[_SALT_BYTES:]
    try:
        return unseal(_key(code, secret, salt), sealed, f"sealed_copy.{subject}")
    except InvalidTag:
        return None


def sweep_copies(session: Session, *, on: date) -> None:
    session.execute(delete(_table).where(_table.c.made_on < on - timedelta(days=KEPT_DAYS)))


def _key(code: str, secret: bytes, salt: bytes) -> bytes:
    return keyed_hash(secret, b"sealed copy", scrypt(code.encode(), salt=salt, dklen=32, **_COST))

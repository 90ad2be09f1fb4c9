"""The register of releases, agreements, downloads and API tokens: what was handed out, to whom, on what terms."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, DateTime, Float, ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kapabla.ids import new_id
from kapabla.vaults import OfficeBase


class ReleaseRecord(OfficeBase):
    """`state`: ordered, built, approved_once, approved, locked, refused, failed or retired.

    `withdrawn`: how many of its people have left the research since, as told on `withdrawn_on`.
    """

    __tablename__ = "release"
    __table_args__ = {"info": {"retention": "register"}}

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    study: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(12))
    is_test: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(14))
    reason: Mapped[str] = mapped_column(String(200), default="")
    built_on: Mapped[date | None] = mapped_column(Date)
    people: Mapped[int | None] = mapped_column(Integer)
    manifest: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    manifest_hash: Mapped[str | None] = mapped_column(String(64))
    ordered_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    withdrawn: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    withdrawn_on: Mapped[date | None] = mapped_column(Date)


class DataAgreement(OfficeBase):
    """On what terms somebody outside the county has data: the number of the agreement, and its last day."""

    __tablename__ = "data_agreement"
    __table_args__ = (
        UniqueConstraint("staff_id", "number", name="uq_data_agreement_staff_id_number"),
        {"info": {"retention": "register"}},
    )

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    number: Mapped[str] = mapped_column(String(60))
    ends_on: Mapped[date] = mapped_column(Date)


class ReleaseUse(OfficeBase):
    """What somebody has said that they use a release for (R09): asked once, before their first file of it."""

    __tablename__ = "release_use"
    __table_args__ = {"info": {"retention": "register"}}

    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    release: Mapped[str] = mapped_column(ForeignKey("release.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(200))


# The file of a row that stands for all parts of a release that one key has taken on one day.
PARTS = "api-parts"


class Download(OfficeBase):
    """`staff_id`: None where a command fetched it and nobody was named. `agreement`: its number as it was; empty for
    the county's own people. `purpose`: what it is for, in the words of who fetched it. `rows`: of the table in
    the file.
    `token_id`: of what left through the research API. The row of `PARTS` grows with its day: `at` is that of the first
    part, `sha256` the hash over the hashes of all."""

    __tablename__ = "download"
    __table_args__ = {"info": {"retention": "register"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    release: Mapped[str] = mapped_column(ForeignKey("release.id"))
    file: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    token_id: Mapped[str | None] = mapped_column(ForeignKey("api_token.id"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    agreement: Mapped[str] = mapped_column(String(60), default="", server_default="")
    format: Mapped[str] = mapped_column(String(12), default="", server_default="")
    rows: Mapped[int | None] = mapped_column(Integer)
    purpose: Mapped[str] = mapped_column(String(200), default="", server_default="")


class ApiToken(OfficeBase):
    """One researcher's key to one release; the key itself is kept by nobody. `network`: the only addresses it may come
    from, where that is wanted. `allowance`: how many calls it could make at `used_at` before it was asked to wait."""

    __tablename__ = "api_token"
    __table_args__ = {"info": {"retention": "register"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    release: Mapped[str] = mapped_column(ForeignKey("release.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    expires_on: Mapped[date] = mapped_column(Date)
    is_revoked: Mapped[bool] = mapped_column(Boolean, default=False)
    name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    purpose: Mapped[str] = mapped_column(String(200), default="", server_default="")
    language: Mapped[str] = mapped_column(String(2), default="sv", server_default="sv")
    network: Mapped[str] = mapped_column(String(43), default="", server_default="")
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    allowance: Mapped[float] = mapped_column(Float, default=0, server_default="0")


class AccessibilityReport(OfficeBase):
    """The one row that the public process may leave: somebody told us that a page does not work for them."""

    __tablename__ = "accessibility_report"
    __table_args__ = {"info": {"retention": "office"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    what: Mapped[str] = mapped_column(String(2000))
    page: Mapped[str] = mapped_column(String(200), default="")
    aid: Mapped[str] = mapped_column(String(200), default="")
    answer_to: Mapped[bytes | None] = mapped_column(LargeBinary)
    received_on: Mapped[date] = mapped_column(Date)

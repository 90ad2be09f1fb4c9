"""Uploaded material on its way out: uploaded, asked for, approved by two, published. Nothing of a participant."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import JSON, DateTime, ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kapabla.audit import Chain, Event
from kapabla.clock import local_date
from kapabla.errors import NotFound, Refused
from kapabla.ids import new_id
from kapabla.office import approvals
from kapabla.office.access import ROLES, can
from kapabla.office.records import outbox
from kapabla.office.staff import Staff
from kapabla.vaults import OfficeBase

APPROVAL_KIND = "course_version"
TELL_APPROVER = "tell_approver"
ALLOWED = {
    "uploaded": {"asked", "removed"},
    "asked": {"approved_once", "refused"},
    "approved_once": {"approved", "refused"},
    "approved": {"published", "failed"},
    "published": set[str](),
    "refused": {"removed"},
    "failed": {"removed"},
}
# Asked for and not yet decided or published; and all that may still become a version.
AWAITED = ("asked", "approved_once", "approved")
OPEN = ("uploaded", *AWAITED)


class MaterialUpload(OfficeBase):
    """`place` is where it will stand; `files` its texts by their place. `state`: a key of `ALLOWED`."""

    __tablename__ = "material_upload"
    __table_args__ = {"info": {"retention": "register"}}

    id: Mapped[str] = mapped_column(String(20), primary_key=True, default=new_id)
    place: Mapped[str] = mapped_column(String(120))
    file: Mapped[str] = mapped_column(String(120))
    files: Mapped[dict[str, str]] = mapped_column(JSON)
    losses: Mapped[list[list[str]]] = mapped_column(JSON)  # place and sentence of what a dictionary had beside it
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(14))
    reason: Mapped[str] = mapped_column(String(200), default="")
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    uploaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @property
    def bodies(self) -> dict[str, bytes]:
        return {place: text.encode() for place, text in self.files.items()}


class WrongState(Refused):
    code = "wrong_state"


class VersionAwaited(Refused):
    """Another file for the same version is asked for already: two cannot both become it."""

    code = "version_awaited"


def keep(
    session: Session, chain: Chain, *, place: str, file: str, files: Mapping[str, bytes], sha256: str,
    losses: Sequence[tuple[str, str]], by: Staff, at: datetime,
) -> MaterialUpload:  # fmt: skip
    upload = MaterialUpload(
        id=new_id(), place=place, file=file[:120], files={name: body.decode() for name, body in files.items()},
        losses=[list(loss) for loss in losses], sha256=sha256, state="uploaded", reason="",
        uploaded_by=by.id, uploaded_at=at,
    )  # fmt: skip
    session.add(upload)
    session.flush()
    _trace(session, chain, upload, "material_upload", by, at)
    return upload


def get(session: Session, upload_id: str) -> MaterialUpload:
    upload = session.get(MaterialUpload, upload_id)
    if upload is None:
        raise NotFound("upload_unknown")
    return upload


def all_uploads(session: Session) -> Sequence[MaterialUpload]:
    newest = select(MaterialUpload).order_by(MaterialUpload.uploaded_at.desc(), MaterialUpload.id)
    return session.scalars(newest).all()


def other_of_version(session: Session, upload: MaterialUpload, states: Sequence[str]) -> MaterialUpload | None:
    """Another file for the same version, in one of the states."""
    same = select(MaterialUpload).where(MaterialUpload.place == upload.place, MaterialUpload.id != upload.id)
    return session.scalar(same.where(MaterialUpload.state.in_(states)).order_by(MaterialUpload.uploaded_at).limit(1))


def overtaken(uploads: Sequence[MaterialUpload]) -> frozenset[str]:
    """Ids of those still on their way whose version another file has become."""
    published = {upload.place for upload in uploads if upload.state == "published"}
    return frozenset(upload.id for upload in uploads if upload.state in OPEN and upload.place in published)


def ask(session: Session, chain: Chain, upload: MaterialUpload, *, by: Staff, at: datetime) -> None:
    """From here on what was uploaded stands as it is: it is what two people look at. Raises `VersionAwaited`."""
    awaited = other_of_version(session, upload, AWAITED)
    if awaited is not None:
        raise VersionAwaited(upload=upload.id, other=awaited.id)
    _move(upload, "asked")
    approvals.ask(session, kind=APPROVAL_KIND, object_=upload.id, staff_id=by.id, at=at)
    for other in session.scalars(_approvers(local_date(at)).where(Staff.id != by.id)):
        given = {"upload": upload.id, "staff": other.id}
        outbox.put(session, TELL_APPROVER, given, key=f"{TELL_APPROVER}:{upload.id}:{other.id}", at=at)
    _trace(session, chain, upload, "material_ask", by, at)


def awaited_approver(session: Session, upload_id: str, staff_id: str, *, on: date) -> Staff | None:
    """The account, if it is still waited for: the matter is open, it may decide, and it has not."""
    upload = session.get(MaterialUpload, upload_id)
    if upload is None or upload.state not in ("asked", "approved_once"):
        return None
    if first_approver(session, upload) == staff_id:
        return None
    return session.scalar(_approvers(on).where(Staff.id == staff_id))


def _approvers(on: date) -> Select[Staff]:
    """Accounts that have signed up, have not ended, and may approve."""
    roles = [role for role in ROLES if can(role, "approve_material")]
    return select(Staff).where(Staff.role.in_(roles), Staff.ends_on >= on, Staff.sign_up_hash.is_(None))


def approve(session: Session, chain: Chain, upload: MaterialUpload, *, by: Staff, at: datetime) -> str:
    """One of two approvals, by two different accounts. The second leaves the publishing to the jobs."""
    state = approvals.approve(session, _approval(session, upload), staff_id=by.id)
    _move(upload, state)
    if state == "approved":
        outbox.put(session, "publish_material", {"upload": upload.id}, key=f"publish:{upload.id}", at=at)
    _trace(session, chain, upload, "material_approve", by, at)
    return state


def refuse(session: Session, chain: Chain, upload: MaterialUpload, *, by: Staff, reason: str, at: datetime) -> None:
    approvals.refuse(session, _approval(session, upload), reason=reason[:200])
    _move(upload, "refused")
    upload.reason = reason[:200]
    _trace(session, chain, upload, "material_refuse", by, at)


def remove(session: Session, chain: Chain, upload: MaterialUpload, *, by: Staff, at: datetime) -> None:
    """What nobody has approved leaves no trace but that somebody took it away."""
    if "removed" not in ALLOWED[upload.state]:
        raise WrongState(upload=upload.id, state=upload.state)
    _trace(session, chain, upload, "material_remove", by, at)
    session.delete(upload)
    session.flush()


def approval_id(session: Session, upload: MaterialUpload) -> str:
    return _approval(session, upload).id


def finish(session: Session, upload: MaterialUpload, state: str, *, reason: str = "") -> None:
    """The jobs tell how the publishing went."""
    _move(upload, state)
    upload.reason = reason[:200]
    session.flush()


def first_approver(session: Session, upload: MaterialUpload) -> str | None:
    found = approvals.find(session, APPROVAL_KIND, upload.id)
    return found.first_by if found else None


def _approval(session: Session, upload: MaterialUpload) -> approvals.Approval:
    found = approvals.find(session, APPROVAL_KIND, upload.id)
    if found is None:
        raise WrongState(upload=upload.id, state=upload.state)
    return found


def _move(upload: MaterialUpload, to: str) -> None:
    if to not in ALLOWED[upload.state]:
        raise WrongState(upload=upload.id, state=upload.state, wanted=to)
    upload.state = to


def _trace(session: Session, chain: Chain, upload: MaterialUpload, action: str, by: Staff, at: datetime) -> None:
    chain.append(session, Event(by.id, by.role, action, f"material:{upload.id}", reason=upload.place), at=at)
    session.flush()

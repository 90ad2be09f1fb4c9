"""Publishing what two people have approved: looked at once more, and put into the store as it was approved."""

from kapabla.material.pieces import Piece, check_piece, sha256_of_files
from kapabla.material.published import publish, read_published
from kapabla.office import uploads
from kapabla.outbox import Job
from kapabla.service import Service, material_root
from kapabla.store import Store
from kapabla.vaults import Work


def publish_material(service: Service, work: Work, job: Job) -> None:
    """The store first and the register last: done twice, it is done once."""
    upload = uploads.get(work.office, job.payload["upload"])
    if upload.state != "approved":
        return
    reason = _why_not(service, upload)
    if reason:
        uploads.finish(work.office, upload, "failed", reason=reason)
        return
    approval = uploads.approval_id(work.office, upload)
    publish(Store(service.config.release_dir), upload.place, upload.bodies, approval=approval)
    uploads.finish(work.office, upload, "published")


def _why_not(service: Service, upload: uploads.MaterialUpload) -> str:
    """Days may have passed since somebody looked: another version may be there, or a code taken."""
    if sha256_of_files(upload.bodies) != upload.sha256:
        return "changed"
    root = material_root(service.config)
    published = read_published(service.config.release_dir, root).files
    piece = Piece(upload.place, upload.bodies)
    taken = {name: body for name, body in published.items() if piece.holds(name)}
    if (root / upload.place).exists() or (taken and taken != upload.bodies):
        return "version_exists"
    return "faults" if check_piece(piece, root, published) else ""

"""What municipality and police have signed goes to the store on its day, where every process reads it."""

from hashlib import sha256

from kapabla.clock import local_date
from kapabla.material.promise_editions import publish_edition
from kapabla.office import promise_editions
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.store import Store
from kapabla.vaults import Work


def publish_promises(service: Service, work: Work, job: Job) -> None:
    """The store first and the register last: done twice, it is done once. What was taken back meanwhile stays here."""
    edition = promise_editions.get(work.office, job.payload["edition"])
    if edition.state != "signed":
        return
    body = edition.document.encode()
    if sha256(body).hexdigest() != edition.sha256:
        promise_editions.finish(work.office, edition, "failed")
        return
    publish_edition(
        Store(service.config.release_dir), body, signed=edition.signatures,
        approval=promise_editions.approval_id(work.office, edition), published_on=local_date(service.clock()),
    )  # fmt: skip
    promise_editions.finish(work.office, edition, "published")

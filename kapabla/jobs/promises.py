"""What municipality and police have signed goes to the store on its day, where every process reads it."""

from functools import partial

from kapabla.clock import local_date
from kapabla.jobs.approved import publish_approved
from kapabla.material.promise_editions import publish_edition
from kapabla.office import promise_editions
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.store import Store
from kapabla.vaults import Work


def publish_promises(service: Service, work: Work, job: Job) -> None:
    edition = promise_editions.get(work.office, job.payload["edition"])
    publish = partial(
        publish_edition, Store(service.config.release_dir), signed=edition.signatures,
        approval=promise_editions.approval_id(work.office, edition), published_on=local_date(service.clock()),
    )  # fmt: skip
    publish_approved(
        edition, waiting="signed", publish=publish, finish=partial(promise_editions.finish, work.office, edition)
    )

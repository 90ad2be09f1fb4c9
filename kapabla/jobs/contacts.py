"""A number that the county has checked goes to the store, where every process reads it."""

from datetime import datetime

from kapabla.material.contact_checks import from_json, publish_check
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.store import Store
from kapabla.vaults import Work


def publish_contact(service: Service, _work: Work, job: Job) -> None:
    ordered_at = datetime.fromisoformat(job.payload["ordered_at"])
    publish_check(Store(service.config.release_dir), from_json(job.payload), ordered_at=ordered_at, job=job.id)

"""What staff have recorded of a person and may not carry out themselves: done through the bridge within a job cycle."""

from kapabla import bridge
from kapabla.answers.placement import find_place
from kapabla.clock import local_date
from kapabla.identity import entry, rights_requests
from kapabla.journals import Journal
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work


def withdraw(service: Service, work: Work, job: Job) -> None:
    found = entry.find_by_person(work.identity, job.payload["person"])
    if found is None:
        # Erased since: there is nobody left to withdraw.
        return
    if job.payload["erase"]:
        # Before the row goes that it is about.
        on = local_date(service.clock())
        rights_requests.carried_out(work.identity, found.person_id, rights_requests.ERASURE, on=on)
    data_dir = service.config.data_dir
    trail = bridge.Trail(
        service.identity_chain, service.answers_chain, Journal(data_dir, "identity"), Journal(data_dir, "answers")
    )
    bridge.withdraw(
        work, service.keys, trail, found, scope=job.payload["scope"], erase=job.payload["erase"], at=service.clock(),
        actor="staff",
    )  # fmt: skip


def refresh_placement(service: Service, work: Work, job: Job) -> None:
    """Only where there is one: a placement is made when a person starts, not when staff correct a name."""
    found = entry.find_by_person(work.identity, job.payload["person"])
    if found is not None and find_place(work.answers, bridge.subject_for(service.keys, found)) is not None:
        bridge.place(work, service.keys, found)

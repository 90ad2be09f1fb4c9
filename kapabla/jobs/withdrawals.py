"""Withdrawals that staff have recorded: carried out through the bridge within one job cycle."""

from sqlalchemy import select

from kapabla import bridge
from kapabla.identity import entry
from kapabla.identity.invitations import Invitation
from kapabla.journals import Journal
from kapabla.outbox import Job
from kapabla.service import Service
from kapabla.vaults import Work


def withdraw(service: Service, work: Work, job: Job) -> None:
    token_hash = work.identity.scalar(
        select(Invitation.token_hash).where(Invitation.person_id == job.payload["person"])
    )
    found = entry.find_by_token(work.identity, token_hash) if token_hash else None
    if found is None:
        # Erased since: there is nobody left to withdraw.
        return
    data_dir = service.config.data_dir
    trail = bridge.Trail(
        service.identity_chain, service.answers_chain, Journal(data_dir, "identity"), Journal(data_dir, "answers")
    )
    bridge.withdraw(
        work, service.keys, trail, found, scope=job.payload["scope"], erase=job.payload["erase"], at=service.clock(),
        actor="staff",
    )  # fmt: skip

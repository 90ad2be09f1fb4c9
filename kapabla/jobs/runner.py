"""The runner: lease, do, finish, each job in transactions of its own, so that a kill at any point loses nothing."""

from collections.abc import Callable
from threading import Event

import structlog

from kapabla.errors import KapablaError
from kapabla.identity import entry
from kapabla.identity.records import outbox as identity_outbox
from kapabla.jobs.mail import Temporary
from kapabla.jobs.releases import build_release
from kapabla.jobs.send import NoMailServer, send_lost_link, send_message
from kapabla.jobs.withdrawals import withdraw
from kapabla.office.records import outbox as office_outbox
from kapabla.outbox import Job, Outbox
from kapabla.service import Service
from kapabla.vaults import Work

log = structlog.get_logger("kapabla.jobs")
PAUSE_SECONDS = 2.0

Handler = Callable[[Service, Work, Job], None]


def _build(service: Service, work: Work, job: Job) -> None:
    build_release(service, work, job.payload["release"])


HANDLERS: dict[str, Handler] = {
    "send_message": send_message,
    "send_lost_link": send_lost_link,
    "withdraw": withdraw,
    "build_release": _build,
}


def run_once(service: Service) -> int:
    """Do everything that is due now. Returns how many jobs were finished."""
    done = _run_outbox(service, identity_outbox, "identity") + _run_outbox(service, office_outbox, "office")
    at = service.clock()
    with service.vaults.unit() as work:
        identity_outbox.sweep(work.identity, at=at)
        office_outbox.sweep(work.office, at=at)
        entry.sweep_sessions(work.identity, at=at)
    return done


def run_loop(service: Service, stop: Event) -> None:
    while not stop.is_set():
        run_once(service)
        stop.wait(PAUSE_SECONDS)


def _run_outbox(service: Service, outbox: Outbox, vault: str) -> int:
    done = 0
    while (job := _lease(service, outbox, vault)) is not None:
        done += _do(service, outbox, vault, job)
    return done


def _lease(service: Service, outbox: Outbox, vault: str) -> Job | None:
    with service.vaults.unit() as work:
        return outbox.lease(getattr(work, vault), at=service.clock())


def _do(service: Service, outbox: Outbox, vault: str, job: Job) -> bool:
    """The job's own writes and the mark that it is done are one transaction."""
    try:
        with service.vaults.unit() as work:
            HANDLERS[job.kind](service, work, job)
            outbox.finish(getattr(work, vault), job, at=service.clock())
    except (Temporary, NoMailServer, KapablaError) as error:
        fault = error.code if isinstance(error, KapablaError) else type(error).__name__
        log.warning("job_failed", kind=job.kind, job=job.id, fault=fault, attempts=job.attempts)
        with service.vaults.unit() as work:
            outbox.fail(getattr(work, vault), job, fault, at=service.clock())
        return False
    return True

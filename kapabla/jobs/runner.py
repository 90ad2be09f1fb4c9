"""The runner: lease, do, finish, each job in transactions of its own, so that a kill at any point loses nothing.

While a job is done its lease is renewed, so that nobody else takes it however long it lasts.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog
from sqlalchemy.exc import SQLAlchemyError

from kapabla.answers.sealed_copy import sweep_copies
from kapabla.clock import local_date
from kapabla.errors import KapablaError
from kapabla.identity import entry
from kapabla.identity.drafts import sweep_drafts
from kapabla.identity.records import outbox as identity_outbox
from kapabla.jobs.audit_heads import order_heads
from kapabla.jobs.bounces import order_reading
from kapabla.jobs.handlers import HANDLERS
from kapabla.jobs.mail import Temporary
from kapabla.jobs.openings import order_openings
from kapabla.jobs.reminders import order_reminders
from kapabla.jobs.retention import note_due
from kapabla.jobs.send import MustWait
from kapabla.jobs.sms_reports import order_sms_reading
from kapabla.jobs.steps import order_steps
from kapabla.jobs.stocktaking import count_answers, order_notice
from kapabla.jobs.surveys import count_survey_answers
from kapabla.jobs.texts import screen_texts
from kapabla.jobs.withdrawal_notices import give_up_outdated, order_notices
from kapabla.office.records import outbox as office_outbox
from kapabla.outbox import LEASE_SECONDS, Job, Outbox
from kapabla.service import Service

log = structlog.get_logger("kapabla.jobs")
PAUSE_SECONDS = 2.0
# Two beats may fail before the lease runs out.
BEAT_SECONDS = LEASE_SECONDS / 3
OUTBOXES: dict[str, Outbox] = {"identity": identity_outbox, "office": office_outbox}


def run_once(service: Service) -> int:
    """Do everything that is due now in the vaults that this process has. Returns how many jobs were finished."""
    given = {vault: outbox for vault, outbox in OUTBOXES.items() if vault in service.vaults.engines}
    if {"identity", "answers"} <= service.vaults.engines.keys():
        with service.vaults.unit() as work:
            order_steps(service, work, at=service.clock())
            order_openings(service, work, at=service.clock())
            order_reminders(service, work, at=service.clock())
            order_reading(service, work, at=service.clock())
            order_sms_reading(service, work, at=service.clock())
    if {"identity", "answers", "office"} <= service.vaults.engines.keys():
        screen_texts(service)
        note_due(service)
        count_answers(service)
        count_survey_answers(service)
        with service.vaults.unit() as work:
            order_heads(service, work, at=service.clock())
            order_notice(service, work, at=service.clock())
    if {"answers", "office"} <= service.vaults.engines.keys():
        give_up_outdated(service)
        with service.vaults.unit() as work:
            order_notices(work, at=service.clock())
    done = sum(_run_outbox(service, outbox, vault) for vault, outbox in given.items())
    at = service.clock()
    with service.vaults.unit() as work:
        for vault, outbox in given.items():
            outbox.sweep(getattr(work, vault), at=at)
        if "identity" in given:
            entry.sweep_sessions(work.identity, at=at)
            sweep_drafts(work.identity, at=at)
        if "answers" in service.vaults.engines:
            sweep_copies(work.answers, on=local_date(at))
    return done


def run_loop(service: Service, stop: Event) -> None:
    """Until told to stop. A database, a key or a disk that is away is waited for: nothing is lost meanwhile."""
    while not stop.is_set():
        try:
            run_once(service)
        except (SQLAlchemyError, KapablaError, OSError) as error:
            log.error("round_broken_off", kind=type(error).__name__)
        stop.wait(PAUSE_SECONDS)


def _run_outbox(service: Service, outbox: Outbox, vault: str) -> int:
    done, waits = 0, Counter[tuple[str, str]]()
    while (job := _lease(service, outbox, vault)) is not None:
        try:
            done += _do(service, outbox, vault, job)
        except MustWait as error:
            _let_wait(service, outbox, vault, job, error)
            waits[job.kind, error.code] += 1
    for (kind, why), jobs in waits.items():
        log.info("jobs_wait", kind=kind, why=why, jobs=jobs)
    return done


def _lease(service: Service, outbox: Outbox, vault: str) -> Job | None:
    with service.vaults.unit() as work:
        return outbox.lease(getattr(work, vault), at=service.clock())


def _do(service: Service, outbox: Outbox, vault: str, job: Job) -> bool:
    """The job's own writes and the mark that it is done are one transaction, or the job is safe to repeat."""
    try:
        with _held(service, outbox, vault, job), service.vaults.unit() as work:
            HANDLERS[job.kind](service, work, job)
            outbox.finish(getattr(work, vault), job, at=service.clock())
    except MustWait:
        raise
    except (Temporary, KapablaError) as error:
        _put_back(service, outbox, vault, job, error.code if isinstance(error, KapablaError) else "temporary")
        return False
    except SQLAlchemyError:
        raise
    except Exception as error:  # one broken job must not keep all the others from being done
        _put_back(service, outbox, vault, job, f"unexpected {type(error).__name__}"[:60])
        return False
    return True


def _let_wait(service: Service, outbox: Outbox, vault: str, job: Job, why: MustWait) -> None:
    with service.vaults.unit() as work:
        outbox.postpone(getattr(work, vault), job, why.code, at=service.clock(), until=why.until)


@contextmanager
def _held(service: Service, outbox: Outbox, vault: str, job: Job) -> Iterator[None]:
    """Renew the lease from a thread until the job's transaction has ended: a handler need not think of it."""
    over = Event()
    beating = Thread(target=_beat, args=(service, outbox, vault, job, over), daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()


def _beat(service: Service, outbox: Outbox, vault: str, job: Job, over: Event) -> None:
    while not over.wait(BEAT_SECONDS):
        try:
            with service.vaults.unit() as work:
                if not outbox.renew(getattr(work, vault), job, at=service.clock()):
                    return
        except SQLAlchemyError as error:
            # On SQLite the job itself may hold the vault's only lock: then nobody else can take it either.
            log.warning("lease_not_renewed", kind=job.kind, job=job.id, fault=type(error).__name__)


def _put_back(service: Service, outbox: Outbox, vault: str, job: Job, fault: str) -> None:
    log.warning("job_failed", kind=job.kind, job=job.id, fault=fault, attempts=job.attempts)
    with service.vaults.unit() as work:
        outbox.fail(getattr(work, vault), job, fault, at=service.clock())

"""The runner holds a job for as long as it is done, and keeps nothing of one that it has lost."""

import threading
import time

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from kapabla.identity.records import IdentityOutbox, outbox
from kapabla.jobs import runner
from kapabla.outbox import LEASE_SECONDS


def put(service, kind):
    with service.vaults.unit() as work:
        outbox.put(work.identity, kind, {}, key=kind, at=service.clock())


def row_of(service, kind):
    with service.vaults.reading() as work:
        return work.identity.scalars(select(IdentityOutbox).where(IdentityOutbox.kind == kind)).one()


def lease(service):
    with service.vaults.unit() as work:
        return outbox.lease(work.identity, at=service.clock())


@pytest.fixture
def handle(monkeypatch):
    def set_(kind, handler):
        monkeypatch.setitem(runner.HANDLERS, kind, handler)

    return set_


def test_a_job_that_lasts_longer_than_its_lease_is_done_by_one_runner(any_service, clock, handle, monkeypatch):
    monkeypatch.setattr(runner, "BEAT_SECONDS", 0.02)
    others = []

    def slow(service, _work, _job):
        for _ in range(5):
            clock.tick(seconds=LEASE_SECONDS - 10)
            patience = time.monotonic() + 10
            while row_of(service, "slow").locked_until < clock().timestamp() + LEASE_SECONDS:
                assert time.monotonic() < patience, "nobody renewed the lease"
                time.sleep(0.01)
            others.append(lease(service))

    handle("slow", slow)
    put(any_service, "slow")
    assert runner.run_once(any_service) == 1
    assert others == [None] * 5
    assert (row_of(any_service, "slow").state, row_of(any_service, "slow").attempts) == ("done", 1)


def test_a_runner_that_slept_too_long_keeps_nothing_and_leaves_the_job_to_the_other(any_service, clock, handle):
    taken = []

    def asleep(service, work, _job):
        clock.tick(seconds=LEASE_SECONDS)
        taken.append(lease(service))
        outbox.put(work.identity, "written", {}, key="written", at=service.clock())

    handle("asleep", asleep)
    put(any_service, "asleep")
    runner.run_once(any_service)
    row = row_of(any_service, "asleep")
    assert (row.state, row.holder, row.fault) == ("waiting", taken[0].holder, "")
    assert row.locked_until == int(clock().timestamp()) + LEASE_SECONDS
    with any_service.vaults.reading() as work:
        assert outbox.count(work.identity, "waiting") == 1


def test_a_job_that_writes_where_its_lease_stands_is_not_held_up_by_it(any_service, handle, monkeypatch):
    """SQLite has one writer a vault: while the job is it, the lease cannot be renewed, and need not be."""
    monkeypatch.setattr(runner, "BEAT_SECONDS", 0.02)
    tried, renew = threading.Event(), outbox.renew

    def renew_meanwhile(*args, **kwargs):
        tried.set()
        return renew(*args, **kwargs)

    monkeypatch.setattr(outbox, "renew", renew_meanwhile)

    def writing(service, work, _job):
        outbox.put(work.identity, "written", {}, key="written", at=service.clock())
        assert tried.wait(10), "nobody tried to renew the lease"

    handle("writing", writing)
    handle("written", lambda *_: None)
    put(any_service, "writing")
    assert runner.run_once(any_service) == 2


def test_a_database_that_is_away_for_a_beat_does_not_end_the_job(any_service, handle, monkeypatch):
    monkeypatch.setattr(runner, "BEAT_SECONDS", 0.02)
    tried = threading.Event()

    def away(*_, **__):
        tried.set()
        raise OperationalError("UPDATE", {}, Exception("away"))

    monkeypatch.setattr(outbox, "renew", away)
    handle("long", lambda *_: tried.wait(10))
    put(any_service, "long")
    assert runner.run_once(any_service) == 1
    assert tried.is_set()

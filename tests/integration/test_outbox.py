"""The outbox: a job is left once, leased by one runner at a time, tried again with growing pauses, and swept."""

import threading

import pytest
from sqlalchemy import select

from kapabla.identity.records import IdentityOutbox, outbox
from kapabla.outbox import KEEP_DONE_SECONDS, LEASE_SECONDS, MAX_ATTEMPTS, PAUSE_SECONDS, LeaseLost


def put(service, key="one", **payload):
    with service.vaults.unit() as work:
        return outbox.put(work.identity, "send_message", payload, key=key, at=service.clock())


def lease(service):
    with service.vaults.unit() as work:
        return outbox.lease(work.identity, at=service.clock())


def rows(service):
    with service.vaults.reading() as work:
        return list(work.identity.scalars(select(IdentityOutbox)))


def together(target, number):
    threads = [threading.Thread(target=target) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_same_key_leaves_one_job(any_service):
    assert put(any_service, a=1)
    assert not put(any_service, a=2)
    assert [row.payload for row in rows(any_service)] == [{"a": 1}]


def test_ten_threads_with_one_key_leave_one_job(any_service):
    said = []
    together(lambda: said.append(put(any_service)), 10)
    assert sorted(said) == [False] * 9 + [True]
    assert len(rows(any_service)) == 1


def test_two_runners_never_get_the_same_job(any_service):
    for index in range(8):
        put(any_service, key=f"job-{index}")
    taken = []

    def run():
        while (job := lease(any_service)) is not None:
            taken.append(job.id)

    together(run, 2)
    # On PostgreSQL a runner may see only rows that the other holds, and come back later: never twice, in any case.
    run()
    assert len(taken) == len(set(taken)) == 8


def test_a_dead_runners_job_comes_back_when_the_lease_is_over(any_service, clock):
    put(any_service)
    first = lease(any_service)
    assert first.attempts == 1
    clock.tick(seconds=LEASE_SECONDS - 1)
    assert lease(any_service) is None
    clock.tick(seconds=1)
    assert lease(any_service).attempts == 2


def take_over(service, clock):
    """A runner that has slept past its lease, and the one that has the job now."""
    put(service)
    late = lease(service)
    clock.tick(seconds=LEASE_SECONDS)
    return late, lease(service)


def test_a_renewed_lease_is_nobody_elses_however_long_the_job_lasts(any_service, clock):
    put(any_service)
    job = lease(any_service)
    for _ in range(10):
        clock.tick(seconds=LEASE_SECONDS - 1)
        with any_service.vaults.unit() as work:
            assert outbox.renew(work.identity, job, at=clock())
        assert lease(any_service) is None
    clock.tick(seconds=LEASE_SECONDS)
    assert lease(any_service).attempts == 2


@pytest.mark.parametrize("how", ["fail", "postpone"])
def test_a_late_runner_does_not_free_the_job_that_another_has_taken(any_service, clock, how):
    late, present = take_over(any_service, clock)
    with any_service.vaults.unit() as work:
        getattr(outbox, how)(work.identity, late, "late", at=clock())
        assert not outbox.renew(work.identity, late, at=clock())
    clock.tick(seconds=LEASE_SECONDS - 1)
    assert lease(any_service) is None
    assert rows(any_service)[0].fault == ""
    with any_service.vaults.unit() as work:
        getattr(outbox, how)(work.identity, present, "mine", at=clock())
    assert (rows(any_service)[0].fault, rows(any_service)[0].locked_until) == ("mine", 0)


def test_what_a_late_runner_wrote_is_taken_back_when_it_wants_to_finish(any_service, clock):
    late, present = take_over(any_service, clock)

    def finish(job, key):
        with any_service.vaults.unit() as work:
            outbox.put(work.identity, "written_by_the_job", {}, key=key, at=clock())
            outbox.finish(work.identity, job, at=clock())

    with pytest.raises(LeaseLost):
        finish(late, "late")
    finish(present, "present")
    assert {row.idempotency_key: row.state for row in rows(any_service)} == {"one": "done", "present": "waiting"}


def test_a_job_that_is_postponed_has_used_no_attempt(any_service, clock):
    put(any_service)
    for _ in range(MAX_ATTEMPTS + 2):
        job = lease(any_service)
        with any_service.vaults.unit() as work:
            outbox.postpone(work.identity, job, "no_mail_server", at=clock())
        clock.tick(seconds=PAUSE_SECONDS - 1)
        assert lease(any_service) is None
        clock.tick(seconds=1)
    assert lease(any_service).attempts == 1


def test_a_failure_waits_longer_each_time_and_then_lies_down(any_service, clock):
    put(any_service)
    pauses = []
    while (job := lease(any_service)) is not None:
        with any_service.vaults.unit() as work:
            outbox.fail(work.identity, job, "mail_server_away", at=clock())
        row = rows(any_service)[0]
        if row.state == "dead":
            break
        pauses.append(row.due - int(clock().timestamp()))
        clock.tick(seconds=pauses[-1] - 1)
        assert lease(any_service) is None
        clock.tick(seconds=1)
    assert len(pauses) == MAX_ATTEMPTS - 1
    assert pauses == sorted(set(pauses))
    assert rows(any_service)[0].fault == "mail_server_away"


def test_a_done_job_is_not_done_again_and_goes_within_a_day(any_service, clock):
    put(any_service)
    job = lease(any_service)
    with any_service.vaults.unit() as work:
        outbox.finish(work.identity, job, at=clock())
        assert outbox.count(work.identity, "done") == 1
        assert outbox.oldest_due(work.identity) is None
    clock.tick(seconds=LEASE_SECONDS + 1)
    assert lease(any_service) is None
    assert not put(any_service)
    clock.tick(seconds=KEEP_DONE_SECONDS)
    with any_service.vaults.unit() as work:
        outbox.sweep(work.identity, at=clock())
    assert rows(any_service) == []


def test_a_job_goes_with_its_cause_or_not_at_all(any_service):
    def put_and_fail():
        with any_service.vaults.unit() as work:
            outbox.put(work.identity, "send_message", {}, key="one", at=any_service.clock())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        put_and_fail()
    assert rows(any_service) == []

"""A build that breaks ends as failed, with a reason that somebody can read: nobody waits for ever."""

import pytest

from kapabla.jobs.runner import run_once
from kapabla.office import release_register, sign_in
from kapabla.office.records import outbox
from kapabla.outbox import LEASE_SECONDS, MAX_ATTEMPTS
from tests import factories as make

NAME = "2026-11-25-1"


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def order(service):
    make.make_staff(service, "researcher")
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, "researcher@example.com")
        release_register.order(
            work.office, service.office_chain, release=NAME, study=make.STUDY, purpose="evaluation", is_test=True,
            by=by, at=service.clock(),
        )  # fmt: skip


def state(service):
    with service.vaults.reading() as work:
        record = release_register.get(work.office, NAME)
        return record.state, record.reason, outbox.count(work.office, "waiting")


def test_what_nobody_foresaw_ends_the_order_and_destroys_the_key(service, client, order):
    key = service.config.key_dir / f"release-{NAME}.key"
    key.write_text("not a key", encoding="utf-8")
    run_once(service)
    assert state(service) == ("failed", "broken", 0)
    assert not key.exists()
    make.sign_in_as(client, "steward")
    client.get(f"/forskning/data/{NAME}")
    assert "Felet ligger i systemet och inte i svaren" in client.text


def test_a_build_that_never_comes_back_ends_too(service, order, clock):
    """The whole process dies in it each time: no handler gets to say so."""
    for _ in range(MAX_ATTEMPTS - 1):
        with service.vaults.unit() as work:
            assert outbox.lease(work.office, at=clock()).kind == "build_release"
        clock.tick(LEASE_SECONDS + 1)
    assert state(service) == ("ordered", "", 1)
    run_once(service)
    assert state(service) == ("failed", "broken", 0)

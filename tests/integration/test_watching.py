"""The loss alarm (H7), what an operator is told (H11), and the numbers that a monitoring system reads."""

from dataclasses import replace
from datetime import date

import pytest
from flask import request
from sqlalchemy import delete, text

from kapabla import bridge
from kapabla.answers import counting
from kapabla.answers.counting import Fallen
from kapabla.answers.submissions import Submission
from kapabla.audit import Event
from kapabla.jobs.runner import run_once
from kapabla.jobs.simulation import trail_of
from kapabla.office.records import outbox
from kapabla.watching import LATE_SECONDS
from tests import factories as make
from tests.integration.jobs.conftest import awake, mail_server, with_mail  # noqa: F401  (fixture)

DAY = date(2026, 11, 25)


@pytest.fixture
def answered(any_service):
    people = [make.make_person(any_service, email=f"p{number}@example.com") for number in range(3)]
    for made in people:
        make.take_part(any_service, made, on=DAY)
        make.save_wave(any_service, made, "t0", on=DAY)
    return people


def stock(service):
    with service.vaults.unit() as work:
        return counting.take_stock(work.answers, on=DAY)


def lose(service, made):
    """As somebody does who has the database and not the product."""
    with service.vaults.unit() as work:
        work.answers.execute(delete(Submission).where(Submission.subject == made.subject))


def leave(service, made, *, erase=True):
    with service.vaults.unit() as work:
        bridge.withdraw(
            work, service.keys, trail_of(service), make.entrant_of(service, made), scope="research", erase=erase,
            at=service.clock(),
        )  # fmt: skip


def test_a_fall_that_the_log_does_not_explain_is_told_until_somebody_says_why(any_service, answered):
    """H7, on both databases."""
    assert stock(any_service) == []
    lose(any_service, answered[0])
    assert stock(any_service) == stock(any_service) == [Fallen("kapabla-2026", "t0", "se", 1)]
    with any_service.vaults.unit() as work:
        event = Event("cli", "system", counting.ACCEPTED, "answers", reason="a test of the restore")
        any_service.answers_chain.append(work.answers, event, at=any_service.clock(), date_only=True)
    assert stock(any_service) == []


def test_who_has_had_the_answers_removed_explains_one_and_no_more(any_service, answered):
    stock(any_service)
    leave(any_service, answered[0])
    assert stock(any_service) == []
    leave(any_service, answered[1])
    lose(any_service, answered[2])
    assert [one.missing for one in stock(any_service)] == [1]


def test_who_leaves_and_lets_the_answers_stay_explains_nothing(service, answered_embedded):
    stock(service)
    leave(service, answered_embedded[0], erase=False)
    lose(service, answered_embedded[1])
    assert [one.missing for one in stock(service)] == [1]


@pytest.fixture
def answered_embedded(service):
    people = [make.make_person(service, email=f"p{number}@example.com") for number in range(2)]
    for made in people:
        make.take_part(service, made, on=DAY)
        make.save_wave(service, made, "t0", on=DAY)
    return people


def told(server):
    return [mail for to, mail in server.taken if to == "drift@example.se"]


def test_the_operator_is_told_once_a_day_and_at_once_of_something_new(
    service, mail_server, clock, answered_embedded,  # noqa: F811
):  # fmt: skip
    service = awake(with_mail(service, mail_server))
    service = replace(service, config=replace(service.config, operator_email="drift@example.se"))
    run_once(service)
    assert told(mail_server) == []
    with service.vaults.unit() as work:
        outbox.put(work.office, "publish_contact", {}, key="x", at=clock())
        work.office.execute(text("UPDATE outbox SET state = 'dead' WHERE idempotency_key = 'x'"))
    for _ in range(3):
        clock.tick(minutes=5)
        run_once(service)
    (first,) = told(mail_server)
    body = first.get_payload(decode=True).decode()
    assert "Jobb som har stannat (publish_contact): 1. Se /admin/jobb." in body
    assert "p0@example.com" not in body
    lose(service, answered_embedded[0])
    clock.tick(days=1)
    run_once(service)
    run_once(service)
    assert "Svar har försvunnit" in told(mail_server)[-1].get_payload(decode=True).decode()
    assert len(told(mail_server)) <= 3


def test_numbers_are_for_this_machine_and_whoever_has_the_token(config, make_app, clock):
    app = make_app(replace(config, metrics_token="en nyckel som ingen gissar"))
    service, browser = app.extensions["kapabla"], app.test_client()
    with service.vaults.unit() as work:
        outbox.put(work.office, "publish_contact", {}, key="x", at=clock())
    clock.tick(LATE_SECONDS + 1)
    lines = browser.get("/metrics").text.splitlines()
    assert 'kapabla_jobs_waiting{vault="office"} 1' in lines
    assert f'kapabla_jobs_late_seconds{{vault="office"}} {LATE_SECONDS + 1}' in lines
    assert 'kapabla_database_up{vault="answers"} 1' in lines
    assert browser.get("/readyz").json == {"status": "ok", "jobs": "late", "oldest_job_seconds": LATE_SECONDS + 1}
    far = {"REMOTE_ADDR": "192.0.2.7"}
    assert browser.get("/metrics", environ_base=far).status_code == 404
    assert browser.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    wrong, right = "Bearer en nyckel som någon gissar", "Bearer en nyckel som ingen gissar"
    assert browser.get("/metrics", environ_base=far, headers={"Authorization": wrong}).status_code == 404
    assert browser.get("/metrics", environ_base=far, headers={"Authorization": right}).status_code == 200


def test_behind_a_server_of_our_own_each_visitor_is_counted_alone_and_nobody_chooses_an_address(config, make_app):
    """Wrong codes are counted by address: were it the proxy's, thirty would lock the whole county out."""
    seen = []
    for proxies in (0, 1):
        app = make_app(replace(config, proxies=proxies))
        app.before_request(lambda: seen.append(request.remote_addr) or None)
        app.test_client().get("/healthz", headers={"X-Forwarded-For": "10.9.9.9, 192.0.2.7"})
    assert seen == ["127.0.0.1", "192.0.2.7"]

"""The cycle of the promises below its pages: what is due when, who may sign, and a publication that happens once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kapabla.jobs.promises import publish_promises
from kapabla.jobs.runner import run_once
from kapabla.material.promise_editions import read_editions
from kapabla.office import promise_editions, promises
from kapabla.office.approvals import Approval
from kapabla.office.promise_tasks import tasks
from kapabla.office.promises import (
    Activity,
    CitizenPromise,
    CouncilMeeting,
    FeedbackItem,
    Followup,
    SituationSource,
)
from kapabla.office.sign_in import get_staff
from kapabla.outbox import Job
from tests.factories import make_staff

PLACE = "2409"
NO_SERIES = {}.get


@pytest.fixture
def cycle(any_service):
    """A period of Robertsfors that holds, with one promise that is whole. The period before it is on file."""
    return make_cycle(any_service)


def make_cycle(service):
    make_staff(service, "editor")
    at = service.clock()
    with service.vaults.unit() as work:
        by = get_staff(work.office, "editor@example.com")
        made = promises.create_cycle(
            work.office, service.office_chain, municipality=PLACE, from_year=2026, to_year=2027,
            files=service.material.promises, by=by, at=at,
        )  # fmt: skip
        for one in promises.promises_of(work.office, made):
            if one.number == 1:
                one.text, one.owner, one.indicator, one.target = "Vi är ute.", "Kommunen", "Vandringar", "12"
                one.due_on = date(2027, 12, 31)
            else:
                work.office.delete(one)
        made.source, made.signed_on, made.signed_by = "Löften", date(2026, 1, 1), "Kommunstyrelsens ordförande"
        promises.move(work.office, service.office_chain, made, "active", by=by, at=at)
        return made.id


def told(service, today):
    with service.vaults.reading() as work:
        return [(one.due_on, one.kind, one.what) for one in tasks(work.office, today) if one.years.startswith("2026")]


def test_what_is_due_is_told_by_its_day(any_service, cycle):
    """Four sorts of day: the law's two years, the yearly follow-up, an activity that is not settled, a meeting."""
    assert told(any_service, date(2026, 11, 25)) == [
        (date(2026, 1, 1), "picture", ""), (date(2027, 3, 31), "followup", "2026"), (date(2027, 6, 28), "next", ""),
    ]  # fmt: skip
    with any_service.vaults.unit() as work:
        (promise,) = promises.promises_of(work.office, promises.get_cycle(work.office, cycle))
        for kind, day in (
            ("municipality", date(2024, 2, 29)),
            ("police", date(2023, 1, 1)),
            ("survey", date(2026, 5, 1)),
        ):
            work.office.add(SituationSource(cycle_id=cycle, kind=kind, as_of=day, summary="Läget."))
        for status in ("delayed", "done"):
            day, owner = date(2026, 3, 1), "Kommunen"
            work.office.add(Activity(promise_id=promise.id, title=status, owner=owner, status=status, due_on=day))
        for is_over in (False, True):
            day = date(2026, 12, 1)
            work.office.add(CouncilMeeting(cycle_id=cycle, held_on=day, council="Rådet", agenda="Nu", is_over=is_over))
    assert told(any_service, date(2028, 1, 1)) == [
        (date(2026, 2, 28), "picture", ""), (date(2026, 3, 1), "activity", "delayed"),
        (date(2026, 12, 1), "meeting", "Rådet: Nu"), (date(2027, 3, 31), "followup", "2026"),
        (date(2027, 6, 28), "next", ""), (date(2028, 3, 31), "followup", "2027"),
    ]  # fmt: skip


def test_the_period_before_is_taken_in_and_closed_and_its_missing_years_are_told(any_service, cycle):
    with any_service.vaults.reading() as work:
        before = promises.find_cycle(work.office, PLACE, 2023)
        assert (before.status, before.is_signed_earlier) == ("closed", True)
        missing = [one.what for one in tasks(work.office, date(2026, 11, 25)) if one.cycle_id == before.id]
    assert missing == ["2023", "2024", "2025"]


def ask(service, cycle, year=2026):
    at = service.clock()
    with service.vaults.unit() as work:
        return promise_editions.ask(
            work.office, service.office_chain, promises.get_cycle(work.office, cycle), year, publish_on=at.date(),
            note="", shelf=NO_SERIES, by=get_staff(work.office, "editor@example.com"), at=at,
        ).id  # fmt: skip


def sign(service, edition, role):
    with service.vaults.unit() as work:
        promise_editions.sign(
            work.office, service.office_chain, promise_editions.get(work.office, edition),
            by=get_staff(work.office, f"{role}@example.com"), at=service.clock(),
        )  # fmt: skip


@pytest.fixture
def signatories(any_service):
    for role in promise_editions.SIGNATORIES:
        make_staff(any_service, role, municipality=PLACE)
    return promise_editions.SIGNATORIES


def test_promises_are_published_before_there_is_anything_to_follow_up_and_once_only(any_service, cycle, signatories):
    edition = ask(any_service, cycle)
    with pytest.raises(promise_editions.OnTheWay):
        ask(any_service, cycle)
    sign(any_service, edition, signatories[0])
    with pytest.raises(promise_editions.NotYours):
        sign(any_service, edition, signatories[0])
    sign(any_service, edition, signatories[1])
    run_once(any_service)
    with any_service.vaults.unit() as work:
        publish_promises(any_service, work, Job("x", "publish_promises", {"edition": edition}, 1, ""))
    (published,) = read_editions(any_service.config.release_dir)[0]
    assert not published.edition.is_followed_up
    assert set(published.signed) == set(signatories)
    with any_service.vaults.reading() as work:
        assert promise_editions.get(work.office, edition).state == "published"
    # What says nothing of how it went is no follow-up.
    assert (date(2027, 3, 31), "followup", "2026") in told(any_service, date(2026, 11, 25))


def test_one_promise_with_a_verdict_wants_one_of_all(any_service, cycle):
    with any_service.vaults.unit() as work:
        found = promises.get_cycle(work.office, cycle)
        (first,) = promises.promises_of(work.office, found)
        work.office.add(CitizenPromise(cycle_id=cycle, number=2, title="Trafik"))
        work.office.add(Followup(promise_id=first.id, year=2026, verdict="cannot_judge", reason="", feedback=""))
        work.office.flush()
        faults = promise_editions.faults_of(work.office, found, 2026, shelf=NO_SERIES, note="", on=date(2026, 11, 25))
        assert faults == [
            *((lacking, 2) for lacking in ("text", "owner", "indicator", "target", "due_on")),
            ("reason", 1), ("feedback", 1), ("verdict", 2),
        ]  # fmt: skip
        assert ("future", 0) in promise_editions.faults_of(
            work.office, found, 2027, shelf=NO_SERIES, note="", on=date(2026, 11, 25)
        )


def test_that_a_year_was_never_followed_up_is_said_with_its_reason_and_then_waits_no_more(
    any_service, cycle, signatories
):
    with any_service.vaults.unit() as work:
        before = promises.find_cycle(work.office, PLACE, 2023)
        for one in promises.promises_of(work.office, before):
            work.office.add(Followup(promise_id=one.id, year=2025, verdict="no_followup", reason="", feedback=""))
        work.office.flush()
        asked = {"shelf": NO_SERIES, "note": ""}
        faults = promise_editions.faults_of(work.office, before, 2025, on=date(2025, 12, 31), **asked)
        assert faults[:2] == [("not_over", 1), ("no_followup", 1)]
        for one in promises.promises_of(work.office, before):
            promises.followup_of(work.office, one, 2025).reason = "Arbetsgruppen möttes inte."
        assert not promise_editions.faults_of(work.office, before, 2025, on=date(2026, 1, 1), **asked)
        waiting = before.id
    edition = ask(any_service, waiting, 2025)
    for role in signatories:
        sign(any_service, edition, role)
    run_once(any_service)
    with any_service.vaults.reading() as work:
        left = tasks_of(work, waiting)
        (told_of,) = [one for one in tasks(work.office, date(2026, 11, 25)) if one.kind == "tell"]
    # What is said has to be told, too: within a month.
    assert left == [("followup", "2023"), ("followup", "2024"), ("tell", "2025")]
    assert told_of.due_on == any_service.clock().date() + timedelta(days=30)
    with any_service.vaults.unit() as work:
        work.office.add(FeedbackItem(cycle_id=waiting, year=2025, channel="press", told_on=date(2026, 11, 26)))
        work.office.flush()
        assert tasks_of(work, waiting) == left[:2]


def tasks_of(work, cycle):
    return [(one.kind, one.what) for one in tasks(work.office, date(2026, 11, 25)) if one.cycle_id == cycle]


def test_a_document_that_was_changed_after_it_was_signed_is_not_published(any_service, cycle, signatories):
    edition = ask(any_service, cycle)
    for role in signatories:
        sign(any_service, edition, role)
    with any_service.vaults.unit() as work:
        found = promise_editions.get(work.office, edition)
        found.document = found.document.replace("Vi är ute.", "Vi är inne.")
    run_once(any_service)
    assert read_editions(any_service.config.release_dir) == ((), ())
    with any_service.vaults.reading() as work:
        assert promise_editions.get(work.office, edition).state == "failed"


def test_the_database_itself_wants_two_accounts(any_service, cycle, signatories):
    edition = ask(any_service, cycle)
    sign(any_service, edition, signatories[0])
    with pytest.raises(IntegrityError, match="two_accounts"):
        sign_twice(any_service, edition)


def sign_twice(service, edition):
    with service.vaults.unit() as work:
        approval = work.office.scalar(select(Approval).where(Approval.object == edition))
        approval.second_by = approval.first_by

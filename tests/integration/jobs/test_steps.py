"""D05: a step after the course turns over on one day for everybody; staff cannot read off who said yes or no."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import event, select

from kapabla import bridge
from kapabla.answers import consents, progress, saving
from kapabla.clock import local_date
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact
from kapabla.identity.enrolling import NewPerson, enrol
from kapabla.identity.entry import mark_over, steps_over
from kapabla.identity.people import Person, StepOver
from kapabla.jobs.runner import run_once
from kapabla.jobs.steps import turn_steps_over
from kapabla.jobs.withdrawals import withdraw
from kapabla.journals import Journal
from kapabla.outbox import Job
from tests import factories as make

WAYS = ("answered", "not answered", "no", "no follow-up", "left research", "left all")
# The course is finished on 25 November 2026; each step is over on the day after its window has closed.
CLOSED = {
    "efter": date(2026, 12, 10), "uppf3": date(2027, 3, 26), "uppf6": date(2027, 6, 23), "uppf12": date(2027, 12, 24),
}  # fmt: skip


def choose(service, made, *, yes, follow_up):
    data_dir = service.config.data_dir
    trail = bridge.Trail(
        service.identity_chain, service.answers_chain, Journal(data_dir, "identity"), Journal(data_dir, "answers")
    )
    with service.vaults.unit() as work:
        bridge.record_choices(
            work, service.keys, trail, make.entrant_of(service, made), {1: yes, 2: follow_up, 3: False},
            text=consents.ConsentText("research", 1, "sv", "Text"), wave="t0", channel="web", at=service.clock(),
        )  # fmt: skip


def leave(service, made, scope):
    with service.vaults.unit() as work:
        withdraw(service, work, Job("j", "withdraw", {"person": made.id, "scope": scope, "erase": False}, 1, "h"))


def through_the_course(service, way):
    made = make.make_person(service, email=f"{way.replace(' ', '-')}@example.com")
    with service.vaults.unit() as work:
        bridge.place(work, service.keys, make.entrant_of(service, made))
        for step in ("opened", "fore"):
            mark_over(work.identity, made.id, step)
    choose(service, made, yes=way != "no", follow_up=way not in ("no", "no follow-up"))
    make.finish_course(service, made)
    if way == "answered":
        with service.vaults.unit() as work:
            for wave in ("t0", "t1"):
                saving.send_in(work.answers, made.subject, wave, on=local_date(service.clock()))
    if way.startswith("left"):
        leave(service, made, way.removeprefix("left "))
    return made


def seen(service, made):
    with service.vaults.reading() as work:
        return steps_over(work.identity, made.id)


def test_every_step_turns_over_on_the_same_day_whatever_was_chosen(any_service, clock):
    people = {way: through_the_course(any_service, way) for way in WAYS}
    expected = {"opened", "fore", "delar"}
    for step, day in CLOSED.items():
        for on in (day - timedelta(days=1), day):
            clock.now = datetime.combine(on, time(9), tzinfo=UTC)
            run_once(any_service)
            expected |= {step} if on == day else set()
            shown = {way: seen(any_service, made) for way, made in people.items()}
            assert shown == dict.fromkeys(WAYS, frozenset(expected)), on


def test_who_is_not_through_the_course_has_no_later_step_over(service, clock):
    made = make.make_person(service)
    with service.vaults.unit() as work:
        mark_over(work.identity, made.id, "opened")
    clock.tick(days=400)
    run_once(service)
    assert seen(service, made) == {"opened"}


@pytest.mark.parametrize("scope", ["research", "all"])
def test_the_start_questions_are_over_for_who_leaves_before_sending_them(any_service, scope):
    made = make.make_person(any_service)
    with any_service.vaults.unit() as work:
        mark_over(work.identity, made.id, "opened")
    choose(any_service, made, yes=True, follow_up=True)
    assert "fore" not in seen(any_service, made)
    leave(any_service, made, scope)
    assert seen(any_service, made) == {"opened", "fore"}


def test_the_round_is_made_once_a_day(service, clock):
    through_the_course(service, "no")
    # And that of the reminders.
    assert [run_once(service), run_once(service)] == [2, 0]
    clock.tick(days=1)
    assert run_once(service) == 2
    with service.vaults.reading() as work:
        assert "efter" not in set(work.identity.scalars(select(StepOver.step)))


def many_through_the_course(service, count):
    course = next(iter(service.material.courses.values()))
    read = [(module.number, step.number) for module in course.modules for step in module.steps]
    on = local_date(service.clock())
    with service.vaults.unit() as work:
        group = work.identity.get_one(Cohort, make.make_cohort(service))
        new = [NewPerson(Contact(), "2404", "vet", "none") for _ in range(count)]
        for person_id in enrol(work.identity, service.keys, group, new, on=on):
            secret = work.identity.get_one(Person, person_id).secret
            subject = bridge.subject_of(service.keys.get("study", make.STUDY), secret)
            progress.record_events(
                work.answers, subject, {f"{m}-{s}": progress.Event("read", m, s) for m, s in read},
                course=course.id, course_version=course.version, on=on,
            )  # fmt: skip
            mark_over(work.identity, person_id, "delar")


def statements_of_a_round(service):
    asked = []

    def note(*given):
        asked.append(given[2])

    for engine in service.vaults.engines.values():
        event.listen(engine, "before_cursor_execute", note)
    with service.vaults.unit() as work:
        turn_steps_over(service, work, Job("j", "turn_steps_over", {}, 1, "h"))
    for engine in service.vaults.engines.values():
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def test_the_round_takes_the_same_statements_for_ten_and_for_two_hundred(service, clock):
    """Each was asked for twice before, and written with three more."""
    counts = []
    for people, more in ((10, 10), (200, 190)):
        clock.now = datetime(2026, 11, 25, 9, tzinfo=UTC)
        many_through_the_course(service, more)
        clock.now = datetime.combine(CLOSED["efter"], time(9), tzinfo=UTC)
        counts.append(statements_of_a_round(service))
        with service.vaults.reading() as work:
            assert list(work.identity.scalars(select(StepOver.step))).count("efter") == people
    assert counts[0] == counts[1] < 20

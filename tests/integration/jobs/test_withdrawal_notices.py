"""What readers of a release are told when people leave: how many, in steps or by the calendar, never who (E2.3)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from kapabla.answers.consents import OTHER_RESEARCH, RESEARCH, Consent
from kapabla.answers.erasing import erase_research, erase_subject
from kapabla.answers.placement import Placement, ReleaseInclusion, set_left
from kapabla.errors import NotFound
from kapabla.jobs import runner
from kapabla.jobs.runner import run_once
from kapabla.office import release_register, sign_in
from kapabla.office.records import OfficeAudit
from kapabla.store import Store
from tests import factories as make
from tests import served

RELEASE = "2026-11-25-1"
ON = date(2026, 11, 20)
RESTRICTED = 4
SAME = ("text_id", "text_version", "text_hash", "language", "channel", "wave")


@pytest.fixture
def taking_part(any_service):
    """Fourteen who are in a release."""
    made = [make.make_person(any_service, name=f"Testa {n}", email=f"t{n}@example.com") for n in range(14)]
    for person in made:
        make.take_part(any_service, person, on=ON)
    served.make_approvers(any_service)
    with any_service.vaults.unit() as work:
        work.answers.add_all(ReleaseInclusion(subject=person.subject, release=RELEASE) for person in made)
    return made


@pytest.fixture
def people(any_service, taking_part):
    served.lock_release(any_service, served.make_dataset(14), is_test=False)
    return taking_part


def told(service):
    run_once(service)
    with service.vaults.reading() as work:
        record = release_register.get(work.office, RELEASE)
        return record.withdrawn, record.withdrawn_on


def leave(service, people):
    """In every way that there is: erased, the research answers removed, left while the answers stay, a no instead."""
    for number, person in enumerate(people):
        leave_in(service, number % 4, person)


def leave_in(service, way, person):
    with service.vaults.unit() as work:
        if way == 0:
            erase_subject(work.answers, person.subject)
        elif way == 1:
            erase_research(work.answers, person.subject)
        elif way == 2:
            set_left(work.answers, person.subject, "research")
        elif way == RESTRICTED:
            work.answers.get_one(Placement, person.subject).is_restricted = True
        else:
            say(work, person, RESEARCH, answer=False, number=2)


def say(work, person, choice, *, answer, number):
    first = work.answers.scalars(select(Consent).where(Consent.subject == person.subject)).first()
    given = {name: getattr(first, name) for name in SAME}
    work.answers.add(
        Consent(subject=person.subject, number=number, choice=choice, answer=answer, given_on=first.given_on, **given)
    )


def test_a_few_are_told_when_the_month_of_the_release_has_passed_and_five_at_once(any_service, people, clock):
    start = clock().date()
    assert told(any_service) == (0, None)
    leave(any_service, people[:4])
    clock.tick(days=1)
    assert told(any_service) == (0, None)
    leave(any_service, people[4:5])
    clock.tick(days=1)
    assert told(any_service) == (5, start + timedelta(days=2))
    leave(any_service, people[5:9])
    clock.tick(days=1)
    assert told(any_service)[0] == 5  # four more, and nothing that tells of one
    clock.tick(days=28)
    assert told(any_service)[0] == 5
    clock.tick(days=1)
    assert told(any_service) == (9, start + timedelta(days=32))


def test_the_calendar_goes_on_where_nobody_has_left(any_service, people, clock):
    """So that the day on which it starts is nobody's."""
    start = clock().date()
    clock.tick(days=30)
    assert told(any_service) == (0, start + timedelta(days=30))
    leave(any_service, people[:1])
    clock.tick(days=29)
    assert told(any_service)[0] == 0
    clock.tick(days=1)
    assert told(any_service)[0] == 1


def test_who_is_restricted_or_says_no_to_something_else_has_not_left(any_service, people, clock):
    with any_service.vaults.unit() as work:
        for person in people[:5]:
            say(work, person, OTHER_RESEARCH, answer=False, number=2)
        for person in people[5:10]:
            work.answers.get_one(Placement, person.subject).is_restricted = True
        for person in people[10:]:
            say(work, person, RESEARCH, answer=False, number=2)
            say(work, person, RESEARCH, answer=True, number=3)
    clock.tick(days=31)
    assert told(any_service)[0] == 0


def test_for_sharing_a_no_to_other_research_counts(any_service, people, clock):
    with any_service.vaults.unit() as work:
        release_register.get(work.office, RELEASE).purpose = "sharing"
        for person in people[:5]:
            say(work, person, OTHER_RESEARCH, answer=False, number=2)
    assert told(any_service)[0] == 5


@pytest.mark.parametrize(("way", "approved_by"), [*enumerate([(), ("steward",)] * 2), (RESTRICTED, ("steward",))])
def test_one_who_leaves_before_the_lock_ends_the_release_and_its_files(any_service, taking_part, way, approved_by):
    """C2.2 and E3.4, in each way of `leave_in`; nothing in the register or the log tells who or when."""
    served.lock_release(any_service, served.make_dataset(14), is_test=False, approved_by=approved_by)
    with any_service.vaults.reading() as work:
        data = release_register.get(work.office, RELEASE).manifest["files"]["data_long.csv"]
    any_service.keys.make("release", RELEASE, ON)
    store = Store(any_service.config.release_dir)
    store.put_index(RELEASE, {"files": [{"name": "data_long.csv", "sha256": data}]})
    run_once(any_service)
    assert state(any_service)[0] in release_register.UNDECIDED  # nobody has left
    before = logged(any_service)
    leave_in(any_service, way, taking_part[0])
    run_once(any_service)
    assert state(any_service) == ("failed", "somebody_left", 0, None)
    assert logged(any_service) == before
    assert store.index(RELEASE) is None
    with pytest.raises(NotFound):
        store.get(data)
    assert not any_service.keys.has("release", RELEASE)
    with pytest.raises(release_register.SomebodyLeft):
        approve(any_service)


def test_one_who_leaves_between_the_round_and_the_second_yes_is_not_locked_in(any_service, taking_part, monkeypatch):
    """Decision 53: what the jobs saw two seconds ago locks nothing; they look again where they lock."""
    served.lock_release(any_service, served.make_dataset(14), is_test=False, approved_by=("steward",))
    run_once(any_service)
    leave_in(any_service, 2, taking_part[0])
    approve(any_service)
    assert state(any_service)[0] == "approved"
    # The round itself is blind here, as if they left after it.
    monkeypatch.setattr(runner, "give_up_outdated", lambda _service: None)
    run_once(any_service)
    assert state(any_service)[:2] == ("failed", "somebody_left")


def test_what_two_have_approved_is_locked_by_the_jobs_where_everybody_is_still_there(any_service, taking_part):
    served.lock_release(any_service, served.make_dataset(14), is_test=False, approved_by=("steward",))
    approve(any_service)
    run_once(any_service)
    assert state(any_service)[0] == "locked"


def test_what_was_fetched_while_it_waited_is_kept_for_later_ones_to_be_held_against(service):
    """C5.5: a release that was never handed out tells nothing, unless somebody who was to approve it took a file."""
    served.make_approvers(service)
    served.lock_release(service, served.make_dataset(14), is_test=False, approved_by=())
    service.keys.make("release", RELEASE, ON)
    store = Store(service.config.release_dir)
    store.put_index(RELEASE, {"files": []})
    with service.vaults.unit() as work:
        record = release_register.get(work.office, RELEASE)
        release_register.record_download(
            work.office, service.office_chain, record=record, file="data_long.csv", sha256="0" * 64,
            by=sign_in.get_staff(work.office, "steward@example.com"), at=service.clock(), purpose="Granskning",
        )  # fmt: skip
    run_once(service)
    assert state(service)[:2] == ("failed", "somebody_left")  # nobody of it is in the vault
    assert store.index(RELEASE) is not None
    assert service.keys.has("release", RELEASE)
    served.lock_release(service, served.make_dataset(14), is_test=False, name="2026-11-26-1", approved_by=())
    with service.vaults.reading() as work:
        later = release_register.get(work.office, "2026-11-26-1")
        assert [one.id for one in release_register.seen(work.office, later)] == [RELEASE]


def approve(service):
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, "admin@example.com")
        release_register.approve(work.office, service.office_chain, release=RELEASE, by=by, at=service.clock())


def state(service):
    with service.vaults.reading() as work:
        record = release_register.get(work.office, RELEASE)
        return record.state, record.reason, record.withdrawn, record.withdrawn_on


def logged(service):
    with service.vaults.reading() as work:
        return work.office.scalar(select(func.count()).select_from(OfficeAudit))

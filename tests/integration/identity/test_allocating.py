"""Lots that are kept: concealed until they are written, and drawn again exactly (E7)."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select, update

from kapabla import bridge
from kapabla.answers.placement import find_place
from kapabla.identity import allocating, entry
from kapabla.identity.allocating import AllocationList, NothingToAllocate
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import erase_person
from kapabla.identity.enrolling import WrongPeriod, create_cohort
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityAudit
from kapabla.material import Allocation, Period
from tests import factories as make

SHARES = {"direct": 1, "waitlist": 1}
COHORTS = Allocation(unit="cohort", strata=("municipality",), ratio=SHARES, block_sizes=(2,))
PEOPLE = Allocation(unit="person", strata=("municipality", "role"), ratio=SHARES, block_sizes=(2,))


@pytest.fixture
def service(any_service):
    return any_service


@pytest.fixture
def cohorts(service):
    """Four of Vindeln, four of Robertsfors, each with a person."""
    for number in range(8):
        cohort = make.make_cohort(service, name=f"Omgång {number}")
        someone(service, number, cohort)


def someone(service, number, cohort, **more):
    return make.make_person(
        service, name=f"Testa {number}", email=f"t{number}@example.com", cohort=cohort,
        municipality=("2404", "2409")[int(number) % 2], **more,
    )  # fmt: skip


def allocate(service, design=COHORTS):
    with service.vaults.unit() as work:
        return allocating.allocate(
            work.identity, service.identity_chain, study=service.material.studies[make.STUDY], design=design,
            by="s1", role="steward", at=service.clock(),
        )  # fmt: skip


def replay(service):
    with service.vaults.reading() as work:
        return allocating.replay(work.identity, make.STUDY)


def rows(service, model):
    with service.vaults.reading() as work:
        return list(work.identity.scalars(select(model)))


def test_each_municipality_gets_as_many_cohorts_in_each_arm(service, cohorts):
    made = allocate(service)
    assert (made.units, made.left_out) == (8, 0)
    found = rows(service, AllocationList)[0]
    assert Counter((stratum, arm) for _, stratum, arm in found.places) == dict.fromkeys(
        [(place, arm) for place in ("2404", "2409") for arm in SHARES], 2
    )
    assert Counter(cohort.arm for cohort in rows(service, Cohort)) == {"direct": 4, "waitlist": 4}


def test_the_hash_is_in_the_log_and_the_list_tells_nothing_of_whom_it_is(service, cohorts):
    made = allocate(service)
    logged = [row for row in rows(service, IdentityAudit) if row.action == "allocate"]
    assert [(row.object, row.reason) for row in logged] == [(f"allocation:{made.id}", f"sha256:{made.hash}")]
    found = rows(service, AllocationList)[0]
    for cohort in rows(service, Cohort):
        assert cohort.id not in str(found.places)
        assert cohort.arm not in " ".join(row.reason + row.object for row in logged)


def test_nothing_is_kept_where_the_log_cannot_be_written(service, cohorts):
    """Concealment: no arm without its row in the log, in the same transaction."""

    class Broken:
        def append(self, *_args, **_more):
            raise RuntimeError

    with pytest.raises(RuntimeError), service.vaults.unit() as work:
        allocating.allocate(
            work.identity,
            Broken(),
            study=service.material.studies[make.STUDY],
            design=COHORTS,
            by="s1",
            role="steward",
            at=service.clock(),
        )
    assert rows(service, AllocationList) == []
    assert {cohort.arm for cohort in rows(service, Cohort)} == {"direct"}


def test_a_replay_gives_the_same_list(service, cohorts):
    made = allocate(service)
    assert replay(service) == [(made.id, [])]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda: update(Cohort).values(arm="direct"), "another arm than the lot gave it"),
        (lambda: update(AllocationList).values(seed=bytes(32)), "not the one whose hash was logged"),
        (lambda: update(AllocationList).values(ratio={"direct": 2}), "the seed gives other arms"),
        (lambda: update(AllocationList).values(hash="0" * 64), "not the one whose hash was logged"),
        (lambda: update(AllocationList).values(algorithm="coin-1"), "drawn by coin-1"),
    ],
)
def test_a_replay_tells_what_was_changed(service, cohorts, change, told):
    allocate(service)
    with service.vaults.unit() as work:
        work.identity.execute(change())
    ((_, faults),) = replay(service)
    assert told in "; ".join(faults)


def test_no_unit_is_drawn_twice_and_those_who_come_later_get_a_list_of_their_own(service, cohorts):
    allocate(service)
    before = {cohort.id: cohort.arm for cohort in rows(service, Cohort)}
    with pytest.raises(NothingToAllocate):
        allocate(service)
    someone(service, 8, make.make_cohort(service, name="Sen"))
    assert allocate(service).units == 1
    after = {cohort.id: cohort.arm for cohort in rows(service, Cohort)}
    assert after.items() >= before.items()
    assert len({found.seed for found in rows(service, AllocationList)}) == 2
    assert [faults for _, faults in replay(service)] == [[], []]


def test_who_has_begun_and_who_has_nobody_is_left_out(service, cohorts):
    """An arm that somebody has already met cannot be given by lot."""
    begun = make.make_cohort(service, name="Har börjat")
    person = someone(service, 9, begun)
    make.make_cohort(service, name="Tom")
    with service.vaults.unit() as work:
        entry.mark_over(work.identity, person.id, "opened")
    made = allocate(service)
    assert (made.units, made.left_out) == (8, 2)
    left = {cohort.name for cohort in rows(service, Cohort) if cohort.allocation_id is None}
    assert left == {"Har börjat", "Tom"}


def test_lots_for_people_go_before_the_arm_of_their_cohort(service):
    """The arm is copied to the placement, and that it was given by lot."""
    cohort = make.make_cohort(service, arm="direct")
    people = [someone(service, 2 * number, cohort) for number in range(4)]
    other = make.make_cohort(service, name="Utan lott")
    assert allocate(service, PEOPLE).units == 4
    alone = someone(service, 11, other)
    with service.vaults.unit() as work:
        for made in (*people, alone):
            bridge.place(work, service.keys, entry.find_by_person(work.identity, made.id))
    with service.vaults.reading() as work:
        places = [find_place(work.answers, made.subject) for made in (*people, alone)]
    assert Counter((place.arm, place.arm_by_lot) for place in places) == {
        ("direct", True): 2, ("waitlist", True): 2, ("direct", False): 1,
    }  # fmt: skip


def test_test_people_never_share_a_block_with_real_ones(service):
    cohort = make.make_cohort(service)
    for number in range(6):
        someone(service, 2 * number, cohort, is_test=number % 2 == 0)
    allocate(service, PEOPLE)
    strata = Counter(stratum for _, stratum, _ in rows(service, AllocationList)[0].places)
    assert strata == {"2404 hairdresser": 3, "2404 hairdresser test": 3}


def test_an_erased_person_leaves_a_list_that_can_still_be_drawn_again(service):
    cohort = make.make_cohort(service)
    people = [someone(service, 2 * number, cohort) for number in range(5)]
    allocate(service, PEOPLE)
    with service.vaults.unit() as work:
        erase_person(work.identity, service.keys, people[0].id, on=service.clock().date())
    assert len(rows(service, Person)) == 4
    assert [faults for _, faults in replay(service)] == [[]]


@pytest.fixture
def wedge(service):
    """Our study with two periods: the arm that begins at once crosses over in the first of them."""
    study = service.material.studies[make.STUDY]
    arms = [arm.model_copy(update={"course_opens_in": place}) for place, arm in enumerate(study.arms, start=1)]
    periods = (
        Period(number=1, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30)),
        Period(number=2, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31)),
    )
    return study.model_copy(update={"arms": tuple(arms), "periods": periods})


@pytest.mark.parametrize(
    ("arm", "starts_on"),
    [("direct", date(2026, 12, 1)), ("waitlist", date(2027, 1, 1)), ("direct", date(2026, 10, 31))],
)
def test_a_cohort_in_the_wrong_period_is_refused(service, wedge, arm, starts_on):
    """E8."""
    with pytest.raises(WrongPeriod), service.vaults.unit() as work:
        create_cohort(
            work.identity, name="Fel", study=wedge, arm=arm, starts_on=starts_on, ends_on=date(2027, 3, 1),
            responsible="",
        )  # fmt: skip
    assert rows(service, Cohort) == []


def test_a_cohort_that_begins_after_an_arm_has_crossed_over_gets_no_lot(service, wedge):
    """E8: the lot may only give what the cohort can still have."""
    early, late = date(2026, 11, 5), date(2026, 12, 5)
    for number, starts_on in ((0, early), (1, late)):
        cohort = make.make_cohort(service, name=f"{starts_on}", starts_on=starts_on, arm="waitlist")
        someone(service, number, cohort)
    with service.vaults.unit() as work:
        made = allocating.allocate(
            work.identity, service.identity_chain, study=wedge, design=COHORTS, by="s1", role="steward",
            at=service.clock(),
        )  # fmt: skip
    assert (made.units, made.left_out) == (1, 1)

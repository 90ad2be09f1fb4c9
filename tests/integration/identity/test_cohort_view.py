"""Who is stuck (A7): everybody once, by the first standing that fits."""

import itertools

from kapabla.identity import cohort_view, entry
from kapabla.identity.cohorts import Cohort
from kapabla.identity.messages import Message
from kapabla.identity.people import Person
from tests.factories import make_cohort, make_person

STEPS = ("fore", "delar", "efter")


def populate(service):
    """Every combination of what may be true of somebody."""
    kinds = itertools.product((False, True), repeat=5)
    for n, (invited, opened, over, broken, silent) in enumerate(kinds):
        made = make_person(service, name=f"P {n}", email=f"p{n}@example.com")
        with service.vaults.unit() as work:
            person = work.identity.get_one(Person, made.id)
            person.address_broken, person.no_more_messages = broken, silent
            for step, is_over in (("opened", opened), ("fore", over)):
                if is_over:
                    entry.mark_over(work.identity, made.id, step)
            if invited:
                message = Message(
                    person_id=made.id, batch_id=None, step="start", number=0, channel="email", state="handed_over"
                )
                work.identity.add(message)


def test_list_by_step_sums_to_the_size_of_the_cohort(any_service):
    """A7."""
    populate(any_service)
    with any_service.vaults.reading() as work:
        cohort = work.identity.get_one(Cohort, make_cohort(any_service))
        found = dict(cohort_view.standing_numbers(work.identity, cohort, STEPS))
        assert {step: sum(numbers.values()) for step, numbers in found.items()} == dict.fromkeys(STEPS, 32)
        # Over wins, then not contacted, broken, opened, invited: 16, 8, 4, 2, 1 and one who is not invited.
        assert tuple(found["fore"].values()) == (16, 8, 4, 2, 1, 1)


def test_each_filter_holds_what_its_numbers_say(any_service):
    populate(any_service)
    with any_service.vaults.reading() as work:
        cohort = work.identity.get_one(Cohort, make_cohort(any_service))
        totals = {
            name: cohort_view.people_page(work.identity, cohort, filter_=name, search="", page=1)[1]
            for name in cohort_view.FILTERS
        }
        rows = cohort_view.people_page(work.identity, cohort, filter_="alla", search="", page=1)[0]
    assert all(row.is_invited for row in rows if "opened" in row.steps)
    assert totals == {
        "alla": 32, "ej-inbjudna": 2, "behover-paminnelse": 3, "ej-oppnat": 16, "ej-klara": 16,
        "adressen-fungerar-inte": 16, "kontaktas-inte": 16,
    }  # fmt: skip

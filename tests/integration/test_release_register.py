"""The register of releases."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from kapabla.office import release_register, sign_in
from kapabla.office.records import OfficeAudit, OfficeOutbox
from tests import factories as make

FORM = "a" * 16


def test_the_newest_order_comes_first_whether_it_is_built_or_not(service):
    make.make_staff(service, "researcher")
    names = ["2026-11-25-9", "2026-11-25-10", "2026-11-24-11"]
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, "researcher@example.com")
        for name in names:
            release_register.order(
                work.office, service.office_chain, release=name, study=make.STUDY, purpose="evaluation", is_test=True,
                by=by, at=service.clock(),
            )  # fmt: skip
        release_register.get(work.office, names[0]).built_on = service.clock().date()
        assert [r.id for r in release_register.all_releases(work.office)] == [names[1], names[0], names[2]]


@pytest.fixture
def ordering(any_service):
    make.make_staff(any_service, "researcher")

    def order(form=FORM, purpose="evaluation"):
        with any_service.vaults.unit() as work:
            by = sign_in.get_staff(work.office, "researcher@example.com")
            return release_register.order_next(
                work.office, any_service.office_chain, study=make.STUDY, purpose=purpose, is_test=True, by=by,
                at=any_service.clock(), form=form,
            )  # fmt: skip

    return order


def counted(service):
    with service.vaults.reading() as work:
        orders = select(func.count()).where(OfficeAudit.action == "release_order")
        jobs = select(func.count()).select_from(OfficeOutbox)
        return len(release_register.all_releases(work.office)), work.office.scalar(orders), work.office.scalar(jobs)


def test_a_form_that_is_sent_again_is_the_same_order_and_with_other_choices_a_new_one(any_service, ordering):
    assert [ordering(), ordering(), ordering()] == ["2026-11-25-1"] * 3
    assert counted(any_service) == (1, 1, 1)
    assert [ordering(purpose="sharing"), ordering(form="b" * 16)] == ["2026-11-25-2", "2026-11-25-3"]
    # The command has no form: each call is an order.
    assert [ordering(form=""), ordering(form="")] == ["2026-11-25-4", "2026-11-25-5"]
    assert counted(any_service) == (5, 5, 5)


def test_two_at_the_same_moment_are_one_order_of_the_same_form_and_two_of_two(any_service, ordering):
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ordering, [FORM] * 4))) == 1
        assert len(set(pool.map(ordering, ["b" * 16, "c" * 16]))) == 2
    assert counted(any_service) == (3, 3, 3)

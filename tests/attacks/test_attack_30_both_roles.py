"""Attack 30: one person holds both the keys and the research, or says yes twice."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from kapabla.office import approvals, release_register, sign_in
from kapabla.office.access import RIGHTS, can
from tests import factories as make

KINDS = ("release", "course_version", "analysis_plan", "reidentification")


@pytest.fixture
def staff(any_service):
    for role in ("researcher", "steward", "admin"):
        make.make_staff(any_service, role)
    with any_service.vaults.reading() as work:
        return {
            role: sign_in.get_staff(work.office, f"{role}@example.com").id
            for role in ("researcher", "steward", "admin")
        }


@pytest.mark.parametrize("kind", KINDS)
def test_one_account_cannot_approve_twice_on_the_way_of_the_program(any_service, staff, kind):
    """C7.30."""
    with any_service.vaults.unit() as work:
        approvals.ask(work.office, kind=kind, object_="x", staff_id=staff["researcher"], at=any_service.clock())
    with any_service.vaults.unit() as work:
        assert (
            approvals.approve(work.office, approvals.find(work.office, kind, "x"), staff_id=staff["steward"])
            == "approved_once"
        )
    with pytest.raises(approvals.SameAccount), any_service.vaults.unit() as work:
        approvals.approve(work.office, approvals.find(work.office, kind, "x"), staff_id=staff["steward"])
    with any_service.vaults.unit() as work:
        assert (
            approvals.approve(work.office, approvals.find(work.office, kind, "x"), staff_id=staff["admin"])
            == "approved"
        )


@pytest.mark.parametrize(
    "change",
    [
        "second_by = first_by, state = 'approved'",
        "state = 'approved'",
        "first_by = NULL, second_by = NULL, state = 'approved'",
    ],
)
def test_the_database_itself_refuses_one_account_twice(any_service, staff, change):
    """C7.30: the mutant is a program that does not ask."""
    with any_service.vaults.unit() as work:
        approvals.ask(work.office, kind="release", object_="x", staff_id=staff["researcher"], at=any_service.clock())
        approvals.approve(work.office, approvals.find(work.office, "release", "x"), staff_id=staff["steward"])
    with pytest.raises(IntegrityError), any_service.vaults.unit() as work:
        work.office.execute(text(f"UPDATE approval SET {change}"))  # noqa: S608


def test_two_accounts_are_taken_by_the_database(any_service, staff):
    """The positive twin."""
    with any_service.vaults.unit() as work:
        approvals.ask(work.office, kind="release", object_="x", staff_id=staff["researcher"], at=any_service.clock())
        approvals.approve(work.office, approvals.find(work.office, "release", "x"), staff_id=staff["steward"])
    with any_service.vaults.unit() as work:
        work.office.execute(text("UPDATE approval SET second_by = :by, state = 'approved'"), {"by": staff["admin"]})


def test_an_account_has_one_role_and_one_address_one_account(any_service, staff):
    """C7.30: who is a researcher is nothing else, and gets no second account by the same address."""
    with pytest.raises(Exception, match=r"exists|IntegrityError|UNIQUE"), any_service.vaults.unit() as work:
        sign_in.add_staff(
            work.office, email="researcher@example.com", name="Namn", role="officer",
            ends_on=any_service.clock().date(), at=any_service.clock(),
        )  # fmt: skip


def test_who_orders_a_release_does_not_approve_it_and_who_approves_does_not_order_it():
    """C7.30: four eyes are four."""
    assert [role for role in RIGHTS if can(role, "order_release") and can(role, "approve_release")] == []
    assert [role for role in RIGHTS if can(role, "see_contact") and can(role, "approve_release")] == []
    # `failed` is no yes: the release ends because somebody in it has left (decision 49).
    assert release_register.ALLOWED["built"] == {"approved_once", "refused", "failed"}

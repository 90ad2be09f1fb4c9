"""`kapabla study`: lots are drawn by whoever neither enrols people nor studies the outcome, and drawn again (E7)."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from kapabla.clock import local_date
from kapabla.identity.cohorts import Cohort
from kapabla.office import sign_in
from tests import factories as make


@pytest.fixture
def staff(service):
    """Demo accounts: a command does not ask them for a code."""
    at = service.clock()
    with service.vaults.unit() as work:
        for role in ("steward", "admin", "officer", "researcher"):
            sign_in.add_staff(
                work.office, email=f"{role}@example.com", name=role, role=role,
                ends_on=local_date(at) + timedelta(days=90), at=at, is_demo=True,
            )  # fmt: skip


@pytest.fixture
def cohort(service):
    cohort = make.make_cohort(service)
    make.make_person(service, cohort=cohort)
    return cohort


def test_lots_are_drawn_and_drawn_again(run, service, staff, cohort):
    said = run("study", "allocate", make.STUDY, "--by", "steward@example.com", "--json")
    assert said.status == 0
    told = json.loads(said.out)
    assert (told["units"], told["left_out"], len(told["sha256"])) == (1, 0, 64)
    with service.vaults.reading() as work:
        found = work.identity.scalars(select(Cohort)).one()
    assert found.arm not in said.out
    again = run("study", "replay", make.STUDY)
    assert (again.status, again.out) == (0, f"{told['list']}: the same\n")
    with service.vaults.unit() as work:
        group = work.identity.get_one(Cohort, cohort)
        group.arm = "waitlist" if group.arm == "direct" else "direct"
    changed = run("study", "replay", make.STUDY)
    assert changed.status == 1
    assert "has another arm than the lot gave it" in changed.out


@pytest.mark.parametrize("role", ["officer", "researcher", "admin"])
def test_lots_are_not_drawn_by_others(run, staff, cohort, role):
    said = run("study", "allocate", make.STUDY, "--by", f"{role}@example.com")
    assert said.status == 1
    assert "not_allowed" in said.err


def test_nothing_to_draw_is_told(run, staff):
    said = run("study", "allocate", make.STUDY, "--by", "steward@example.com")
    assert said.status == 1
    assert "nothing_to_allocate" in said.err
    assert run("study", "replay", make.STUDY).out == "No lots have been drawn.\n"


def test_an_unknown_study_is_told_with_those_that_are_known(run):
    said = run("study", "replay", "kapabla-2030")
    assert said.status == 1
    assert make.STUDY in said.err

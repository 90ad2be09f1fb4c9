"""`kapabla study`: lots by whoever neither enrols nor studies the outcome (E7), and a plan frozen by two (G7)."""

import hashlib
import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from kapabla.clock import local_date
from kapabla.identity.cohorts import Cohort
from kapabla.material import default_root
from kapabla.office import plans, sign_in
from kapabla.store import Store
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
    assert "may not do this" in said.err


def test_nothing_to_draw_is_told(run, staff):
    said = run("study", "allocate", make.STUDY, "--by", "steward@example.com")
    assert said.status == 1
    assert "There is nobody to draw lots for" in said.err
    assert run("study", "replay", make.STUDY).out == "No lots have been drawn.\n"


def test_an_unknown_study_is_told_with_those_that_are_known(run):
    said = run("study", "replay", "kapabla-2030")
    assert said.status == 1
    assert make.STUDY in said.err


def freeze(run, role):
    return run("study", "freeze", make.STUDY, "--by", f"{role}@example.com")


def doctor_says(run):
    return next(line for line in run("doctor").out.splitlines() if "analysis plan" in line)


def test_a_plan_is_frozen_by_two_with_its_time_and_kept_in_the_store(run, service, staff):
    assert "not frozen" in doctor_says(run)
    first = freeze(run, "researcher")
    assert (first.status, "one of two has said yes" in first.out) == (0, True)
    assert "not frozen" in doctor_says(run)
    again = freeze(run, "researcher")
    assert (again.status, "This account has approved" in again.err) == (1, True)
    second = freeze(run, "steward")
    assert (second.status, second.out.endswith("frozen.\n")) == (0, True)
    digest = second.out.split(":")[0]
    assert hashlib.sha256(Store(service.config.release_dir).get(digest)).hexdigest() == digest
    with service.vaults.reading() as work:
        frozen = plans.all_frozen(work.office, make.STUDY)
        logged = [row.reason for row in service.office_chain.latest(work.office, 9, actions=["plan_freeze"])]
    assert [row.hash for row in frozen] == [digest]
    assert logged == [f"approved {digest}", f"approved_once {digest}"]
    assert f"frozen, {digest[:12]}" in doctor_says(run)
    assert "The plan is frozen as it is." in freeze(run, "steward").err


@pytest.mark.parametrize("role", ["officer", "admin"])
def test_a_plan_is_not_frozen_by_others(run, staff, role):
    said = freeze(run, role)
    assert (said.status, "may not do this" in said.err) == (1, True)


@pytest.mark.parametrize("is_test", [True, False])
def test_a_plan_cannot_be_frozen_once_somebody_real_has_answered(run, service, staff, is_test):
    """The answers of test people change nothing."""
    made = make.make_person(service, is_test=is_test)
    make.take_part(service, made, on=date(2026, 11, 25))
    make.save_wave(service, made, "t0", on=date(2026, 11, 25), sent=False)
    said = freeze(run, "researcher")
    assert said.status == (0 if is_test else 1)
    assert ("Somebody has answered already" in said.err) is not is_test


def test_a_plan_that_has_changed_since_is_told_by_the_doctor(run, service, staff, tmp_path):
    freeze(run, "researcher")
    freeze(run, "steward")
    root = Path(shutil.copytree(default_root(), tmp_path / "course_material"))
    file = root / "studies/kapabla-2026.plan.toml"
    file.write_text(file.read_text("utf-8").replace('wave = "t3", before', 'wave = "t12", before', 1), "utf-8")
    said = run("doctor", KAPABLA_MATERIAL_DIR=str(root))
    assert said.status == 1
    assert "changed since it was frozen" in said.out

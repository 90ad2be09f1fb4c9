"""Releases from the command line: what stops a build is a sentence."""

import json
from datetime import date

import pytest

from kapabla.jobs.population import make_population
from kapabla.jobs.runner import run_once
from kapabla.office import release_register, sign_in
from tests import factories as make

WHO = "forskare@example.com"


@pytest.fixture
def build(run, service):
    with service.vaults.unit() as work:
        # Of a demo account no code is asked for.
        sign_in.add_staff(
            work.office, email=WHO, name="Frans", role="researcher", ends_on=date(2099, 1, 1), at=service.clock(),
            is_demo=True,
        )  # fmt: skip

    return lambda study: run("release", "build", "--study", study, "--for", "evaluation", "--by", WHO)


def test_a_study_that_is_not_there(build):
    said = build("nej")
    assert said.status == 1
    assert said.err == "There is no study nej. Write one of kapabla-2026.\n"


def test_why_a_build_failed(build):
    said = build(make.STUDY)
    assert said.status == 1
    assert said.out.endswith("-1: failed\n")
    assert said.err == "The study has no registry number of its ethics approval. Write it in the study's file.\n"


def test_two_releases_are_compared(run, service):
    """F5: what differs, as lines and as JSON; counts that are fewer than five apart look alike."""
    make_population(service, people=40, seed=2, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.1)
    make.make_staff(service, "researcher")
    for name, purpose in (("2026-11-25-1", "evaluation"), ("2026-11-25-2", "sharing")):
        with service.vaults.unit() as work:
            release_register.order(
                work.office, service.office_chain, release=name, study=make.STUDY, purpose=purpose, is_test=True,
                by=sign_in.get_staff(work.office, "researcher@example.com"), at=service.clock(),
            )  # fmt: skip
    early = run("release", "difference", "2026-11-25-1", "2026-11-25-2")
    assert early.err == (
        "The release is ordered, and this cannot be done with it then. `kapabla release list` shows all.\n"
    )
    run_once(service)
    said = run("release", "difference", "2026-11-25-1", "2026-11-25-2")
    assert said.status == 0
    assert "rule purpose: evaluation -> sharing\n" in said.out
    found = json.loads(run("release", "difference", "2026-11-25-1", "2026-11-25-2", "--json").out)
    assert {"kind": "rule", "what": "purpose", "aspect": "", "former": "evaluation", "present": "sharing"} in found
    alike = run("release", "difference", "2026-11-25-1", "2026-11-25-1")
    assert "count people: the same, or fewer than 5 apart\n" in alike.out
    assert all(line.startswith("count ") for line in alike.out.splitlines())
    assert run("release", "difference", "2026-11-25-1", "nej").err.startswith("There is no release nej.")

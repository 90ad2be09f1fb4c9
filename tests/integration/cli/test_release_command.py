"""Releases from the command line: what stops a build is a sentence."""

from datetime import date

import pytest

from kapabla.office import sign_in
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

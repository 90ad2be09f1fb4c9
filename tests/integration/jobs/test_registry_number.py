"""E1.5: no release of real people before the ethics approval has its registry number in the study."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kapabla.jobs.releases import NO_REGISTRY_NUMBER, build_release
from kapabla.material import default_root
from kapabla.office import release_register, sign_in
from tests import factories as make

EXAMPLE = 'sv = "(exempel) 0000-00000-00"'


def ordered(service, *, is_test):
    make.make_staff(service, "researcher")
    with service.vaults.unit() as work:
        by = sign_in.get_staff(work.office, "researcher@example.com")
        release_register.order(
            work.office, service.office_chain, release="2026-11-25-1", study=make.STUDY, purpose="evaluation",
            is_test=is_test, by=by, at=service.clock(),
        )  # fmt: skip
    with service.vaults.unit() as work:
        record = build_release(service, work, "2026-11-25-1")
        return record.state, record.reason


@pytest.fixture
def approved(config, open_any, tmp_path):
    """The study as it is when the number has come."""
    root = Path(shutil.copytree(default_root(), tmp_path / "course_material"))
    file = root / "studies/kapabla-2026.toml"
    text = file.read_text(encoding="utf-8")
    assert EXAMPLE in text
    file.write_text(text.replace(EXAMPLE, 'sv = "2026-01234-01"'), encoding="utf-8")
    return open_any(replace(config, material_dir=root))


def test_a_release_of_real_people_is_refused_without_the_number(service):
    assert ordered(service, is_test=False) == ("failed", NO_REGISTRY_NUMBER)
    assert not [key for key in service.keys.list() if key.purpose == "release"]


def test_with_the_number_only_the_protection_decides(approved):
    assert approved.material.studies[make.STUDY].registry_number == "2026-01234-01"
    assert ordered(approved, is_test=False) == ("failed", "too_few_people")


def test_a_release_of_test_people_is_exempt(service):
    assert ordered(service, is_test=True) == ("failed", "too_few_people")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("2026-01234-01", "2026-01234-01"), ("2026-01234", "2026-01234"), ("(exempel) 0000-00000-00", None),
        ("0000-00000-00", None), ("", None), ("dnr 2026-01234-01", None), ("2026-1234", None),
    ],
)  # fmt: skip
def test_a_number_is_written_as_the_authority_writes_it(service, written, number):
    study = service.material.studies[make.STUDY]
    assert study.model_copy(update={"facts": {"etik_dnr": written}}).registry_number == number
    assert study.model_copy(update={"facts": {}}).registry_number is None


def test_the_page_says_what_to_do(client, sign_in):
    service = client.app.extensions["kapabla"]
    ordered(service, is_test=False)
    sign_in(client, "steward")
    client.get("/forskning/data/2026-11-25-1")
    assert "studien saknar diarienummer från Etikprövningsmyndigheten" in client.text

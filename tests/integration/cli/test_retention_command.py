"""retention plan and purge as they are called: what is refused, and the whole way with a release in the archive."""

import json
import shutil
from datetime import date

import pytest
from sqlalchemy import update

from kapabla.identity.cohorts import Cohort
from kapabla.material import default_root
from kapabla.office import release_register, sign_in
from kapabla.release import published
from kapabla.store import Store
from tests import factories as make

WHO = "dataskydd@example.com"


@pytest.fixture
def steward(service):
    with service.vaults.unit() as work:
        # Of a demo account no code is asked for.
        member, _ = sign_in.add_staff(
            work.office, email=WHO, name="Dag", role="steward", ends_on=date(2099, 1, 1), at=service.clock(),
            is_demo=True,
        )  # fmt: skip
    return member


@pytest.fixture
def over(tmp_path):
    """The study as it stands when its days are past."""
    root = tmp_path / "material"
    shutil.copytree(default_root(), root)
    file = root / "studies" / f"{make.STUDY}.toml"
    file.write_text(file.read_text("utf-8").replace("2028", "2020").replace("2038", "2021"), "utf-8")
    return {"KAPABLA_MATERIAL_DIR": str(root)}


def test_the_plan_says_what_there_is_and_changes_nothing(run, service, over):
    make.make_person(service)
    said = run("retention", "plan")
    assert said.out.splitlines()[0] == "kapabla-2026     identity      2028-12-31       1  kept"
    found = json.loads(run("retention", "plan", "--json", **over).out)
    assert found[0] == {
        "study": make.STUDY, "data_class": "identity", "due_on": "2020-12-31", "amount": 1, "is_due": True
    }  # fmt: skip
    assert run("retention", "plan", **over).out.splitlines()[2].endswith("0  gone")


def test_a_purge_without_the_number_of_a_decision_is_refused(run, steward, tmp_path):
    words = ("retention", "purge", "--by", WHO, "--archive", tmp_path)
    said = run(*words)
    assert (said.status, "Missing option '--decision'" in said.err) == (2, True)
    assert "no reference number" in run(*words, "--decision", "ja").err


def test_a_purge_before_its_day_and_by_another_role_is_refused(run, service, steward, tmp_path, over):
    make.make_person(service)
    words = ("retention", "purge", "--decision", "123-2028", "--archive", tmp_path / "arkiv")
    said = run(*words, "--by", WHO)
    assert said.status == 1
    assert "The first day for what there is: 2028-12-31." in said.err
    with service.vaults.unit() as work:
        sign_in.add_staff(
            work.office, email="o@example.com", name="O", role="officer", ends_on=date(2099, 1, 1), at=service.clock(),
            is_demo=True,
        )  # fmt: skip
    assert "These may: steward." in run(*words, "--by", "o@example.com", **over).err
    assert not (tmp_path / "arkiv").exists()


def test_all_that_is_due_goes_and_the_releases_are_in_the_archive(run, service, steward, tmp_path, over):
    made = make.make_person(service)
    make.take_part(service, made, on=date(2020, 1, 5))
    with service.vaults.unit() as work:
        name = release_register.order_next(
            work.office, service.office_chain, study=make.STUDY, purpose="evaluation", is_test=True, by=steward,
            at=service.clock(),
        )  # fmt: skip
        release_register.get(work.office, name).state = "locked"
        work.identity.execute(update(Cohort).values(starts_on=date(2020, 1, 1), ends_on=date(2020, 2, 1)))
    service.keys.make("release", name, date(2020, 1, 5))
    store, body = Store(service.config.release_dir), b"record_id,wave\n"
    file = {"name": "data_long.csv", "sha256": store.put(body), "size": len(body)}
    store.put_index(name, {"files": [file]})
    said = run("retention", "purge", "--decision", "123-2028", "--by", WHO, "--archive", tmp_path / "arkiv", **over)
    assert said.err == ""
    assert said.out.splitlines()[-6:] == [
        "kapabla-2026 identity: 1 destroyed",
        "kapabla-2026 study_key: 1 destroyed",
        "Destroy both sealed copies of the study key too: only then can nobody join names and answers.",
        "kapabla-2026 answers: 1 destroyed",
        "kapabla-2026 releases: 1 destroyed",
        "kapabla-2026 release_keys: 1 destroyed",
    ]
    kept = {path.name for path in (tmp_path / "arkiv").rglob("*")}
    assert {"data_long.csv", "svar.csv", "kodbok.csv", "beskrivning.pdf", "SHA256SUMS"} <= kept
    assert published.files(service.config.release_dir, name) == ()
    assert not service.keys.has("release", name)
    with service.vaults.reading() as work:
        assert release_register.get(work.office, name).state == "retired"

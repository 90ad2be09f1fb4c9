"""A release of people who walked the real services, through the API of the research node alone."""

import csv
import io
from dataclasses import replace
from datetime import date

import pytest

from kapabla.jobs.population import make_population
from kapabla.jobs.runner import run_once
from kapabla.office import release_register, sign_in
from kapabla.release import published
from tests import factories as make
from tests import served

NAME = "2026-11-25-1"


@pytest.fixture
def call(config, open_any, make_app):
    """Built with every vault open; read where only the office is."""
    service = open_any(config)
    make_population(service, people=40, seed=2, study=make.STUDY, today=date(2026, 11, 25), effect=0.7, attrition=0.1)
    served.make_approvers(service)
    with service.vaults.unit() as work:
        release_register.order(
            work.office, service.office_chain, release=NAME, study=make.STUDY, purpose="evaluation", is_test=True,
            by=sign_in.get_staff(work.office, served.HOLDER), at=service.clock(),
        )  # fmt: skip
    run_once(service)
    for role in ("steward", "admin"):
        with service.vaults.unit() as work:
            member = sign_in.get_staff(work.office, f"{role}@example.com")
            release_register.approve(work.office, service.office_chain, release=NAME, by=member, at=service.clock())
    run_once(service)
    token = served.make_token(service, release=NAME).token
    node = make_app(replace(config, audiences=("research",), identity_url=None, answers_url=None))
    return lambda **given: node.test_client().post("/api/", data={"token": token, **given})


def check_dictionary(call):
    """A5, A6.13."""
    metadata = call(content="metadata", format="json").json
    names = [row["field_name"] for row in metadata]
    assert names[0] == "record_id"
    assert all(len(name) <= 26 and "__" not in name and not name.endswith("_") for name in names)
    forms = [row["form_name"] for row in metadata]
    assert [form for n, form in enumerate(forms) if form not in forms[:n]] == [
        row["instrument_name"] for row in call(content="instrument", format="json").json
    ]
    assert all(forms[n] == forms[n - 1] or forms[n] not in forms[:n] for n in range(1, len(forms)))
    assert {row["field_type"] for row in metadata} <= {"text", "radio", "checkbox"}
    assert {row["identifier"] for row in metadata} == {""}
    tags = {row["field_name"]: row["field_annotation"] for row in metadata}
    assert "@KAPABLA-SENSITIVE" in tags["hin_8"]
    assert "@KAPABLA-QI" in tags["bak_3"]
    for row in call(content="record", format="json", fields="record_id").json:
        assert row["record_id"].startswith("KP")
        assert len(row["record_id"]) == 16


def test_its_records_are_the_cells_of_its_own_file(call, config):
    """C4.9: the same values in every way out; what is said once of a person stands at the first event."""
    check_dictionary(call)
    file = next(file for file in published.files(config.release_dir, NAME) if file.name == "data_long.csv")
    long = list(csv.DictReader(io.StringIO(published.read(config.release_dir, file).decode())))
    rows = call(content="record", format="json").json
    events = {row["unique_event_name"]: row for row in call(content="event", format="json").json}
    assert list(events)[:3] == ["fore_arm_1", "fore2_arm_1", "efter_arm_1"]
    slugs = {"t0": "fore", "t0b": "fore2", "t1": "efter", "t3": "uppf3", "t6": "uppf6", "t12": "uppf12"}
    found = {(row["record_id"], row["redcap_event_name"]): row for row in rows}
    once = {row["field_name"] for row in call(content="metadata", format="json", forms="bakgrund").json}
    assert {"arm", "taught", "role", "municipality", "share_of_modules"} <= once
    assert len(long) > 70
    for row in long:
        own = found[row["record_id"], f"{slugs[row['wave']]}_arm_1"]
        said = {name: cell for name, cell in row.items() if name != "wave"}
        if row["wave"] != "t0":
            assert {own[name] for name in own if name in once and name != "record_id"} <= {""}
            said = {name: cell for name, cell in said.items() if name not in once}
        assert said == {name: own[name] for name in said}

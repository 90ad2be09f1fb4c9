"""E9: the record of processing is made from what the code uses, so that it changes when a field is added."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Column, MetaData, String, Table

from kapabla.cli.processing_record import record_of
from kapabla.tables import METADATA
from kapabla.web.public.processing import processing
from tests.factories import STUDY, make_staff


def made(config, material, vaults=METADATA):
    return record_of(config, material, processing(), vaults, [])


def test_it_tells_purposes_fields_quasi_identifiers_recipients_and_retention(run, service):
    make_staff(service, "researcher")
    said = run("records")
    for told in (
        "### Bjuda in till utbildningen och höra av oss", "- Rättslig grund: Uppgift av allmänt intresse",
        "- person (Bjuda in till utbildningen och höra av oss): id, number, secret", "- se_1: ", "role",
        "- Svar får gallras från 2038-12-31", "- Namn researcher, avtal Avtal 1, till och med 2027-05-31",
        "- Dataskyddsansvarig: ", "- Minsta grupp som visas: 5 för personal och forskare, 10 för alla",
    ):  # fmt: skip
        assert told in said.out
    assert "{" not in said.out


def test_it_can_be_written_to_a_file(run, tmp_path):
    said = run("records", "--out", tmp_path / "register.md")
    assert (said.status, said.out) == (0, "")
    assert (tmp_path / "register.md").read_text("utf-8").startswith("# Register")


@pytest.mark.parametrize("what", ["column", "question", "quasi_identifier", "retention"])
def test_it_changes_when_a_field_is_added(config, service, what):
    material = service.material
    study = material.studies[STUDY]
    before, vaults = made(config, material), METADATA
    if what == "column":
        extra = MetaData()
        Table("person", extra, Column("skostorlek", String(3)), info={"retention": "identity"})
        vaults, told = {**METADATA, "identity": extra}, "skostorlek"
    elif what == "question":
        key = ("bak", 1)
        instrument = material.instruments[key]
        new = instrument.items[0].model_copy(update={"code": "bak_ny"})
        changed = instrument.model_copy(update={"items": (*instrument.items, new)})
        material, told = replace(material, instruments={**material.instruments, key: changed}), "- bak_ny: "
    else:
        if what == "quasi_identifier":
            update, told = {"quasi_identifiers": (*study.quasi_identifiers, "arm")}, ", cohort, arm"
        else:
            later = study.retention.model_copy(update={"answers_on": date(2048, 12, 31)})
            update, told = {"retention": later}, "- Svar får gallras från 2048-12-31"
        material = replace(material, studies={STUDY: study.model_copy(update=update)})
    after = made(config, material, vaults)
    assert told not in before
    assert told in after

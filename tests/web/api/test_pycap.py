"""The real PyCap against a served release, over real HTTP (A9). The process has no identity and no answers."""

import re
import textwrap
from pathlib import Path

import pytest
from redcap import Project
from redcap.request import RedcapError

from kapabla.material.instruments import MissingReason
from kapabla.release.redcap import open_release
from tests import served
from tests.served import EVENTS

FORMS = ["bakgrund", "mattillfalle", "tilltro", "hinder", "fortroende"]
TEXT = {"df_kwargs": {"dtype": str, "keep_default_na": False}}


@pytest.fixture
def url(app):
    with served.serving(app) as address:
        yield address


@pytest.fixture
def project(url, token):
    return Project(url, token)


def text(cell):
    return "" if isinstance(cell, MissingReason) else f"{cell}"


def known_cells(dataset):
    """(record, event) -> column -> text, of the released table: what is said once of a person at the first event."""
    first, found = served.WAVES[0], {}
    for row in dataset.rows:
        cells = {name: text(cell) for name, cell in row.items() if name not in ("record_id", "wave")}
        cells["til_1_1"], cells["til_1_2"] = cells.pop("til_1___1"), cells.pop("til_1___2")
        background = {name: cells.pop(name) for name in ("arm", "municipality", "bak_3")}
        found[row["record_id"], EVENTS[row["wave"]]] = cells
        person = found.setdefault((row["record_id"], EVENTS[first]), {})
        person.setdefault("arm", background["arm"])
        person.setdefault("municipality", background["municipality"])
        if row["wave"] == first:
            person["bak_3"] = background["bak_3"]
    return found


def test_a_project_knows_its_fields_forms_and_events(project):
    """A3: what PyCap asks for lazily."""
    assert project.def_field == "record_id"
    assert sorted(project.forms) == sorted(FORMS)
    assert project.is_longitudinal is True
    assert project.field_names[:4] == ["record_id", "municipality", "arm", "bak_3"]
    assert str(project.export_version()) == "14.5.0"


def test_a_data_frame_holds_every_cell_of_the_released_table(project, released):
    """A6, C4.9: indexed by record and event, the same values, blank where the file is blank."""
    frame = project.export_records(format_type="df", **TEXT)
    known = known_cells(released)
    assert set(frame.index) == set(known)
    assert frame.index.is_monotonic_increasing is False  # by record, and then by the study's order of events
    for key, cells in known.items():
        row = frame.loc[key]
        assert {name: row[name] for name in cells} == cells
        others = set(frame.columns) - set(cells) - {f"{form}_complete" for form in FORMS}
        assert set(row[list(others)]) <= {""}


@pytest.mark.parametrize("form", ["json", "csv", "xml"])
def test_every_format_says_the_same(project, form):
    frame = project.export_records(format_type="df", **TEXT).reset_index()
    reply = project.export_records(format_type=form)
    if form == "json":
        assert reply == frame.to_dict("records")
    elif form == "csv":
        assert reply == frame.to_csv(index=False)
    else:
        assert reply.count("<item>") == len(frame)
        assert "<redcap_event_name>fore_arm_1</redcap_event_name>" in reply


def test_a_line_for_each_value(project, released):
    """A6.8: eav, and of a checkbox the boxes that are checked."""
    lines = project.export_records(format_type="json", record_type="eav")
    assert set(lines[0]) == {"record", "redcap_event_name", "field_name", "value"}
    checked = {
        (row["record_id"], EVENTS[row["wave"]], str(box))
        for row in released.rows for box in (1, 2) if row[f"hin_1___{box}"] == 1
    }  # fmt: skip
    found = [(x["record"], x["redcap_event_name"], x["value"]) for x in lines if x["field_name"] == "hin_1"]
    assert set(found) == checked
    assert len(found) == len(checked)
    assert "" not in {line["value"] for line in lines}
    ids = [line["record"] for line in lines if line["field_name"] == "record_id"]
    assert ids == released.people


def test_labels_in_cells_and_headers(project):
    """A6.6, A6.7."""
    labelled = project.export_records(raw_or_label="label")
    assert {row["redcap_event_name"] for row in labelled} == {"Startfrågor", "Slutfrågor", "Uppföljning"}
    assert {row["se_1"] for row in labelled} == {*served.AGREE.values(), ""}
    assert {row["hin_1___1"] for row in labelled} == {"Checked", "Unchecked", ""}
    assert {row["tilltro_complete"] for row in labelled} == {"Complete", "Incomplete"}
    options = project.export_records(raw_or_label="label", export_checkbox_labels=True)
    assert {row["hin_1___1"] for row in options} == {"Tid, och ork", ""}
    raw = project.export_records()
    assert {row["redcap_event_name"] for row in raw} == set(EVENTS.values())
    head = project.export_records(format_type="csv", raw_or_label_headers="label").split("\n")[0]
    assert head.startswith("Id i den här utgåvan,Event Name,Kommun,Arm,Ålder,Complete?,")
    assert '"Vad hindrar dig? (choice=Tid, och ork)"' in head


def test_filters(project, released):
    """A6.2, A6.10, A6.11."""
    some = released.people[3:5]
    frame = project.export_records(format_type="df", records=some, fields=["se_1"], events=["efter_arm_1"])
    assert sorted(frame.reset_index()["record_id"]) == some
    assert list(frame.columns) == ["se_1"]
    of_form = project.export_records(forms=["hinder"])
    assert list(of_form[0]) == ["record_id", "redcap_event_name", "hin_1___1", "hin_1___2", "hinder_complete"]
    chosen = project.export_records(filter_logic="[se_1] = 3 and [fore_arm_1][arm] = 'direct'")
    arms = {row["record_id"]: row["arm"] for row in released.rows}
    assert [(row["record_id"], row["redcap_event_name"]) for row in chosen] == [
        (row["record_id"], EVENTS[row["wave"]])
        for row in released.rows
        # Who has no first wave still has an arm, which stands at the first event.
        if row["se_1"] == 3 and arms[row["record_id"]] == "direct"
    ]
    assert project.export_records(records=["KPFINNSINTE"]) == []
    assert project.export_records(format_type="df", records=["KPFINNSINTE"]).empty


def test_what_is_around_the_records(project, released):
    """A4, A5."""
    metadata = {row["field_name"]: row for row in project.export_metadata()}
    assert (
        metadata["se_1"] | {"form_name": "tilltro", "field_type": "radio", "matrix_group_name": "tro"}
        == metadata["se_1"]
    )
    choices = metadata["se_1"]["select_choices_or_calculations"]
    assert choices == "1, Håller inte alls med | 2, Delvis, men / inte helt | 3, Håller helt med"
    assert metadata["se_1"]["field_annotation"] == "@KAPABLA-REVERSED @KAPABLA-MISSING='skipped,declined'"
    assert metadata["municipality"]["field_annotation"].startswith("@KAPABLA-QI")
    assert metadata["se_2"]["field_annotation"].startswith("@KAPABLA-SENSITIVE")
    assert metadata["hin_1"]["select_choices_or_calculations"] == "1, Tid, och ork | 2, Rädsla"
    assert metadata["se_mean"]["text_validation_type_or_show_slider_number"] == "number"
    assert [row["field_name"] for row in project.export_metadata(fields=["arm"], forms=["hinder"])] == ["arm", "hin_1"]
    names = project.export_field_names()
    assert names[0] == {"original_field_name": "record_id", "choice_value": "", "export_field_name": "record_id"}
    assert {"original_field_name": "hin_1", "choice_value": "2", "export_field_name": "hin_1___2"} in names
    columns = [name["export_field_name"] for name in names]
    assert columns == [name for name in project.export_records()[0] if name != "redcap_event_name"]
    assert [form["instrument_name"] for form in project.export_instruments()] == FORMS
    assert [event["unique_event_name"] for event in project.export_events()] == list(EVENTS.values())
    assert project.export_events()[0] == {
        "event_name": "Startfrågor", "arm_num": 1, "unique_event_name": "fore_arm_1", "custom_event_label": "",
        "event_id": 1,
    }  # fmt: skip
    assert project.export_arms() == [{"arm_num": 1, "name": "Arm 1"}]
    mapped = [(row["unique_event_name"], row["form"]) for row in project.export_instrument_event_mappings()]
    assert [form for event, form in mapped if event == "efter_arm_1"] == ["mattillfalle", "tilltro", "fortroende"]
    assert [event for event, form in mapped if form == "bakgrund"] == ["fore_arm_1"]
    assert project.export_users() == []
    assert project.export_users(format_type="df").empty
    assert project.export_dags() == []
    info = project.export_project_info()
    assert (info["is_longitudinal"], info["record_autonumbering_enabled"], info["secondary_unique_field"]) == (1, 0, "")
    people = len(released.people)
    assert info["project_notes"].startswith(f"Exempeldata: test people only. For the evaluation: {people} people. ")


def test_a_study_with_one_questionnaire_is_a_classic_project(service, released, url):
    """A2.4: the texts that clients compare; and no column of events."""
    served.lock_release(service, served.one_wave(released), name="2026-11-25-2")
    project = Project(url, served.make_token(service, release="2026-11-25-2").token)
    assert project.is_longitudinal is False
    for what, export in (
        ("events", project.export_events), ("arms", project.export_arms),
        ("form/event mappings", project.export_instrument_event_mappings),
    ):  # fmt: skip
        with pytest.raises(RedcapError, match=f"You cannot export {what} for classic projects"):
            export()
    assert "redcap_event_name" not in project.export_records()[0]
    frame = project.export_records(format_type="df")
    assert frame.index.name == "record_id"


def test_what_cannot_be_had_is_refused_and_never_read_as_data(project):
    for asked in (
        {"fields": ["sen_1"]},
        {"forms": ["finnsinte"]},
        {"events": ["x_arm_1"]},
        {"filter_logic": "[sen]=1"},
    ):
        with pytest.raises(RedcapError, match="not valid"):
            project.export_records(**asked)
    with pytest.raises(RedcapError, match="does not contain any repeating instruments"):
        project.export_repeating_instruments_events()
    with pytest.raises(RedcapError, match="report_id"):
        project.export_report("1")
    for export in (project.export_logging, project.export_user_roles, project.export_file_repository):
        with pytest.raises(RedcapError, match="do not have permissions"):
            export()


def test_bad_expired_foreign_and_revoked_keys(url, service, token, clock):
    """A1.4, attack 27: one answer for all of them; also where PyCap asks without a format."""
    served.lock_release(service, served.make_dataset(seed=8), name="2026-11-25-2")
    other = served.make_token(service, release="2026-11-25-2", days=365)
    assert Project(url, other.token).export_records() != Project(url, token).export_records()
    revoked = served.make_token(service)
    with service.vaults.unit() as work:
        served.revoke(service, work, revoked.id)
    clock.tick(days=31)
    for bad in ("0" * 32, token, revoked.token):
        with pytest.raises(RedcapError, match="You do not have permissions to use the API"):
            Project(url, bad).export_records()
        with pytest.raises(RedcapError, match="You do not have permissions to use the API"):
            Project(url, bad).export_version()
    assert Project(url, other.token).export_records()


def test_nothing_can_be_written(project, service, released, research_config):
    """A7: PyCap raises for some of it and not for the rest; nothing has changed whatever it shows."""
    before = project.export_records(format_type="csv")
    record = [{"record_id": released.people[0], "redcap_event_name": "fore_arm_1", "se_1": "1"}]
    refused = {"match": "You do not have API Import/Update privileges"}
    with pytest.raises(RedcapError, **refused):
        project.import_records(record)
    with pytest.raises(RedcapError, **refused):
        project.delete_records(released.people[:1])
    with pytest.raises(RedcapError, **refused):
        project.import_metadata(project.export_metadata())
    project.import_records(record, return_content="nothing")
    assert project.export_records(format_type="csv") == before
    with service.vaults.reading() as work:
        record = served.release_of(work)
    frozen = open_release(research_config.release_dir, record.id, record.manifest_hash, is_test=True)
    assert frozen.lines().count(b"\n") == len(released.rows)


def test_the_example_of_the_documentation_runs(url, token, monkeypatch):
    """`docs/research-api.md`, as a researcher copies it."""
    page = (Path(__file__).parents[3] / "docs" / "research-api.md").read_text("utf-8")
    example = re.search(r"## From Python\n\n((?:    .*\n|\n)+)", page)[1]
    monkeypatch.setenv("KAPABLA_NYCKEL", token)
    told = {}
    exec(textwrap.dedent(example).replace("https://kapabla.example.se/api/", url), told)  # noqa: S102
    assert told["answers"].index.names == ["record_id", "redcap_event_name"]
    assert {row["redcap_event_name"] for row in told["before"]} == {"fore_arm_1"}
    assert told["labelled"]
    assert told["confident"] == []

"""What REDCapR and redcapAPI send, call by call (A3), replayed over real HTTP; and by R itself where it is, with the
packages that these two are made of."""

import csv
import io
from pathlib import Path

import pytest
import requests

from tests import r, served
from tests.web.api.test_pycap import known_cells

BATCH = 10


@pytest.fixture
def url(app):
    with served.serving(app) as address:
        yield address


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_redcapr_reads_a_release_in_batches(url, token, released):
    """`redcap_read`: form-encoded, lists with commas, booleans in small letters or as R writes them."""

    def post(**given):
        reply = requests.post(url, data={"token": token, "returnFormat": "csv", **given}, timeout=30)
        assert reply.status_code == 200  # anything else is a failure to it
        assert reply.encoding == "utf-8"
        return reply

    names = rows_of(post(content="exportFieldNames", format="csv").text)
    metadata = post(content="metadata", format="json").json()
    assert {row["original_field_name"] for row in names} >= {row["field_name"] for row in metadata}
    assert rows_of(post(content="instrument", format="csv").text)[0]["instrument_name"] == "bakgrund"
    project = rows_of(post(content="project", format="csv").text)[0]
    assert (project["is_longitudinal"], project["record_autonumbering_enabled"]) == ("1", "0")
    groups = "data_access_group_name,unique_group_name,data_access_group_id\n"
    assert post(content="dag", format="csv").text == groups
    assert rows_of(post(content="event", format="csv").text)[0]["unique_event_name"] == "fore_arm_1"
    assert post(content="version", format="csv").text == "14.5.0"
    record = {
        "content": "record", "format": "csv", "type": "flat", "rawOrLabel": "raw", "rawOrLabelHeaders": "raw",
        "exportDataAccessGroups": "false", "exportSurveyFields": "false", "filterLogic": "",
        "exportBlankForGrayFormStatus": "FALSE",
    }  # fmt: skip
    ids = rows_of(post(**record, fields="record_id").text)
    assert list(ids[0]) == ["record_id", "redcap_event_name"]
    people = list(dict.fromkeys(row["record_id"] for row in ids))
    assert people == released.people
    whole = post(**record).text
    head, read = whole.partition("\n")[0], []
    for start in range(0, len(people), BATCH):
        batch = post(**record, records=",".join(people[start : start + BATCH])).text
        assert {row["record_id"] for row in rows_of(batch)} == set(people[start : start + BATCH])
        assert batch.partition("\n")[0] == head
        read.append(batch.partition("\n")[2])
    assert "".join(read) == whole.partition("\n")[2]
    assert len(rows_of(whole)) == len(ids)


def test_redcapapi_sends_a_part_for_each_field_and_record(url, token, released):
    """`exportRecordsTyped`: multipart throughout, lists that begin at 1, survey fields always asked for, a name that
    nobody knows, and more parts than a server takes by itself."""

    def post(**given):
        parts = [(name, (None, value)) for name, value in {"token": token, **given}.items()]
        reply = requests.post(url, files=parts, timeout=30)
        assert reply.status_code == 200
        return reply

    assert post(content="version", format="csv").text == "14.5.0"
    for content in ("metadata", "exportFieldNames", "instrument", "event", "arm", "formEventMapping"):
        assert rows_of(post(content=content, format="csv", returnFormat="csv").text)
    assert ";" in post(content="project", format="csv", csvDelimiter=";").text
    ids = post(content="record", format="csv", outputFormat="csv", **{"fields[1]": "record_id"}).text
    people = list(dict.fromkeys(row["record_id"] for row in rows_of(ids)))
    assert people == released.people
    metadata = rows_of(post(content="metadata", format="csv").text)
    fields = {f"fields[{n}]": row["field_name"] for n, row in enumerate(metadata, start=1)}
    many = {f"records[{n}]": person for n, person in enumerate(people * 50, start=1)}
    assert len(many) >= 1_500
    asked = post(
        content="record", format="csv", type="flat", exportSurveyFields="true", exportDataAccessGroups="FALSE",
        csvDelimiter=",", **fields, **many,
    ).text  # fmt: skip
    found = rows_of(asked)
    assert len(found) == len(rows_of(ids))
    assert not [name for name in found[0] if name.endswith(("_timestamp", "_identifier"))]
    whole = rows_of(post(content="record", format="csv").text)
    for one, other in zip(found, whole, strict=True):
        assert one == {name: value for name, value in other.items() if name in one}


def test_without_the_larger_limits_such_a_call_is_refused(url, app, token, monkeypatch):
    """The positive twin: the usual limit of a thousand parts."""
    monkeypatch.setattr("kapabla.web.api.calling.MAX_PARTS", 1_000)
    parts = [("token", (None, token)), *((f"records[{n}]", (None, "x")) for n in range(1_200))]
    reply = requests.post(url, files=parts, timeout=30)
    assert reply.status_code == 413
    assert reply.text.startswith("<?xml")
    assert "<!doctype" not in reply.text.lower()


@pytest.mark.r("httr", "readr", "jsonlite")
def test_r_reads_every_cell_through_the_same_calls(url, token, released):
    """A9, with what Debian has of it: the calls of both clients by httr, and readr's own view of the columns."""
    found = r.run(Path(__file__).with_name("read_api.R"), url, token)
    assert found["ids"] == released.people
    wanted = known_cells(released)
    for read in (found["read"], found["typed"]):
        rows = [dict(zip(read, row, strict=True)) for row in zip(*read.values(), strict=True)]
        assert len(rows) == len(wanted)
        for row in rows:
            cells = wanted[row["record_id"], row["redcap_event_name"]]
            assert {name: row[name] or "" for name in cells} == cells
    # What R makes of the columns by itself: ids are no numbers and no dates, answers are numbers.
    assert found["classes"]["record_id"] == ["character"]
    assert found["classes"]["se_1"] == found["classes"]["se_mean"] == ["numeric"]
    assert "Jag vågar fråga, ”även” när det är svårt" in found["dictionary"]["field_label"]
    assert "Håller helt med" in found["labelled"]["se_1"]
    assert found["type"] == ["text/csv; charset=utf-8"]
    assert found["refused"]["status"] == [400]
    assert found["refused"]["text"][0].startswith('ERROR: The following values in the parameter "fields" are not valid')
    assert found["foreign"]["status"] == [403]
    assert found["foreign"]["text"] == ["ERROR: You do not have permissions to use the API"]

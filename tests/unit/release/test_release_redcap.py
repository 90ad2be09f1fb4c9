"""A release in REDCap's words: what becomes of columns, cells and forms, and what a client could misread (A4 to A6)."""

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapabla.release import codebook
from kapabla.release.columns import ColumnUnsound
from kapabla.release.redcap import Frozen, Parameters, Told, answer
from kapabla.release.redcap.calls import CONTENTS
from kapabla.release.redcap.formats import Table, pieces
from kapabla.release.redcap.project import checkbox_column, make_project
from kapabla.release.redcap.refusals import Refusal, refusal_body
from kapabla.release.writers.delimited import write_csv
from tests import served

DATA = served.make_dataset()


def frozen_of(dataset):
    book = json.loads(codebook.as_json(dataset, "x"))
    manifest = {"release": "r1", "title": "x", "people": "real", "built_on": "2026-11-25", "registry_number": None,
                "software": "kapabla"}  # fmt: skip
    return Frozen(manifest, "0" * 64, book, write_csv(dataset, "x"))


FROZEN = frozen_of(DATA)


def ask(frozen=FROZEN, language="sv", **asked):
    asked = {"content": "record", "format": "csv", **asked}
    return "".join(answer(frozen, Parameters(asked.items()), Told(language)).body)


def rows(text, delimiter=","):
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def test_columns_stand_in_dictionary_order_whatever_was_asked():
    """A6.1: PyCap asks in an order of chance."""
    head = ask(fields="se_mean,hin_1,record_id,tilltro_complete,arm,se_1").split("\n")[0]
    wanted = "record_id,redcap_event_name,arm,se_1,se_mean,tilltro_complete,hin_1___1,hin_1___2"
    assert head == wanted


def test_the_event_comes_along_with_the_id_and_not_without_it():
    """A6.2."""
    assert ask(fields="se_1").split("\n")[0] == "se_1"
    assert ask(fields="record_id").split("\n")[0] == "record_id,redcap_event_name"
    assert ask(forms="tilltro").split("\n")[0] == "se_1,se_2,se_mean,tilltro_complete"
    assert ask(forms="tilltro", fields="arm").split("\n")[0] == "arm,se_1,se_2,se_mean,tilltro_complete"


def test_who_has_no_first_wave_has_a_row_of_background_alone():
    """Decision 26: the arm would be lost otherwise."""
    person = DATA.people[1]
    first, *later = rows(ask(records=person))
    assert first["redcap_event_name"] == "fore_arm_1"
    assert first["arm"] == next(row["arm"] for row in DATA.rows if row["record_id"] == person)
    said = {name for name, value in first.items() if value}
    assert said <= {
        "record_id",
        "redcap_event_name",
        "arm",
        "municipality",
        *(n for n in first if n.endswith("complete")),
    }
    assert first["tilltro_complete"] == "0"
    assert [row["arm"] for row in later] == [""] * len(later)


def test_the_status_of_a_form():
    """2 with an answer, 0 without, blank where the event does not have it."""
    for row in rows(ask()):
        event = row["redcap_event_name"]
        assert row["hinder_complete"] == {"efter_arm_1": ""}.get(event, "2" if row["hin_1___1"] else "0")
        has_answer = any(row[name] for name in ("se_1", "se_2", "se_mean"))
        assert row["tilltro_complete"] == ("2" if has_answer else "0")
        assert (row["bakgrund_complete"] == "") == (event != "fore_arm_1")


def test_decimals_and_what_parts_the_cells():
    """A6.9: numbers alone; a code is no number."""
    point = rows(ask())
    for delimiter, sign in ((",", ","), (";", ";"), ("tab", "\t"), ("|", "|"), ("^", "^")):
        comma = rows(ask(csvDelimiter=delimiter, decimalCharacter="comma"), sign)
        for one, other in zip(point, comma, strict=True):
            assert other == one | {"se_mean": one["se_mean"].replace(".", ",")}
    assert any("." in row["se_mean"] for row in point)


def test_a_choice_with_bar_and_comma_is_one_choice():
    """A5: clients split at the bar, and then at the first comma."""
    text = ask(content="metadata", fields="se_1")
    (row,) = rows(text)
    parts = [part.split(",", 1) for part in row["select_choices_or_calculations"].split("|")]
    assert [(code.strip(), label.strip()) for code, label in parts] == [
        ("1", "Håller inte alls med"), ("2", "Delvis, men / inte helt"), ("3", "Håller helt med"),
    ]  # fmt: skip


def test_labels_that_hold_quotes_and_line_breaks_are_read_back():
    """A1.5: as RFC 4180 says; and as xml without what no parser takes."""
    table = Table(["a", "b"], [["x\ny", 'sade "nej", \x01'], ["", "<&>"]])
    read = list(csv.reader(io.StringIO("".join(pieces(table, "csv")))))
    assert read == [["a", "b"], ["x\ny", 'sade "nej", \x01'], ["", "<&>"]]
    xml = "".join(pieces(table, "xml"))
    assert "<a>x\ny</a><b>sade &quot;nej&quot;, </b>".replace("&quot;", '"') in xml
    assert "<b>&lt;&amp;&gt;</b>" in xml
    assert json.loads("".join(pieces(table, "json")))[0]["b"] == 'sade "nej", \x01'


def test_nothing_is_made_safe_for_a_spreadsheet():
    """A6.14: a client would read the sign as data."""
    assert "".join(pieces(Table(["a"], [["=1+1"], ["-4"]]), "csv")) == "a\n=1+1\n-4\n"


@pytest.mark.parametrize(("form", "empty"), [("csv", "record_id,redcap_event_name\n"), ("json", "[]")])
def test_an_empty_answer(form, empty):
    """A6.10."""
    assert ask(format=form, records="KPNEJ", fields="record_id") == empty
    assert "<item>" not in ask(format="xml", records="KPNEJ")


def test_two_codes_that_would_share_a_column_are_refused():
    """A6.5."""
    assert checkbox_column("hinder", "-99") == "hinder____99"
    assert checkbox_column("hinder", "A b") == "hinder___a_b"
    book = json.loads(codebook.as_json(DATA, "x"))
    box = next(entry for entry in book["columns"] if entry["part_of"] == "hin_1")
    alike = [{**box, "name": f"hin_9___{code}", "part_of": "hin_9"} for code in ("-1", "_1")]
    wide = [*book["wide"], *({"name": "", "column": entry["name"], "wave": "t0"} for entry in alike)]
    assert make_project([*book["columns"], alike[0]], wide, "sv").fields["hin_9"].kind == "checkbox"
    with pytest.raises(ColumnUnsound):
        make_project([*book["columns"], *alike], wide, "sv")


def test_english_labels():
    assert rows(ask(content="metadata", fields="arm", language="en"))[0]["field_label"] == "Arm (en)"
    assert rows(ask(content="instrument", language="en"))[0]["instrument_label"] == "Bakgrund (en)"


def test_a_group_that_is_not_answered_alike_is_no_matrix():
    """A vignette has questions of several kinds, which REDCap cannot show as one."""
    columns = tuple(
        replace(c, categories={1: "Ja", 2: "Nej", 3: "Vet inte"}) if c.name == "se_2" else c for c in DATA.columns
    )
    other = frozen_of(replace(DATA, columns=columns))
    for frozen, group in ((FROZEN, "tro"), (other, "")):
        assert {row["matrix_group_name"] for row in rows(ask(frozen, content="metadata", fields="se_1,se_2"))} == {
            group
        }


def test_a_refusal_in_xml_is_xml():
    assert refusal_body("a < b & \x00c", "xml").endswith("<error>a &lt; b &amp; c</error></hash>")


NAMES = st.sampled_from(
    ["content", "format", "type", "rawOrLabel", "rawOrLabelHeaders", "fields", "fields[0]", "forms[]", "events[7]",
     "records", "filterLogic", "dateRangeBegin", "dateRangeEnd", "csvDelimiter", "decimalCharacter", "arms", "field",
     "exportCheckboxLabel", "exportBlankForGrayFormStatus", "report_id", "action", "fields[99999999999]", "é", ""]
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(
        [*CONTENTS, "csv", "json", "xml", "odm", "eav", "flat", "label", "raw", "record_id", "se_1,hin_1", "tilltro",
         "1", "fore_arm_1", "[se_1]=1", "2026-09-07", "2026-09-07 10:00", "9999-99-99", "true", "comma", "tab", "^"]
    ),
    st.text(max_size=20),
)  # fmt: skip


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8))
@settings(max_examples=300)
def test_whatever_is_asked_is_answered_or_refused(given_):
    """Never a fault of ours, and never a form that was not asked for."""
    parameters = Parameters([("content", "record"), *given_])
    try:
        reply = answer(FROZEN, parameters, Told())
    except Refusal as refusal:
        assert refusal.status in (400, 403, 501)  # noqa: PT017
    else:
        body = "".join(reply.body)
        assert "html" not in reply.content_type
        if reply.content_type == "application/json":
            json.loads(body)

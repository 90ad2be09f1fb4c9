"""The codebook describes every column, in both languages, and stands alone (F3)."""

import json
import re

import html5lib
import pytest

from kapabla.material import pomp
from kapabla.release import codebook
from kapabla.release.dataset import Dataset, to_wide
from kapabla.release.study_columns import columns_of
from tests.material_once import our_material
from tests.unit.release.samples import make_dataset

LONG = make_dataset()


@pytest.fixture(scope="module")
def ours():
    material = our_material()
    study = material.studies["kapabla-2026"]
    return Dataset(columns_of(study, material), (), tuple(wave.code for wave in study.waves))


def test_every_column_of_both_tables_is_described():
    """F3."""
    book = json.loads(codebook.as_json(LONG, "x"))
    assert [entry["name"] for entry in book["columns"]] == [column.name for column in LONG.columns]
    known = {entry["name"] for entry in book["columns"]} | {entry["name"] for entry in book["wide"]}
    assert {column.name for column in to_wide(LONG).columns} <= known


def test_what_nobody_answered_is_not_said_to_stand_as_answered():
    rows = re.findall(
        r'<tr><th scope="row">(\w+)</th>.*?<td>((?:(?!<td).)*)</td></tr>', codebook.as_html(LONG, "x").decode()
    )
    told = dict(rows)
    assert told["record_id"].startswith('nytt i varje utgåva <span lang="en">new in every release</span>')
    assert told["wave"].startswith('som det är <span lang="en">as it is</span>')


def test_an_entry_says_text_values_missing_codes_version_scale_level_and_protection(ours):
    """F3."""
    book = json.loads(codebook.as_json(ours, "x"))
    entry = next(entry for entry in book["columns"] if entry["name"] == "hin_8")
    assert all(entry["labels"][language] for language in ("sv", "en"))
    assert len(entry["values"]) == len(entry["values_en"]) == 5
    assert entry["missing"] == ["not_reached", "not_shown", "skipped", "declined"]
    assert (entry["instrument_version"], entry["construct"], entry["kirkpatrick_level"]) == ("hin v1", "barriers", 2)
    assert (entry["measure"], entry["sensitive"], entry["disclosure"]) == ("ordinal", True, "kept")
    assert book["missing"]["withheld"]["code"] == -97
    assert book["missing"]["withheld"]["stata"] == ".f"


def test_a_score_says_what_it_is_computed_of_and_its_items_what_they_count_in(ours):
    """F3."""
    entries = {entry["name"]: entry for entry in json.loads(codebook.as_json(ours, "x"))["columns"]}
    scoring = entries["se_mean"]["scoring"]
    assert (scoring["rule"], scoring["min_answered"]) == ("mean", 6)
    assert scoring["items"] == [f"se_{number}" for number in range(1, 9)]
    assert scoring["high_means"]["en"] == "More self-efficacy"
    assert entries["se_1"]["scales"] == ["se_mean"]
    assert entries["se_1"]["scoring"] is None
    assert "counts in se_mean" in codebook.as_html(ours, "x").decode()
    conditional = [entry for entry in entries.values() if entry["scoring"] and entry["scoring"]["only_if"]]
    assert conditional[0]["scoring"]["only_if"] == {"op": "equals", "item": "bet_0", "value": 1}


def test_every_score_says_how_it_becomes_percent_of_maximum_possible(ours):
    """`domain.md` 3.2: one axis for every scale. The formula gives what `pomp` does."""
    entries = {entry["name"]: entry for entry in codebook.as_rows(ours) if entry["scoring"]}
    assert entries["se_mean"]["scoring"]["pomp"] == {"formula": "100 * (se_mean - 1) / 4", "one_step": 25.0}
    for name, entry in entries.items():
        low, high, formula = entry["minimum"], entry["maximum"], entry["scoring"]["pomp"]["formula"]
        for value in (low, (low + high) / 2, high):
            assert eval(formula, {name: value}) == pytest.approx(pomp(value, low, high), abs=1e-12)  # noqa: S307
    assert "POMP (0–100) is 100 * (se_mean - 1) / 4" in codebook.as_html(ours, "x").decode()


def test_every_reason_that_stands_in_a_column_is_named_for_it(ours):
    for entry in json.loads(codebook.as_json(ours, "x"))["columns"]:
        assert set(entry["missing"]) <= {"not_reached", "not_shown", "skipped", "declined", "no_opinion", "withheld"}
        assert entry["waves"] == [] or entry["missing"]


def test_the_page_is_valid_and_fetches_nothing(ours):
    page = codebook.as_html(ours, "Kapabla & co <Exempeldata>").decode()
    html5lib.HTMLParser(strict=True).parse(page)
    assert '<td>som det svarades <span lang="en">as answered</span></td>' in page
    assert not re.search(r"<(script|link|img|style|iframe)|https?:|src=|style=", page)
    assert page.count("<tr>") == len(ours.columns) + 1
    assert "Kapabla &amp; co &lt;Exempeldata&gt;" in page
    assert 'lang="en"' in page


def test_the_codebook_is_the_same_every_time():
    assert codebook.as_html(LONG, "x") == codebook.as_html(LONG, "x")
    assert codebook.as_json(LONG, "x") == codebook.as_json(LONG, "x")

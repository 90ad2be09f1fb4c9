"""Columns are described once, by names that every file can hold; a table keeps to its columns (attack 7)."""

from dataclasses import replace

import pytest

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec, ColumnUnsound, Kind
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import Withheld
from kapabla.release.study_columns import columns_of
from tests.material_once import our_material
from tests.unit.release.samples import COLUMNS, WAVES, label, make_dataset


@pytest.fixture(scope="module")
def columns():
    material = our_material()
    return columns_of(material.studies["kapabla-2026"], material)


@pytest.mark.parametrize("name", ["", "Se_1", "1_se", "å_1", "se-1", "se 1", "a" * 27])
def test_a_name_that_some_file_cannot_hold_is_refused(name):
    with pytest.raises(ColumnUnsound):
        ColumnSpec(name, Kind.FLAG, label("x"))


def test_a_name_of_26_characters_is_held():
    assert ColumnSpec("a" * 26, Kind.FLAG, label("x")).name == "a" * 26


@pytest.mark.parametrize("labels", [{"sv": "x"}, {"en": "x"}, {"sv": "", "en": "x"}])
def test_a_column_without_both_labels_is_refused(labels):
    with pytest.raises(ColumnUnsound):
        ColumnSpec("x", Kind.FLAG, labels)


def test_columns_of_the_study_begin_as_the_files_do(columns):
    assert [c.name for c in columns[:3]] == ["record_id", "wave", "weeks_since_training"]


def test_no_free_text_and_no_item_that_repeats_the_placement_is_released(columns):
    names = {column.name for column in columns}
    assert {"role", "municipality", "bak_3", "se_1", "se_mean"} <= names
    assert not {"bak_1", "bak_2"} & names
    assert not any("kommentar" in name or name.startswith("kurs_fritext") for name in names)


def test_quasi_identifiers_stand_in_the_order_of_the_study(columns):
    order = {c.importance: c.name for c in columns if c.importance}
    assert [order[place] for place in sorted(order)] == ["role", "bak_3", "bak_4", "municipality", "cohort", "taught"]
    assert {c.name for c in columns if c.is_quasi_identifier} == set(order.values())


def test_reports_to_the_authorities_are_released_as_at_least_once_or_never(columns):
    released = {c.name: c for c in columns}
    for name in ("bet_5", "bet_6"):
        assert (released[name].kind, released[name].disclosure) == (Kind.FLAG, "at_least_once")
        assert list(released[name].categories) == [0, 1]
    assert released["bet_4"].kind is Kind.CATEGORY


def test_only_hin_8_is_sensitive(columns):
    assert [c.name for c in columns if c.is_sensitive] == ["hin_8"]


def test_the_samples_are_a_sound_table():
    assert len(make_dataset()) > 12


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("se_1", 6), ("se_1", 0), ("se_1", "1"), ("se_1", 1.0), ("se_1", True), ("se_mean", float("nan")),
        ("se_mean", 5.01), ("municipality", "2480"), ("municipality", 2404), ("weeks_since_training", -95),
    ],
)  # fmt: skip
def test_a_cell_that_its_column_does_not_know_withholds_the_table(column, cell):
    good = make_dataset()
    rows = ({**good.rows[0], column: cell}, *good.rows[1:])
    with pytest.raises(Withheld):
        Dataset(COLUMNS, rows, WAVES)


def test_an_unknown_column_withholds_the_table():
    good = make_dataset()
    with pytest.raises(Withheld):
        replace(good, rows=tuple({**row, "email": "a@example.se"} for row in good.rows))


def test_rows_out_of_order_and_twice_withhold_the_table():
    good = make_dataset()
    for rows in (good.rows[::-1], (good.rows[0], good.rows[0])):
        with pytest.raises(Withheld):
            replace(good, rows=rows)


def test_every_missing_cell_has_its_reason_in_the_list():
    data = make_dataset()
    blanks = sum(isinstance(cell, MissingReason) for row in data.rows for cell in row.values())
    assert len(list(data.missing())) == blanks > 0


def test_the_then_test_names_what_it_asks_again(columns):
    """C13: item by item and as a score, asked after the course alone."""
    released = {c.name: c for c in columns}
    pairs = {c.name: c.then_of for c in columns if c.then_of}
    assert pairs == {f"se_{number}t": f"se_{number}" for number in range(1, 9)} | {"se_then_mean": "se_mean"}
    assert {released[name].waves for name in pairs} == {("t1",)}
    assert released["se_mean"].then_of == ""


def test_behaviour_is_asked_before_the_course_too(columns):
    """Otherwise it has no before; only talking about the course is not (`texts-sv.md` 7.9)."""
    waves = {c.name: c.waves for c in columns if c.name.startswith("bet_")}
    assert {waves[f"bet_{number}"] for number in range(7)} == {("t0", "t3", "t6", "t12")}
    assert waves["bet_7"] == ("t3", "t6", "t12")
    assert "t0" in waves["bet_index"]

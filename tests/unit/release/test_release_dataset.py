"""Long and wide hold the same (F4)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import MAX_WIDE_NAME
from kapabla.release.dataset import Dataset, to_long, to_wide
from kapabla.release.disclosure import Withheld
from tests.unit.release.samples import COLUMNS, WAVES, make_dataset


@settings(deadline=None, max_examples=40)
@given(people=st.integers(0, 12), seed=st.integers(0, 10_000))
def test_long_is_rebuilt_from_wide_identically(people, seed):
    """F4."""
    long = make_dataset(people, seed)
    assert to_long(to_wide(long)) == long


def test_wide_has_a_row_a_person_and_a_column_an_item_and_wave():
    long = make_dataset()
    wide = to_wide(long)
    assert [row["record_id"] for row in wide.rows] == long.people
    names = [column.name for column in wide.columns]
    assert names[:3] == ["record_id", "municipality", "arm"]
    assert {"se_1_t0", "se_1_t3", "bak_3_t0", "hinder___1_t3"} <= set(names)
    assert "bak_3_t1" not in names
    assert max(map(len, names)) <= MAX_WIDE_NAME


def test_a_wave_that_is_not_for_the_arm_is_not_shown_and_another_is_not_reached():
    long = make_dataset(300)
    only_before = next(p for p in long.people if [r["arm"] for r in long.rows if r["record_id"] == p] == ["direct"])
    row = next(row for row in to_wide(long).rows if row["record_id"] == only_before)
    assert row["se_1_t0b"] is MissingReason.NOT_SHOWN
    assert row["se_1_t1"] is MissingReason.NOT_REACHED


def test_an_answer_at_a_wave_that_does_not_have_the_item_is_withheld():
    good = make_dataset()
    place = next(i for i, row in enumerate(good.rows) if row["wave"] == "t1")
    rows = (*good.rows[:place], {**good.rows[place], "bak_3": 12}, *good.rows[place + 1 :])
    with pytest.raises(Withheld):
        to_wide(replace(good, rows=rows))


def test_a_row_that_looks_as_if_it_were_not_there_is_withheld():
    first = make_dataset().rows[0]
    keep = {"record_id", "wave", "arm", "municipality"}
    rows = tuple(
        {name: cell if name in keep else MissingReason.NOT_REACHED for name, cell in {**first, "wave": wave}.items()}
        for wave in ("t1", "t3")
    )
    with pytest.raises(Withheld):
        to_wide(Dataset(COLUMNS, rows, WAVES))

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.columns import floats
from analysis.describe import MOMENTS, describe, hidden_cells
from analysis.envelope import Misuse, Refused

derandomized = settings(deadline=None, max_examples=60)
answers = st.lists(st.one_of(st.integers(1, 6), st.none()), min_size=1, max_size=60).filter(
    lambda values: any(value is not None for value in values)
)


def item(values, **options):
    outcome = describe({"q": values}, **({"minimum": 1, "maximum": 6} | options))
    return outcome.result["items"]["q"], outcome.warnings


def test_counts_percent_floor_and_ceiling():
    found, warnings = item([1, 1, 2, 6, None])
    assert found["counts"] == {"1": 2, "2": 1, "3": 0, "4": 0, "5": 0, "6": 1}
    assert found["percent"] == {"1": 50, "2": 25, "3": 0, "4": 0, "5": 0, "6": 25}
    assert (found["n"], found["n_missing"], found["floor_percent"], found["ceiling_percent"]) == (4, 1, 50, 25)
    assert warnings == []


def test_type_7_quartiles_by_hand():
    found, _ = item([1, 2, 3, 4])  # h = (n-1) p: 0.75, 1.5, 2.25
    assert (found["q1"], found["median"], found["q3"]) == (1.75, 2.5, 3.25)


@given(answers)
@derandomized
def test_moments_are_those_of_scipy(values):
    valid = floats([v for v in values if v is not None])
    found, _ = item(values)
    assert found["mean"] == pytest.approx(np.mean(valid), rel=1e-12)
    assert sum(found["counts"].values()) == len(valid)
    if len(valid) > 3 and np.ptp(valid):
        assert found["sd"] == pytest.approx(np.std(valid, ddof=1), rel=1e-12)
        assert found["skewness"] == pytest.approx(stats.skew(valid, bias=False), rel=1e-9, abs=1e-12)
        assert found["excess_kurtosis"] == pytest.approx(stats.kurtosis(valid, bias=False), rel=1e-9, abs=1e-9)


@given(answers, st.randoms(use_true_random=False))
@derandomized
def test_row_order_changes_no_digit(values, random):
    moved = list(values)
    random.shuffle(moved)
    assert item(moved, suppress_below=3) == item(values, suppress_below=3)


def test_item_order_changes_nothing():
    data = {"b": [1, 2, 2], "a": [3, 3, 1]}
    one, other = (describe(data, order, minimum=1, maximum=3) for order in (["a", "b"], ["b", "a"]))
    assert str(one) == str(other)


@pytest.mark.parametrize(
    ("values", "none", "warning"),
    [
        ([3], {"sd", "skewness", "excess_kurtosis"}, ["too_few_values:q", "constant_item:q"]),
        ([3, 4], {"skewness", "excess_kurtosis"}, ["too_few_values:q"]),
        ([3, 4, 4], {"excess_kurtosis"}, ["too_few_values:q"]),
        ([3, 3, 3, 3], {"skewness", "excess_kurtosis"}, ["constant_item:q"]),
        ([3, 3, 3, 4], set(), []),
    ],
)
def test_what_cannot_be_estimated_is_none_with_a_warning(values, none, warning):
    found, warnings = item(values)
    assert {key for key in MOMENTS if found[key] is None} == none
    assert warnings == warning


def test_a_constant_has_no_spread_even_where_it_is_no_binary_fraction():
    found, _ = item([1.1] * 3 + [None], minimum=1, maximum=2)
    assert (found["mean"], found["sd"]) == (1.1, 0.0)


def test_small_item_shows_its_n_alone_and_all_small_is_suppressed():
    outcome = describe({"a": [1, 2, 3], "b": [1, 2, None]}, minimum=1, maximum=3, suppress_below=4)
    assert outcome.suppressed
    item_a = outcome.result["items"]["a"]
    assert (item_a["n"], item_a["suppressed"], item_a["counts"], item_a["percent"]) == (3, True, None, None)
    assert all(item_a[key] is None for key in MOMENTS)


def test_one_large_item_is_enough_for_ok():
    outcome = describe({"a": [1, 2, 3], "b": [1, 2, None]}, minimum=1, maximum=3, suppress_below=3)
    assert not outcome.suppressed
    assert [outcome.result["items"][name]["suppressed"] for name in "ab"] == [False, True]


def test_suppressed_on_the_command_line(run, csv_file):
    path = csv_file("a\n1\n2\n")
    code, found, _ = run(
        "describe", "--data", path, "--items", "a", "--min", 1, "--max", 2, "--suppress-below", 5
    )  # fmt: skip
    assert (code, found["status"], found["reason"]) == (0, "suppressed", "small_n_suppressed")


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([5, 5, 5], set()),
        ([4, 5, 6], {0, 1}),
        ([4, 6, 5], {0, 2}),
        ([4, 4, 9], {0, 1}),
        ([0, 5, 0], set()),
        ([9, 0, 1, 9], {2, 0}),
        ([1, 2, 3], {0, 1, 2}),
    ],
)
def test_hidden_cells(counts, hidden):
    assert hidden_cells(counts, 5) == hidden


@given(st.lists(st.integers(0, 12), min_size=2, max_size=7), st.integers(1, 8))
@derandomized
def test_never_one_cell_hidden_alone_where_another_could_be(counts, limit):
    hidden = hidden_cells(counts, limit)
    assert all(place in hidden for place, count in enumerate(counts) if 0 < count < limit)
    assert all(counts[place] for place in hidden)
    assert len(hidden) != 1 or sum(count > 0 for count in counts) == 1


def test_hidden_cell_takes_the_moments_with_it_and_zeros_stay():
    values = [1] * 6 + [2] * 5 + [4] * 2
    found, warnings = item(values, maximum=4, suppress_below=5)
    assert found["counts"] == {"1": 6, "2": None, "3": 0, "4": None}
    assert found["percent"]["2"] is None
    assert found["percent"]["3"] == 0
    assert all(found[key] is None for key in MOMENTS)
    assert warnings == ["cells_suppressed:q"]
    shown, _ = item(values, maximum=4, suppress_below=2)
    assert shown["counts"] == {"1": 6, "2": 5, "3": 0, "4": 2}
    assert shown["mean"] is not None


def test_values_between_categories_are_told_and_are_a_cell_of_their_own():
    found, warnings = item([1.5, 2, 2, 3, 3, 3], maximum=3)
    assert (sum(found["counts"].values()), found["n"], warnings) == (5, 6, ["not_a_category:q"])
    assert item([1.5, 2, 2, 3, 3, 3], maximum=3, suppress_below=2)[0]["counts"] == {"1": 0, "2": None, "3": 3}


@pytest.mark.parametrize("value", [0, 7, 99, -9])
def test_outside_is_refused(value):
    with pytest.raises(Refused) as refused:
        item([1, value, None])
    assert refused.value.reason == "out_of_range"


@pytest.mark.parametrize("options", [{"minimum": 6}, {"minimum": 0.5}, {"maximum": 10**6}, {"suppress_below": -1}])
def test_misuse(options):
    with pytest.raises(Misuse):
        item([1, 2], **options)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.envelope import Misuse, Refused
from analysis.score import score

cells = st.one_of(st.integers(1, 6), st.none())
rows = st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=30).filter(
    lambda found: all(any(row[i] is not None for row in found) for i in range(3))
)


def columns(found):
    return {name: [row[place] for row in found] for place, name in enumerate("abc")}


def test_by_hand():
    data = {"a": [1, 2, None, None], "b": [2, None, 6, None], "c": [6, None, 5, 3]}
    found = score(data, ["a", "b", "c"], ["c"], 1, 6).result
    assert found["scores"] == [pytest.approx(4 / 3), None, 4.0, None]
    assert (found["n_rows"], found["n_scored"], found["n_insufficient"], found["min_answered"]) == (4, 2, 2, 2)
    assert found["mean"] == pytest.approx(8 / 3)
    assert found["sd"] == pytest.approx((8 / 3) / 2**0.5)
    assert (found["min"], found["max"], found["median"]) == (pytest.approx(4 / 3), 4.0, pytest.approx(8 / 3))


@pytest.mark.parametrize(("k", "needed"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (10, 5)])
def test_default_is_half_rounded_up(k, needed):
    assert score({str(i): [1, 2] for i in range(k)}).result["min_answered"] == needed


def test_nobody_answered_enough():
    outcome = score({"a": [1, None], "b": [None, 2]}, min_answered=2)
    assert outcome.warnings == ["no_scores"]
    assert [outcome.result[key] for key in ("mean", "sd", "min", "max", "median")] == [None] * 5
    assert outcome.result["scores"] == [None, None]


def test_one_scored_person_has_no_sd():
    outcome = score({"a": [1, None], "b": [2, 2]}, min_answered=2)
    assert (outcome.result["sd"], outcome.warnings) == (None, ["too_few_values:sd"])


def test_scores_can_be_left_out(run, csv_file):
    path = csv_file("a\n1\n2\n")
    assert run("score", "--data", path, "--items", "a")[1]["result"]["scores"] == [1, 2]
    assert "scores" not in run("score", "--data", path, "--items", "a", "--no-scores")[1]["result"]


@given(rows)
@settings(deadline=None)
def test_reversing_twice_is_not_reversing_and_once_mirrors(found):
    data = columns(found)
    plain = score(data, minimum=1, maximum=6).result
    turned = {name: [None if v is None else 7 - v for v in values] for name, values in data.items()}
    assert score(turned, reverse="abc", minimum=1, maximum=6).result == plain
    mirrored = score(data, reverse="abc", minimum=1, maximum=6).result["scores"]
    assert mirrored == [None if value is None else pytest.approx(7 - value) for value in plain["scores"]]


@given(rows, st.permutations("abc"))
@settings(deadline=None)
def test_item_order_changes_no_digit(found, order):
    assert score(columns(found), order).result == score(columns(found), "abc").result


@pytest.mark.parametrize(
    ("options", "reason"), [({"maximum": 4}, "out_of_range"), ({"items": ["x"]}, "column_not_found")]
)
def test_refused(options, reason):
    with pytest.raises(Refused) as refused:
        score({"a": [1, 5]}, **options)
    assert refused.value.reason == reason


@pytest.mark.parametrize("options", [{"reverse": ["a"]}, {"min_answered": 2}, {"min_answered": 0}, {"items": "aa"}])
def test_misuse(options):
    with pytest.raises(Misuse):
        score({"a": [1, 5]}, **options)

"""Individual change and the then-test, by hand and by what they must have in common with the paired test."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.change import change
from analysis.effects import hedges_j
from analysis.envelope import Misuse, Refused
from analysis.paired import paired
from analysis.responseshift import responseshift

derandomized = settings(deadline=None, max_examples=25)
scores = st.lists(st.tuples(*[st.integers(1, 24).map(lambda sixths: sixths / 4)] * 3), min_size=3, max_size=25)


def test_change_by_hand():
    found = change(
        {"a": [10, 12, 14, 16, None], "b": [16, 12.5, 14, 12, 3]}, "a", "b", reliability=0.91, better="higher"
    )
    sem = math.sqrt(20 / 3) * 0.3
    result = found.result
    assert (result["n_pairs"], result["sd_pre"]) == (4, pytest.approx(math.sqrt(20 / 3)))
    assert (result["sem"], result["s_diff"]) == (pytest.approx(sem), pytest.approx(math.sqrt(2) * sem))
    assert result["mdc90"] == pytest.approx(1.6448536269514722 * math.sqrt(2) * sem, rel=1e-12)
    assert result["mdc95"] == pytest.approx(1.959963984540054 * math.sqrt(2) * sem, rel=1e-12)
    assert (result["n_improved"], result["n_unchanged"], result["n_deteriorated"]) == (1, 2, 1)


def test_example_of_jacobson_and_truax():
    """Jacobson & Truax 1991: s1 = 7.5, r = 0.80 give SE 3.35 and Sdiff 4.74; 32.5 to 47.5 is an RCI of 3.16."""
    pre = [40 - 7.5, 40, 40 + 7.5]  # sd 7.5
    found = change({"a": pre, "b": [47.5, 40, 47.5]}, "a", "b", reliability=0.8, better="higher").result
    assert (found["sem"], found["s_diff"]) == (pytest.approx(3.35, abs=5e-3), pytest.approx(4.74, abs=5e-3))
    assert 15 / found["s_diff"] == pytest.approx(3.16, abs=5e-3)
    assert found["n_improved"] == 1


@given(scores, st.floats(0.1, 0.99))
@derandomized
def test_change_mirrors(rows, reliability):
    frame = {"a": [row[0] for row in rows], "b": [row[1] for row in rows]}
    up, down = (change(frame, "a", "b", reliability=reliability, better=side).result for side in ("higher", "lower"))
    assert (up["n_improved"], up["n_unchanged"], up["n_deteriorated"]) == (
        down["n_deteriorated"], down["n_unchanged"], down["n_improved"])  # fmt: skip
    if up["n_improved"] is not None:
        assert up["n_improved"] + up["n_unchanged"] + up["n_deteriorated"] == up["n_pairs"]
    reversed_rows = {name: values[::-1] for name, values in frame.items()}
    assert change(reversed_rows, "a", "b", reliability=reliability, better="higher").result == up


def test_perfect_reliability_and_no_variance():
    frame = {"a": [1, 2, 3], "b": [1, 3, 2]}
    outcome = change(frame, "a", "b", reliability=1, better="higher")
    assert outcome.warnings == ["no_measurement_error"]
    assert (outcome.result["mdc95"], outcome.result["n_improved"], outcome.result["n_deteriorated"]) == (0, 1, 1)
    outcome = change({"a": [2, 2, 2], "b": [1, 3, 2]}, "a", "b", reliability=0.8, better="higher")
    assert outcome.warnings == ["zero_variance_pre"]
    assert [outcome.result[key] for key in ("n_improved", "n_unchanged", "n_deteriorated")] == [None] * 3


def test_change_refused():
    for frame, reason in (
        ({"a": [1, 2, None], "b": [1, 2, 3]}, "too_few_rows"),
        ({"a": [None] * 3, "b": [1, 2, 3]}, "all_missing"),
        ({"a": [1, 2, 3]}, "column_not_found"),
        ({"a": [], "b": []}, "no_rows"),
    ):
        with pytest.raises(Refused) as refused:
            change(frame, "a", "b", reliability=0.8, better="higher")
        assert refused.value.reason == reason
    for options in ({"reliability": 0, "better": "higher"}, {"reliability": 2, "better": "higher"},
                    {"reliability": 0.5, "better": "up"}):  # fmt: skip
        with pytest.raises(Misuse):
            change({"a": [1, 2, 3], "b": [1, 2, 3]}, "a", "b", **options)
    with pytest.raises(Misuse):
        change({"a": [1, 2, 3]}, "a", "a", reliability=0.8, better="higher")


@given(scores)
@derandomized
def test_three_changes_are_paired_tests_and_add_up(rows):
    frame = dict(zip("abc", map(list, zip(*rows, strict=True)), strict=True))
    found = responseshift(frame, "a", "b", "c").result
    ends = {"unadjusted": "ab", "then_adjusted": "cb", "response_shift": "ac"}
    for key, (first, last) in ends.items():
        other = paired(frame[first], frame[last]).result
        mine = [found[key][name] for name in ("mean_diff", "sd_diff", "t", "p")]
        assert mine == [other["mean_diff"], other["sd_diff"], other["t"], other["p"]]
        if found[key]["t"] is not None:
            assert found[key]["g_z"] == pytest.approx(other["effect"]["g_z"], rel=1e-12, abs=1e-15)
    total = found["then_adjusted"]["mean_diff"] + found["response_shift"]["mean_diff"]
    assert total == pytest.approx(found["unadjusted"]["mean_diff"], abs=1e-12)


def test_response_shift_by_hand():
    outcome = responseshift({"a": [4, 5, 3, 4, 1], "b": [5, 5, 4, 6, 2], "c": [3, 3, 3, 4, None]}, "a", "b", "c")
    found = outcome.result
    assert (found["n_rows"], found["n_triples"]) == (5, 4)
    row = found["unadjusted"]
    assert (row["mean_diff"], row["sd_diff"]) == (1, pytest.approx(math.sqrt(2 / 3)))
    assert row["g_z"] == pytest.approx(hedges_j(3) * 1 / math.sqrt(2 / 3))


def test_response_shift_without_variance_and_refused():
    outcome = responseshift({"a": [1, 2, 3], "b": [2, 3, 4], "c": [1, 1, 3]}, "a", "b", "c")
    assert outcome.warnings == ["zero_variance_diff:unadjusted"]
    assert (outcome.result["unadjusted"]["t"], outcome.result["unadjusted"]["g_z"]) == (None, None)
    with pytest.raises(Refused) as refused:
        responseshift({"a": [1, 2, 3], "b": [2, None, 4], "c": [1, 1, 3]}, "a", "b", "c")
    assert refused.value.reason == "too_few_rows"
    with pytest.raises(Misuse):
        responseshift({"a": [1, 2, 3], "b": [2, 3, 4]}, "a", "b", "a")


def test_on_the_command_line(run, csv_file):
    path = csv_file("a,b,c\n1,3,1\n2,3,1\n3,5,2\n4,4,3\n")
    argv = ["--data", path, "--pre", "a", "--post", "b"]
    found = run("change", *argv, "--reliability", "0.8", "--better", "lower")[1]["result"]
    assert (found["n_pairs"], found["reliability"]) == (4, 0.8)
    assert run("responseshift", *argv, "--then", "c")[1]["result"]["n_triples"] == 4

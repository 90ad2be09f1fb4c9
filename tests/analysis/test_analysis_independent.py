"""Two independent groups against R, scipy, a published example and hand-computed edges."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.effects import hedges_j, nct_cdf
from analysis.envelope import Misuse, Refused
from analysis.independent import independent
from tests.analysis.reference import R, data

derandomized = settings(deadline=None, max_examples=25)
scores = st.lists(st.integers(1, 24).map(lambda sixths: sixths / 4), min_size=2, max_size=20)


def of(first, other, **options):
    frame = {"y": [*first, *other], "g": ["a"] * len(first) + ["b"] * len(other)}
    return independent(frame, "y", "g", **options)


def test_as_r_computes_it():
    found, r = independent(data("trial"), "post", "group", reference="kontroll").result, R["independent"]
    for test in ("welch", "student"):
        assert {key: found[test][key] for key in r[test]} == {
            key: pytest.approx(value, rel=1e-10) for key, value in r[test].items()
        }
    assert found["mann_whitney"]["u"] == r["u"]
    for key in ("p_normal", "p_normal_cc"):
        assert found["mann_whitney"][key] == pytest.approx(r[key], rel=1e-10)
    assert found["levene_median"]["F"] == pytest.approx(r["levene"]["F"], rel=1e-10)
    assert found["levene_median"]["p"] == pytest.approx(r["levene"]["p"], rel=1e-10)


def test_students_sleep_unpaired_as_r_prints_it():  # R: t.test(extra ~ group, sleep)
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    other = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = of(first, other).result
    assert found["welch"]["t"] == pytest.approx(1.8608, abs=5e-5)
    assert found["welch"]["df"] == pytest.approx(17.776, abs=5e-4)
    assert found["welch"]["p"] == pytest.approx(0.07939, abs=5e-6)
    assert found["welch"]["ci"] == pytest.approx([-0.2054832, 3.3654832], abs=5e-8)


def test_effects_by_their_definitions():
    found = of([1, 2, 3, 4], [3, 5, 6, 9, 9]).result
    pooled = np.sqrt((3 * np.var([1, 2, 3, 4], ddof=1) + 4 * np.var([3, 5, 6, 9, 9], ddof=1)) / 7)
    effect = found["effect"]
    assert effect["d_s"] == pytest.approx((6.4 - 2.5) / pooled)
    assert effect["g_s"] == pytest.approx(hedges_j(7) * effect["d_s"])
    scale = np.sqrt(1 / 4 + 1 / 5)
    low, high = (limit / (hedges_j(7) * scale) for limit in effect["g_s_ci"])
    assert nct_cdf(found["student"]["t"], 7, low) == pytest.approx(0.975, abs=1e-9)
    assert nct_cdf(found["student"]["t"], 7, high) == pytest.approx(0.025, abs=1e-9)


@given(scores, scores)
@derandomized
def test_tests_are_scipys(first, other):
    assume(np.ptp(first) and np.ptp(other))
    found = of(first, other).result
    for key, equal in (("welch", False), ("student", True)):
        theirs = stats.ttest_ind(other, first, equal_var=equal)
        assert found[key]["t"] == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-12)
        assert found[key]["p"] == pytest.approx(theirs.pvalue, rel=1e-9)
        assert found[key]["df"] == pytest.approx(theirs.df, rel=1e-9)
    for key, corrected in (("p_normal", False), ("p_normal_cc", True)):
        theirs = stats.mannwhitneyu(other, first, method="asymptotic", use_continuity=corrected)
        assert found["mann_whitney"][key] == pytest.approx(theirs.pvalue, rel=1e-9)
        assert found["mann_whitney"]["u"] == theirs.statistic
    if found["levene_median"]["F"] is not None:
        theirs = stats.levene(first, other, center="median")
        assert found["levene_median"]["F"] == pytest.approx(theirs.statistic, rel=1e-8, abs=1e-12)
        assert found["levene_median"]["p"] == pytest.approx(theirs.pvalue, rel=1e-8)


@given(scores, scores, st.randoms(use_true_random=False))
@derandomized
def test_swapped_reference_mirrors_and_row_order_changes_no_digit(first, other, random):
    assume(len(first) + len(other) >= 3)
    frame = {"y": [*first, *other], "g": ["a"] * len(first) + ["b"] * len(other)}
    found, mirrored = (independent(frame, "y", "g", reference=level).result for level in "ab")
    assert mirrored["mean_diff"] == -found["mean_diff"]
    assert mirrored["ps"] == pytest.approx(1 - found["ps"])
    assert mirrored["welch"]["p"] == found["welch"]["p"]
    order = list(range(len(frame["y"])))
    random.shuffle(order)
    moved = {name: [values[place] for place in order] for name, values in frame.items()}
    assert independent(moved, "y", "g", reference="a").result == found


@given(scores, scores)
@derandomized
def test_change_of_scale_leaves_effects_and_p(first, other):
    assume(np.ptp([*first, *other]))
    assume(np.ptp(first) or np.ptp(other))
    found = of(first, other).result
    moved = of([32 + 8 * v for v in first], [32 + 8 * v for v in other]).result
    assert moved["mean_diff"] == pytest.approx(8 * found["mean_diff"])
    for key in ("d_s", "g_s"):
        assert moved["effect"][key] == pytest.approx(found["effect"][key])
    assert moved["welch"]["p"] == pytest.approx(found["welch"]["p"])


def test_one_value_in_a_group():
    outcome = of([1, 2, 3], [5])
    found = outcome.result
    assert "too_few_values:b" in outcome.warnings
    assert (found["groups"]["b"]["sd"], found["mean_diff"], found["ps"]) == (None, 3, 1)
    assert set(found["welch"].values()) == set(found["student"].values()) == {None}
    assert set(found["effect"].values()) == {None}


def test_no_group_varies():
    outcome = of([1, 1], [2, 2])
    assert outcome.warnings == ["zero_variance", "levene_undefined"]
    assert (outcome.result["welch"]["t"], outcome.result["student"]["p"]) == (None, None)
    assert outcome.result["mann_whitney"]["u"] == 4


def test_all_values_equal():
    outcome = of([2, 2], [2, 2])
    assert outcome.warnings == ["zero_variance", "all_values_equal", "levene_undefined"]
    assert (outcome.result["mann_whitney"]["p_normal"], outcome.result["ps"]) == (None, 0.5)


def test_levels_are_told_apart_as_text_and_whole_numbers_have_no_decimals():
    found = independent({"y": [1, 2, 3, 5], "g": [1.0, 1.0, 2.0, 2.0]}, "y", "g", reference="2").result
    assert (list(found["groups"]), found["mean_diff"]) == (["2", "1"], -2.5)


@pytest.mark.parametrize(
    ("frame", "reference", "reason"),
    [
        ({"y": [1, 2, 3], "x": ["a", "b", "a"]}, None, "column_not_found"),
        ({"y": [], "g": []}, None, "no_rows"),
        ({"y": [1, 2, 3], "g": ["a", "b", "c"]}, None, "not_binary"),
        ({"y": [None, None], "g": ["a", "b"]}, None, "all_missing"),
        ({"y": [1, 2], "g": [None, " "]}, None, "all_missing"),
        ({"y": [1, None], "g": [None, "a"]}, None, "too_few_rows"),
        ({"y": [1, 2], "g": ["a", "b"]}, None, "too_few_rows"),
        ({"y": [1, 2, 3, None], "g": ["a", "a", "a", "b"]}, None, "too_few_groups"),
        ({"y": [1, 2, 3], "g": ["a", "a", "b"]}, "c", "level_not_found"),
    ],
)
def test_refused(frame, reference, reason):
    with pytest.raises(Refused) as refused:
        independent(frame, "y", "g", reference=reference)
    assert refused.value.reason == reason


def test_misuse():
    with pytest.raises(Misuse):
        independent({"y": [1, 2], "g": ["a"]}, "y", "g")
    with pytest.raises(Misuse):
        of([1, 2], [3, 4], conf=1)


def test_on_the_command_line(run, csv_file):
    path = csv_file("poäng;grupp\n1,5;före\n2,5;före\n4;efter\n5;efter\n")
    code, found, _ = run("independent", "--data", path, "--y", "poäng", "--group", "grupp", "--reference", "före")
    assert (code, found["result"]["mean_diff"], found["result"]["reference"]) == (0, 2.5, "före")

"""Knowledge items, kappa and intraclass correlations against psych in R, published examples and definitions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.agreement import agreement
from analysis.envelope import Misuse, Refused
from analysis.icc import KINDS, icc
from analysis.items import items
from analysis.reliability import reliability
from tests.analysis.reference import R, data

derandomized = settings(deadline=None, max_examples=25)
KEY = {"q4": "3", "q5": "3", "q6": "3"}


@pytest.mark.parametrize("missing", ["wrong", "listwise"])
def test_items_as_psych_computes_them(missing):  # psych::alpha; psych's r.drop is the corrected correlation
    found, r = items(data("knowledge"), key=KEY, missing=missing).result, R["items"][missing]
    assert found["kr20"] == pytest.approx(r["kr20"], rel=1e-9)
    for place, name in enumerate(sorted(found["items"])):
        row = found["items"][name]
        mine = [row[key] for key in ("item_total_r", "item_rest_r", "difficulty", "kr20_if_dropped")]
        theirs = [r[key][place] for key in ("total_r", "rest_r", "difficulty", "dropped")]
        assert mine == pytest.approx(theirs, rel=1e-9)


def test_test_statistics_and_ends_by_hand():
    answers = data("knowledge")
    right = np.column_stack([answers[q] == 1 for q in ("q1", "q2", "q3")] + [answers[q] == 3 for q in KEY]).astype(
        float
    )
    totals = right.sum(axis=1)
    found = items(answers, key=KEY).result
    low, high = R["items"]["cuts"]
    assert (found["n_lower"], found["n_upper"]) == (np.sum(totals <= low), np.sum(totals >= high))
    for place, q in enumerate(("q1", "q2", "q3", *KEY)):
        upper, lower = right[totals >= high, place].mean(), right[totals <= low, place].mean()
        assert found["items"][q]["discrimination"] == pytest.approx(upper - lower)
        assert found["items"][q]["n_missing"] == answers[q].isna().sum()
    assert found["sd_total"] == pytest.approx(totals.std(ddof=1))
    assert found["sem"] == pytest.approx(totals.std(ddof=1) * math.sqrt(1 - found["kr20"]))
    m, v = totals.mean(), totals.var()
    assert found["kr21"] == pytest.approx(6 / 5 * (1 - m * (6 - m) / (6 * v)))
    counts = answers.q4.dropna().astype(int).value_counts()
    assert found["items"]["q4"]["options"] == {str(option): count for option, count in sorted(counts.items())}
    assert "options" not in found["items"]["q1"]


binary = st.lists(st.tuples(*[st.integers(0, 1)] * 4), min_size=3, max_size=30)


@given(binary)
@derandomized
def test_kr20_is_alpha(rows):
    frame = {name: [row[place] for row in rows] for place, name in enumerate("abcd")}
    if any(len(set(values)) < 2 for values in frame.values()):
        return
    found, alpha = items(frame).result, reliability(frame).result
    assert found["kr20"] == (None if alpha["alpha"] is None else pytest.approx(alpha["alpha"], rel=1e-9, abs=1e-12))
    for name in "abcd":
        rest = alpha["items"][name]["item_rest_r"]
        assert found["items"][name]["item_rest_r"] == (None if rest is None else pytest.approx(rest, abs=1e-12))


@given(binary, st.randoms(use_true_random=False))
@derandomized
def test_order_of_rows_and_items(rows, random):
    frame = {name: [row[place] for row in rows] for place, name in enumerate("abcd")}
    one = items(frame, list("abcd"))
    random.shuffle(rows)
    moved = {name: [row[place] for row in rows] for place, name in enumerate("abcd")}
    other = items(moved, list("dbca"))
    assert (other.result, other.warnings) == (one.result, one.warnings)


def test_constant_items_and_totals():
    outcome = items({"a": [1, 1, 1, 1], "b": [0, 1, 1, 0], "c": [0, 1, 0, 0]})
    assert outcome.warnings == ["constant_item:a"]
    row = outcome.result["items"]["a"]
    assert (row["difficulty"], row["item_total_r"], row["item_rest_r"]) == (1, None, None)
    assert outcome.result["n_items"] == 3
    flat = items({"a": [1, 0, 1], "b": [0, 1, 0]})
    assert flat.warnings == ["zero_variance_total"]
    assert [flat.result[key] for key in ("kr20", "kr21", "sem")] == [None] * 3
    assert flat.result["items"]["a"]["discrimination"] == 0
    assert flat.result["items"]["a"]["kr20_if_dropped"] is None
    rest = items({"a": [1, 0, 1], "b": [1, 1, 0], "c": [0, 0, 1]})
    assert rest.warnings == ["zero_variance_rest:a", "negative_alpha"] or "zero_variance_rest:a" in rest.warnings


def test_a_key_that_nobody_chose_makes_the_item_constant():
    outcome = items({"a": [1, 2, 2], "b": [1, 0, 1]}, key={"a": "9"})
    assert outcome.warnings == ["constant_item:a", "zero_variance_rest:b"]
    assert outcome.result["items"]["a"]["options"] == {"1": 1, "2": 2}


@pytest.mark.parametrize(
    ("frame", "options", "reason"),
    [
        ({"a": [0, 2, 1], "b": [0, 1, 1]}, {}, "not_binary"),
        ({"a": [None] * 3, "b": [0, 1, 1]}, {}, "all_missing"),
        ({"a": [None] * 3, "b": [0, 1, 1]}, {"key": {"a": "1"}}, "all_missing"),
        ({"a": [0, 1], "b": [0, 1]}, {}, "too_few_rows"),
        ({"a": [0, 1, None], "b": [0, 1, 1]}, {"missing": "listwise"}, "too_few_rows"),
        ({"a": [0, 1, 1]}, {}, "too_few_items"),
        ({"a": [0, 1, 1]}, {"key": {"b": "1"}}, "misuse"),
        ({"a": [0, 1, 1]}, {"missing": "impute"}, "misuse"),
        ({"a": [0, 1, 1]}, {"items": ["a", "a"]}, "misuse"),
    ],
)
def test_items_refused(frame, options, reason):
    with pytest.raises(Misuse if reason == "misuse" else Refused) as refused:
        items(frame, **options)
    assert reason == "misuse" or refused.value.reason == reason


# Shrout & Fleiss 1979, table 2: four judges of six targets.
SHROUT = {"j1": [9, 6, 8, 7, 10, 6], "j2": [2, 1, 4, 1, 5, 2], "j3": [5, 3, 6, 2, 6, 4], "j4": [8, 2, 8, 6, 9, 7]}


def test_shrout_and_fleiss_as_published_and_as_psych_prints_them():
    found = icc(SHROUT, list(SHROUT)).result
    printed = {  # ICC, F, low, high: help page of psych::ICC
        "icc1": (0.17, 1.79, -0.133, 0.72), "icc2": (0.29, 11.03, 0.019, 0.76), "icc3": (0.71, 11.03, 0.342, 0.95),
        "icc1k": (0.44, 1.79, -0.884, 0.91), "icc2k": (0.62, 11.03, 0.071, 0.93), "icc3k": (0.91, 11.03, 0.676, 0.99),
    }  # fmt: skip
    for name, (value, f, low, high) in printed.items():
        row = found[name]
        assert (row["value"], row["F"]) == (pytest.approx(value, abs=5e-3), pytest.approx(f, abs=5e-3))
        assert row["ci"] == [pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-3)]
    assert found["icc1"]["p"] == pytest.approx(0.16477, abs=5e-6)
    assert found["icc3"]["p"] == pytest.approx(0.00013, abs=5e-6)


def test_icc_as_psych_computes_it():
    found, r = icc(data("ratings"), ["a", "b", "c"]).result, R["icc"]
    for key, theirs in (("value", r["value"]), ("F", r["F"]), ("p", r["p"])):
        assert [found[name][key] for name in KINDS] == pytest.approx(theirs, rel=1e-8)
    assert [found[name]["ci"][0] for name in KINDS] == pytest.approx(r["low"], rel=1e-7)
    assert [found[name]["ci"][1] for name in KINDS] == pytest.approx(r["high"], rel=1e-7)


marks = st.lists(st.tuples(*[st.integers(1, 7)] * 3), min_size=3, max_size=15)


@given(marks, st.randoms(use_true_random=False))
@derandomized
def test_icc_identities(rows, random):
    matrix = np.array(rows, dtype=float)
    if np.ptp(matrix) == 0:
        return
    frame = dict(zip("abc", matrix.T.tolist(), strict=True))
    found = icc(frame, list("abc")).result
    for kind in "123":  # Spearman-Brown
        one, many = found[f"icc{kind}"]["value"], found[f"icc{kind}k"]["value"]
        if one is not None and many is not None and abs(1 + 2 * one) > 1e-6:
            assert many == pytest.approx(3 * one / (1 + 2 * one), rel=1e-6, abs=1e-9)
    if found["icc3k"]["value"] is not None and all(np.ptp(matrix, axis=0)):
        alpha = reliability(frame).result["alpha"]  # consistency of the mean is alpha
        assert found["icc3k"]["value"] == pytest.approx(alpha, rel=1e-7, abs=1e-9)
    random.shuffle(rows)
    moved = dict(zip("abc", np.array(rows, dtype=float).T.tolist(), strict=True))
    assert icc(moved, list("cab")).result == found


def test_raters_who_agree_but_for_their_level():
    outcome = icc({"a": [1, 2, 3, 4], "b": [2, 3, 4, 5]}, ["a", "b"])
    assert outcome.warnings == ["zero_error_variance"]
    assert outcome.result["icc3"] | {"df1": 3, "df2": 3} == {
        "value": 1, "F": None, "df1": 3, "df2": 3, "p": None, "ci": None}  # fmt: skip
    assert outcome.result["icc2"]["ci"] is None
    assert outcome.result["icc1"]["value"] < 1
    same = icc({"a": [1, 2, 3, 4], "b": [1, 2, 3, 4]}, ["a", "b"])
    assert [same.result[name]["value"] for name in KINDS] == [1] * 6


@pytest.mark.parametrize(
    ("frame", "raters", "reason"),
    [
        ({"a": [1, 2, 3]}, ["a"], "too_few_items"),
        ({"a": [1, 2, 3], "b": [1, None, 3]}, ["a", "b"], "too_few_rows"),
        ({"a": [2, 2, 2], "b": [2, 2, 2]}, ["a", "b"], "no_variance"),
        ({"a": [2, 2, 2], "b": [None] * 3}, ["a", "b"], "all_missing"),
        ({"a": [2, 2, 2]}, ["a", "c"], "column_not_found"),
        ({"a": [2, 2, 2]}, ["a", "a"], "misuse"),
    ],
)
def test_icc_refused(frame, raters, reason):
    with pytest.raises(Misuse if reason == "misuse" else Refused) as refused:
        icc(frame, raters)
    assert reason == "misuse" or refused.value.reason == reason


def test_kappa_as_psych_and_statsmodels_compute_it():
    found, r = agreement(data("ratings"), "a", "b", ["1", "2", "3", "4"]).result, R["agreement"]
    mine = [found[key] for key in ("kappa", "kappa_quadratic", "kappa_linear", "kappa_se")]
    assert mine == pytest.approx([r[key] for key in ("kappa", "weighted", "linear", "kappa_se")], rel=1e-8)
    reach = stats.norm.isf(0.025) * r["kappa_se"]
    assert found["kappa_ci"] == pytest.approx([r["kappa"] - reach, r["kappa"] + reach], rel=1e-7)
    # statsmodels 0.15.0, cohens_kappa(wt=...).std_kappa. The weighted standard errors of psych 2.2.9 are others.
    assert found["kappa_linear_se"] == pytest.approx(0.11592317982689096, rel=1e-10)
    assert found["kappa_quadratic_se"] == pytest.approx(0.12064265360488223, rel=1e-10)


def test_kappa_of_cohens_example():
    """Cohen 1960, table 1: 200 patients, three diagnoses, two psychologists: kappa 0.49 with chance agreement 0.41."""
    table = [[88, 10, 2], [14, 40, 6], [18, 10, 12]]
    pairs = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    found = agreement({"a": [i for i, _ in pairs], "b": [j for _, j in pairs]}, "a", "b", ["0", "1", "2"]).result
    assert found["percent_agreement"] == 70
    assert found["kappa"] == pytest.approx(0.4915, abs=5e-5)


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=40))
@derandomized
def test_kappa_is_symmetrical_and_knows_absent_levels(pairs):
    frame = {"a": [i for i, _ in pairs], "b": [j for _, j in pairs]}
    levels = ["1", "2", "3", "4", "5"]
    one, other = agreement(frame, "a", "b", levels).result, agreement(frame, "b", "a", levels[::-1]).result
    for key in ("kappa", "kappa_linear", "kappa_quadratic"):
        assert other[key] == (None if one[key] is None else pytest.approx(one[key], abs=1e-12))
    if one["kappa"] is not None:
        assert one["kappa"] == pytest.approx(agreement(frame, "a", "b", levels[:4]).result["kappa"], abs=1e-12)


def test_two_levels_have_one_kappa():
    found = agreement({"a": [0, 0, 1, 1, 1], "b": [0, 1, 1, 1, 1]}, "a", "b", ["0", "1"]).result
    assert found["kappa"] == pytest.approx(found["kappa_linear"]) == pytest.approx(found["kappa_quadratic"])


def test_kappa_undefined_and_refused():
    outcome = agreement({"a": [1, 1, None], "b": [1, 1, 2]}, "a", "b", ["1", "2"])
    assert outcome.warnings == ["kappa_undefined"]
    assert (outcome.result["n_pairs"], outcome.result["percent_agreement"], outcome.result["kappa"]) == (2, 100, None)
    for frame, reason in (
        ({"a": [1, 3], "b": [1, 1]}, "out_of_range"),
        ({"a": [None, None], "b": [1, 1]}, "all_missing"),
        ({"a": [None, 1], "b": [1, None]}, "too_few_rows"),
    ):
        with pytest.raises(Refused) as refused:
            agreement(frame, "a", "b", ["1", "2"])
        assert refused.value.reason == reason
    for levels in (["1"], ["1", "1.0"], ["1", ""]):
        with pytest.raises(Misuse):
            agreement({"a": [1], "b": [1]}, "a", "b", levels)


def test_on_the_command_line(run, csv_file):
    path = csv_file("a,b,c\n1,1,3\n0,1,2\n1,0,3\n0,0,1\n")
    code, found, _ = run("items", "--data", path, "--items", "a,b,c", "--key", "c=3")
    assert (code, found["result"]["items"]["c"]["options"]) == (0, {"1": 1, "2": 1, "3": 2})
    assert run("icc", "--data", path, "--raters", "a,b,c")[1]["result"]["k"] == 3
    found = run("agreement", "--data", path, "--rater-a", "a", "--rater-b", "b", "--levels", "0,1")[1]["result"]
    assert (found["n_pairs"], found["kappa"]) == (4, 0)

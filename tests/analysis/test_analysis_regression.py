"""Analysis of covariance and difference in differences against R, other formulas and hand-computed edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg, stats

from analysis.ancova import ancova
from analysis.clustered import cr2
from analysis.design import design_matrix, parse_formula
from analysis.did import did
from analysis.envelope import Misuse, Refused
from analysis.ols import cr1, hc3, least_squares
from tests.analysis.reference import R, data

derandomized = settings(deadline=None, max_examples=20)
OURS = {"(Intercept)": "Intercept", "groupkurs": "group[kurs]"}


def control(frame, **options):
    return ancova(frame, "pre", "post", "group", reference={"group": "kontroll"}, **options)


def test_ancova_as_r_computes_it():
    found, r = control(data("trial"), covariates=["age"]).result, R["ancova"]
    assert (found["n"], found["df_resid"]) == (r["n"], r["df"])
    assert [found["r2"], found["sigma"]] == pytest.approx([r["r2"], r["sigma"]], rel=1e-10)
    for place, name in enumerate(r["names"]):
        row = found["coefficients"][OURS.get(name, name)]
        for key in ("estimate", "se", "p", "se_hc3", "p_hc3"):
            assert row[key] == pytest.approx(r[key][place], rel=1e-9)
        assert row["ci"] == pytest.approx(r["ci"][place], rel=1e-9)
    assert [found["group_test"]["F"], found["group_test"]["p"]] == pytest.approx([r["F"], r["F_p"]], rel=1e-9)
    assert [found["slopes_test"]["F"], found["slopes_test"]["p"]] == pytest.approx(
        [r["slopes_F"], r["slopes_p"]], rel=1e-7
    )
    assert found["group_test_hc3"]["F"] == pytest.approx(r["wald"], rel=1e-9)
    means = [found["adjusted_means"][level] for level in ("kontroll", "kurs")]
    assert [row["mean"] for row in means] == pytest.approx(r["adjusted"], rel=1e-10)
    assert [row["se"] for row in means] == pytest.approx(r["adjusted_se"], rel=1e-9)


def test_two_groups_make_the_tests_of_group_that_of_the_coefficient():
    found = control(data("trial")).result
    row = found["coefficients"]["group[kurs]"]
    assert found["group_test"]["F"] == pytest.approx(row["t"] ** 2)
    assert found["group_test_hc3"]["F"] == pytest.approx(row["t_hc3"] ** 2)
    assert found["group_test"]["p"] == pytest.approx(row["p"])
    difference = found["adjusted_means"]["kurs"]["mean"] - found["adjusted_means"]["kontroll"]["mean"]
    assert difference == pytest.approx(row["estimate"])


numbers = st.integers(-20, 20).map(float)
three = st.lists(st.tuples(numbers, numbers, st.sampled_from("abc")), min_size=8, max_size=25)


def spread(data):
    """Three groups that all have people, so that the model can be fitted."""
    return [
        *data,
        (-3.0, 1.0, "a"),
        (5.0, 2.0, "b"),
        (1.0, 9.0, "c"),
        (2.0, 3.0, "a"),
        (0.5, -4.0, "b"),
        (4.0, -2.0, "c"),
    ]


def as_frame(data, **changed):
    return {"x": [d[0] for d in data], "y": [d[1] for d in data], "g": [d[2] for d in data]} | changed


@given(three, st.randoms(use_true_random=False))
@derandomized
def test_order_of_rows_and_flipped_reference(data, random):
    data = spread(data)
    one = ancova(as_frame(data), "x", "y", "g").result
    random.shuffle(data)
    assert ancova(as_frame(data), "x", "y", "g").result == one
    other = ancova(as_frame(data), "x", "y", "g", reference={"g": "c"}).result
    assert one["coefficients"]["g[c]"]["estimate"] == pytest.approx(
        -other["coefficients"]["g[a]"]["estimate"], abs=1e-9
    )
    assert one["group_test"]["F"] == pytest.approx(other["group_test"]["F"], rel=1e-9)
    assert one["group_test_hc3"]["F"] == pytest.approx(other["group_test_hc3"]["F"], rel=1e-7)
    for level in "abc":
        assert one["adjusted_means"][level]["mean"] == pytest.approx(other["adjusted_means"][level]["mean"], abs=1e-9)


@given(three)
@derandomized
def test_change_of_scale(data):
    data = spread(data)
    one = ancova(as_frame(data), "x", "y", "g").result
    moved = [(1000 + 4 * x, 7 + 2 * y, g) for x, y, g in data]
    other = ancova(as_frame(moved), "x", "y", "g").result
    assert other["coefficients"]["x"]["estimate"] == pytest.approx(one["coefficients"]["x"]["estimate"] / 2, abs=1e-9)
    assert other["coefficients"]["g[b]"]["estimate"] == pytest.approx(
        2 * one["coefficients"]["g[b]"]["estimate"], abs=1e-8
    )
    assert other["coefficients"]["g[b]"]["p_hc3"] == pytest.approx(one["coefficients"]["g[b]"]["p_hc3"], rel=1e-6)
    assert other["group_test"]["partial_eta2"] == pytest.approx(one["group_test"]["partial_eta2"], abs=1e-9)


@given(three)
@derandomized
def test_hc3_is_the_jackknife_but_for_a_factor(data):  # MacKinnon & White 1985: leave-one-out estimates
    data = spread(data)
    x = np.column_stack([np.ones(len(data)), [d[0] for d in data]])
    y = np.array([d[1] for d in data])
    fit = least_squares(["Intercept", "x"], x, y)
    moved = np.array([
        np.linalg.lstsq(np.delete(x, i, 0), np.delete(y, i), rcond=None)[0] - fit.estimates for i in range(len(y))
    ])  # fmt: skip
    assert hc3(fit) == pytest.approx(moved.T @ moved, rel=1e-6, abs=1e-9)


def test_a_row_of_leverage_one_has_no_hc3_and_no_slope():
    frame = {"x": [1, 2, 4, 7, 3], "y": [1, 3, 4, 9, 2], "g": list("aaaab")}
    outcome = ancova(frame, "x", "y", "g")
    assert outcome.warnings == ["hc3_undefined", "slopes_not_estimable"]
    row = outcome.result["coefficients"]["g[b]"]
    assert [row[key] for key in ("se_hc3", "t_hc3", "p_hc3", "ci_hc3")] == [None] * 4
    assert row["se"] > 0
    assert outcome.result["group_test_hc3"]["F"] is None
    assert outcome.result["slopes_test"]["p"] is None


def test_a_perfect_fit_has_no_t():
    outcome = ancova({"x": [1, 2, 3, 4, 5, 6], "y": [1, 2, 3, 5, 6, 7], "g": list("aaabbb")}, "x", "y", "g")
    assert "perfect_fit" in outcome.warnings
    row = outcome.result["coefficients"]["g[b]"]
    assert (row["estimate"], row["se"], row["t"], row["p"]) == (pytest.approx(1), 0, None, None)
    assert (row["se_hc3"], row["t_hc3"], outcome.result["group_test"]["F"]) == (0, None, None)
    assert outcome.result["r2"] == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"x": []}, "misuse"),
        ({"x": [None] * 6}, "all_missing"),
        ({"y": [None, 1, None, None, None, None], "x": [1, None, 1, 2, 3, 4]}, "too_few_rows"),
        ({"g": ["a"] * 6}, "too_few_groups"),
        ({"g": ["a", "b", "c", "d", "e", "a"]}, "too_few_rows"),
        ({"y": [2] * 6}, "no_variance"),
        ({"x": [2] * 6}, "rank_deficient"),
        ({"x": [1, 1, 1, 0, 0, 0]}, "rank_deficient"),
    ],
)
def test_ancova_refused(changed, reason):
    frame = {"x": [1, 2, 3, 4, 5, 7], "y": [1, 3, 3, 5, 6, 7], "g": list("aaabbb")} | changed
    with pytest.raises(Misuse if reason == "misuse" else Refused) as refused:
        ancova(frame, "x", "y", "g")
    assert reason == "misuse" or refused.value.reason == reason


def test_ancova_reference_faults():
    frame = {"x": [1, 2, 3, 4, 5, 7], "y": [1, 3, 3, 5, 6, 7], "g": list("aaabbb")}
    with pytest.raises(Refused) as refused:
        ancova(frame, "x", "y", "g", reference={"g": "z"})
    assert refused.value.reason == "level_not_found"
    for call in ({"reference": {"x": "1"}}, {"covariates": ["x"]}, {"conf": 0}):
        with pytest.raises(Misuse):
            ancova(frame, "x", "y", "g", **call)


def test_did_as_r_computes_it():
    long = data("long")
    found = did(long[long.time != "uppföljning"], "y", "time", "group", "cluster",
                reference={"time": "pre", "group": "kontroll"}, with_cr2=True)  # fmt: skip
    r = R["did"]
    assert found.warnings == ["few_clusters"]
    result = found.result
    assert result["n_obs"] == r["n"]
    mine = [result["estimate"], result["se_ols"], result["se_cluster"], result["p_cluster"]]
    assert mine == pytest.approx([r["estimate"], r["se_ols"], r["se_cr1"], r["p_cr1"]], rel=1e-9)
    mine = [result["cr2"]["se"], result["cr2"]["df"], result["cr2"]["p"]]
    assert mine == pytest.approx([r["se_cr2"], r["df_cr2"], r["p_cr2"]], rel=1e-8)
    reach = stats.t.isf(0.025, result["cr2"]["df"]) * result["cr2"]["se"]
    assert result["cr2"]["ci"] == pytest.approx([result["estimate"] - reach, result["estimate"] + reach])


@given(st.lists(st.integers(0, 9), min_size=16, max_size=16), st.randoms(use_true_random=False))
@derandomized
def test_did_of_complete_people_is_the_difference_of_mean_changes(values, random):
    if len(set(values)) < 3:
        return
    frame = {"y": values, "t": ["0", "1"] * 8, "g": ["a"] * 8 + ["b"] * 8, "k": list("1122334455667788")}
    change = np.array(values[1::2]) - np.array(values[::2])
    found = did(frame, "y", "t", "g", "k").result
    assert found["estimate"] == pytest.approx(change[4:].mean() - change[:4].mean(), abs=1e-12)
    means = found["cell_means"]
    by_cells = means["b|1"]["mean"] - means["b|0"]["mean"] - means["a|1"]["mean"] + means["a|0"]["mean"]
    assert found["estimate"] == pytest.approx(by_cells, abs=1e-12)
    order = list(range(16))
    random.shuffle(order)
    assert did({k: [v[i] for i in order] for k, v in frame.items()}, "y", "t", "g", "k").result == found
    flipped = did(frame, "y", "t", "g", "k", reference={"t": "1"}).result
    assert flipped["estimate"] == pytest.approx(-found["estimate"], abs=1e-12)
    assert flipped["se_cluster"] == pytest.approx(found["se_cluster"], rel=1e-9, abs=1e-12)


def test_cr2_by_the_whole_matrices():
    """The definition, with n x n matrices and an eigenvalue decomposition of each I - H_gg."""
    rng = np.random.default_rng(3)
    codes = np.repeat(np.arange(5), [2, 3, 4, 5, 6])
    x = np.column_stack([np.ones(20), rng.normal(size=20), codes % 2])
    fit = least_squares(["i", "x", "g"], x, rng.normal(size=20))
    m, left = np.linalg.inv(x.T @ x), np.eye(20) - x @ np.linalg.inv(x.T @ x) @ x.T
    meat, sides = np.zeros((3, 3)), []
    for g in range(5):
        at = codes == g
        root = np.linalg.inv(linalg.sqrtm(left[np.ix_(at, at)]).real)
        score = x[at].T @ root @ fit.residuals[at]
        meat += np.outer(score, score)
        sides.append(left[:, at] @ root @ x[at] @ m[:, 1])
    found = cr2(fit, codes, 5)
    assert found.covariance == pytest.approx(m @ meat @ m, rel=1e-9)
    values = np.linalg.eigvalsh(np.array(sides) @ np.array(sides).T)
    assert found.df(1) == pytest.approx(values.sum() ** 2 / (values**2).sum(), rel=1e-9)


def test_cr2_of_a_cluster_that_is_fitted_exactly_is_the_pseudo_inverse():
    """With an indicator of one cluster its I - H_gg is singular: clubSandwich takes the pseudo-inverse too."""
    codes = np.repeat(np.arange(4), 2)
    x = np.column_stack([np.ones(8), codes == 0])
    fit = least_squares(["i", "own"], x, np.array([1.0, 2, 3, 5, 4, 4, 7, 9]))
    assert np.isfinite(cr2(fit, codes, 4).covariance).all()
    assert cr2(fit, codes, 4).df(0) == pytest.approx(2)  # three equal clusters are left: their mean, two df


def test_cr1_is_the_outer_product_of_cluster_scores():
    rng = np.random.default_rng(4)
    codes = np.repeat(np.arange(6), 4)
    x = np.column_stack([np.ones(24), rng.normal(size=24)])
    fit = least_squares(["i", "x"], x, rng.normal(size=24))
    scores = np.array([x[codes == g].T @ fit.residuals[codes == g] for g in range(6)])
    m = np.linalg.inv(x.T @ x)
    assert cr1(fit, codes, 6) == pytest.approx(6 / 5 * 23 / 22 * m @ scores.T @ scores @ m, rel=1e-10)


DID = {"y": [1, 2, 3, 5, 4, 6, 5, 9], "t": ["0", "1"] * 4, "g": list("aaaabbbb"), "k": list("11223344")}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"t": list("01201201")}, "not_binary"),
        ({"g": list("aabbccaa")}, "not_binary"),
        ({"k": [None] * 8}, "all_missing"),
        ({"y": [1, 2, 3, 4, None, None, None, None]}, "too_few_rows"),
        ({"g": ["a"] * 8}, "too_few_groups"),
        ({"t": ["0"] * 8}, "too_few_groups"),
        ({"k": list("11223333")}, "too_few_clusters"),
        ({"y": [3] * 8}, "no_variance"),
        ({"t": ["0", "1"] * 2 + ["0"] * 4}, "rank_deficient"),
    ],
)
def test_did_refused(changed, reason):
    with pytest.raises(Refused) as refused:
        did(DID | changed, "y", "t", "g", "k")
    assert refused.value.reason == reason


def test_did_reference_faults_and_perfect_fit():
    with pytest.raises(Refused) as refused:
        did(DID, "y", "t", "g", "k", reference={"t": "9"})
    assert refused.value.reason == "level_not_found"
    with pytest.raises(Misuse):
        did(DID, "y", "t", "g", "k", reference={"k": "1"})
    perfect = did(DID | {"y": [1, 2, 1, 2, 4, 8, 4, 8]}, "y", "t", "g", "k", with_cr2=True)
    assert perfect.warnings == ["few_clusters", "perfect_fit"]
    assert (perfect.result["t_cluster"], perfect.result["cr2"]["p"]) == (None, None)


def test_many_clusters_give_no_warning():
    rng = np.random.default_rng(1)
    frame = {"y": rng.normal(size=40), "t": ["0", "1"] * 20, "g": ["a"] * 20 + ["b"] * 20,
             "k": [str(i // 2) for i in range(40)]}  # fmt: skip
    assert did(frame, "y", "t", "g", "k").warnings == []


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("time*group", [("group",), ("time",), ("time", "group")]),
        ("1 + ålder vid start", [("ålder vid start",)]),
        ("a*b*c", [("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")]),
        ("a + a + a:b + b:a", [("a",), ("a", "b")]),
        ("a:a", [("a",)]),
    ],
)
def test_formulas(text, terms):
    assert parse_formula(text) == terms


@pytest.mark.parametrize("text", ["", "a+", "a**b", "0", "0 + a", ":a", "a*1"])
def test_formulas_that_are_not_understood(text):
    with pytest.raises(Misuse):
        parse_formula(text)


def test_on_the_command_line(run, csv_file):
    path = csv_file(
        "x,y,g,t,k\n1,1,a,0,1\n2,3,a,1,1\n3,3,a,0,2\n4,5,a,1,2\n5,6,b,0,3\n7,9,b,1,3\n6,5,b,0,4\n9,9,b,1,4\n"
    )
    code, found, _ = run("ancova", "--data", path, "--pre", "x", "--post", "y", "--group", "g", "--reference", "g=b")
    assert (code, list(found["result"]["adjusted_means"])) == (0, ["b", "a"])
    argv = ["--outcome", "y", "--time", "t", "--group", "g", "--cluster", "k", "--cr2", "--reference", "t=0,g=a"]
    code, found, _ = run("did", "--data", path, *argv)
    assert (code, found["result"]["n_clusters"]) == (0, 4)
    assert found["result"]["cr2"]["df"] == pytest.approx(2)


def test_design_matrix_names():
    from analysis.design import complete_rows

    rows = complete_rows({"a": [1, 2, 3, 4], "g": ["x", "y", "x", "y"]}, ["a"], ["g"])
    assert design_matrix(rows, [("g", "a")])[0] == ["Intercept", "g[y]:a"]

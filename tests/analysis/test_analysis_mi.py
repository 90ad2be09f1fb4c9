"""Multiple imputation against mice in R, against complete data, and by what it must recover."""

import numpy as np
import pytest

from analysis.envelope import Misuse, Refused
from analysis.mi import mi
from analysis.ols import least_squares
from tests.analysis.reference import R, data

OURS = {
    "(Intercept)": "Intercept",
    "groupkurs": "group[kurs]",
    "tradeskola": "trade[skola]",
    "tradevård": "trade[vård]",
}


def check_as_mice(found, r):
    for name, estimate, se in zip(r["names"], r["estimate"], r["se"], strict=True):
        row = found["coefficients"][OURS.get(name, name)]
        assert abs(row["estimate"] - estimate) < 0.3 * se  # section 3 of the contract
        assert 0.7 < row["se"] / se < 1.3


def test_nhanes_as_mice():  # Schafer 1997, 25 people; R: 2,000 imputations
    found = mi(data("nhanes"), "chl", "age + bmi", auxiliary=["hyp"], m=60, seed=3).result
    check_as_mice(found, R["mi"])
    assert found["n_missing"] == {"age": 0, "bmi": 9, "chl": 10, "hyp": 8}
    assert (found["n"], found["n_complete"], found["m"]) == (25, 13, 60)


def test_numbers_and_factors_as_mice():
    found = mi(data("holes"), "post", "pre + group + trade", factors=["group", "trade"], auxiliary=["age"],
               reference={"group": "kontroll"}, m=25, seed=5).result  # fmt: skip
    check_as_mice(found, R["mi_factor"])
    assert found["n_missing"]["trade"] == 5


def test_row_and_column_order_and_seed():
    holes = data("holes")
    call = {"factors": ["trade", "group"], "m": 4}
    one = mi(holes, "post", "pre + trade", auxiliary=["age", "group"], seed=2, **call).result
    moved = holes.sample(frac=1, random_state=1)[holes.columns[::-1]]
    assert mi(moved, "post", "trade + pre", auxiliary=["group", "age"], seed=2, **call).result == one
    assert mi(holes, "post", "pre + trade", auxiliary=["age", "group"], seed=3, **call).result != one


def test_nothing_missing_is_least_squares():
    rng = np.random.default_rng(1)
    frame = {"y": rng.normal(size=20), "x": rng.normal(size=20)}
    outcome = mi(frame, "y", "x", m=3)
    fit = least_squares(["i", "x"], np.column_stack([np.ones(20), frame["x"]]), frame["y"])
    row = outcome.result["coefficients"]["x"]
    assert outcome.warnings == ["nothing_missing"]
    assert (row["between"], row["estimate"]) == (0, pytest.approx(fit.estimates[1]))
    assert row["se"] == pytest.approx(np.sqrt(fit.covariance[1, 1]))
    assert row["df"] == pytest.approx(19 / 21 * 18)  # the observed-data df of 18


def test_what_depends_on_the_known_is_recovered_where_complete_rows_are_biased():
    rng = np.random.default_rng(9)
    n = 1500
    z = rng.normal(size=n)
    x = z + rng.normal(size=n)
    y = 1 + 0.5 * x + 0.8 * z + rng.normal(size=n)  # without z in the model: 0.9 on x
    gone = rng.random(n) < 1 / (1 + np.exp(-2 * y))
    seen = np.where(gone & (rng.random(n) < 0.9), np.nan, x)
    found = mi({"y": y, "x": seen, "z": z}, "y", "x", auxiliary=["z"], m=10).result["coefficients"]["x"]
    truth = least_squares(["i", "x"], np.column_stack([np.ones(n), x]), y).estimates[1]
    known = ~np.isnan(seen)
    complete = least_squares(["i", "x"], np.column_stack([np.ones(known.sum()), x[known]]), y[known]).estimates[1]
    assert abs(complete - truth) > 2 * found["se"]
    assert abs(found["estimate"] - truth) < abs(complete - truth) / 3


def test_interactions_and_factors_that_are_told_apart_perfectly():
    rng = np.random.default_rng(4)
    group = np.array(["a", "b"])[np.arange(60) % 2]
    x = np.where(group == "b", 10.0, 0) + rng.normal(size=60)
    y = x + rng.normal(size=60)
    holes = [None if place % 10 == 0 else level for place, level in enumerate(group.tolist())]
    found = mi({"y": y, "x": x, "g": holes}, "y", "x*g", factors=["g"], m=4).result
    assert set(found["coefficients"]) == {"Intercept", "x", "g[b]", "x:g[b]"}
    assert all(np.isfinite(row["estimate"]) for row in found["coefficients"].values())


def test_a_row_without_any_value_is_left_out():
    frame = {"y": [1, 2, 3, 5, None], "x": [1, 2, 2, 4, None]}
    found = mi(frame, "y", "x", m=2).result
    assert (found["n_rows"], found["n"]) == (5, 4)


@pytest.mark.parametrize(
    ("changed", "options", "reason"),
    [
        ({"x": [None] * 6}, {}, "all_missing"),
        ({"y": [1, 2] + [None] * 4, "x": [1, 2] + [None] * 4, "g": ["a", "b"] + [None] * 4}, {}, "too_few_rows"),
        ({"x": [1, 2] + [None] * 4}, {}, "too_few_rows"),
        ({"g": ["a"] * 6}, {}, "too_few_groups"),
        ({}, {"reference": {"g": "z"}}, "level_not_found"),
        ({"y": [2, 2, 2, 2, None, None]}, {}, "no_variance"),
        ({"x": [3] * 6}, {}, "rank_deficient"),
        ({}, {"m": 1}, "misuse"),
        ({}, {"seed": -1}, "misuse"),
        ({}, {"auxiliary": ["x"]}, "misuse"),
        ({}, {"reference": {"x": "1"}}, "misuse"),
        ({}, {"factors": ["y", "g"]}, "misuse"),
    ],
)
def test_refused(changed, options, reason):
    frame = {"y": [1, 2, 4, 3, 6, None], "x": [1, 3, 2, 4, 5, 7], "g": list("ababab")}
    with pytest.raises(Misuse if reason == "misuse" else Refused) as refused:
        mi(frame | changed, "y", "x + g", **({"factors": ["g"], "m": 2} | options))
    assert reason == "misuse" or refused.value.reason == reason


def test_on_the_command_line(run, csv_file):
    path = csv_file("y;x;g;z\n" + "\n".join(f"{i},5;{i * i % 7};{'ab'[i % 2]};{i % 3 or ''}" for i in range(12)))
    argv = ["--outcome", "y", "--fixed", "x+g", "--factor", "g", "--auxiliary", "z", "--m", "3", "--seed", "7"]
    code, found, _ = run("mi", "--data", path, *argv)
    assert (code, set(found["result"]["coefficients"])) == (0, {"Intercept", "x", "g[b]"})
    assert run("mi", "--data", path, *argv)[1] == found

"""Models for ordered answers: MASS::polr, published figures, and logistic regression, which they are of two levels."""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import special, stats

from analysis.attrition import attrition
from analysis.envelope import Misuse, Refused
from analysis.ordinal import brant, fitted, ordinal

REFERENCE = Path(__file__).parent / "reference"
FACTORS = {"factors": ["Infl", "Type", "Cont"], "reference": {"Infl": "Low", "Type": "Tower", "Cont": "Low"}}
RANKS = {"Low": 1, "Medium": 2, "High": 3}


def housing():
    """Madsen 1976: 1,681 tenants in Copenhagen, a row each."""
    with (REFERENCE / "housing.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) for _ in range(int(row["Freq"]))]
    return {"Sat": [RANKS[row["Sat"]] for row in rows]} | {
        name: [row[name] for row in rows] for name in FACTORS["factors"]
    }


def test_satisfaction_with_housing_as_printed_and_as_polr_has_it():
    """Venables & Ripley 2002, Modern Applied Statistics with S, 7.3 (three digits there); MASS 7.3, reltol 1e-15."""
    told = ordinal(housing(), "Sat", "Infl+Type+Cont", **FACTORS).result
    expected = {
        "Infl[Medium]": (0.56639374, 0.104652784), "Infl[High]": (1.28881911, 0.127156148),
        "Type[Apartment]": (-0.57235000, 0.119238012), "Type[Atrium]": (-0.36618637, 0.155173336),
        "Type[Terrace]": (-1.09101466, 0.151486023), "Cont[High]": (0.36028400, 0.095535798),
    }  # fmt: skip
    assert {name: (row["estimate"], row["se"]) for name, row in told["coefficients"].items()} == {
        name: pytest.approx(pair, rel=1e-5) for name, pair in expected.items()
    }
    assert told["thresholds"]["1|2"]["estimate"] == pytest.approx(-0.4961351, rel=1e-5)
    assert told["thresholds"]["2|3"] == pytest.approx({"estimate": 0.6907083, "se": 0.1254719}, rel=1e-5)
    assert -2 * told["loglik"] == pytest.approx(3479.149, abs=5e-4)
    assert (told["n"], told["lr_df"], told["proportional_odds"]["df"]) == (1681, 6, 6)


def test_with_two_levels_it_is_logistic_regression():
    rng = np.random.default_rng(3)
    age = rng.normal(40, 10, 80)
    done = (age + rng.normal(0, 12, 80) > 40).astype(float)
    found = ordinal({"done": done, "age": age}, "done", "age")
    row, same = found.result["coefficients"]["age"], attrition({"done": done, "age": age}, "done", ["age"]).result
    for key in ("estimate", "se", "z", "p", "odds_ratio", "odds_ratio_ci"):
        assert row[key] == pytest.approx(same["logistic"]["coefficients"]["age"][key], rel=1e-9)
    assert found.result["lr_chi2"] == pytest.approx(same["logistic"]["lr_chi2"], rel=1e-9)
    assert found.warnings == ["brant_undefined"]


def drawn(n, slope, seed, *, uneven=0.0):
    """`uneven`: what the slope of the second step has more than that of the first."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, n)
    share = rng.random(n)
    above = [special.expit(1.0 + slope * x), special.expit(-0.8 + (slope + uneven) * x)]
    return {"x": x, "y": 1.0 + (share < above[0]) + (share < np.minimum(*above))}


def test_drawn_answers_give_back_what_they_were_drawn_with():
    told = ordinal(drawn(4000, 0.7, 1), "y", "x").result
    row = told["coefficients"]["x"]
    assert abs(row["estimate"] - 0.7) < 4 * row["se"]
    assert told["thresholds"]["1|2"]["estimate"] == pytest.approx(-1.0, abs=0.15)
    assert told["thresholds"]["2|3"]["estimate"] == pytest.approx(0.8, abs=0.15)


def test_brants_test_finds_slopes_that_differ_and_keeps_its_size():
    assert ordinal(drawn(1500, 0.3, 2, uneven=0.6), "y", "x").result["proportional_odds"]["p"] < 1e-6
    p = [ordinal(drawn(300, 0.5, seed), "y", "x").result["proportional_odds"]["p"] for seed in range(60)]
    assert stats.kstest(p, "uniform").pvalue > 0.01


def test_the_order_of_rows_the_scale_of_a_column_and_the_direction_of_answers():
    data = drawn(120, 0.6, 5)
    told = ordinal(data, "y", "x").result
    order = np.random.default_rng(1).permutation(120)
    assert ordinal({name: values[order] for name, values in data.items()}, "y", "x").result == told
    row = told["coefficients"]["x"]
    other = ordinal({"y": data["y"], "x": 1000 + 10 * data["x"]}, "y", "x").result
    assert other["coefficients"]["x"]["estimate"] == pytest.approx(row["estimate"] / 10, rel=1e-8)
    assert other["coefficients"]["x"]["se"] == pytest.approx(row["se"] / 10, rel=1e-8)
    assert other["loglik"] == pytest.approx(told["loglik"], rel=1e-12)
    turned = ordinal({"y": 4 - data["y"], "x": data["x"]}, "y", "x").result
    assert turned["coefficients"]["x"]["estimate"] == pytest.approx(-row["estimate"], rel=1e-8)
    assert turned["thresholds"]["1|2"]["estimate"] == pytest.approx(-told["thresholds"]["2|3"]["estimate"], rel=1e-8)


def test_standard_errors_of_clusters_are_the_sandwich_of_numerical_scores():
    data = drawn(90, 0.6, 7)
    groups = np.repeat(np.arange(9), 10)
    row = ordinal(data | {"c": groups}, "y", "x", cluster="c").result["coefficients"]["x"]
    told = ordinal(data, "y", "x").result
    at = np.array([told["thresholds"]["1|2"]["estimate"], told["thresholds"]["2|3"]["estimate"], row["estimate"]])

    def each(b):
        ends = np.column_stack([np.full(90, -np.inf), *(b[k] - b[2] * data["x"] for k in (0, 1)), np.full(90, np.inf)])
        place = data["y"].astype(int)
        return np.log(special.expit(ends[np.arange(90), place]) - special.expit(ends[np.arange(90), place - 1]))

    steps = 1e-5 * np.eye(3)
    scores = np.column_stack([(each(at + step) - each(at - step)) / 2e-5 for step in steps])
    sums = np.array([scores[groups == group].sum(axis=0) for group in range(9)])
    bread = fitted(data["x"][:, None], data["y"].astype(int) - 1).covariance
    expected = np.sqrt(np.diag(bread @ (9 / 8 * sums.T @ sums) @ bread))[2]
    assert row["se_cluster"] == pytest.approx(expected, rel=1e-5)
    assert row["df_cluster"] == 8
    assert row["p_cluster"] == pytest.approx(2 * stats.t.sf(abs(row["estimate"] / expected), 8), rel=1e-4)


def test_what_the_data_do_not_permit():
    separated = {"y": [1, 1, 2, 2, 3, 3], "x": [1, 2, 3, 4, 5, 6]}
    found = ordinal(separated, "y", "x")
    assert (found.result["coefficients"], found.warnings) == (None, ["perfect_separation"])
    quasi = {"y": [1, 1, 2, 2, 3, 3, 3, 1], "x": [0, 0, 0, 0, 1, 1, 1, 0]}
    assert ordinal(quasi, "y", "x").warnings == ["perfect_separation"]
    with pytest.raises(Refused) as refused:
        ordinal({"y": [2, 2, 2, 2], "x": [1, 2, 3, 4]}, "y", "x")
    assert refused.value.reason == "no_variance"
    with pytest.raises(Refused) as refused:
        ordinal({"y": [1, 2, 3, 1], "x": [1, 1, 1, 1]}, "y", "x")
    assert refused.value.reason == "rank_deficient"
    with pytest.raises(Refused) as refused:
        ordinal({"y": [1, 2, 3, 1], "x": [1, 2, 1, 3], "c": list("aaaa")}, "y", "x", cluster="c")
    assert refused.value.reason == "too_few_clusters"
    with pytest.raises(Misuse):
        ordinal({"y": [1, 2, 3, 1], "x": [1, 2, 1, 3]}, "y", "x", reference={"x": "1"})
    assert brant(np.column_stack([np.ones(4), [0.0, 1, 0, 1]]), np.array([0, 0, 1, 1])) is None


def test_thresholds_alone_are_the_cumulative_shares():
    told = ordinal({"y": [1, 1, 2, 3, 3, 3]}, "y", "1").result
    assert told["coefficients"] == {}
    assert told["thresholds"]["1|2"]["estimate"] == pytest.approx(np.log(2 / 4), rel=1e-9)
    assert told["loglik"] == pytest.approx(told["loglik_null"], rel=1e-12)

"""Raking against closed forms, R's `survey` and its published example; the margin of error against simulation."""

import csv
from pathlib import Path

import numpy as np
import pytest

from analysis.envelope import Misuse, Refused
from analysis.rake import Margins, kish_effect, margins_of, rake
from analysis.raking import raking
from benchmarks.surveys import TOTALS, held, sample

REFERENCE = Path(__file__).parent / "reference"
# Two by two as in Deming and Stephan: the margins are those of a census, the table that of a survey.
SURVEY, ROWS, COLUMNS = np.array([7.0, 9, 12, 7]), (5.0, 15.0), (10.0, 10.0)
API = {"stype": {"E": 4421, "H": 755, "M": 1018}, "sch.wide": {"No": 1072, "Yes": 5122}}


def two_by_two(rows=ROWS, columns=COLUMNS):
    return Margins(np.array([[0, 0, 1, 1], [0, 1, 0, 1]]), (np.array(rows), np.array(columns)))


def schools():
    with (REFERENCE / "apiclus1.csv").open() as file:
        rows = list(csv.DictReader(file))
    numbers = {name: [float(row[name]) for row in rows] for name in ("pw", "api00", "enroll")}
    texts = {name: [row[name] for row in rows] for name in ("dnum", "stype", "sch.wide")}
    return numbers | texts | {"high": [float(value > 700) for value in numbers["api00"]]}


def test_a_two_by_two_table_has_the_margins_and_keeps_its_odds_ratio():
    """By hand: with a in the first cell, a (5 + a) / ((5 - a)(10 - a)) = 7 x 7 / (9 x 12), a quadratic equation."""
    ratio = 49 / 108
    first = (-(5 + 15 * ratio) + np.sqrt((5 + 15 * ratio) ** 2 + 4 * (1 - ratio) * 50 * ratio)) / (2 * (1 - ratio))
    found = rake(two_by_two(), SURVEY)
    assert found.weights == pytest.approx([first, 5 - first, 10 - first, 5 + first], rel=1e-8)
    assert found.deviation <= 1e-10
    assert 1 < found.rounds < 20


def test_one_margin_is_poststratification_and_done_in_one_round():
    columns = {"s": ["a", "b", "b", "b"]}
    found = rake(margins_of(columns, {"s": {"a": 30, "b": 10}}), np.ones(4))
    assert found.rounds == 1
    assert found.weights == pytest.approx([30, 10 / 3, 10 / 3, 10 / 3])
    assert kish_effect(found.weights) == pytest.approx(4 * (900 + 100 / 3) / 1600)


def test_it_does_not_matter_what_margins_it_begins_with_nor_what_unit_the_base_weights_have():
    table = two_by_two()
    turned = Margins(table.codes[::-1], table.totals[::-1])
    assert rake(turned, SURVEY).weights == pytest.approx(rake(table, 1000 * SURVEY).weights, rel=1e-8)


def test_whoever_has_not_told_a_margin_counts_in_the_others():
    """Two of ten have not told their sex: the eight are weighted to 50 and 50 of the other 80 percent."""
    columns = {"age": ["y"] * 5 + ["o"] * 5, "sex": ["w", "m", "m", "m", None] * 2}
    margins = margins_of(columns, {"age": {"y": 40, "o": 60}, "sex": {"w": 50, "m": 50}})
    weights = rake(margins, np.ones(10)).weights
    assert np.sum(weights) == pytest.approx(100)
    assert np.sum(weights[:5]) == pytest.approx(40)
    told = [sum(w for w, one in zip(weights, columns["sex"], strict=True) if one == sex) for sex in ("w", "m", None)]
    assert told[0] == pytest.approx(told[1])
    assert told[2] == pytest.approx(20)


def test_what_cannot_be_raked_is_refused():
    with pytest.raises(Refused) as stuck:  # all of the first row stands in a column that may not hold so much
        rake(two_by_two((15.0, 5.0), (10.0, 10.0)), np.array([1.0, 0, 1, 1]), most_rounds=50)
    assert stuck.value.reason == "not_converged"
    for columns, totals, reason in (
        ({"s": ["a", "c"]}, {"s": {"a": 1, "b": 1}}, "level_not_found"),
        ({"s": ["a", "a"]}, {"s": {"a": 1, "b": 1}}, "level_not_found"),
        ({"s": [None, None]}, {"s": {"a": 1}}, "all_missing"),
        ({"s": []}, {"s": {"a": 1}}, "no_rows"),
    ):
        with pytest.raises(Refused) as refused:
            margins_of(columns, totals)
        assert refused.value.reason == reason
    with pytest.raises(Misuse, match="same population"):
        margins_of({"s": ["a"], "t": ["b"]}, {"s": {"a": 10}, "t": {"b": 11}})
    with pytest.raises(Misuse, match="above 0"):
        margins_of({"s": ["a"]}, {"s": {"a": 0}})
    with pytest.raises(Refused) as alone:
        raking({"y": [1, 0, 1], "s": ["a", "a", "b"]}, ["y"], {"s": {"a": 2, "b": 1}})
    assert alone.value.reason == "too_few_rows"


def test_the_jackknife_of_a_plain_mean_is_its_textbook_variance():
    """Wolter 2007, 4.2.1: of a mean the delete-one jackknife is s^2 / n exactly."""
    y = [3.0, 1, 4, 1, 5, 9, 2, 6]
    found = raking({"y": y, "s": ["a"] * 8}, ["y"], {"s": {"a": 100}}).result["estimates"]["y"]
    assert found["se"] == pytest.approx(np.std(y, ddof=1) / np.sqrt(8))
    assert found["design_effect"] == pytest.approx(1)


def test_it_gives_the_published_standard_error_of_a_cluster_sample():
    """Lumley, the `survey` package's own analyses page: 644.169399 with SE 26.3294, the finite population corrected."""
    frame = schools() | {"all": ["x"] * 183}
    found = raking(frame, ["api00"], {"all": {"x": 6194}}, base="pw", unit="dnum").result["estimates"]["api00"]
    assert found["estimate"] == pytest.approx(644.169399, abs=1e-6)
    assert found["se"] * np.sqrt(1 - 15 / 757) == pytest.approx(26.3294, rel=3e-4)  # about the replicates' mean there


def test_it_agrees_with_r_where_every_replicate_is_raked_anew():
    told = raking(schools(), ["api00", "enroll", "high"], API, base="pw", unit="dnum", by="stype").result["estimates"]
    for name, estimate, se in (
        ("api00", 641.230320927, 27.1447250041), ("enroll", 588.840837595, 75.5965261405),
        ("high", 0.324112697462, 0.0882638312662), ("api00|E", 647.446579228, 26.4929132149),
        ("api00|H", 621.291861055, 44.6454546316), ("api00|M", 629.021538267, 32.2794536811),
    ):  # fmt: skip
        assert (told[name]["estimate"], told[name]["se"]) == pytest.approx((estimate, se), rel=1e-9)
    low, high = told["high"]["ci"]
    assert 0 < low < told["high"]["estimate"] < high < 1
    assert told["high"]["df"] == 14


def test_without_raking_the_replicates_the_variance_is_another():
    """The mutant: weights kept as they are. What raking gains, and what it costs, is then not in the variance."""
    frame = sample(np.random.default_rng(3), 400)
    whole = raking(frame, ["y"], TOTALS, keep_weights=True).result
    w, y = np.array(whole["weights"]["each"]), np.array(frame["y"])
    left = (np.sum(w * y) - w * y) / (np.sum(w) - w)
    unraked = np.sqrt(399 / 400 * np.sum((left - np.sum(w * y) / np.sum(w)) ** 2))
    assert whole["estimates"]["y"]["se"] < 0.97 * unraked


def test_simulated_surveys_hold_the_truth_within_the_stated_margin():
    """Those who are young answer less: unweighted the survey is far off. 95 of 100, less four Monte Carlo errors."""
    trials = 120
    weighted, unweighted = held(trials, seed=1)
    assert weighted >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / trials)
    assert unweighted < weighted - 0.1


def test_the_order_of_rows_changes_no_digit_that_is_told():
    frame = sample(np.random.default_rng(5), 200)
    order = np.random.default_rng(6).permutation(200)
    turned = {name: [values[place] for place in order] for name, values in frame.items()}
    one, other = (raking(each, ["y"], TOTALS).result["estimates"]["y"] for each in (frame, turned))
    assert [one[key] for key in ("estimate", "se", "n")] == pytest.approx(
        [other[key] for key in ("estimate", "se", "n")]
    )


def test_the_command_reads_a_cross_table_of_totals(run, csv_file):
    data = "age,sex,safe\n" + "y,w,1\ny,m,0\no,w,1\no,m,1\no,w,0\ny,w,0\n" * 3
    totals = "age,sex,people\ny,w,10\ny,m,12\no,w,20\no,m,18\n"
    code, found, _ = run(
        "raking", "--data", csv_file(data), "--totals", csv_file(totals, "totals.csv"), "--margins", "age,sex",
        "--items", "safe", "--by", "sex", "--weights",
    )  # fmt: skip
    assert code == 0
    assert found["result"]["population"] == 60
    assert found["warnings"] == ["few_units"]
    assert set(found["result"]["estimates"]) == {"safe", "safe|m", "safe|w"}
    assert sum(found["result"]["weights"]["each"]) == pytest.approx(60)
    for argument, value in (("--rounds", "0"), ("--tolerance", "0"), ("--items", "age")):
        arguments = {"--margins": "age,sex", "--items": "safe", argument: value}
        code, _, err = run(
            "raking", "--data", csv_file(data), "--totals", csv_file(totals, "totals.csv"),
            *(part for pair in arguments.items() for part in pair),
        )  # fmt: skip
        assert code == 2
        assert "Traceback" not in err

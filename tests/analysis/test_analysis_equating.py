"""Equating of forms: published moments, standard errors against draws, and the properties that define it."""

import numpy as np
import pytest

from analysis.envelope import Misuse, Refused
from analysis.equate import ENOUGH, _equated, equate

# ACT mathematics, forms X and Y (Kolen & Brennan 2014, chapter 2): n, mean, sd, skewness, kurtosis.
FORM_X, FORM_Y = (4329, 19.8524, 8.2116, 0.3752, 2.3024), (4152, 18.9798, 8.9393, 0.3527, 2.1464)


def test_act_mathematics():
    """The line is 1.0886 x - 2.6319, and by mean every score loses 0.8726."""
    zero, one = _equated(0, FORM_X, FORM_Y, 0.95), _equated(1, FORM_X, FORM_Y, 0.95)
    assert zero["linear"] == pytest.approx(-2.6319, abs=5e-4)
    assert one["linear"] - zero["linear"] == pytest.approx(1.0886, abs=5e-5)
    assert zero["mean"] == pytest.approx(-0.8726, abs=5e-5)
    assert _equated(FORM_X[1], FORM_X, FORM_Y, 0.95)["linear"] == pytest.approx(FORM_Y[1])


def forms(rng, n):
    """Two forms of twelve questions, the second harder and of another spread."""
    return rng.binomial(12, rng.beta(6, 3, n)), rng.binomial(12, rng.beta(3, 3, n))


def frame(easy, hard):
    return {"score": np.concatenate([easy, hard]), "form": ["a"] * len(easy) + ["b"] * len(hard)}


def test_equated_scores_have_the_mean_and_spread_of_the_reference():
    easy, hard = forms(np.random.default_rng(1), 200)
    told = equate(frame(easy, hard), "score", "form", reference="a", minimum=0, maximum=12).result
    line = told["linear"]
    moved = line["intercept"] + line["slope"] * hard
    assert np.mean(moved) == pytest.approx(np.mean(easy), rel=1e-12)
    assert np.std(moved, ddof=1) == pytest.approx(np.std(easy, ddof=1), rel=1e-12)
    assert np.mean(hard + told["mean"]["intercept"]) == pytest.approx(np.mean(easy), rel=1e-12)
    assert list(told["scores"]) == [str(score) for score in range(13)]
    assert told["scores"]["7"]["linear"] == pytest.approx(line["intercept"] + 7 * line["slope"], rel=1e-12)


def test_it_is_symmetrical():
    """Unlike a regression: from b to a and back again is where one began."""
    easy, hard = forms(np.random.default_rng(2), 90)
    there = equate(frame(easy, hard), "score", "form", reference="a").result["linear"]
    back = equate(frame(easy, hard), "score", "form", reference="b").result["linear"]
    assert there["slope"] * back["slope"] == pytest.approx(1, rel=1e-12)
    assert there["slope"] * back["intercept"] + there["intercept"] == pytest.approx(0, abs=1e-10)


@pytest.mark.parametrize("score", [2, 6, 11])
def test_standard_errors_are_those_of_draws(score):
    """1,500 draws: the sd of an sd of that many is two percent."""
    rng = np.random.default_rng(3)
    drawn = []
    for _ in range(1500):
        easy, hard = forms(rng, 120)
        slope = np.std(easy, ddof=1) / np.std(hard, ddof=1)
        drawn.append((np.mean(easy) + slope * (score - np.mean(hard)), score + np.mean(easy) - np.mean(hard)))
    easy, hard = forms(np.random.default_rng(4), 40_000)
    told = equate(frame(easy, hard), "score", "form", reference="a", minimum=0, maximum=12).result["scores"][str(score)]
    wider = np.sqrt(40_000 / 120)
    assert told["linear_se"] * wider == pytest.approx(np.std(drawn, axis=0)[0], rel=0.08)
    assert told["mean_se"] * wider == pytest.approx(np.std(drawn, axis=0)[1], rel=0.08)


def test_few_people_are_told_of():
    easy, hard = forms(np.random.default_rng(5), ENOUGH)
    assert equate(frame(easy, hard), "score", "form").warnings == []
    assert equate(frame(easy[1:], hard), "score", "form").warnings == ["few_people"]


def test_what_the_data_do_not_permit():
    for data, reason in (
        (frame([3, 4, 5], [2, 2, 2]), "no_variance"), (frame([3, 4, 5], [2, 3]), "too_few_rows"),
        (frame([3, 4, 5, 6], []), "too_few_groups"),
        ({"score": [1, 2, 3, 4], "form": list("abca")}, "not_binary"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            equate(data, "score", "form")
        assert refused.value.reason == reason
    with pytest.raises(Refused) as refused:
        equate(frame([3, 4, 5], [2, 3, 4]), "score", "form", reference="c")
    assert refused.value.reason == "level_not_found"
    with pytest.raises(Misuse):
        equate(frame([3, 4, 5], [2, 3, 4]), "score", "form", minimum=5, maximum=5)

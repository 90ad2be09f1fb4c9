"""Paired change against published examples, R's documented output, scipy, brute force and hand-computed edges."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import special, stats

from analysis.effects import hedges_j, nct_cdf, nct_cdf_integrated, noncentrality_ci
from analysis.envelope import Misuse, Refused
from analysis.paired import paired
from analysis.signed_rank import signed_rank

derandomized = settings(deadline=None, max_examples=25)
scores = st.integers(1, 24).map(lambda sixths: sixths / 4)
pairs = st.lists(st.tuples(scores, scores), min_size=3, max_size=30)

# Student 1908, Biometrika 6: hours of sleep won with two drugs (R: `sleep`).
SLEEP = (
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)
# Hollander & Wolfe 1973, p. 29: depression factor at first and second visit (R: ?wilcox.test).
DEPRESSION = (
    [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30],
    [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29],
)
# Darwin 1876, in Fisher 1935, The Design of Experiments: crossed less self-fertilised maize, eighths of an inch.
MAIZE = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]


def arrays(data):
    return [before for before, _ in data], [after for _, after in data]


def test_sleep_as_r_prints_it():
    found = paired(*SLEEP).result
    assert found["t"] == pytest.approx(4.0621, abs=5e-5)  # t.test(paired = TRUE)
    assert (found["df"], found["p"]) == (9, pytest.approx(0.002833, abs=5e-7))
    assert found["ci"] == pytest.approx([0.7001142, 2.4598858], abs=5e-8)
    assert found["mean_diff"] == pytest.approx(1.58)
    assert found["wilcoxon"]["p_normal_cc"] == pytest.approx(0.009091, abs=5e-7)  # wilcox.test, a tie and a zero
    assert (found["wilcoxon"]["n_zero"], found["wilcoxon"]["w_plus"]) == (1, 45)
    assert found["effect"]["d_z"] == pytest.approx(4.0621 / math.sqrt(10), abs=5e-5)


def test_depression_as_hollander_and_wolfe():
    found = paired(*DEPRESSION).result["wilcoxon"]
    assert found["w_minus"] == 40
    assert found["p_exact"] == pytest.approx(0.0390625, rel=1e-12)  # one-sided 0.01953 in R
    assert found["rank_biserial"] == pytest.approx(-35 / 45)


def test_maize_as_fisher():
    found = paired([0] * 15, MAIZE).result
    assert (found["t"], found["p"]) == (pytest.approx(2.148, abs=5e-4), pytest.approx(0.0497, abs=5e-5))
    assert (found["n_improved"], found["n_declined"]) == (13, 2)
    assert found["sign_test_p"] == pytest.approx(2 * (1 + 15 + 105) / 2**15, rel=1e-12)
    assert found["wilcoxon"]["w_plus"] == 96
    assert found["wilcoxon"]["p_exact"] == pytest.approx(0.04126, abs=5e-6)  # wilcox.test


@given(pairs)
@derandomized
def test_t_test_is_scipys(data):
    pre, post = arrays(data)
    found = paired(pre, post).result
    assume(found["sd_diff"] > 0)
    other = stats.ttest_rel(post, pre)
    low, high = other.confidence_interval(0.95)
    assert found["t"] == pytest.approx(other.statistic, rel=1e-12, abs=1e-14)
    assert found["p"] == pytest.approx(other.pvalue, rel=1e-12)
    assert found["ci"] == pytest.approx([low, high], rel=1e-12, abs=1e-12)


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9).filter(any))
@derandomized
def test_exact_p_is_that_of_all_signs(differences):
    found = signed_rank(np.array(differences, dtype=float))
    ranks = stats.rankdata([abs(d) for d in differences if d])
    outcomes = [np.dot(ranks, signs) for signs in itertools.product((0, 1), repeat=len(ranks))]
    middle = sum(ranks) / 2
    share = np.mean([abs(w - middle) >= abs(found["w_plus"] - middle) for w in outcomes])
    assert found["p_exact"] == pytest.approx(share, rel=1e-12)


@given(st.lists(st.integers(-9, 9), min_size=12, max_size=40).filter(any))
@derandomized
def test_normal_p_is_scipys_with_and_without_correction(differences):
    d = np.array(differences, dtype=float)
    found = signed_rank(d)
    for key, correction in (("p_normal", False), ("p_normal_cc", True)):
        other = stats.wilcoxon(d, zero_method="wilcox", correction=correction, method="asymptotic").pvalue
        assert found[key] == pytest.approx(other, rel=1e-10)
    assert found["p_normal"] == pytest.approx(stats.chi2.sf(found["z"] ** 2, 1), rel=1e-9)


def test_exact_without_ties_is_scipys_up_to_200_and_none_beyond():
    d = np.arange(1.0, 201.0) * np.where(np.arange(200) % 3, 1, -1)
    assert signed_rank(d)["p_exact"] == pytest.approx(stats.wilcoxon(d, method="exact").pvalue, rel=1e-9)
    assert signed_rank(np.append(d, 300.0))["p_exact"] is None
    assert signed_rank(np.ones(200))["p_exact"] == pytest.approx(2.0**-199, rel=1e-12)


def test_differences_are_rounded_before_they_are_ranked():
    found = paired([0.1, 0.2, 0.0], [0.3, 0.4, -0.1]).result["wilcoxon"]
    assert 0.3 - 0.1 != 0.4 - 0.2
    assert (found["w_plus"], found["w_minus"]) == (5, 1)  # mid-ranks 2.5, 2.5 and 1


def test_effects_by_hand():
    found = paired([1, 2, 3, 4, 5], [2, 4, 3, 6, 7]).result
    s_pre, s_post, s_diff, change = math.sqrt(2.5), math.sqrt(4.3), math.sqrt(0.8), 1.4
    r = 3.0 / (s_pre * s_post)
    j = special.gamma(2) / (math.sqrt(2) * special.gamma(1.5))
    effect = found["effect"]
    assert found["r"] == pytest.approx(r)
    assert effect["d_z"] == pytest.approx(change / s_diff)
    assert effect["g_z"] == pytest.approx(j * change / s_diff)
    assert effect["d_av"] == pytest.approx(change / math.sqrt((2.5 + 4.3) / 2))
    assert effect["g_av"] == pytest.approx(j * effect["d_av"])
    assert effect["d_rm"] == pytest.approx(effect["d_z"] * math.sqrt(2 * (1 - r)))
    assert effect["glass_delta_pre"] == pytest.approx(change / s_pre)
    assert (found["n_improved"], found["n_unchanged"], found["ps_dep"]) == (4, 1, 0.9)
    # Algina & Keselman 2003 as the contract writes it, from the same noncentralities.
    covariance = r * s_pre * s_post
    scale = j * math.sqrt(2 * (2.5 + 4.3 - 2 * covariance) / (5 * (2.5 + 4.3)))
    assert effect["g_av_ci"] == pytest.approx([scale * limit for limit in noncentrality_ci(found["t"], 4)])
    assert effect["g_z_ci"] == pytest.approx([j * limit for limit in effect["d_z_ci"]])


@pytest.mark.parametrize("df", [2, 4, 29, 199, 99_999])
@pytest.mark.parametrize("t", [-12.0, -1.0, 0.0, 2.5, 80.0])
@pytest.mark.parametrize("conf", [0.9, 0.95])
def test_noncentralities_are_where_t_is_the_tail_point(df, t, conf):
    low, high = noncentrality_ci(t, df, conf)
    assert low < high
    assert nct_cdf_integrated(t, df, low) == pytest.approx((1 + conf) / 2, abs=1e-9)
    assert nct_cdf_integrated(t, df, high) == pytest.approx((1 - conf) / 2, abs=1e-9)


def test_the_librarys_noncentral_t_is_replaced_where_it_gives_no_number(monkeypatch):
    monkeypatch.setattr(stats.nct, "cdf", lambda *_: math.nan)
    assert nct_cdf(2.0, 10, 1.0) == pytest.approx(0.8076, abs=1e-4)
    assert nct_cdf(2.0, 10, 0.0) == pytest.approx(stats.t.cdf(2.0, 10), rel=1e-10)
    assert noncentrality_ci(2.0, 20) == pytest.approx((-0.0771, 4.0318), abs=1e-4)


def test_hedges_j_of_few_in_closed_form():
    root_pi = math.sqrt(math.pi)  # Gamma(1/2); Gamma(3/2) is half of it
    assert hedges_j(2) == pytest.approx(1 / root_pi, rel=1e-12)
    assert hedges_j(3) == pytest.approx(root_pi / 2 / math.sqrt(1.5), rel=1e-12)
    assert hedges_j(4) == pytest.approx(1 / (math.sqrt(2) * root_pi / 2), rel=1e-12)


def test_hedges_j_of_very_many():
    assert hedges_j(1e7) == pytest.approx(1 - 3 / (4e7 - 1), rel=1e-12)


@given(pairs)
@derandomized
def test_swapping_pre_and_post_turns_the_signs(data):
    pre, post = arrays(data)
    one, other = paired(pre, post).result, paired(post, pre).result
    assert other["mean_diff"] == -one["mean_diff"]
    assert other["p"] == one["p"]
    for key in ("p_normal", "p_normal_cc", "p_exact"):
        assert other["wilcoxon"][key] == one["wilcoxon"][key]
    assert (other["n_improved"], other["wilcoxon"]["w_plus"]) == (one["n_declined"], one["wilcoxon"]["w_minus"])
    if one["effect"]["g_av_ci"]:
        low, high = one["effect"]["g_av_ci"]
        assert other["effect"]["g_av_ci"] == pytest.approx([-high, -low], rel=1e-7, abs=1e-9)


@given(pairs, st.randoms(use_true_random=False))
@derandomized
def test_row_order_changes_no_digit(data, random):
    moved = list(data)
    random.shuffle(moved)
    assert paired(*arrays(moved)) == paired(*arrays(data))


@given(pairs, st.sampled_from([0.25, 2, 10]), st.integers(-5, 5))
@derandomized
def test_effects_do_not_depend_on_the_scale(data, factor, shift):
    pre, post = arrays(data)
    one = paired(pre, post).result
    other = paired([factor * v + shift for v in pre], [factor * v + shift for v in post]).result
    assert other["mean_diff"] == pytest.approx(factor * one["mean_diff"], rel=1e-9, abs=1e-9)
    assert other["effect"].keys() == one["effect"].keys()
    for key, value in one["effect"].items():
        if isinstance(value, float):
            # d_rm has the root of 1 - r, so an r of 1 to the last digit but one already shows.
            assert other["effect"][key] == pytest.approx(value, rel=1e-7, abs=1e-6 if key == "d_rm" else 1e-9)


def test_pairs_are_counted_apart():
    found = paired([1, 2, 3, 4, None, None], [2, 2, 4, None, 5, None]).result
    assert [found[key] for key in ("n_rows", "n_pairs", "n_pre_only", "n_post_only", "n_neither")] == [6, 3, 1, 1, 1]


def test_constant_difference():
    outcome = paired([0.1, 0.2, 0.4], [0.3, 0.4, 0.6])
    effect = outcome.result["effect"]
    assert outcome.warnings == ["zero_variance_diff"]
    assert (outcome.result["sd_diff"], outcome.result["t"], outcome.result["p"]) == (0, None, None)
    assert [effect[key] for key in ("d_z", "g_z", "d_z_ci", "g_z_ci", "g_av_ci", "d_rm")] == [None] * 6
    assert effect["d_av"] is not None
    assert outcome.result["wilcoxon"]["p_exact"] == 0.25


def test_nobody_changed():
    outcome = paired([1, 2, 3], [1, 2, 3])
    found = outcome.result
    assert outcome.warnings == ["zero_variance_diff", "all_differences_zero"]
    assert [found["wilcoxon"][key] for key in ("z", "p_normal", "p_normal_cc", "p_exact")] == [None] * 4
    assert (found["sign_test_p"], found["ps_dep"], found["n_unchanged"]) == (None, 0.5, 3)
    assert found["r"] == pytest.approx(1)


def test_constant_pre():
    outcome = paired([3, 3, 3], [3, 4, 6])
    assert outcome.warnings == ["zero_variance_pre"]
    assert outcome.result["r"] is None
    assert [outcome.result["effect"][key] for key in ("d_rm", "glass_delta_pre")] == [None, None]
    assert outcome.result["effect"]["g_av"] is not None


def test_constant_pre_and_post():
    outcome = paired([3, 3, 3], [4, 4, 4])
    assert outcome.warnings == ["zero_variance_diff", "zero_variance_pre", "zero_variance_post"]
    assert set(outcome.result["effect"].values()) == {None}


@pytest.mark.parametrize(
    ("pre", "post", "reason"),
    [
        ([], [], "no_rows"),
        ([1, 2], [1, 2], "too_few_rows"),
        ([1, 2, 3, None], [1, 2, None, 3], "too_few_rows"),
        ([None, None], [1, 2], "all_missing"),
    ],
)
def test_refused(pre, post, reason):
    with pytest.raises(Refused) as refused:
        paired(pre, post)
    assert refused.value.reason == reason


def test_unequal_lengths_are_misuse():
    with pytest.raises(Misuse):
        paired([1, 2, 3], [1, 2])


def test_conf_narrows_every_interval():
    wide, narrow = (paired(*SLEEP, conf=conf).result for conf in (0.95, 0.8))
    for one, other in [(wide["ci"], narrow["ci"])] + [
        (wide["effect"][key], narrow["effect"][key]) for key in ("d_z_ci", "g_z_ci", "g_av_ci")
    ]:
        assert one[0] < other[0] < other[1] < one[1]


def test_tiny_p_keeps_its_digits():
    rng = np.random.default_rng(7)
    found = paired(np.zeros(400), 3 + rng.normal(size=400)).result
    assert 0 < found["p"] < 1e-200
    assert found["p"] == pytest.approx(2 * stats.t.sf(found["t"], 399), rel=1e-9)
    assert found["sign_test_p"] < 1e-100


@pytest.mark.parametrize("df", [2, 30])
def test_noncentralities_of_an_enormous_t_go_over_into_those_of_the_standard_deviation(df):
    edge = math.sqrt(1e10 * df)
    below, above = (noncentrality_ci(t, df) for t in (edge * 0.999, edge * 1.001))
    assert [limit * 0.999 for limit in above] == pytest.approx([limit * 1.001 for limit in below], rel=1e-8)
    assert noncentrality_ci(-edge * 1.001, df) == tuple(-limit for limit in above[::-1])

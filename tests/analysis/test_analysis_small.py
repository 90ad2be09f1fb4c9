"""Proportion, McNemar and adjusted p values against published tables."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.adjust import adjust
from analysis.envelope import Misuse, Refused
from analysis.mcnemar import mcnemar, newcombe_ci
from analysis.proportion import proportion

derandomized = settings(deadline=None, max_examples=60)
INTERVALS = ("wilson", "wilson_cc", "clopper_pearson", "agresti_coull", "jeffreys")


@pytest.mark.parametrize(  # Newcombe 1998, Stat Med 17:857-872, table I, methods 3, 4 and 5
    ("x", "n", "wilson", "wilson_cc", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2535, 0.3682), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0598, 0.1644), (0.0578, 0.1617)),
        (0, 20, (0.0, 0.1611), (0.0, 0.2005), (0.0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0018, 0.1963), (0.0009, 0.1776)),
    ],
)
def test_newcombes_table(x, n, wilson, wilson_cc, exact):
    found = proportion(x, n).result
    assert found["wilson"] == pytest.approx(wilson, abs=5e-5)
    assert found["wilson_cc"] == pytest.approx(wilson_cc, abs=5e-5)
    assert found["clopper_pearson"] == pytest.approx(exact, abs=5e-5)


@given(st.integers(1, 400), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.999]))
@derandomized
def test_intervals_are_scipys_and_mirror_each_other(n, share, conf):
    x = round(share * n)
    found, mirrored = proportion(x, n, conf=conf).result, proportion(n - x, n, conf=conf).result
    for key in INTERVALS:
        low, high = found[key]
        assert 0 <= low <= x / n <= high <= 1
        assert mirrored[key] == pytest.approx([1 - high, 1 - low], abs=1e-9)
    for key, method in (("wilson", "wilson"), ("wilson_cc", "wilsoncc"), ("clopper_pearson", "exact")):
        other = stats.binomtest(x, n).proportion_ci(conf, method=method)
        assert found[key] == pytest.approx([other.low, other.high], rel=1e-6, abs=1e-12)


def test_jeffreys_and_agresti_coull_by_their_definitions():
    found = proportion(3, 10).result
    assert found["jeffreys"] == pytest.approx(stats.beta(3.5, 7.5).ppf([0.025, 0.975]).tolist(), rel=1e-9)
    z2 = stats.norm.ppf(0.975) ** 2
    centre = (3 + z2 / 2) / (10 + z2)
    reach = np.sqrt(z2 * centre * (1 - centre) / (10 + z2))
    assert found["agresti_coull"] == pytest.approx([centre - reach, centre + reach], rel=1e-12)
    assert proportion(0, 5).result["jeffreys"][0] == 0
    assert proportion(5, 5).result["jeffreys"][1] == 1
    assert proportion(0, 5).result["agresti_coull"][0] == 0


def answers(both, gained, lost, neither):
    pre = [1] * both + [0] * gained + [1] * lost + [0] * neither
    return pre, [1] * both + [1] * gained + [0] * lost + [0] * neither


@pytest.mark.parametrize(  # Fagerland, Lydersen & Laake 2013, BMC Med Res Methodol 13:91, the two examples
    ("table", "exact", "mid", "chi2", "chi2_cc"),
    [
        ((1, 7, 1, 12), 0.0703, 0.0391, 0.0339, 0.0771),
        ((59, 16, 6, 80), 0.0525, 0.0347, 0.0330, 0.0550),
    ],
)
def test_fagerlands_examples(table, exact, mid, chi2, chi2_cc):
    found = mcnemar(*answers(*table)).result
    keys = ("p_exact", "p_mid", "p_chi2", "p_chi2_cc")
    assert [found[key] for key in keys] == pytest.approx([exact, mid, chi2, chi2_cc], abs=5e-5)


def test_newcombes_interval_of_paired_proportions():
    # Fagerland, Lydersen & Laake 2014, Stat Med 33:2850: square-and-add, before less after: -0.507 to -0.026.
    assert newcombe_ci(1, 7, 1, 12) == pytest.approx([0.026, 0.507], abs=5e-4)


def test_mcnemar_by_hand():
    found = mcnemar([*answers(2, 3, 1, 4)[0], 1, None], [*answers(2, 3, 1, 4)[1], None, None]).result
    assert found["table"] == {"both_correct": 2, "gained": 3, "lost": 1, "neither": 4}
    assert (found["n_pairs"], found["prop_pre"], found["prop_post"], found["diff"]) == (10, 0.3, 0.5, 0.2)
    assert (found["chi2"], found["chi2_cc"], found["odds_ratio"]) == (1.0, 0.25, 3.0)
    assert found["p_exact"] == pytest.approx(10 / 16)
    assert found["p_mid"] == pytest.approx(10 / 16 - 4 / 16)
    low, high = stats.binomtest(3, 4).proportion_ci(0.95)
    assert found["odds_ratio_ci"] == pytest.approx([low / (1 - low), high / (1 - high)], rel=1e-6)


def test_as_many_gained_as_lost():
    found = mcnemar(*answers(1, 2, 2, 1)).result
    assert (found["p_exact"], found["chi2"], found["chi2_cc"], found["p_chi2"]) == (1, 0, 0, 1)
    assert found["p_mid"] == pytest.approx(1 - 6 / 16 / 2)  # Fagerland et al. 2013


def test_no_discordant_pairs():
    outcome = mcnemar(*answers(3, 0, 0, 4))
    found = outcome.result
    assert outcome.warnings == ["no_discordant_pairs"]
    assert (found["p_exact"], found["p_mid"], found["diff"]) == (1, 1, 0)
    keys = ("chi2", "p_chi2", "chi2_cc", "p_chi2_cc", "odds_ratio", "odds_ratio_ci")
    assert [found[key] for key in keys] == [None] * 6


def test_none_lost():
    outcome = mcnemar(*answers(3, 4, 0, 4))
    assert outcome.warnings == ["infinite_odds_ratio"]
    assert outcome.result["odds_ratio"] is None
    low, high = outcome.result["odds_ratio_ci"]
    assert low == pytest.approx(0.025**0.25 / (1 - 0.025**0.25))
    assert high is None


def test_none_gained():
    found = mcnemar(*answers(3, 0, 4, 4)).result
    assert found["odds_ratio"] == 0
    assert found["odds_ratio_ci"][0] == 0


cell = st.integers(0, 30)


@given(cell, cell, cell, cell)
@derandomized
def test_swapping_before_and_after(both, gained, lost, neither):
    if not both + gained + lost + neither:
        return
    one = mcnemar(*answers(both, gained, lost, neither)).result
    other = mcnemar(*answers(both, lost, gained, neither)).result
    assert [other[key] for key in ("p_exact", "p_mid", "chi2", "p_chi2_cc")] == [
        one[key] for key in ("p_exact", "p_mid", "chi2", "p_chi2_cc")
    ]
    low, high = one["diff_ci"]
    assert -1 <= low <= one["diff"] <= high <= 1
    assert other["diff_ci"] == pytest.approx([-high, -low], abs=1e-12)
    if gained + lost:
        assert one["p_exact"] == pytest.approx(stats.binomtest(gained, gained + lost).pvalue, rel=1e-9)
        assert one["p_mid"] <= one["p_exact"]


@pytest.mark.parametrize(
    ("pre", "post", "reason"),
    [
        ([], [], "no_rows"),
        ([0, 1, 2], [0, 1, 1], "not_binary"),
        ([0, 0.5], [None, None], "not_binary"),
        ([0, 1], [None, None], "all_missing"),
        ([0, None], [None, 1], "too_few_rows"),
    ],
)
def test_mcnemar_refused(pre, post, reason):
    with pytest.raises(Refused) as refused:
        mcnemar(pre, post)
    assert refused.value.reason == reason


# Benjamini & Hochberg 1995, JRSS B 57, section 3.2: thrombolysis after myocardial infarction, 15 comparisons.
THROMBOLYSIS = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
                0.6528, 0.7590, 1.0000]  # fmt: skip


def test_benjamini_and_hochbergs_example():
    found = adjust(THROMBOLYSIS).result
    rejected = {key: sum(p <= 0.05 for p in found[key]) for key in ("bonferroni", "hochberg", "bh")}
    assert rejected == {"bonferroni": 3, "hochberg": 3, "bh": 4}
    assert found["bh"][3] == pytest.approx(0.0095 * 15 / 4)
    assert found["bh"] == pytest.approx(stats.false_discovery_control(THROMBOLYSIS, method="bh").tolist())
    assert found["by"] == pytest.approx(stats.false_discovery_control(THROMBOLYSIS, method="by").tolist())


def test_all_five_by_hand_in_the_inputs_order():  # p.adjust(c(.03, .01, .05, .02, .04)) in R
    found = adjust([0.03, 0.01, 0.05, 0.02, 0.04]).result
    assert found["bonferroni"] == pytest.approx([0.15, 0.05, 0.25, 0.10, 0.20])
    assert found["holm"] == pytest.approx([0.09, 0.05, 0.09, 0.08, 0.09])
    assert found["hochberg"] == pytest.approx([0.05] * 5)
    assert found["bh"] == pytest.approx([0.05] * 5)
    assert found["by"] == pytest.approx([0.05 * 137 / 60] * 5)
    assert found["simes"] == pytest.approx(0.05)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
@derandomized
def test_order_of_the_methods_and_monotonicity(p):
    found = adjust(p).result
    for i, value in enumerate(p):
        chain = [found[key][i] for key in ("bh", "hochberg", "holm", "bonferroni")]
        assert value - 1e-15 <= chain[0]
        assert all(a <= b + 1e-12 for a, b in itertools.pairwise(chain))
        assert found["by"][i] <= 1
    assert found["simes"] == pytest.approx(min(len(p) * v / rank for rank, v in enumerate(sorted(p), 1)), abs=1e-15)


def test_on_the_command_line(run):
    assert run("proportion", "--x", 81, "--n=263")[1]["result"]["p"] == 81 / 263
    assert run("adjust", "--p=0.01,0.2")[1]["result"]["bonferroni"] == [0.02, 0.4]


def test_misuse_of_the_functions():
    for call in (lambda: adjust([]), lambda: adjust([float("nan")]), lambda: proportion(2, 1)):
        with pytest.raises(Misuse):
            call()

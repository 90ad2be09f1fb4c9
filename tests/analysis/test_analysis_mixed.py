"""Mixed models and stepped wedges against lme4 and lmerTest, published examples, closed forms and other algebra."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from analysis.design import parse_formula
from analysis.envelope import Misuse, Refused
from analysis.mixed import mixed
from analysis.paired import paired
from analysis.reml import Random, fit_mixed
from analysis.steppedwedge import steppedwedge
from benchmarks import wedges
from tests.analysis.reference import R, data

LONG = {"factors": ["time", "group"], "reference": {"time": "pre", "group": "kontroll"}}
OURS = {
    "(Intercept)": "Intercept", "timepost": "time[post]", "timeuppföljning": "time[uppföljning]",
    "groupkurs": "group[kurs]", "timepost:groupkurs": "group[kurs]:time[post]",
    "timeuppföljning:groupkurs": "group[kurs]:time[uppföljning]",
}  # fmt: skip


def variances(r):
    """R's table of variances under our names."""
    ours = {
        "cluster": "cluster", "id": "id", "cluster:id": "id", "Subject": "id", "person": "id", "Residual": "residual",
        "cluster:period": "cluster_period",
    }  # fmt: skip
    found = {}
    for group, one, two, value in zip(r["groups"], r["var1"], r["var2"], r["vcov"], strict=True):
        kind = "_cov" if two else "_slope" if one not in (None, "(Intercept)") else ""
        found[ours[group] + kind] = value
    return found


def check_as_r(found, r, names=OURS):
    # lme4 stops its own search at about seven digits; the contract asks for four of estimates and three of variances.
    for place, name in enumerate(r["names"]):
        row = found["coefficients"][names.get(name, name)]
        assert row["estimate"] == pytest.approx(r["estimate"][place], rel=1e-6)
        assert row["se"] == pytest.approx(r["se"][place], rel=1e-6)
        assert row["df_satterthwaite"] == pytest.approx(r["df"][place], rel=1e-4)
        assert row["p_satterthwaite"] == pytest.approx(r["p"][place], rel=1e-3)
        assert row["p_z"] == pytest.approx(2 * stats.norm.sf(abs(row["z"])), rel=1e-9)
    assert found["loglik"] == pytest.approx(r["loglik"], abs=1e-9)
    theirs = variances(r)
    assert set(found["variance"]) == set(theirs)
    assert [found["variance"][key] for key in theirs] == pytest.approx(list(theirs.values()), rel=1e-5)


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("mixed_id", {"id": "id"}),
        ("mixed_cluster", {"cluster": "cluster"}),
        ("mixed_nested", {"id": "id", "cluster": "cluster"}),
        ("mixed_nested_ml", {"id": "id", "cluster": "cluster", "method": "ml"}),
    ],
)
def test_intercepts_as_lme4_and_lmertest_compute_them(key, options):
    outcome = mixed(data("long"), "y", "group*time", satterthwaite=True, **LONG, **options)
    check_as_r(outcome.result, R[key])
    assert (outcome.warnings, outcome.result["singular"], outcome.result["n_obs"]) == ([], False, R[key]["n"])


@pytest.mark.parametrize(("key", "method"), [("mixed_slope", "reml"), ("mixed_slope_ml", "ml")])
def test_sleepstudy_as_lme4_computes_it(key, method):
    found = mixed(data("sleepstudy"), "Reaction", "Days", id="Subject", random_slope="Days", method=method,
                  satterthwaite=True)  # fmt: skip
    check_as_r(found.result, R[key])
    assert found.warnings == ["icc_at_zero:Days"]


def test_sleepstudy_as_printed_in_bates_et_al_2015():  # J Stat Softw 67, section 5.2
    found = mixed(data("sleepstudy"), "Reaction", "Days", id="Subject", random_slope="Days").result
    assert -2 * found["loglik"] == pytest.approx(1743.6, abs=0.05)
    assert found["coefficients"]["Days"]["estimate"] == pytest.approx(10.467, abs=5e-4)
    assert found["coefficients"]["Days"]["se"] == pytest.approx(1.546, abs=5e-4)
    assert found["variance"]["id"] == pytest.approx(612.09, abs=0.011)
    assert found["variance"]["residual"] == pytest.approx(654.94, abs=0.01)


def test_nested_slope_on_the_boundary_as_lme4_computes_it():
    outcome = mixed(data("long"), "y", "wave", id="id", cluster="cluster", random_slope="wave", satterthwaite=True)
    check_as_r(outcome.result, R["mixed_slope_nested"])
    assert outcome.result["singular"]
    assert "singular" in outcome.warnings
    held = outcome.result["variance"]
    assert held["id_cov"] ** 2 == pytest.approx(held["id"] * held["id_slope"], rel=1e-9)  # a correlation of one


# Davies & Goldsmith 1972, Statistical Methods in Research and Production: yield of dyestuff (lme4: Dyestuff).
DYESTUFF = {
    "A": [1545, 1440, 1440, 1520, 1580], "B": [1540, 1555, 1490, 1560, 1495], "C": [1595, 1550, 1605, 1510, 1560],
    "D": [1445, 1440, 1595, 1465, 1545], "E": [1595, 1630, 1515, 1635, 1625], "F": [1520, 1455, 1450, 1480, 1445],
}  # fmt: skip
YIELDS = {"y": [y for ys in DYESTUFF.values() for y in ys], "batch": [name for name in DYESTUFF for _ in range(5)]}


def test_dyestuff_as_published_and_by_the_mean_squares():
    found = mixed(YIELDS, "y", "1", cluster="batch", satterthwaite=True).result
    values = np.array(list(DYESTUFF.values()), dtype=float)
    within = values.var(axis=1, ddof=1).mean()
    between = values.mean(axis=1).var(ddof=1)
    assert found["variance"]["residual"] == pytest.approx(within, rel=1e-8)  # 2451 in the lme4 book
    assert found["variance"]["cluster"] == pytest.approx(between - within / 5, rel=1e-8)  # 1764
    row = found["coefficients"]["Intercept"]
    assert (row["estimate"], row["se"]) == (pytest.approx(1527.5), pytest.approx(math.sqrt(between / 6)))
    assert row["df_satterthwaite"] == pytest.approx(5, rel=1e-4)
    assert -2 * found["loglik"] == pytest.approx(319.6543, abs=5e-5)
    icc = found["icc"]["cluster"]
    assert icc == pytest.approx((between - within / 5) / (between + 4 * within / 5), rel=1e-8)
    design = found["design_effect"]
    assert (design["mean_cluster_size"], design["deff"]) == (5, pytest.approx(1 + 4 * icc))
    assert design["n_effective"] == pytest.approx(30 / (1 + 4 * icc))


def test_on_balanced_data_time_is_the_paired_t():
    rng = np.random.default_rng(5)
    pre = rng.normal(size=12)
    post = pre + rng.normal(0.4, 1, size=12)
    frame = {"y": [*pre, *post], "t": ["0"] * 12 + ["1"] * 12, "p": list(range(12)) * 2}
    row = mixed(frame, "y", "t", factors=["t"], id="p", satterthwaite=True).result["coefficients"]["t[1]"]
    other = paired(pre, post).result
    assert row["estimate"] == pytest.approx(other["mean_diff"], rel=1e-9)
    assert row["z"] == pytest.approx(other["t"], rel=1e-7)
    assert row["df_satterthwaite"] == pytest.approx(11, rel=1e-4)
    assert row["p_satterthwaite"] == pytest.approx(other["p"], rel=1e-4)


@pytest.mark.parametrize("cohorts", [4, 20])
def test_whole_cohorts_before_and_after_are_the_t_test_of_the_changes(cohorts):
    """Exact, whatever the cohorts' variance: more than 5 rejections of 100 such trials are chance (statistics.md)."""
    rng = np.random.default_rng(cohorts)
    cohort = np.repeat(np.arange(cohorts), 10)
    arm, person = cohort % 2, np.arange(len(cohort))
    pre, post = rng.normal(size=(2, len(cohort))) + rng.normal(size=len(cohort)) + rng.normal(size=cohorts)[cohort]
    frame = {"y": [*pre, *post], "t": ["0"] * len(pre) + ["1"] * len(pre), "p": [*person] * 2, "k": [*cohort] * 2,
             "a": [*arm] * 2}  # fmt: skip
    found = mixed(frame, "y", "t*a", factors=["t", "a"], id="p", cluster="k", satterthwaite=True).result
    row, change = found["coefficients"]["t[1]:a[1]"], post - pre
    by_hand = stats.ttest_ind(change[arm == 1], change[arm == 0])
    assert row["z"] == pytest.approx(by_hand.statistic, rel=1e-6)
    assert row["df_satterthwaite"] == pytest.approx(len(cohort) - 2, rel=1e-4)
    assert row["ci_satterthwaite"] == pytest.approx([*by_hand.confidence_interval()], rel=1e-5)


@pytest.mark.parametrize("shared", [3.0, 0.0])
def test_whole_cohorts_after_alone_are_a_t_test_of_cohorts_or_of_people(shared):
    """Of the cohorts' means on K - 2, or where cohorts seem alike of people on N - 2: too sure with few cohorts."""
    rng = np.random.default_rng(3)
    cohort = np.repeat(np.arange(6), 10)
    arm, y = cohort % 2, rng.normal(size=60) + shared * rng.normal(size=6)[cohort]
    found = mixed({"y": y, "a": arm, "k": cohort}, "y", "a", cluster="k", satterthwaite=True).result
    assert found["singular"] == (shared == 0)
    means = np.bincount(cohort, y) / 10
    parts = [means[1::2], means[::2]] if shared else [y[arm == 1], y[arm == 0]]
    row, by_hand = found["coefficients"]["a"], stats.ttest_ind(*parts)
    assert row["z"] == pytest.approx(by_hand.statistic, rel=1e-6)
    assert row["df_satterthwaite"] == pytest.approx(4 if shared else 58, rel=1e-4)
    assert row["p_satterthwaite"] == pytest.approx(by_hand.pvalue, rel=1e-4)


def test_a_negative_component_is_zero_singular_and_least_squares():
    frame = {"y": [1, 9, 2, 8, 0, 10, 4, 6, 5, 5.5], "k": [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]}
    outcome = mixed(frame, "y", "1", cluster="k", satterthwaite=True)
    found = outcome.result
    assert (outcome.warnings, found["singular"], found["variance"]["cluster"], found["icc"]["cluster"]) == (
        ["singular"], True, 0, 0)  # fmt: skip
    assert found["variance"]["residual"] == pytest.approx(np.var(frame["y"], ddof=1), rel=1e-12)
    assert found["coefficients"]["Intercept"]["df_satterthwaite"] == pytest.approx(9, rel=1e-12)
    assert found["design_effect"]["deff"] == 1


def test_degrees_of_freedom_that_so_few_rows_do_not_give():
    frame = {"y": [0.3, 0.1, 0.2, 0.3, 0.1, 0.3], "x": [-1.29, 0.3, -0.93, -0.46, 0, -0.89], "b": list("011011"),
             "p": list("003632")}  # fmt: skip
    outcome = mixed(frame, "y", "x + b", factors=["b"], id="p", satterthwaite=True)
    assert outcome.warnings == ["df_undefined:b[1]", "df_undefined:x"]
    row = outcome.result["coefficients"]["x"]
    assert [row[key] for key in ("df_satterthwaite", "p_satterthwaite", "ci_satterthwaite")] == [None] * 3
    assert row["se"] > 0
    assert mixed(frame, "y", "x + b", factors=["b"], id="p").warnings == []


def test_order_of_rows_names_of_groups_and_scale():
    long = data("long")
    call = {"id": "id", "cluster": "cluster", "satterthwaite": True} | LONG
    found = mixed(long, "y", "time*group", **call).result
    moved = long.sample(frac=1, random_state=3)
    assert mixed(moved, "y", "time*group", **call).result == found
    assert mixed(moved, "y", "time:group + group + time", **call).result == found
    scaled = mixed(long.assign(y=100 + 10 * long.y), "y", "time*group", **call).result
    one, other = (each["coefficients"]["time[post]:group[kurs]"] for each in (found, scaled))
    assert other["estimate"] == pytest.approx(10 * one["estimate"], rel=1e-7)
    assert other["df_satterthwaite"] == pytest.approx(one["df_satterthwaite"], rel=1e-4)
    assert scaled["variance"]["id"] == pytest.approx(100 * found["variance"]["id"], rel=1e-6)
    flipped = mixed(long, "y", "time*group", **(call | {"reference": {"time": "pre", "group": "kurs"}})).result
    mirrored = flipped["coefficients"]["time[post]:group[kontroll]"]["estimate"]
    assert mirrored == pytest.approx(-one["estimate"], rel=1e-7)


def test_a_slope_does_not_depend_on_where_its_column_begins():
    sleep = data("sleepstudy")
    found = mixed(sleep, "Reaction", "Days", id="Subject", random_slope="Days").result
    later = mixed(sleep.assign(Days=sleep.Days + 2020), "Reaction", "Days", id="Subject", random_slope="Days").result
    assert later["loglik"] == pytest.approx(found["loglik"], abs=1e-6)
    assert later["variance"]["id_slope"] == pytest.approx(found["variance"]["id_slope"], rel=1e-5)
    assert later["coefficients"]["Days"]["se"] == pytest.approx(found["coefficients"]["Days"]["se"], rel=1e-6)


def test_a_person_is_cluster_and_id_together():
    long = data("long")
    numbered = long.assign(id=long.groupby("cluster").id.rank("dense").astype(int))
    call = {"id": "id", "cluster": "cluster"} | LONG
    found, again = (mixed(frame, "y", "time*group", **call).result for frame in (long, numbered))
    assert again["n_id"] == found["n_id"] == long.id.nunique()
    assert again["variance"] == pytest.approx(found["variance"], rel=1e-6)


def test_estimates_are_those_of_the_whole_matrix():
    """(X'V^-1 X)^-1 X'V^-1 y and the restricted likelihood with V written out."""
    rng = np.random.default_rng(8)
    people = np.repeat(np.arange(12), 3)
    cluster, period = people // 3, np.tile(np.arange(3), 12)
    x = np.column_stack([np.ones(36), rng.normal(size=36)])
    y = rng.normal(size=4)[cluster] + rng.normal(size=12)[people] + rng.normal(size=36)
    fit = fit_mixed(["i", "x"], x, y, Random(people, np.ones((36, 1)), cluster, (0 * cluster, period)))
    same = [np.equal.outer(codes, codes) for codes in (people, cluster, 10 * cluster + period)]
    parts = [fit.inner[0, 0], *fit.blocks]

    def restricted(variances, residual):
        v = sum(part * block for part, block in zip(variances, same, strict=True)) + residual * np.eye(36)
        inverse = np.linalg.inv(v)
        xvx = x.T @ inverse @ x
        b = np.linalg.solve(xvx, x.T @ inverse @ y)
        e = y - x @ b
        logdets = np.linalg.slogdet(v)[1] + np.linalg.slogdet(xvx)[1]
        return -0.5 * (34 * math.log(2 * math.pi) + logdets + e @ inverse @ e), b, np.linalg.inv(xvx)

    value, b, covariance = restricted(parts, fit.residual)
    assert fit.loglik == pytest.approx(value, abs=1e-9)
    assert fit.estimates == pytest.approx(b, rel=1e-9)
    assert fit.covariance == pytest.approx(covariance, rel=1e-9)
    for place in range(3):
        for factor in (0.97, 1.03):  # no neighbour is better
            near = [part * (factor if at == place else 1) for at, part in enumerate(parts)]
            assert restricted(near, fit.residual)[0] <= value + 1e-12


def test_simulated_data_give_their_parameters_back():
    rng = np.random.default_rng(11)
    cluster, people = np.repeat(np.arange(200), 30), np.repeat(np.arange(2000), 3)
    time = np.tile([0.0, 1, 2], 2000)
    y = (1 + 0.5 * time + rng.normal(0, 0.5, 200)[cluster] + rng.normal(0, 0.8, 2000)[people]
         + rng.normal(0, 0.3, 2000)[people] * time + rng.normal(0, 0.6, 6000))  # fmt: skip
    frame = {"y": y, "t": time, "p": people, "k": cluster}
    found = mixed(frame, "y", "t", id="p", cluster="k", random_slope="t").result
    row = found["coefficients"]["t"]
    assert abs(row["estimate"] - 0.5) < 4 * row["se"]
    held = found["variance"]
    assert held["cluster"] == pytest.approx(0.25, abs=4 * 0.25 * math.sqrt(2 / 200))
    assert held["id"] == pytest.approx(0.64, abs=0.1)
    assert held["id_slope"] == pytest.approx(0.09, abs=0.03)
    assert held["residual"] == pytest.approx(0.36, abs=4 * 0.36 * math.sqrt(2 / 2000))


FEW = {
    "y": [1, 2, 2, 4, 3, 3, 6, 8],
    "t": ["a", "b"] * 4,
    "p": list("11223344"),
    "x": [0, 1] * 4,
    "k": list("aaaabbbb"),
}


@pytest.mark.parametrize(
    ("changed", "options", "reason"),
    [
        ({}, {"id": "q"}, "column_not_found"),
        ({"y": []}, {}, "misuse"),
        ({"y": [None] * 8}, {}, "all_missing"),
        ({"y": [1, None] + [None] * 6, "x": [None] + [1] * 7}, {"fixed": "x"}, "too_few_rows"),
        ({"p": list("12345678")}, {}, "too_few_rows"),
        ({"p": ["1"] * 8}, {}, "too_few_groups"),
        ({"t": ["a"] * 8}, {}, "too_few_groups"),
        ({"p": list("aaaabbbb")}, {"cluster": "k"}, "too_few_groups"),
        ({"k": ["a"] * 8}, {"cluster": "k"}, "too_few_clusters"),
        ({"k": ["a"] * 8}, {"cluster": "k", "id": None}, "too_few_clusters"),
        ({"k": list("abcdefgh")}, {"cluster": "k", "id": None}, "too_few_rows"),
        ({}, {"reference": {"t": "c"}}, "level_not_found"),
        ({"y": [5] * 8}, {}, "no_variance"),
        ({"y": [1, 2] * 4}, {}, "no_variance"),
        ({}, {"fixed": "t + x"}, "rank_deficient"),
        ({"x": [3] * 8}, {"random_slope": "x"}, "rank_deficient"),
        ({"y": [1, 1, 2, 2, 3, 3, 5, 5]}, {"fixed": "1"}, "not_converged"),
        ({}, {"id": None}, "misuse"),
        ({}, {"method": "bayes"}, "misuse"),
        ({}, {"fixed": "t +"}, "misuse"),
        ({}, {"random_slope": "t"}, "misuse"),
        ({}, {"id": None, "cluster": "k", "random_slope": "x"}, "misuse"),
        ({}, {"reference": {"x": "1"}}, "misuse"),
        ({}, {"conf": 95}, "misuse"),
    ],
)
def test_mixed_refused(changed, options, reason):
    call = {"fixed": "t", "factors": ["t"], "id": "p"} | options
    with pytest.raises(Misuse if reason == "misuse" else Refused) as refused:
        mixed(FEW | changed, "y", **call)
    assert reason == "misuse" or refused.value.reason == reason


WEDGE = {"wedge_cluster": {}, "wedge_cp": {"cluster_period": True}, "wedge_id": {"id": "id"},
         "wedge_all": {"cluster_period": True, "id": "id"}}  # fmt: skip


@pytest.mark.parametrize("key", WEDGE)
def test_stepped_wedge_as_lme4_and_lmertest_compute_it(key):
    found = steppedwedge(data("wedge"), "y", "cluster", "period", "treatment", satterthwaite=True, **WEDGE[key]).result
    r = R[key]
    place = r["names"].index("treatment")
    mine = [found["effect"][name] for name in ("estimate", "se", "df_satterthwaite", "p_satterthwaite")]
    theirs = [r[name][place] for name in ("estimate", "se", "df", "p")]
    assert mine[:2] == pytest.approx(theirs[:2], rel=1e-5)
    assert mine[2:] == pytest.approx(theirs[2:], rel=1e-3)
    held = variances(r)
    assert found["variance"] == pytest.approx(held, rel=1e-5)
    assert found["loglik"] == pytest.approx(r["loglik"], abs=1e-8)
    shared = held["cluster"] + held.get("cluster_period", 0)
    assert found["icc_within_period"] == pytest.approx(shared / sum(held.values()), rel=1e-5)
    assert found["cac"] == pytest.approx(held["cluster"] / shared, rel=1e-5)
    assert (found["n_clusters"], found["n_periods"], found["n_obs"]) == (6, 4, r["n"])


@pytest.mark.parametrize("key", WEDGE)
def test_kenward_and_roger_as_pbkrtest_computes_them(key):
    call = (data("wedge"), "y", "cluster", "period", "treatment")
    found = steppedwedge(*call, kenward_roger=True, **WEDGE[key]).result["effect"]
    theirs = R["kenward_roger"][key]
    assert found["se_kenward_roger"] == pytest.approx(theirs["se"], rel=1e-6)
    assert found["df_kenward_roger"] == pytest.approx(theirs["df"], rel=1e-5)
    low, high = found["ci_kenward_roger"]
    reach = stats.t.isf(0.025, found["df_kenward_roger"]) * found["se_kenward_roger"]
    assert (low, high) == pytest.approx((found["estimate"] - reach, found["estimate"] + reach), rel=1e-12)
    assert found["se_kenward_roger"] > found["se"]


def test_a_variance_that_is_estimated_as_zero_counts_as_one_that_is_not_known():
    """Where the cohorts' own periods come out as nothing, the plain standard error leaves them out altogether."""
    rng = np.random.default_rng(5)
    cluster, period = np.repeat(np.arange(8), 20), np.tile(np.repeat(np.arange(5), 4), 8)
    frame = {"c": cluster, "t": period, "x": (period > cluster // 2).astype(float)}
    frame["y"] = rng.normal(0, 0.3, 8)[cluster] + rng.normal(0, 1, len(cluster))
    found = steppedwedge(
        frame, "y", "c", "t", "x", cluster_period=True, satterthwaite=True, kenward_roger=True
    ).result  # fmt: skip
    assert found["variance"]["cluster_period"] == 0
    assert found["effect"]["se_kenward_roger"] > found["effect"]["se"]
    assert found["effect"]["df_kenward_roger"] < found["effect"]["df_satterthwaite"]


def test_the_lot_is_held_against_every_other_that_might_have_been():
    """Ninety lots of six clusters in three pairs, each by generalised least squares with whole matrices."""
    wedge = data("wedge")
    found = steppedwedge(wedge, "y", "cluster", "period", "treatment", permutations=2000).result["permutation"]
    y, cluster = wedge["y"].to_numpy(), wedge["cluster"].to_numpy()
    period = np.unique(wedge["period"], return_inverse=True)[1]
    x = (period[:, None] == np.arange(4)).astype(float)
    fit = fit_mixed(list("abcd"), x, y, Random(np.unique(cluster, return_inverse=True)[1], np.ones((len(y), 1))))
    v = fit.residual * np.eye(len(y)) + fit.inner[0, 0] * np.equal.outer(cluster, cluster)
    names = np.unique(cluster).tolist()
    own = {name: tuple(wedge[wedge["cluster"] == name].groupby("period")["treatment"].first()) for name in names}
    effects = {}
    for schedule in {tuple(own[name] for name in order) for order in itertools.permutations(names)}:
        given = np.array([schedule[names.index(c)][t] for c, t in zip(cluster, period, strict=True)])
        whole = np.column_stack([x, given])
        inner = whole.T @ np.linalg.solve(v, whole)
        effects[schedule] = np.linalg.solve(inner, whole.T @ np.linalg.solve(v, y))[-1]
    true = effects[tuple(own[name] for name in names)]
    extreme = np.abs(list(effects.values())) >= abs(true) * (1 - 1e-9)
    assert (found["n_permutations"], found["estimate"]) == (len(effects), pytest.approx(true, rel=1e-9))
    assert found["p"] == pytest.approx(np.mean(extreme), rel=1e-12)
    assert found["ci"][0] < true < found["ci"][1]


def test_a_search_that_stopped_where_the_deviance_is_no_bowl_goes_on():
    """The draw is one of many in which the whole of Newton's step goes too far."""
    rng = np.random.default_rng(2)
    cluster, period = np.repeat(np.arange(20), 50), np.tile(np.repeat(np.arange(5), 10), 20)
    for _ in range(241):
        cells = rng.normal(0, np.sqrt(0.025), (20, 5))[cluster, period]
        y = rng.normal(0, np.sqrt(0.025), 20)[cluster] + cells + 0.1 * period + rng.normal(0, np.sqrt(0.95), 1000)
    frame = {"c": cluster, "t": period, "x": (period > cluster // 5).astype(float), "y": y}
    assert steppedwedge(frame, "y", "c", "t", "x", cluster_period=True).result["effect"]["se"] > 0


def test_a_variance_is_not_lost_because_the_first_step_was_too_long():
    """The slope is 0 at a variance of 0, whatever lies beside it. REML log likelihoods of lme4 1.1-31 (bobyqa, 1e-10);
    seven of these twelve were once fitted with a variance of 0 and less likelihood."""
    by_lme4 = [
        -534.443461797, -587.167926165, -574.533006082, -585.769026638, -571.67418469, -537.742727898, -566.259914846,
        -586.589539059, -572.940681926, -549.907712889, -575.726886705, -577.313489641,
    ]  # fmt: skip
    rng = np.random.default_rng(1)
    for expected in by_lme4:
        trial = wedges._drawn(rng, 0.5, 8, 0.5)
        found = steppedwedge(trial, "y", "cohort", "period", "treatment", cluster_period=True).result
        assert found["loglik"] == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_on_a_grid_of_variances_is_likelier_than_what_was_found(seed):
    rng = np.random.default_rng(seed)
    cluster, period = np.repeat(np.arange(6), 12), np.tile(np.repeat(np.arange(3), 4), 6)
    people = cluster * 4 + np.tile(np.arange(4), 18)
    x = np.column_stack([np.ones(72), period == 1, period == 2]).astype(float)
    y = rng.normal(0, 1, 72) + rng.normal(0, 0.2, 6)[cluster] + rng.normal(0, 0.3, 24)[people]
    fit = fit_mixed(list("abc"), x, y, Random(people, np.ones((72, 1)), cluster, (0 * cluster, period)))
    lowest = fit._deviance(fit.theta)
    for theta in itertools.product([0, 0.03, 0.1, 0.3, 1], repeat=3):
        assert fit._deviance(np.array(theta)) >= lowest - 1e-6


def test_stepped_wedge_row_order_and_numbered_people():
    wedge = data("wedge")
    call = ("y", "cluster", "period", "treatment")
    found = steppedwedge(wedge, *call, id="id", cluster_period=True).result
    assert steppedwedge(wedge.sample(frac=1, random_state=1), *call, id="id", cluster_period=True).result == found
    assert found["n_id"] == wedge.groupby("cluster").id.nunique().sum()


def test_stepped_wedge_singular():
    frame = {"c": list("aaaaaabbbbbb"), "t": list("112233") * 2, "x": [0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1],
             "y": [1, 2, 4, 3, 4, 6, 2, 2, 1, 3, 5, 5]}  # fmt: skip
    outcome = steppedwedge(frame, "y", "c", "t", "x")
    assert outcome.warnings == ["singular", "zero_cluster_variance"]
    assert (outcome.result["cac"], outcome.result["icc_within_period"]) == (None, 0)


WEDGE_FEW = {"c": list("aaaabbbb"), "t": list("11221122"), "x": [0, 0, 1, 1, 0, 0, 0, 0], "p": list("12121212"),
             "y": [1, 2, 3, 5, 2, 4, 3, 3]}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "options", "reason"),
    [
        ({"x": [0, 0, 2, 1, 0, 0, 0, 0]}, {}, "not_binary"),
        ({"t": [None] * 8}, {}, "all_missing"),
        ({"y": [1, 2] + [None] * 6}, {}, "too_few_rows"),
        ({"t": list("12345678")}, {"cluster_period": True}, "too_few_rows"),
        ({"p": list("12345678")}, {"id": "p"}, "too_few_rows"),
        ({"t": ["1"] * 8}, {}, "too_few_groups"),
        ({"p": ["1"] * 8}, {"id": "p"}, "too_few_groups"),
        ({"t": list("11112222")}, {"cluster_period": True}, "too_few_groups"),
        ({"c": ["a"] * 8}, {}, "too_few_clusters"),
        ({"y": [1] * 8}, {}, "no_variance"),
        ({"x": [0] * 8}, {}, "rank_deficient"),
        ({"x": [0, 0, 1, 1, 0, 0, 1, 1]}, {}, "rank_deficient"),
    ],
)
def test_stepped_wedge_refused(changed, options, reason):
    with pytest.raises(Refused) as refused:
        steppedwedge(WEDGE_FEW | changed, "y", "c", "t", "x", **options)
    assert refused.value.reason == reason


def test_code_in_a_formula_is_a_column_that_is_not_there(run, csv_file):
    path = csv_file("y,k\n1,a\n2,b\n")
    call = "__import__('os').system('true')"
    code, found, _ = run("mixed", "--data", path, "--outcome", "y", "--fixed", call, "--cluster", "k")
    assert (code, found["reason"]) == (3, "column_not_found")
    assert parse_formula(call) == [(call,)]


def test_on_the_command_line(run, csv_file):
    text = "1,5;före;1 2;efter;1 2;före;2 4;efter;2 3;före;3 3;efter;3 6;före;4 8;efter;4"
    path = csv_file("y;tid;person\n" + text.replace(" ", "\n"))
    argv = ["--outcome", "y", "--fixed", "tid", "--factor", "tid", "--reference", "tid=före", "--id", "person"]
    code, found, _ = run("mixed", "--data", path, *argv, "--df", "satterthwaite", "--method", "ml")
    row = found["result"]["coefficients"]["tid[efter]"]
    assert (code, row["estimate"], found["result"]["method"]) == (0, pytest.approx(1.125), "ml")
    assert row["ci_satterthwaite"][0] < row["ci_z"][0]
    rows = zip(*WEDGE_FEW.values(), strict=True)
    text = "\n".join(",".join(map(str, row)) for row in [WEDGE_FEW.keys(), *rows])
    wedge = csv_file(text, "w.csv")
    argv = ["--outcome", "y", "--cluster", "c", "--period", "t", "--treatment", "x", "--df", "satterthwaite"]
    code, found, _ = run("steppedwedge", "--data", wedge, *argv, "--id", "p", "--cluster-period")
    assert (code, list(found["result"]["variance"])) == (0, ["id", "cluster", "cluster_period", "residual"])

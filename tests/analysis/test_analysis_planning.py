"""Power and pooling against R, published tables, generalised least squares and simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.envelope import Misuse
from analysis.pool import pool
from analysis.power import power, power_cluster, power_stepped_wedge, t_power
from tests.analysis.reference import R

derandomized = settings(deadline=None, max_examples=25)


def test_power_as_r_computes_it():  # power.t.test(strict = TRUE): both tails
    r = R["power"]
    assert power("paired", 0.5, n=34).result["power"] == pytest.approx(r["paired_34"], rel=1e-9)
    assert power("two-sample", 0.8, n=20).result["power"] == pytest.approx(r["two_20"], rel=1e-9)
    assert power("two-sample", 0.1, n=5, alpha=0.01).result["power"] == pytest.approx(r["two_small"], rel=1e-8)
    assert power("two-sample", 0.5, wanted=0.8).result["n_exact"] == pytest.approx(r["n_two"], rel=1e-7)
    assert power("paired", 0.35, wanted=0.9).result["n_exact"] == pytest.approx(r["n_paired"], rel=1e-7)


@pytest.mark.parametrize(  # Cohen 1988, Statistical Power Analysis, table 2.4.1: two groups, two-sided 0.05
    ("effect", "wanted", "n"),
    [(0.2, 0.8, 393), (0.5, 0.8, 64), (0.8, 0.8, 26), (0.5, 0.9, 85), (0.5, 0.95, 105)],
)
def test_sample_sizes_as_tabled(effect, wanted, n):
    found = abs(power("two-sample", effect, wanted=wanted).result["n"] - n)
    assert found <= 1  # the table was made without a computer: its n may be one larger


@given(st.floats(0.1, 2.5), st.floats(0.1, 0.99), st.sampled_from(["paired", "two-sample"]))
@derandomized
def test_n_is_the_smallest_that_has_the_power(effect, wanted, design):
    outcome = power(design, effect, wanted=wanted)
    n = outcome.result["n"]
    assert outcome.result["power"] >= wanted - 1e-9
    assert n == math.ceil(outcome.result["n_exact"] - 1e-9)
    if outcome.warnings == ["minimum_n"]:
        assert n == 2
    else:
        assert power(design, effect, n=outcome.result["n_exact"]).result["power"] == pytest.approx(wanted, abs=1e-9)
        if n > 2:
            assert power(design, effect, n=n - 1).result["power"] < wanted


@given(st.floats(-3, 3), st.integers(2, 300))
@derandomized
def test_sign_of_the_effect_is_no_matter_and_no_effect_has_power_alpha(effect, n):
    one, other = (power("paired", value, n=n).result["power"] for value in (effect, -effect))
    assert one == pytest.approx(other, rel=1e-9)
    assert one >= 0.05 - 1e-12
    assert power("two-sample", 0, n=n).result["power"] == pytest.approx(0.05, rel=1e-9)


@pytest.mark.parametrize(("noncentrality", "df"), [(0.3, 1), (2.5, 4), (9.0, 3), (40.0, 30), (3.0, 1e6)])
def test_power_of_t_by_integration(noncentrality, df):
    limit = stats.t.isf(0.025, df)
    s = np.sqrt(stats.chi2.ppf((np.arange(400_000) + 0.5) / 400_000, df) / df)
    share = np.mean(stats.norm.sf(limit * s - noncentrality) + stats.norm.cdf(-limit * s - noncentrality))
    assert t_power(noncentrality, df, 0.05) == pytest.approx(share, abs=2e-6)


def test_clusters_by_hand():
    found = power_cluster(0.4, 8, 12, 0.06, cv=0.5).result
    deff = 1 + ((0.25 + 1) * 12 - 1) * 0.06
    assert found["design_effect"] == pytest.approx(deff)
    assert found["n_effective_per_arm"] == pytest.approx(96 / deff)
    assert found["df"] == 14
    assert found["power"] == pytest.approx(t_power(0.4 * math.sqrt(96 / (2 * deff)), 14, 0.05))
    # Without clustering and with very many clusters it is the normal approximation of two groups.
    assert power_cluster(0.2, 500, 1, 0).result["power"] == pytest.approx(
        power("two-sample", 0.2, n=500).result["power"]
    )


@pytest.mark.parametrize(("clusters", "size", "icc", "cv"), [(4, 12, 0.05, 0), (10, 20, 0.1, 0), (8, 30, 0.02, 0.4)])
def test_simulated_power_of_clusters(clusters, size, icc, cv):
    found = power_cluster(0.5, clusters, size, icc, cv=cv, simulate=4000, seed=3).result
    # The formula is exact for equal sizes; for unequal it is an approximation, and a cautious one.
    reach = 4 * found["power_simulated_se"] + (0.02 if cv else 0)
    assert found["power_simulated"] == pytest.approx(found["power"], abs=reach)
    again = power_cluster(0.5, clusters, size, icc, cv=cv, simulate=4000, seed=3).result
    assert again == found
    assert power_cluster(0.5, clusters, size, icc, cv=cv, simulate=4000, seed=4).result != found


def test_cluster_means_simulated_without_effect_reject_alpha():
    found = power_cluster(0, 5, 10, 0.1, simulate=20_000).result
    assert found["power_simulated"] == pytest.approx(0.05, abs=4 * found["power_simulated_se"])
    assert found["power"] == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("clusters", "periods", "size", "residual", "cluster"),
    [(6, 4, 20, 1.0, 0.05), (4, 3, 7, 2.0, 0.0), (12, 5, 100, 0.9, 0.1), (3, 4, 1, 1, 3)],
)
def test_stepped_wedge_se_is_that_of_generalised_least_squares(clusters, periods, size, residual, cluster):
    found = power_stepped_wedge(0.3, clusters, periods, size, residual, cluster).result
    step = clusters // (periods - 1)
    x = np.array([[float(t >= 1 + i // step) for t in range(periods)] for i in range(clusters)])
    design = np.column_stack([np.tile(np.eye(periods), (clusters, 1)), x.ravel()])
    v = np.kron(np.eye(clusters), residual / size * np.eye(periods) + cluster)
    variance = np.linalg.inv(design.T @ np.linalg.solve(v, design))[-1, -1]
    assert found["se_effect"] == pytest.approx(math.sqrt(variance), rel=1e-9)
    z = stats.norm.isf(0.025)
    share = stats.norm.sf(z - 0.3 / math.sqrt(variance)) + stats.norm.cdf(-z - 0.3 / math.sqrt(variance))
    assert found["power"] == pytest.approx(share, rel=1e-9)


@pytest.mark.parametrize(
    "call",
    [
        lambda: power("paired", 0.5),
        lambda: power("anova", 0.5, n=10),
        lambda: power("paired", math.inf, n=10),
        lambda: power("paired", 0.5, wanted=1.0),
        lambda: power("paired", 0.5, n=1.5),
        lambda: power_cluster(0.5, 1, 10, 0.1),
        lambda: power_cluster(0.5, 4, 0, 0.1),
        lambda: power_cluster(0.5, 4, 10, -0.1),
        lambda: power_cluster(0.5, 4, 10, 0.1, cv=-1),
        lambda: power_stepped_wedge(0.5, 6, 2, 10, 1, 0.1),
        lambda: power_stepped_wedge(0.5, 5, 4, 10, 1, 0.1),
        lambda: power_stepped_wedge(0.5, 6, 4, 10, 0, 0.1),
        lambda: power_stepped_wedge(0.5, 6, 4, 10, 1, -0.1),
        lambda: power_stepped_wedge(0.5, 6, 4, 10, 1, 0.1, alpha=1),
    ],
)
def test_power_misused(call):
    with pytest.raises(Misuse):
        call()


@pytest.mark.parametrize(
    ("key", "estimates", "se", "dfcom"),
    [
        ("one", [1, 1.2, 0.9], [0.3, 0.3, 0.3], 60),
        ("two", [0.31, 0.45, 0.27, 0.52, 0.40], [0.12, 0.15, 0.11, 0.13, 0.14], 36),
    ],
)
def test_pool_as_mice_computes_it(key, estimates, se, dfcom):  # pool.scalar
    found, r = pool(estimates, se, dfcom).result, R["pool"][key]
    mine = [found[name] for name in ("estimate", "within", "between", "total", "df", "riv", "fmi")]
    assert mine == pytest.approx([r[name] for name in ("qbar", "ubar", "b", "t", "df", "r", "fmi")], rel=1e-10)
    assert found["lambda"] == pytest.approx((1 + 1 / len(se)) * r["b"] / r["t"])
    reach = stats.t.isf(0.025, r["df"]) * math.sqrt(r["t"])
    assert found["ci"] == pytest.approx([r["qbar"] - reach, r["qbar"] + reach], rel=1e-9)
    assert found["p"] == pytest.approx(2 * stats.t.sf(r["qbar"] / math.sqrt(r["t"]), r["df"]), rel=1e-9)


def test_pool_without_between_variance_has_the_observed_df():
    found = pool([0.2, 0.2, 0.2], [0.1, 0.1, 0.1], 47).result
    assert (found["between"], found["riv"], found["lambda"]) == (0, 0, 0)
    assert found["df"] == pytest.approx(48 / 50 * 47)
    assert found["se"] == pytest.approx(0.1)


def test_pool_without_within_variance():
    outcome = pool([1, 2], [0, 0], 10)
    assert outcome.warnings == ["zero_within"]
    assert (outcome.result["riv"], outcome.result["fmi"], outcome.result["lambda"]) == (None, None, 1)
    outcome = pool([1, 1], [0, 0], 10)
    assert outcome.warnings == ["zero_within", "zero_total"]
    assert (outcome.result["t"], outcome.result["p"]) == (None, None)


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 2)), min_size=2, max_size=8))
@derandomized
def test_pool_of_a_changed_scale(rows):
    estimates, se = zip(*rows, strict=True)
    one = pool(estimates, se, 30).result
    other = pool([2 * value for value in reversed(estimates)], [2 * value for value in reversed(se)], 30).result
    assert other["estimate"] == pytest.approx(2 * one["estimate"], abs=1e-12)
    assert [other[key] for key in ("df", "fmi", "lambda")] == pytest.approx(
        [one[key] for key in ("df", "fmi", "lambda")]
    )


def test_on_the_command_line(run):
    code, found, _ = run("pool", "--estimates=-0.4,0.2", "--se", "0.1,0.1", "--dfcom", "40")
    assert (code, found["result"]["estimate"]) == (0, pytest.approx(-0.1))
    assert run("power", "--design", "paired", "--effect=-0.5", "--power", "0.8")[1]["result"]["n"] == 34
    argv = ["--effect", "0.5", "--clusters", "6", "--cluster-size", "10"]
    found = run("power", "--design", "cluster", *argv, "--icc", "0.05", "--simulate", "200", "--seed", "2")[1]["result"]
    assert (found["n_simulated"], found["df"]) == (200, 10)
    found = run(
        "power", "--design", "stepped-wedge", *argv, "--periods", "4", "--var-residual", "1", "--var-cluster", "0.1"
    )
    assert found[1]["result"]["power"] == pytest.approx(power_stepped_wedge(0.5, 6, 4, 10, 1, 0.1).result["power"])

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from analysis.columns import covariance
from analysis.envelope import Misuse, Refused
from analysis.omega import LOWER, omega_total
from analysis.reliability import alpha_ci, alpha_of, reliability

derandomized = settings(deadline=None, max_examples=12)


def simulated(n=80, k=5, seed=1, missing=0.0):
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=(n, 1))
    matrix = np.clip(np.rint(3.5 + latent * np.linspace(0.7, 1.2, k) + rng.normal(size=(n, k))), 1, 6)
    matrix[rng.random((n, k)) < missing] = np.nan
    return {f"q{i}": matrix[:, i] for i in range(k)}


def complete(data):
    matrix = np.column_stack(list(data.values()))
    return matrix[~np.isnan(matrix).any(axis=1)]


def test_alpha_of_a_published_covariance_matrix():
    # The example of `cronbachalpha` in the manual of StatsBase.jl 0.34.
    c = np.full((4, 4), 6.0) + np.diag([4.0, 5.0, 6.0, 7.0])
    assert alpha_of(c) == pytest.approx(0.8136, abs=5e-5)
    dropped = [alpha_of(np.delete(np.delete(c, i, 0), i, 1)) for i in range(4)]
    assert dropped == pytest.approx([0.7500, 0.7606, 0.7714, 0.7826], abs=5e-5)


def test_every_key_against_its_definition():
    data = simulated(missing=0.05)
    data["q1"] = 7 - data["q1"]
    found = reliability(data, reverse=["q1"], minimum=1, maximum=6).result
    data["q1"] = 7 - data["q1"]
    x = complete(data)
    n, k = x.shape
    c, r = np.cov(x.T), np.corrcoef(x.T)
    assert (found["n_rows"], found["n_complete"], found["n_items"], found["missing"]) == (80, n, 5, "listwise")
    assert found["alpha"] == pytest.approx(k / (k - 1) * (1 - np.trace(c) / c.sum()), rel=1e-12)
    assert found["alpha_standardized"] == pytest.approx(k / (k - 1) * (1 - k / r.sum()), rel=1e-12)
    assert found["average_r"] == pytest.approx(r[np.triu_indices(k, 1)].mean(), rel=1e-12)
    assert found["scale_mean"] == pytest.approx(x.mean(), rel=1e-12)
    assert found["scale_sd"] == pytest.approx(x.mean(axis=1).std(ddof=1), rel=1e-12)
    for i, item in enumerate(found["items"].values()):
        rest = np.delete(x, i, axis=1)
        assert item["n"] == n
        assert item["reversed"] == (i == 1)
        assert item["mean"] == pytest.approx(x[:, i].mean(), rel=1e-12)
        assert item["sd"] == pytest.approx(x[:, i].std(ddof=1), rel=1e-12)
        assert item["item_total_r"] == pytest.approx(np.corrcoef(x[:, i], x.sum(axis=1))[0, 1], rel=1e-10)
        assert item["item_rest_r"] == pytest.approx(np.corrcoef(x[:, i], rest.sum(axis=1))[0, 1], rel=1e-10)
        assert item["alpha_if_dropped"] == pytest.approx(alpha_of(np.cov(rest.T)), rel=1e-10)


def test_feldts_interval_is_where_the_f_distribution_says():
    # Feldt 1965: (1 - rho)/(1 - alpha) has an F distribution with n-1 and (n-1)(k-1) degrees of freedom.
    low, high = alpha_ci(0.8, 41, 5)
    assert stats.f.sf((1 - low) / 0.2, 40, 160) == pytest.approx(0.025, rel=1e-9)
    assert stats.f.cdf((1 - high) / 0.2, 40, 160) == pytest.approx(0.025, rel=1e-9)


def test_two_parallel_items_are_spearman_brown():
    found = reliability({"a": [1, 2, 3, 4], "b": [2, 1, 4, 3]}).result
    r = np.corrcoef([1, 2, 3, 4], [2, 1, 4, 3])[0, 1]
    assert found["alpha"] == pytest.approx(2 * r / (1 + r))
    assert [item["alpha_if_dropped"] for item in found["items"].values()] == [None, None]
    assert found["omega_total"] is None


def test_kr20_on_right_and_wrong():
    x = (np.random.default_rng(5).random((60, 6)) < np.linspace(0.3, 0.8, 6)).astype(float)
    p, total = x.mean(axis=0), x.sum(axis=1)
    kr20 = 6 / 5 * (1 - (p * (1 - p)).sum() / total.var(ddof=0))  # Kuder & Richardson 1937, formula 20
    assert reliability({str(i): x[:, i] for i in range(6)}).result["alpha"] == pytest.approx(kr20, rel=1e-10)


def test_omega_recovers_a_one_factor_model():
    loadings, unique = np.array([0.9, 1.4, 0.5, 2.0, 0.7]), np.array([0.3, 1.0, 0.5, 0.8, 0.4])
    exact = loadings.sum() ** 2 / (loadings.sum() ** 2 + unique.sum())
    assert omega_total(np.outer(loadings, loadings) + np.diag(unique)) == (pytest.approx(exact, rel=1e-7), [])


def test_three_items_have_a_closed_form():
    r = np.array([[1, 0.56, 0.48], [0.56, 1, 0.42], [0.48, 0.42, 1]])
    loadings = np.array([math.sqrt(0.56 * 0.48 / 0.42), math.sqrt(0.56 * 0.42 / 0.48), math.sqrt(0.48 * 0.42 / 0.56)])
    exact = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    assert omega_total(r)[0] == pytest.approx(exact, rel=1e-7)


@pytest.mark.parametrize("seed", range(4))
def test_omega_is_that_of_another_parametrisation(seed):
    c = np.cov(complete(simulated(seed=seed)).T, ddof=0)
    k = len(c)

    def deviance(x):  # log|Sigma| + tr(S Sigma^-1) over loadings and log unique variances at once
        sigma = np.outer(x[:k], x[:k]) + np.diag(np.exp(x[k:]))
        return np.linalg.slogdet(sigma)[1] + np.trace(np.linalg.solve(sigma, c))

    start = np.concatenate([np.sqrt(np.diag(c) / 2), np.log(np.diag(c) / 2)])
    best = optimize.minimize(deviance, start, method="L-BFGS-B", options={"maxiter": 5000, "ftol": 1e-15}).x
    common = best[:k].sum() ** 2
    assert omega_total(c)[0] == pytest.approx(common / (common + np.exp(best[k:]).sum()), abs=1e-5)


def test_heywood_case_is_held_at_the_bound_and_told():
    c = np.array([[1, 0.9, 0.9], [0.9, 1, 0.5], [0.9, 0.5, 1]])
    value, warnings = omega_total(c)
    assert warnings == ["heywood"]
    assert 0 < value < 1
    assert LOWER == 0.005


def test_the_same_item_twice_is_a_heywood_case_with_a_number():
    data = simulated(k=3)
    outcome = reliability(data | {"q9": data["q0"]})
    assert "heywood" in outcome.warnings
    assert 0 < outcome.result["omega_total"] < 1


def test_negative_alpha_is_not_clipped():
    outcome = reliability({"a": [1, 2, 3, 4, 5], "b": [5, 4, 3, 1, 2], "c": [2, 5, 1, 4, 3]})
    assert outcome.result["alpha"] < -1
    assert "negative_alpha" in outcome.warnings
    assert "negative_item_rest:a" in outcome.warnings


def test_an_item_that_was_not_reversed_is_named():
    data = simulated()
    data["q2"] = 7 - data["q2"]
    assert reliability(data).warnings == ["negative_item_rest:q2"]
    assert reliability(data, reverse=["q2"], minimum=1, maximum=6).warnings == []


def test_items_that_cancel_have_no_alpha():
    outcome = reliability({"a": [1, 2, 3], "b": [3, 2, 1]})
    assert (outcome.result["alpha"], outcome.result["alpha_ci"]) == (None, None)
    assert outcome.warnings[0] == "zero_variance_total"
    assert outcome.result["items"]["a"]["item_total_r"] is None
    assert outcome.result["items"]["a"]["item_rest_r"] == -1


def test_constant_item_is_left_out_and_costs_no_row():
    data = simulated(k=3)
    plain = reliability(data)
    constant = np.where(np.arange(80) < 40, 3.0, np.nan)
    outcome = reliability(data | {"k": constant})
    assert outcome.warnings == ["constant_item:k"]
    assert outcome.result == plain.result | {"dropped_items": ["k"]}


def test_an_item_constant_among_the_complete_rows_is_left_out_too():
    data = {"a": [1, 2, 3, 4, 5], "b": [1, 3, 2, 5, 4], "c": [2, 2, 2, 6, 2], "d": [1, 2, 4, None, 5]}
    outcome = reliability(data)
    assert (outcome.result["dropped_items"], outcome.result["n_complete"]) == (["c"], 4)
    assert outcome.warnings[0] == "constant_item:c"
    pairwise = reliability(data, missing="pairwise").result
    assert pairwise["dropped_items"] == []


def test_pairwise_by_each_pairs_own_rows():
    data = simulated(missing=0.15, k=4)
    found = reliability(data, missing="pairwise")
    x = np.ma.masked_invalid(np.column_stack(list(data.values())))
    c, r = np.eye(4), np.eye(4)
    for i in range(4):
        for j in range(4):
            both = ~(x.mask[:, i] | x.mask[:, j])
            c[i, j] = np.cov(x.data[both, i], x.data[both, j])[0, 1]
            r[i, j] = np.corrcoef(x.data[both, i], x.data[both, j])[0, 1]
    assert found.result["alpha"] == pytest.approx(alpha_of(c), rel=1e-10)
    assert found.result["alpha_standardized"] == pytest.approx(alpha_of(r), rel=1e-10)
    assert found.result["average_r"] == pytest.approx(r[np.triu_indices(4, 1)].mean(), rel=1e-10)
    assert found.result["items"]["q2"]["alpha_if_dropped"] == pytest.approx(alpha_of(c[np.ix_([0, 1, 3], [0, 1, 3])]))
    assert found.result["items"]["q2"]["n"] == int((~x.mask[:, 2]).sum())
    assert found.warnings == ["pairwise_alpha_only"]


def test_pairwise_is_listwise_where_nothing_is_missing():
    one, other = (reliability(simulated(), missing=way).result for way in ("listwise", "pairwise"))
    for key in ("alpha", "alpha_standardized", "average_r"):
        assert other[key] == pytest.approx(one[key], rel=1e-12)


@given(st.integers(0, 50), st.randoms(use_true_random=False), st.sampled_from([1.0, 0.1]))
@derandomized
def test_row_and_item_order_change_no_digit(seed, random, unit):
    data = {name: values * unit for name, values in simulated(n=25, k=4, seed=seed, missing=0.05).items()}
    order, rows = list(data), list(range(25))
    random.shuffle(order)
    random.shuffle(rows)
    for way in ("listwise", "pairwise"):
        moved = reliability({name: data[name][rows] for name in order}, order, missing=way)
        assert str(moved) == str(reliability(data, missing=way))


@given(st.integers(0, 50))
@derandomized
def test_scale_and_reversing_all_leave_the_coefficients(seed):
    data = simulated(n=30, k=4, seed=seed)
    one = reliability(data).result
    scaled = reliability({name: 10 * values - 3 for name, values in data.items()}).result
    turned = reliability(data, reverse=list(data), minimum=1, maximum=6).result
    for key in ("alpha", "alpha_standardized", "average_r", "omega_total"):
        assert scaled[key] == pytest.approx(one[key], rel=1e-6)
        assert turned[key] == pytest.approx(one[key], rel=1e-6)


@pytest.mark.parametrize("unit", [1.0, 0.1])
def test_covariance_is_numpys(unit):
    x = complete(simulated()) * unit
    assert covariance(x) == pytest.approx(np.cov(x.T), rel=1e-12)


def test_covariance_of_large_whole_numbers_is_exact():
    x = np.array([[10_000_001.0, 1], [10_000_002.0, 2], [10_000_003.0, 3]])
    assert covariance(x).tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize(
    ("data", "options", "reason"),
    [
        ({"a": [], "b": []}, {}, "no_rows"),
        ({"a": [1, 2], "b": [1, 2]}, {"items": ["a", "c"]}, "column_not_found"),
        ({"a": [1, 9], "b": [None, None]}, {"maximum": 6}, "out_of_range"),
        ({"a": [1, 2], "b": [None, None]}, {}, "all_missing"),
        ({"a": [1, 2], "b": [1, 2]}, {}, "too_few_rows"),
        ({"a": [1, 2]}, {}, "too_few_rows"),
        ({"a": [1, 2, 3, None], "b": [None, 2, 4, 1]}, {}, "too_few_rows"),
        ({"a": [1, 2, 3]}, {}, "too_few_items"),
        ({"a": [1, 2, 3], "b": [2, 2, 2]}, {}, "too_few_items"),
        ({"a": [1, 1, 1], "b": [2, 2, 2]}, {}, "no_variance"),
        ({"a": [1, 1, 1]}, {}, "too_few_items"),
    ],
)
def test_refused(data, options, reason):
    for way in ("listwise", "pairwise"):
        with pytest.raises(Refused) as refused:
            reliability(data, missing=way, **options)
        assert refused.value.reason == reason


@pytest.mark.parametrize("options", [{"reverse": ["a"]}, {"missing": "mean"}, {"conf": 1}, {"items": ["a", "a"]}])
def test_misuse(options):
    with pytest.raises(Misuse):
        reliability({"a": [1, 2, 3], "b": [1, 2, 4]}, **options)

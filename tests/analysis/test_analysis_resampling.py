"""The BCa interval against published examples and a slow form of itself."""

import numpy as np
import pytest
from scipy import stats

from analysis.bootstrap import STATISTICS, bootstrap
from analysis.envelope import Misuse, Refused
from analysis.paired import paired

# Efron & Tibshirani 1993, An Introduction to the Bootstrap, table 14.1: a spatial test, group A.
SPATIAL = [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41]
# DiCiccio & Efron 1996, Stat Sci 11, table 1: CD4 counts of twenty, in hundreds, before and after a year.
BEFORE = [
    2.12,
    4.35,
    3.39,
    2.51,
    4.04,
    5.1,
    3.77,
    3.35,
    4.1,
    3.35,
    4.15,
    3.56,
    3.39,
    1.88,
    2.56,
    2.96,
    2.49,
    3.03,
    2.66,
    3.0,
]
AFTER = [
    2.47,
    4.61,
    5.26,
    3.02,
    6.36,
    5.93,
    3.93,
    4.09,
    4.88,
    3.81,
    4.74,
    3.29,
    5.55,
    2.82,
    4.23,
    3.23,
    2.56,
    4.31,
    4.37,
    2.4,
]


def test_the_variance_of_a_spatial_test():
    """Section 14.3: estimate 171.5, a = .061, z0 = .146, BCa (115.8, 259.6), percentile (100.8, 233.9), of 2,000."""
    told = bootstrap({"y": SPATIAL}, "variance", y="y", resamples=20_000, conf=0.9).result
    assert told["estimate"] == pytest.approx(171.5, abs=0.05)
    assert told["acceleration"] == pytest.approx(0.061, abs=5e-4)
    assert told["z0"] == pytest.approx(0.146, abs=0.06)
    assert told["ci"] == pytest.approx([115.8, 259.6], abs=4)
    assert told["ci_percentile"] == pytest.approx([100.8, 233.9], abs=4)


def test_the_correlation_of_counts_before_and_after():
    """The correlation is 0.723; R's boot.ci (boot 1.3-28, 50,000 resamples) has (0.5421, 0.8378) at 90 %."""
    told = bootstrap({"a": BEFORE, "b": AFTER}, "r", pre="a", post="b", conf=0.9).result
    assert told["estimate"] == pytest.approx(0.7231654, rel=1e-6)
    assert told["ci"] == pytest.approx([0.5421, 0.8378], abs=0.006)


@pytest.mark.parametrize("statistic", ["mean_diff", "d_av", "r"])
def test_scipy_has_the_same_limits_but_for_the_draws(statistic):
    one, two = np.array(BEFORE), np.array(AFTER)

    def of(a, b, axis=-1):
        return {
            "mean_diff": lambda: np.mean(b - a, axis=axis),
            "d_av": lambda: (
                np.mean(b - a, axis=axis) / np.sqrt((np.var(a, axis=axis, ddof=1) + np.var(b, axis=axis, ddof=1)) / 2)
            ),
            "r": lambda: (
                np.sum((a - a.mean(axis, keepdims=True)) * (b - b.mean(axis, keepdims=True)), axis=axis)
                / np.sqrt(
                    np.sum((a - a.mean(axis, keepdims=True)) ** 2, axis)
                    * np.sum((b - b.mean(axis, keepdims=True)) ** 2, axis)
                )
            ),
        }[statistic]()

    other = stats.bootstrap((one, two), of, paired=True, n_resamples=20_000, method="BCa", rng=np.random.default_rng(2))
    told = bootstrap({"a": one, "b": two}, statistic, pre="a", post="b", resamples=20_000).result
    width = told["ci"][1] - told["ci"][0]
    assert told["ci"] == pytest.approx(
        [other.confidence_interval.low, other.confidence_interval.high], abs=0.03 * width
    )


def test_the_estimates_are_those_of_paired():
    told = paired(BEFORE, AFTER).result
    for statistic, value in (
        ("mean_diff", told["mean_diff"]), ("d_z", told["effect"]["d_z"]), ("d_av", told["effect"]["d_av"]),
        ("r", told["r"]),
    ):  # fmt: skip
        found = bootstrap({"a": BEFORE, "b": AFTER}, statistic, pre="a", post="b", resamples=200).result
        assert found["estimate"] == pytest.approx(value, rel=1e-12)


def test_rows_seed_and_scale():
    rows, moved = {"y": SPATIAL}, {"y": SPATIAL[::-1]}
    assert bootstrap(rows, "mean", y="y").result == bootstrap(moved, "mean", y="y").result
    assert bootstrap(rows, "mean", y="y", seed=2).result["ci"] != bootstrap(rows, "mean", y="y").result["ci"]
    affine = bootstrap({"y": [10 + 2 * value for value in SPATIAL]}, "mean", y="y").result
    assert affine["ci"] == pytest.approx(
        [10 + 2 * end for end in bootstrap(rows, "mean", y="y").result["ci"]], rel=1e-9
    )
    assert bootstrap({"y": [*SPATIAL, None]}, "mean", y="y").result["n"] == 26


def test_ties_count_half_and_do_not_move_a_symmetrical_sample():
    """Likert differences: -1, 0 and 1 as often; with ties counted as not below, z0 would be far from nothing."""
    told = bootstrap({"y": [-1.1, -0.1, 0.9] * 4}, "mean", y="y").result
    assert abs(told["z0"]) < 0.02
    assert told["acceleration"] == pytest.approx(0, abs=1e-12)


def test_what_the_data_do_not_permit():
    for data, reason in (({"y": [1, 2]}, "too_few_rows"), ({"y": [2, 2, 2, 2]}, "no_variance")):
        with pytest.raises(Refused) as refused:
            bootstrap(data, "mean", y="y")
        assert refused.value.reason == reason
    with pytest.raises(Refused) as refused:
        bootstrap({"a": [1, 2, 3], "b": [2, 3, 4]}, "d_z", pre="a", post="b")
    assert refused.value.reason == "no_variance"
    assert bootstrap({"y": [1, 2, 9]}, "mean", y="y", resamples=100).warnings == ["few_resamples"]
    found = bootstrap({"a": [1, 1, 1, 2, 2], "b": [1, 2, 3, 3, 2]}, "r", pre="a", post="b")
    assert "undefined_resamples" in found.warnings
    for wrong in ({"y": "y", "pre": "y"}, {}, {"pre": "y", "post": "y"}):
        with pytest.raises(Misuse):
            bootstrap({"y": [1, 2, 3]}, "mean", **wrong)
    with pytest.raises(Misuse, match="mean, median"):
        bootstrap({"y": [1, 2, 3]}, "mode", y="y")
    assert len(set(STATISTICS)) == len(STATISTICS)

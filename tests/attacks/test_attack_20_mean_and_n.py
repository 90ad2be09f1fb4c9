"""Attack 20: two means, of n and of n + 1 people, give the one person's value."""

import pytest

from kapabla.release.disclosure import Thresholds, Withheld, check_filters, estimate, keeps_former_figure

T = Thresholds(5)
ANSWERS = [3.0, 4.0, 2.0, 5.0, 4.0, 1.0, 3.0, 2.0]


def mean_of(values):
    result = {"n": len(values), "value": sum(values) / len(values)}
    return estimate(result, method="mean", thresholds=T)


def solved(smaller, larger):
    return larger.n * larger.value - smaller.n * smaller.value


def test_the_attack_succeeds_on_two_shown_means():
    """The positive twin: this is why no such pair is ever shown."""
    assert solved(mean_of(ANSWERS[:7]), mean_of(ANSWERS)) == pytest.approx(ANSWERS[-1])


@pytest.mark.parametrize("fewer", range(1, 5))
def test_no_filter_shows_both_means(fewer):
    """C7.20, C5.4."""
    with pytest.raises(Withheld):
        check_filters(20 - fewer, [20], thresholds=T)


@pytest.mark.parametrize("more", range(1, 5))
def test_no_two_releases_show_both_means(more):
    """C7.20, C7.18, C5.5."""
    former = {str(n) for n in range(8)}
    assert keeps_former_figure(former, former | {f"new{n}" for n in range(more)}, thresholds=T)


@pytest.mark.parametrize("n", range(5))
def test_a_mean_of_few_is_not_shown(n):
    """C5.2: with n = 1 the mean is the answer."""
    with pytest.raises(Withheld):
        estimate({"n": n, "value": 3.0}, method="mean", thresholds=T)

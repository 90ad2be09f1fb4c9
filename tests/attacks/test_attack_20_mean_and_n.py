"""Attack 20: two means, of n and of n + 1 people, give the one person's value."""

import pytest

from kapabla.release.disclosure import Thresholds, Withheld, check_filters, estimate, keeps_former_figure

T = Thresholds(5)
ANSWERS = [3.0, 4.0, 2.0, 5.0, 4.0, 1.0, 3.0, 2.0]
TWENTY = [*ANSWERS, *ANSWERS, 1.0, 4.0, 3.0, 5.0]


def mean_of(values):
    result = {"n": len(values), "value": sum(values) / len(values)}
    return estimate(result, method="mean", thresholds=T)


def solved(smaller, larger):
    return larger.n * larger.value - smaller.n * smaller.value


def test_the_attack_succeeds_on_two_shown_means():
    """The positive twin: this is why no such pair is ever shown."""
    assert solved(mean_of(ANSWERS[:7]), mean_of(ANSWERS)) == pytest.approx(ANSWERS[-1])


def shown(fewer, check):
    """The means that a page shows of twenty people, and of those who are left by a filter."""
    means = [mean_of(TWENTY)]
    try:
        check(20 - fewer, [20], thresholds=T)
        return [mean_of(TWENTY[: 20 - fewer]), *means]
    except Withheld:
        return means


@pytest.mark.parametrize("fewer", range(1, 5))
def test_no_filter_shows_both_means(fewer):
    """C7.20, C5.4."""
    assert len(shown(fewer, check_filters)) == 1


def test_a_page_that_does_not_ask_shows_both_and_gives_the_value():
    """The mutant."""
    assert solved(*shown(1, lambda *_, **__: None)) == pytest.approx(TWENTY[-1])


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

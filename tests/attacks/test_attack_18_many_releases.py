"""Attack 18, and 17 with it: everything that any number of releases answer, of any groups, added with any weights."""

import pytest

from kapabla.release.disclosure import filters
from tests.unit.release.populations import answer_series, exposed, exposed_together, make_series

# Found by trying: populations in which the attack succeeds where releases are compared two by two alone.
WEAK = (1,)


@pytest.mark.parametrize("seed", [1, 12, 58])
def test_no_sum_of_all_that_five_releases_answer_is_of_a_few(seed):
    """C7.17-18, C5.5, G9: an auditor of its own; `./dev bench long disclosure` does it over 200 populations."""
    series = answer_series(make_series(seed, 5))
    assert sum(len(shown.settings) for shown in series) > 5
    assert exposed_together(series) == []


def test_two_by_two_neither():
    series = answer_series(make_series(1, 5))
    for place, then in enumerate(series):
        for now in series[place + 1 :]:
            assert exposed(then.members, now.members, then.settings, now.settings) == []


def test_where_releases_are_compared_two_by_two_alone_the_attack_succeeds(monkeypatch):
    """The mutant."""
    monkeypatch.setattr(filters, "hidden_together", lambda *_, **__: frozenset())
    assert all(exposed_together(answer_series(make_series(seed, 5))) for seed in WEAK)

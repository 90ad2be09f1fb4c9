"""Attack 17: any settings of the filters, added and subtracted, until the figures of a few are left."""

from itertools import combinations

import pytest

from kapabla.release.disclosure import Membership, Withheld, answerable, check_filters
from tests.unit.release.populations import NAMES, T, cells_of, exposed
from tests.unit.release.samples import make_people


def members_of(seed, count=150):
    people = make_people(count, seed)
    return Membership({str(n): {name: p.values[name] for name in NAMES} for n, p in enumerate(people)})


def close_pairs(members, settings):
    """Pairs of which one holds the other, and 1 to 4 people are left."""
    groups = [members.group(setting) for setting in settings]
    return [(a, b) for a, b in combinations(groups, 2) if (a < b or b < a) and len(a ^ b) < 5]


@pytest.mark.parametrize("seed", range(4))
def test_no_answered_settings_tell_of_a_few(seed):
    """C7.17, G9, F8: for all pairs, and for every sum and difference of all of them."""
    members = members_of(seed)
    answered = answerable(members, NAMES, thresholds=T)
    assert len(answered) > 5
    assert close_pairs(members, answered) == []
    assert exposed(members, members, answered, answered) == []


def test_without_the_rule_of_parents_pairs_would():
    """The mutant: every group of five or more is answered."""
    members = members_of(1)
    large = frozenset(setting for setting, n in cells_of(members).items() if n >= 5)
    assert close_pairs(members, large)
    assert exposed(members, members, large, large)


def test_with_the_rule_of_parents_alone_sums_would():
    """The mutant: C5.4 setting by setting, nothing else. Everybody less all answered values is a difference too."""
    found = []
    for seed in range(4):
        members = members_of(seed)
        counts = cells_of(members)
        one_by_one = frozenset(setting for setting in counts if is_allowed(setting, counts))
        found += exposed(members, members, one_by_one, one_by_one)
    assert found


def is_allowed(setting, counts):
    parents = [counts[tuple(pair for pair in setting if pair != gone)] for gone in setting]
    try:
        check_filters(counts[setting], parents, thresholds=T)
    except Withheld:
        return False
    return True

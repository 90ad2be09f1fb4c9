"""Attack 17: two settings of the filters, one inside the other, and the difference between their people."""

from itertools import combinations, product

import pytest

from kapabla.release.disclosure import Thresholds, Withheld, check_filters
from tests.unit.release.samples import make_people

FILTERS = {name: name for name in ("role", "bak_3", "bak_4")}
T = Thresholds(5)


def group(people, setting):
    return frozenset(n for n, p in enumerate(people) if all(p.values[name] == value for name, value in setting.items()))


def settings_of(people):
    values = {name: sorted({p.values[name] for p in people if p.values[name]}) for name in FILTERS}
    yield {}
    for size in (1, 2):
        for names in combinations(FILTERS, size):
            for chosen in product(*(values[name] for name in names)):
                yield dict(zip(names, chosen, strict=True))


def is_answered(people, setting):
    parents = [group(people, {n: v for n, v in setting.items() if n != name}) for name in setting]
    try:
        check_filters(len(group(people, setting)), [len(parent) for parent in parents], thresholds=T)
    except Withheld:
        return False
    return True


@pytest.mark.parametrize("seed", range(4))
def test_no_two_answered_settings_differ_by_a_few_people(seed):
    """C7.17, G9, F8: for all pairs where one group holds the other, so that figures can be subtracted."""
    people = make_people(150, seed)
    answered = [group(people, setting) for setting in settings_of(people) if is_answered(people, setting)]
    assert len(answered) > 5
    for one, other in combinations(answered, 2):
        if one < other or other < one:
            assert len(one ^ other) >= 5


def test_there_were_settings_to_refuse():
    """The positive twin."""
    people = make_people(150, 0)
    assert any(not is_answered(people, setting) for setting in settings_of(people))

"""Attacks 8 and 9: somebody who knows who took part looks for a single one, with the waves or without."""

from collections import Counter
from itertools import combinations

import pytest

from kapabla.release.disclosure import enforce_k
from kapabla.release.quasi_identifiers import quasi_identifier
from tests.unit.release.samples import make_people

NAMES = ("role", "bak_3", "bak_4", "municipality", "cohort")


@pytest.fixture(scope="module", params=[(60, 1), (240, 2), (800, 3)], ids=lambda made: str(made[0]))
def released(request):
    people = make_people(*request.param)
    return people, enforce_k(people, [quasi_identifier(name, 5) for name in NAMES], k=5).people


def alike(rows, own):
    return sum(all(row[name] == value for name, value in own.items()) for row in rows)


def test_before_protection_people_are_alone(released):
    """The positive twin: without protection the attack succeeds."""
    people, _ = released
    counts = Counter(tuple(person.values.values()) for person in people)
    assert 1 in counts.values()


def test_nobody_is_alike_fewer_than_five_on_any_three_values_or_on_all(released):
    """C7.8."""
    _, rows = released
    for row in rows:
        known = {name: value for name, value in row.items() if value is not None}
        for size in {min(3, len(known)), len(known)} - {0}:
            for names in combinations(known, size):
                assert alike(rows, {name: known[name] for name in names}) >= 5


def test_with_the_waves_taken_part_in_only_people_without_values_stand_alone(released):
    """C7.8, C7.9."""
    people, rows = released
    for person, row in zip(people, rows, strict=True):
        known = {name: value for name, value in row.items() if value is not None}
        same = [other for p, other in zip(people, rows, strict=True) if p.pattern == person.pattern]
        assert not known or alike(same, known) >= 5


def test_who_shares_the_waves_with_few_loses_the_values_and_no_wave():
    """C7.9: answers and waves are not part of what is changed at all."""
    people = make_people(200, seed=5)
    people[0] = type(people[0])(people[0].values, frozenset({"t0", "t6"}), people[0].sensitive)
    found = enforce_k(people, [quasi_identifier(name, 5) for name in NAMES], k=5)
    assert set(found.people[0].values()) == {None}

"""Attack 8: somebody who knows who took part looks for a single one (prosecutor)."""

from collections import Counter
from itertools import combinations

import pytest

from kapabla.release.disclosure import Withheld, enforce_k, k_anonymity
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


def test_blanking_switched_off_would_be_found(monkeypatch):
    """The mutant: columns recoded as before, and nobody's value taken away."""
    people = make_people(240, 2)
    monkeypatch.setattr(k_anonymity, "_blanked", lambda table, _judge: list(table.rows))
    monkeypatch.setattr(k_anonymity, "_is_hopeless", lambda _table: False)
    monkeypatch.setattr(k_anonymity, "_check", lambda _table: None)
    rows = enforce_k(people, [quasi_identifier(name, 5) for name in NAMES], k=5).people
    assert any(alike(rows, {name: value for name, value in row.items() if value is not None}) < 5 for row in rows)


def test_where_too_few_are_alike_the_result_is_looked_at_once_more(monkeypatch):
    """A fault in the blanking ends in nothing being released."""
    monkeypatch.setattr(k_anonymity, "_blanked", lambda table, _judge: list(table.rows))
    monkeypatch.setattr(k_anonymity, "_is_hopeless", lambda _table: False)
    with pytest.raises(Withheld):
        enforce_k(make_people(240, 2), [quasi_identifier(name, 5) for name in NAMES], k=5)

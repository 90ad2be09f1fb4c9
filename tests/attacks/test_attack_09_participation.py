"""Attack 9: "only I did the follow-up": who shares values, study arm and participation with few is found by them. The
whole village knows which group had the course at once and which waits."""

import csv
import io
from dataclasses import replace

import pytest

from kapabla.release.build import participation
from kapabla.release.disclosure import enforce_k, k_anonymity
from kapabla.release.quasi_identifiers import quasi_identifier
from tests import factories as make
from tests.unit.release.samples import make_people

NAMES = ("role", "bak_3", "bak_4", "municipality", "cohort")


def people_of(count=300, seed=5):
    """What is known of participation is how far somebody came; two of them came a way of their own."""
    made = [
        replace(p, pattern=frozenset({"t0": "before", "t1": "after"}.get(w, "follow_up") for w in p.pattern))
        for p in make_people(count, seed)
    ]
    return [replace(p, pattern=frozenset({"before", "follow_up"})) for p in made[:2]] + made[2:]


def protect(people):
    return enforce_k(people, [quasi_identifier(name, 5) for name in NAMES], k=5).people


def known_of(person):
    return person.pattern, person.arm


def in_arms(people):
    """A third of them wait."""
    return [replace(p, arm="waitlist" if n % 3 == 0 else "direct") for n, p in enumerate(people)]


def alone(people, rows):
    """Those who have a value and fewer than five alike among those of their arm who took part as they did."""
    found = []
    for person, row in zip(people, rows, strict=True):
        known = {name: value for name, value in row.items() if value is not None}
        same = [other for p, other in zip(people, rows, strict=True) if known_of(p) == known_of(person)]
        if known and sum(all(other[n] == v for n, v in known.items()) for other in same) < 5:
            found.append(row)
    return found


@pytest.mark.parametrize(("count", "seed"), [(60, 1), (240, 2), (800, 3)])
def test_with_participation_only_people_without_values_stand_alone(count, seed):
    """C7.8, C7.9."""
    people = people_of(count, seed)
    assert alone(people, protect(people)) == []


@pytest.mark.parametrize(("count", "seed"), [(60, 1), (240, 2), (800, 3)])
def test_within_each_arm_too(count, seed):
    """The arm is in every file and is never blanked, so it is the other values that go."""
    people = in_arms(people_of(count, seed))
    assert alone(people, protect(people)) == []


def test_an_arm_that_is_not_counted_finds_them():
    """The mutant: the arm handed out whole, and no group counted by it."""
    people = in_arms(people_of(240, 2))
    assert alone(people, protect([replace(person, arm="") for person in people]))


def test_who_is_below_k_with_arm_and_pattern_is_told_to_those_who_approve():
    """Two people with no value left, whom arm and pattern alone set apart, are accepted and counted."""
    people = in_arms(people_of())
    report = enforce_k(people, [quasi_identifier(name, 5) for name in NAMES], k=5).report
    assert report["below_k_with_pattern_before"] > report["below_k_with_pattern_after"] == 2


def test_who_took_part_as_few_did_loses_every_value_and_no_wave():
    """C7.9: answers and waves are not part of what is changed at all."""
    assert [set(row.values()) for row in protect(people_of())[:2]] == [{None}] * 2


def test_without_the_rule_they_would_be_found(monkeypatch):
    """The mutant: k alone, whatever they took part in."""
    people = people_of()
    monkeypatch.setattr(k_anonymity, "_judge_pattern", lambda _groups, row, _pattern, _k: row)
    assert alone(people, protect(people))


@pytest.mark.parametrize("name", ["r1", "r2"])
def test_in_a_release_of_the_simulator_nobody_stands_alone(simulated, name):
    """C7.8 on the file: any three values, and all with the arm and how far somebody came."""
    study = simulated.service.material.studies[make.STUDY]
    rows = {}
    for row in csv.DictReader(io.StringIO(simulated.part(name, "data_long.csv").decode())):
        own = rows.setdefault(row["record_id"], {"waves": set(), "arm": row["arm"]})
        own["waves"].add(row["wave"])
        own |= {n: row[n] for n in ("role", "bak_3", "bak_4", "municipality", "cohort", "taught") if row[n]}
    people = [((participation(study, own.pop("waves")), own.pop("arm")), own) for own in rows.values()]
    assert {arm for (_, arm), _ in people} == {"direct", "waitlist"}
    assert any(own for _, own in people)
    for known, own in people:
        if own:
            same = sum(k == known and own.items() <= other.items() for k, other in people)
            assert same >= 5

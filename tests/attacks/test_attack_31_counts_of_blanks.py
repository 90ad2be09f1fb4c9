"""Attack 31: who has no occupation from the start has a protected identity; a count of blanks would tell how many."""

import csv
import io
from collections import Counter
from itertools import chain

import pytest

from kapabla.release.disclosure import Person, enforce_k, k_anonymity
from kapabla.release.quasi_identifiers import quasi_identifier
from kapabla.web.research.risk_report import measures, protections

NAMES = ("role", "municipality")
K = 5


def release(protected):
    """Two arms of 60, in one of which so many have a protected identity; nobody else needs a blank."""
    roles, places, arms = ("vet", "hunter", "postal"), ("2404", "2409"), ("now", "waitlist")
    people = [
        Person({"role": roles[n % 3], "municipality": places[n % 2]}, arm=arms[n >= 60], lot=f"{n * 7919 % 120:03}")
        for n in range(protected, 120)
    ]
    people += [Person(dict.fromkeys(NAMES), arm="now")] * protected
    made = enforce_k(people, [quasi_identifier(name, K) for name in NAMES], k=K)
    assert made.report["withheld"] == []
    return people, made


def told(protected):
    """What the manifest tells of blanks."""
    _, made = release(protected)
    report = made.report
    return {key: report[key] for key in report if "blank" in key or "missing" in key or key == "people_without_values"}


def few_blanks(people, made):
    """Of each arm the columns, and both together, in which 1 to k - 1 people are blank: what a reader of the rows
    counts."""
    counts = Counter()
    for person, row in zip(people, made.people, strict=True):
        blank = [name for name in NAMES if row[name] is None]
        counts.update((person.arm, name) for name in blank)
        counts.update([(person.arm, "both")] * (len(blank) == len(NAMES)))
    return {where: count for where, count in counts.items() if count < K}


@pytest.mark.parametrize("protected", range(2, K))
def test_a_release_tells_as_much_of_few_protected_people_as_of_one(protected):
    assert told(protected) == told(1) != told(0)


@pytest.mark.parametrize("protected", range(1, K))
def test_few_protected_people_are_never_the_only_ones_without_a_value(protected):
    people, made = release(protected)
    assert few_blanks(people, made) == {}
    blank = [person for person, row in zip(people, made.people, strict=True) if row["role"] is None]
    assert len(blank) >= K
    assert {person.arm for person in blank} == {"now"}


def test_blanks_that_are_not_filled_up_would_tell(monkeypatch):
    """The mutant: the rows as they were until 28 November."""
    monkeypatch.setattr(k_anonymity, "blank_together", lambda *_: [])
    assert few_blanks(*release(3)) == {("now", "role"): 3, ("now", "municipality"): 3, ("now", "both"): 3}


def test_who_is_alone_without_a_value_is_withheld_where_nobody_can_join():
    """Protection that cannot decide gives the column up."""
    people = [Person({"role": "vet"}, arm="now")] * 20 + [Person({"role": None}, arm="later")] * 3
    assert enforce_k(people, [quasi_identifier("role", K)], k=K).report["withheld"] == ["role"]


def test_counts_that_are_exact_would_tell(monkeypatch):
    """The mutant."""
    monkeypatch.setattr(k_anonymity, "_in_steps", lambda count, _step: count)
    monkeypatch.setattr(k_anonymity, "blank_together", lambda *_: [])
    assert told(3) != told(2)


def table(simulated, release, file):
    return list(csv.DictReader(io.StringIO(simulated.part(release, file).decode())))


@pytest.mark.parametrize("name", ["r1", "r2"])
def test_no_column_of_a_file_has_few_withheld_values_in_an_arm(simulated, name):
    """Counted as people in the files themselves: `missing.csv` says which blanks are ours."""
    reasons = table(simulated, name, "missing.csv")
    withheld = {(row["record_id"], row["column"]) for row in reasons if row["reason"] == "withheld"}
    arm_of = {row["record_id"]: row["arm"] for row in table(simulated, name, "data_long.csv")}
    columns = set(simulated.manifest(name)["disclosure"]["quasi_identifiers"])
    gone = set(simulated.manifest(name)["disclosure"]["withheld"])
    counts = Counter((arm_of[record], column) for record, column in withheld if column in columns - gone)
    assert all(count >= K for count in counts.values())


@pytest.mark.parametrize("name", ["r1", "r2"])
def test_no_cause_and_no_few_are_told_by_a_manifest_or_its_page(simulated, name):
    """Neither alone nor by subtraction between columns: every count of blanks is of all causes and in steps of k."""
    manifest = simulated.manifest(name)
    report = manifest["disclosure"]
    by_column = {key: value for key, value in report.items() if isinstance(value, dict) and key != "unique_on_answers"}
    assert by_column.keys() == {"blank"}
    assert report["blank"].keys() == set(report["quasi_identifiers"]) - set(report["withheld"])
    assert all(count % K == 0 for count in (*report["blank"].values(), report["people_without_values"]))
    rows = [*protections(manifest, [], "sv"), *(row for row in measures(manifest, "sv") if "kvar" in row[0])]
    assert not {cell for cell in chain.from_iterable(rows) if isinstance(cell, int)}

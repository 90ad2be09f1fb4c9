"""Attack 31: who has no occupation from the start has a protected identity; a count of blanks would tell how many."""

from itertools import chain

import pytest

from kapabla.release.disclosure import Person, enforce_k, k_anonymity
from kapabla.release.quasi_identifiers import quasi_identifier
from kapabla.web.research.risk_report import measures, protections

NAMES = ("role", "municipality")
K = 5


def told(protected):
    """What the manifest tells of blanks in a release of 120 where so many have a protected identity and nobody else
    needs a blank."""
    roles, places = ("vet", "hunter", "postal"), ("2404", "2409")
    people = [Person({"role": roles[n % 3], "municipality": places[n % 2]}) for n in range(120 - protected)]
    people += [Person(dict.fromkeys(NAMES))] * protected
    report = enforce_k(people, [quasi_identifier(name, K) for name in NAMES], k=K).report
    assert report["withheld"] == []
    return {key: report[key] for key in report if "blank" in key or "missing" in key or key == "people_without_values"}


@pytest.mark.parametrize("protected", range(1, K))
def test_a_release_with_few_protected_people_tells_what_one_without_any_tells(protected):
    assert told(protected) == told(0)


def test_counts_that_are_exact_would_tell(monkeypatch):
    """The mutant."""
    monkeypatch.setattr(k_anonymity, "_in_steps", lambda count, _step: count)
    assert told(3) != told(0)


@pytest.mark.xdist_group("simulated")
@pytest.mark.parametrize("name", ["r1", "r2"])
def test_no_cause_and_no_few_are_told_by_a_manifest_or_its_page(simulated, name):
    """Neither alone nor by subtraction between columns: every count of blanks is of all causes and in steps of k."""
    manifest = simulated.manifest(name)
    report = manifest["disclosure"]
    by_column = {key: value for key, value in report.items() if isinstance(value, dict) and key != "unique_on_answers"}
    assert by_column.keys() == {"blank"}
    assert report["blank"].keys() == set(report["quasi_identifiers"]) - set(report["withheld"])
    assert all(count % K == 0 for count in (*report["blank"].values(), report["people_without_values"]))
    rows = [*protections(manifest, []), *(row for row in measures(manifest) if "kvar" in row[0])]
    assert not {cell for cell in chain.from_iterable(rows) if isinstance(cell, int)}

"""Attack 10: all who are alike gave the same answer to the sensitive item."""

import pytest

from kapabla.release.disclosure import Person, QuasiIdentifier, enforce_k, groups


def group(role, answers, wave="t0"):
    return [Person({"role": role}, frozenset({wave}), {f"hin_8@{wave}": answer}) for answer in answers]


@pytest.mark.parametrize(
    ("answers", "stands"),
    [([1, 2, 3, 4, 5, 1, 2, 3], True), ([1, 1, 1, 1, 1, 1, 2, 3], True), ([5] * 8, False), ([4, 5] * 4, False)],
)
def test_a_group_that_gives_an_answer_away_loses_its_values(answers, stands):
    """C7.10: distinct l of three."""
    people = group("hunter", answers) + group("driver", [1, 2, 3, 4, 5] * 40)
    found = enforce_k(people, [QuasiIdentifier("role")], k=5)
    kept = {person["role"] for person in found.people[: len(answers)]}
    assert kept == ({"hunter"} if stands else {None})
    assert {person["role"] for person in found.people[len(answers) :]} == {"driver"}


def test_the_report_says_how_alike_the_answers_were_and_are():
    """C4.8: l before and after stands in the manifest."""
    people = group("hunter", [5] * 8) + group("driver", [1, 2, 3, 4, 5] * 40)
    report = enforce_k(people, [QuasiIdentifier("role")], k=5).report
    assert (report["l"], report["l_before"], report["l_after"]) == (3, 1, 5)


def test_one_answer_of_many_silent_ones_gives_nobody_away():
    """C7.10: nobody knows which of the eight it was."""
    silent = [Person({"role": "hunter"}, frozenset({"t0"})) for _ in range(7)]
    people = silent + group("hunter", [5]) + group("driver", [1, 2, 3, 4, 5] * 3)
    found = enforce_k(people, [QuasiIdentifier("role")], k=5)
    assert {person["role"] for person in found.people[:8]} == {"hunter"}


def test_where_too_many_would_lose_their_values_the_column_goes_whole():
    """C4.6: eight of 23 are more than 5 %."""
    people = group("hunter", [5] * 8) + group("driver", [1, 2, 3, 4, 5] * 3)
    assert enforce_k(people, [QuasiIdentifier("role")], k=5).withheld == {"role"}


def test_without_the_rule_the_group_would_stand(monkeypatch):
    """The mutant: any answers will do."""
    monkeypatch.setattr(groups, "L_DISTINCT", 1)
    people = group("hunter", [5] * 8) + group("driver", [1, 2, 3, 4, 5] * 40)
    found = enforce_k(people, [QuasiIdentifier("role")], k=5)
    assert {person["role"] for person in found.people[:8]} == {"hunter"}

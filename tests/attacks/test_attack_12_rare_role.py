"""Attack 12: the vet of a small municipality, whom everybody knows."""

import pytest

from kapabla.release.disclosure import Thresholds, Withheld, enforce_k, protect_who
from kapabla.release.quasi_identifiers import quasi_identifier
from tests.unit.release.samples import ROLES, make_people

PLACES = ("2401", "2404", "2409", "2418", "2422", "2425")


@pytest.fixture(scope="module")
def people():
    return make_people(200, seed=11, places=PLACES)


def cells(people):
    return {
        (role, place): sum(p.values["role"] == role and p.values["municipality"] == place for p in people)
        for role in ROLES
        for place in PLACES
    }


def test_there_are_at_least_ten_such_people(people):
    """The positive twin."""
    assert sum(0 < count < 5 for count in cells(people).values()) >= 10


def test_no_rare_role_stands_with_a_municipality_in_a_release(people):
    """C7.12."""
    names = ("role", "bak_3", "bak_4", "municipality", "cohort")
    rows = enforce_k(people, [quasi_identifier(name, 5) for name in names], k=5).people
    for row in rows:
        if row["role"] is not None and row["municipality"] is not None:
            same = [r for r in rows if (r["role"], r["municipality"]) == (row["role"], row["municipality"])]
            assert len(same) >= 5


def test_no_rare_role_stands_with_a_municipality_in_a_table(people):
    """C7.12, F8."""
    found = cells(people)
    counts = [[found[role, place] for place in PLACES] for role in ROLES]
    try:
        table = protect_who(list(ROLES), PLACES, counts, thresholds=Thresholds(5))
    except Withheld:
        return
    assert all(cell is None or cell == 0 or cell >= 5 for row in table.rows for cell in row[1:])

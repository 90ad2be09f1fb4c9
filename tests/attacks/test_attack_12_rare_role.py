"""Attack 12: the vet of a small municipality, whom everybody knows."""

import csv
import io
from collections import Counter

import pytest

from kapabla.release import published
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


def test_without_protection_they_would_stand_there(people):
    """The mutant: the rows and the table as they are."""
    shown = [(p.values["role"], p.values["municipality"]) for p in people]
    assert any(shown.count(cell) < 5 for cell in shown)
    assert any(0 < count < 5 for count in cells(people).values())


@pytest.mark.parametrize("name", ["r1", "r2"])
def test_no_rare_trade_of_the_simulator_stands_with_its_municipality(simulated, name):
    """C7.12: at least ten are planted, and all of them say yes and go all the way."""
    planted = {tuple(cell.split("@")) for cell in simulated.truth.as_json()["rare_cells"]}
    assert len(planted) >= 10
    found = Counter()
    for row in csv.DictReader(io.StringIO(simulated.part(name, "data_long.csv").decode())):
        if row["wave"] == "t0" and row["role"] and row["municipality"]:
            found[row["role"], row["municipality"]] += 1
    assert not planted & {cell for cell, count in found.items() if count < 5}
    assert all(count >= 5 for count in found.values())


def test_no_filter_of_a_release_answers_about_a_rare_trade(simulated):
    """C7.12 on the dashboard."""
    folder = simulated.service.config.release_dir
    for name in ("r1", "r2"):
        scales = published.dashboard(folder, name)["subgroups"]["scales"]
        assert scales
        assert all(group["n"] >= 5 for scale in scales for group in scale["groups"].values())

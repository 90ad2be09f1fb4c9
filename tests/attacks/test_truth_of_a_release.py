"""What a release must still tell (C6): the linked answers of every person, exactly as they were drawn, and no order."""

import csv
import io
from collections import Counter

import numpy as np
import pytest
from scipy.stats import spearmanr
from sqlalchemy import select

from analysis.evaluation import evaluate, release_of
from analysis.paired import paired
from kapabla.answers.placement import Placement
from kapabla.material import Study
from tests import factories as make

ITEMS = tuple(f"se_{number}" for number in range(1, 7))
WAVES = ("t0", "t1", "t3")


@pytest.fixture(scope="module")
def people(simulated):
    """By record id, the rows of the first release."""
    found = {}
    for row in csv.DictReader(io.StringIO(simulated.part("r1", "data_long.csv").decode())):
        found.setdefault(row["record_id"], {})[row["wave"]] = row
    return found


def truth_of(simulated, items):
    """The multiset of linked vectors as drawn: None for an item without an answer and for a wave without a row."""
    drawn = (simulated.truth.known[subject].answers for subject in simulated.in_first)
    return Counter(tuple(tuple(given.get(wave, {}).get(item) for item in items) for wave in WAVES) for given in drawn)


def released(people, items):
    def cell(text):
        return int(text) if text else None

    return Counter(
        tuple(tuple(cell(waves[wave][item]) if wave in waves else None for item in items) for wave in WAVES)
        for waves in people.values()
    )


def items_of(simulated, instrument):
    """Items with one plain answer, as the release holds them."""
    study: Study = simulated.service.material.studies[make.STUDY]
    found = simulated.service.material.instruments[instrument, study.instrument_versions[instrument]]
    return [item.code for item in found.items if item.is_asked and item.enabled and item.kind == "single"]


@pytest.mark.parametrize("instrument", ["se", "avs", "roll", "hin", "til", "att"])
def test_the_linked_answers_of_every_person_are_those_that_were_drawn(simulated, people, instrument):
    """C6: before, after and three months, of one person together; nothing lost, nothing changed, nobody mixed up."""
    items = items_of(simulated, instrument)
    assert len(items) > 2
    assert released(people, items) == truth_of(simulated, items)


def test_the_waves_of_two_people_changed_places_would_be_seen(simulated, people):
    """The positive twin."""
    items = items_of(simulated, "se")
    one, other = [waves for waves in people.values() if "t1" in waves][:2]
    one["t1"], other["t1"] = other["t1"], one["t1"]
    assert released(people, items) != truth_of(simulated, items)
    one["t1"], other["t1"] = other["t1"], one["t1"]


def test_n_mean_difference_and_effects_are_those_of_the_truth(simulated, people):
    """C6: to 5e-6, from the released scores and from what was drawn."""
    items = items_of(simulated, "se")
    drawn = [simulated.truth.known[subject].answers for subject in sorted(simulated.in_first)]
    instrument = simulated.service.material.instruments["se", 1]
    least = instrument.scales[0].min_answered

    def score(given):
        values = [given[item] for item in items if item in given]
        return sum(values) / len(values) if len(values) >= least else np.nan

    pairs = [[score(given.get(wave, {})) for wave in ("t0", "t1")] for given in drawn]
    cells = [[waves.get(wave, {}).get("se_mean") or "nan" for wave in ("t0", "t1")] for waves in people.values()]
    true, told = (paired(*np.array(both, dtype=float).T).result for both in (pairs, cells))
    assert told["n_pairs"] == true["n_pairs"] > 30
    for name in ("mean_diff", "sd_diff"):
        assert told[name] == pytest.approx(true[name], abs=5e-6)
    for name in ("d_z", "d_av", "g_av"):
        assert told["effect"][name] == pytest.approx(true["effect"][name], abs=5e-6)
    # And so is the figure of the evaluation, from the files alone; no plan was frozen, so nobody is left out of it.
    parts = (simulated.part("r1", name) for name in ("data_long.csv", "codebook.json", "plan.json"))
    found = {figure.name: figure for figure in evaluate(release_of(*parts), ["change"])}
    change, effect = found["change.se_mean.t0.t1"], found["change.se_mean.t0.t1.g_av"]
    assert (change.n, change.planned) == (true["n_pairs"], "primary")
    assert change.estimate == pytest.approx(true["mean_diff"], abs=5e-6)
    assert effect.estimate == pytest.approx(true["effect"]["g_av"], abs=5e-6)


def test_ids_of_two_releases_share_nothing(simulated):
    """C3.3, on the files themselves."""
    first, second = (
        {row["record_id"] for row in csv.DictReader(io.StringIO(simulated.part(name, "data_long.csv").decode()))}
        for name in ("r1", "r2")
    )
    assert len(first) > len(second) > 60
    assert not first & second


def test_the_order_of_rows_says_nothing_of_who_came_when(simulated, people):
    """C7.4 on a release: the truth is in the order in which they were walked, and so are the vault's own rows."""
    vectors = {}
    for place, subject in enumerate(simulated.truth.known):
        if subject in simulated.in_first:
            vectors.setdefault(str(truth_vector(simulated, subject)), []).append(place)
    rank = []
    for waves in people.values():
        places = vectors[str(released_vector(waves))]
        if len(places) == 1:
            rank.append(places[0])
    assert len(rank) > 60
    assert abs(spearmanr(range(len(rank)), rank).statistic) < 4 / len(rank) ** 0.5


def truth_vector(simulated, subject):
    return [simulated.truth.known[subject].answers.get(wave, {}).get(item) for wave in WAVES for item in ITEMS]


def released_vector(waves):
    return [int(text) if (text := waves.get(wave, {}).get(item)) else None for wave in WAVES for item in ITEMS]


def test_the_truth_holds_what_the_attacks_need(simulated):
    """At least ten cells of a rare trade, careless ones, blanks, protected people, and some who left."""
    told = simulated.truth.as_json()
    assert len(told["rare_cells"]) >= 10
    for name in ("careless", "often_blank", "protected", "in_release"):
        assert told[name] > 0
    assert set(told["left"]) == {"all_erase", "research"}
    assert told["mean_gain_by_role"]["hairdresser"] > told["mean_gain_by_role"]["hunter"]
    assert told["in_release"] == len(told["answers"]) == simulated.manifest("r1")["n_people"]


def test_careless_people_are_flagged_as_fast(simulated, people):
    """C4.1: the seconds themselves never leave."""
    fast = sum(any(row["fast_page"] == "1" for row in waves.values()) for waves in people.values())
    drawn = sum(simulated.truth.known[subject].is_careless for subject in simulated.in_first)
    assert fast >= drawn > 0


def test_who_leaves_before_or_after_is_in_no_later_release(simulated):
    """E2.2, E2.3: twelve fewer at the most, and the first keeps its bytes."""
    with simulated.service.vaults.reading() as work:
        left = set(work.answers.scalars(select(Placement.subject).where(Placement.left == "research")))
        placed = set(work.answers.scalars(select(Placement.subject)))
    still = {one for one in simulated.in_first if one in placed and one not in left}
    assert len(still) == simulated.manifest("r2")["n_people"] < len(simulated.in_first)
    assert len(simulated.in_first) == simulated.manifest("r1")["n_people"]

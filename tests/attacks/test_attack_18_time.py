"""Attack 18: one more comes, or one leaves, between two releases: what has changed is that one's answer."""

import pytest

from kapabla.release import published
from kapabla.release.history import Answers, History
from tests.unit.release.test_release_history import PLACES, change, former, people, subgroups, told

ROWS = {"kunskap": 2, "utgangslage": 2}
# Their answers are merged anew in each release: what lies between two is held to the same as each (`protect_answers`).
MERGED = {"fordelning", "omdome", "spridning"}
# Whom a model counts hangs on whose covariate a release tells, so about as many can come as go, and n hardly differs.
ADJUSTED = {"jamforelse"}


def shown(present, *formers):
    return {key: (n, of) for key, (n, of) in told(subgroups(present, *formers)).items()}


@pytest.mark.parametrize("more", range(1, 5))
def test_figures_stay_until_five_have_come_or_gone(more):
    """C7.18, C5.5: groups of 50, 30 and 20 people."""
    before, first = people(30, 20), former("r1", people(30, 20))
    groups = {"": "p", "bak_4=1": "p1", "bak_4=2": "p2"}
    for present in (people(30 + more, 20), people(30 - more, 20), people(30 + more, 20 - more)):
        for key, (_, of) in shown(present, first).items():
            changed = {one for one in present.people.keys() ^ before.people.keys() if one.startswith(groups[key])}
            assert not 0 < len(changed) < 5 or of == "r1"
            assert not len(changed) >= 5 or of == "r2"


def test_five_more_are_shown():
    """The positive twin: the figures are not simply frozen."""
    first = former("r1", people(30, 20))
    assert shown(people(36, 26), first)["bak_4=1"] == (36, "r2")


def test_a_release_that_forgets_the_one_before_would_give_the_answer_away():
    """The mutant: the change of everybody, twice; the difference is what the one who came has answered."""
    with_one = Answers(PLACES, {**people(30, 20).people, "new": people(1, 0).people["p10"]})
    then, now = shown(people(30, 20)), shown(with_one)
    assert now[""][0] - then[""][0] == 1


def test_in_two_releases_of_the_simulator_no_figure_differs_by_a_few(simulated):
    """C7.18 on what lies in the store: eight people have left in between."""
    folder = simulated.service.config.release_dir
    then, now = (published.dashboard(folder, name) for name in ("r1", "r2"))
    compared = 0
    for figure in now["figures"]:
        before = next((f for f in then["figures"] if f["id"] == figure["id"]), None)
        if before is None:
            continue
        old = {tuple(row[: ROWS.get(figure["id"], 1)]): row for row in before["table"]["rows"]}
        for row in figure["table"]["rows"] if figure["id"] not in MERGED | ADJUSTED else ():
            known = old.get(tuple(row[: ROWS.get(figure["id"], 1)]), [])
            for a, b in zip(row, known, strict=False):
                if isinstance(a, int) and isinstance(b, int):
                    compared += 1
                    assert abs(a - b) == 0 or abs(a - b) >= 5, (figure["id"], row, known)
    assert compared > 10


def test_no_group_of_the_simulator_differs_by_a_few(simulated):
    """The groups behind the filters."""
    folder = simulated.service.config.release_dir
    then, now = (
        {s["name"]: s["groups"] for s in published.dashboard(folder, name)["subgroups"]["scales"]}
        for name in ("r1", "r2")
    )
    pairs = [(now[s][key]["n"], then[s][key]["n"]) for s in now for key in now[s].keys() & then[s].keys()]
    assert pairs
    assert all(abs(a - b) == 0 or abs(a - b) >= 5 for a, b in pairs)


def test_the_history_is_what_makes_the_difference():
    assert History().formers == ()
    assert change(None, {"a", "b", "c", "d", "e"}, 5).n == 5

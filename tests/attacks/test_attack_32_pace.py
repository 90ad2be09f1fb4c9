"""Attack 32: whoever was at the course knows who finished at once, who never did, and who was asked when: how much was
taken, how fast and how long ago are counted in k like occupation or age."""

import csv
import io
from collections import Counter

import pytest

from kapabla.release import pace
from kapabla.release.build import participation
from kapabla.release.disclosure import Person
from kapabla.release.pace import ALL_OR_NOT, SHARE, SINCE, TIME, TWO_BANDS, WITHHELD, shared_pace
from tests import factories as make

K = 5
QUASI = ("role", "bak_3", "bak_4", "municipality", "cohort", "taught")
KNOWN = (SHARE, TIME, SINCE)


def people(count=60):
    """Half of them wait; the lot is none of theirs."""
    return [
        Person({}, frozenset({"before"}), arm=("now", "waitlist")[n % 2], lot=f"{n * 7919 % count:03}")
        for n in range(count)
    ]


def released(share, time, since):
    """The pace of 60 people of whom occupation is known, two of it."""
    rows = [(("hunter", "postal")[n // 2 % 2],) for n in range(60)]
    return rows, shared_pace(share, time, {"t1": dict(enumerate(since))}, rows, people(), k=K)


def alone(rows, made):
    """People who have a cell left of the three, and fewer than five of their arm alike by all that is known."""
    known = [
        {"arm": person.arm, "role": role, **{n: c for n, c in made.of(number, "t1").items() if str(c) != WITHHELD_CELL}}
        for number, (person, (role,)) in enumerate(zip(people(), rows, strict=True))
    ]
    return [own for own in known if len(own) > 2 and sum(own.items() <= other.items() for other in known) < K]


WITHHELD_CELL = "MissingReason.WITHHELD"
SHARES = [1.0] * 40 + [0.33, 0.67] * 10
TIMES = [1, 2, 3] * 20
WEEKS = [n % 11 for n in range(60)]


def test_nobody_is_found_by_how_much_how_fast_and_how_long_ago():
    rows, made = released(SHARES, TIMES, WEEKS)
    assert alone(rows, made) == []
    assert made.steps != dict.fromkeys(KNOWN, "")


def test_columns_that_are_released_as_they_are_single_people_out(monkeypatch):
    """The mutant."""
    monkeypatch.setattr(pace, "shared", lambda rows, _people, *, k: list(rows))  # noqa: ARG005
    rows, made = released(SHARES, TIMES, WEEKS)
    assert made.steps == dict.fromkeys(KNOWN, "")
    assert alone(rows, made)


def test_a_column_is_as_fine_as_k_people_share_it():
    _, made = released([1.0] * 60, [1] * 24 + [2] * 12 + [3] * 12 + [4] * 12, [5] * 60)
    assert made.steps == {SHARE: "", TIME: TWO_BANDS, SINCE: ""}
    parts = [(0.0, 0.33, 0.67)[n // 4 % 3] for n in range(20, 60)]
    _, made = released([1.0] * 20 + parts, [1] * 60, [n // 4 % 3 for n in range(60)])
    assert made.steps == {SHARE: ALL_OR_NOT, TIME: "", SINCE: "steps of 4 weeks"}
    _, made = released([1.0] * 60, [1] * 60, range(60))
    assert made.steps == {SHARE: "", TIME: "", SINCE: WITHHELD}


def test_few_outliers_are_withheld_in_company():
    """One of the arm took its time: nobody may read that off a single blank either."""
    _, made = released([1.0] * 60, [4, *[1] * 59], [5] * 60)
    blank = Counter(people()[n].arm for n in range(60) if str(made.of(n, "t1")[TIME]) == WITHHELD_CELL)
    assert (made.steps[TIME], blank) == ("", {"now": 5})


@pytest.mark.parametrize("name", ["r1", "r2"])
def test_in_a_release_of_the_simulator_nobody_is_found_by_the_pace(simulated, name):
    """On the file: with the arm, how far somebody came and every other value that is left; weeks at their wave."""
    study = simulated.service.material.studies[make.STUDY]
    waves, values, weeks = dict[str, set[str]](), dict[str, dict[str, str]](), dict[str, dict[str, str]]()
    arm_of = dict[str, str]()
    for row in csv.DictReader(io.StringIO(simulated.part(name, "data_long.csv").decode())):
        record = row["record_id"]
        arm_of[record] = row["arm"]
        waves.setdefault(record, set()).add(row["wave"])
        values.setdefault(record, {}).update({n: row[n] for n in (*QUASI, SHARE, TIME) if row[n]})
        weeks.setdefault(row["wave"], {})[record] = row[SINCE]
    known = {r: (arm_of[r], participation(study, waves[r])) for r in waves}
    for record, own in values.items():
        if own.keys() & {SHARE, TIME}:
            assert sum(known[o] == known[record] and own.items() <= values[o].items() for o in values) >= K
    for wave, of_wave in weeks.items():
        rows = {r: (known[r], values[r] | {SINCE: week}) for r, week in of_wave.items()}
        for where, own in (row for row in rows.values() if row[1][SINCE]):
            same = sum(where == there and own.items() <= other.items() for there, other in rows.values())
            assert same >= K, (wave, where, own)
    # Something of each is left, or nothing was tried.
    assert all(any(own.get(n) for own in values.values()) for n in (SHARE, TIME))
    assert any(weeks["t1"].values())

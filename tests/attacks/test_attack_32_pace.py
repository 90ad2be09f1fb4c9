"""Attack 32: whoever was at the course knows who finished at once, who never came, and who was asked when: whether and
how much was taken, how fast and how long ago are counted in k and in l like occupation or age."""

import csv
import io
from collections import Counter
from dataclasses import replace

import pytest

from kapabla.material.instruments import MissingReason
from kapabla.release import pace
from kapabla.release.build import participation
from kapabla.release.disclosure import Person
from kapabla.release.disclosure.groups import Groups
from kapabla.release.pace import (
    ALL_OR_NOT,
    BEGUN,
    LET_PAST,
    MODE,
    PERIOD,
    SHARE,
    SINCE,
    TIME,
    TOLD_BY_BLANKS,
    TREATMENT,
    TWO_BANDS,
    WITHHELD,
    every_wave,
    shared_pace,
)
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
    asked = {SHARE: every_wave(share), TIME: every_wave(time), SINCE: {"t1": dict(enumerate(since))}}
    return rows, shared_pace(asked, rows, people(), k=K)


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


def of_sixty(name, cell, *, others, few, sensitive=()):
    """A column of 60 people: `few` of the first arm have another cell than all `others`."""
    chosen = [2 * n for n in range(few)]
    known = [replace(person, sensitive={"hin_8@t0": n % 5}) for n, person in enumerate(people())]
    for number, answer in zip(chosen, sensitive, strict=False):
        known[number] = replace(known[number], sensitive={"hin_8@t0": answer})
    cells = [cell if number in chosen else others for number in range(60)]
    asked = {name: {"t1": dict(enumerate(cells))} if name in (MODE, PERIOD) else every_wave(cells)}
    made = shared_pace(asked, [("hunter",)] * 60, known, k=K)
    return chosen, [made.of(number, "t1") for number in range(60)]


@pytest.mark.parametrize(
    ("name", "cell", "others", "told_by"),
    [
        (BEGUN, 0, 2, TOLD_BY_BLANKS),
        (LET_PAST, 1, 0, [LET_PAST]),
        (MODE, 2, 1, [MODE]),
        (PERIOD, 2, 1, [PERIOD, TREATMENT]),
    ],
)
def test_who_never_came_or_was_let_past_is_told_of_five_or_nobody(name, cell, others, told_by):
    """Decision 94: staff and the village know these too. A few are blank, in company; five are told."""
    for few in (1, 4):
        chosen, rows = of_sixty(name, cell, others=others, few=few)
        for column in told_by:
            blank = [n for n, row in enumerate(rows) if row.get(column) is MissingReason.WITHHELD]
            assert set(chosen) < set(blank)
            assert len(blank) == K
    _, rows = of_sixty(name, cell, others=others, few=K)
    assert not any(row.get(column) is MissingReason.WITHHELD for row in rows for column in told_by)


def known_answer(few):
    """Who of sixty is withheld, where `few` have had the role for long."""
    cells = [3 if number in {2 * n for n in range(few)} else 1 for number in range(60)]
    made = shared_pace({"bak_5": every_wave(cells)}, [("hunter",)] * 60, people(), k=K)
    return {number for number in range(60) if made.hides(number, "bak_5")}


def test_what_a_village_knows_beside_the_course_is_told_of_five_or_nobody(monkeypatch):
    """Decision 116: how long somebody has had the role picks out who else is alike by trade and arm."""
    few = known_answer(4)
    assert {0, 2, 4, 6} < few
    assert len(few) == K
    assert known_answer(5) == set()
    monkeypatch.setattr(pace, "shared", lambda rows, _people, *, k: list(rows))  # noqa: ARG005
    assert known_answer(4) == set()


def test_what_a_wave_tells_is_counted_together():
    """Five of the arm answered on paper and many finished lately: the three who are both would stand alone."""
    weeks = [0 if n < 30 else 4 for n in range(60)]
    modes = [2 if n in (0, 2, 4, 40, 42) else 1 for n in range(60)]
    asked = {SINCE: {"t1": dict(enumerate(weeks))}, MODE: {"t1": dict(enumerate(modes))}}
    made = shared_pace(asked, [("hunter",)] * 60, people(), k=K)
    rows = [made.of(number, "t1") | {"arm": person.arm} for number, person in enumerate(people())]
    told = [{n: c for n, c in row.items() if c is not MissingReason.WITHHELD} for row in rows]
    assert all(sum(own.items() <= other.items() for other in told) >= K for own in told)
    assert {row[SINCE] for row in rows} == {0, 4}


def test_six_who_never_finished_and_all_answered_alike_are_not_told_apart():
    """C4.5: a group that the share makes gives a sensitive answer away as one of occupation does."""
    for answers, is_told in (([4] * 6, False), ([4, 4, 4, 3, 3, 3], False), ([1, 2, 3, 4, 4, 4], True)):
        chosen, rows = of_sixty(SHARE, 0.0, others=1.0, few=6, sensitive=answers)
        assert all((rows[number][SHARE] == 0.0) == is_told for number in chosen), answers


def test_without_the_count_of_answers_they_would_be(monkeypatch):
    """The mutant."""
    monkeypatch.setattr(Groups, "is_uniform", lambda *_: False)
    chosen, rows = of_sixty(SHARE, 0.0, others=1.0, few=6, sensitive=[4] * 6)
    assert all(rows[number][SHARE] == 0.0 for number in chosen)


def test_few_outliers_are_withheld_in_company():
    """One of the arm took its time: nobody may read that off a single blank either."""
    _, made = released([1.0] * 60, [4, *[1] * 59], [5] * 60)
    blank = Counter(people()[n].arm for n in range(60) if str(made.of(n, "t1")[TIME]) == WITHHELD_CELL)
    assert (made.steps[TIME], blank) == ("", {"now": 5})


@pytest.mark.parametrize("name", ["r1", "r2"])
def test_in_a_release_of_the_simulator_nobody_is_found_by_the_pace(simulated, name):
    """On the file: with the arm, how far somebody came and every other value that is left; weeks at their wave."""
    study = simulated.service.material.studies[make.STUDY]
    reasons = {tuple(row[:3]): row[3] for row in csv.reader(io.StringIO(simulated.part(name, "missing.csv").decode()))}
    waves, values, weeks = dict[str, set[str]](), dict[str, dict[str, str]](), dict[str, dict[str, str]]()
    arm_of = dict[str, str]()
    for row in csv.DictReader(io.StringIO(simulated.part(name, "data_long.csv").decode())):
        record = row["record_id"]
        arm_of[record] = row["arm"]
        waves.setdefault(record, set()).add(row["wave"])
        told = (*QUASI, LET_PAST, SHARE, TIME, *study.known_answers)
        values.setdefault(record, {}).update({n: row[n] for n in told if row[n]})
        # That nothing stands there is known as well, unless it was taken away.
        for column in ("taught", *TOLD_BY_BLANKS):
            if (reason := reasons.get((record, row["wave"], column))) != "withheld":
                values[record] |= {column: reason or (row[column] if column == "taught" else "there")}
        weeks.setdefault(row["wave"], {})[record] = row[SINCE]
    known = {r: (arm_of[r], participation(study, waves[r])) for r in waves}
    for record, own in values.items():
        if own.keys() & {LET_PAST, *TOLD_BY_BLANKS, SHARE, TIME, *study.known_answers}:
            assert sum(known[o] == known[record] and own.items() <= values[o].items() for o in values) >= K
    for wave, of_wave in weeks.items():
        rows = {r: (known[r], values[r] | {SINCE: week}) for r, week in of_wave.items()}
        for where, own in (row for row in rows.values() if row[1][SINCE]):
            same = sum(where == there and own.items() <= other.items() for there, other in rows.values())
            assert same >= K, (wave, where, own)
    # Something is left, or nothing was tried. What it is hangs on lots that each installation draws for itself.
    assert {n for own in values.values() for n in own} & {LET_PAST, *TOLD_BY_BLANKS, SHARE, TIME}
    assert any(weeks["t1"].values())

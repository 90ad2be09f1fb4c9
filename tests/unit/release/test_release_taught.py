"""How people were taught, protected like all that others can see (D14)."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest

from kapabla.release.disclosure import enforce_k
from kapabla.release.disclosure.rules import K
from kapabla.release.quasi_identifiers import quasi_identifier
from kapabla.release.teaching import taught
from tests.unit.release.samples import make_people

DAY, NEXT = date(2026, 11, 25), date(2026, 11, 26)
ROOM, ONLINE = frozenset({"room"}), frozenset({"online"})
NAMES = ("role", "bak_3", "bak_4", "municipality", "cohort", "taught")
# The least important column goes first: with few others there is room for it.
FEW = ("bak_3", "bak_4", "taught")


@pytest.mark.parametrize(
    ("read_on", "attended", "found"),
    [
        ([], {}, None),
        ([DAY], {}, "online"),
        ([], {DAY: ROOM}, "room"),
        ([], {DAY: ONLINE}, "online"),
        ([DAY], {DAY: ROOM}, "room"),
        ([DAY], {DAY: ONLINE}, "online"),
        ([NEXT], {DAY: ROOM}, "mixed"),
        ([DAY, NEXT], {DAY: ROOM, NEXT: ROOM}, "room"),
        ([], {DAY: ROOM, NEXT: ONLINE}, "mixed"),
        ([DAY], {DAY: ROOM | ONLINE}, "mixed"),
    ],
)
def test_a_day_with_a_meeting_in_the_room_was_taught_in_the_room(read_on, attended, found):
    assert taught(read_on, attended) == found


def protect(people, ways, names=NAMES):
    """People to whom it is dealt out how they were taught, as they come out of protection."""
    dealt = [replace(person, values={**person.values, "taught": way}) for person, way in zip(people, ways, strict=True)]
    return enforce_k(dealt, [quasi_identifier(name, K) for name in names], k=K)


@pytest.mark.parametrize("seed", [1, 2])
def test_where_it_is_released_nobody_is_alone_with_it(seed):
    """C7.8, with the column: on any three values and on all."""
    chance = random.Random(seed)  # noqa: S311
    people = make_people(2_000, seed)
    found = protect(people, chance.choices(["room", "online", "mixed", None], [30, 40, 25, 5], k=len(people)), FEW)
    assert "taught" not in found.withheld
    assert {row["taught"] for row in found.people} >= {"online", "mixed"}
    rows = Counter(tuple(row[name] for name in FEW) for row in found.people)
    for row in rows:
        known = [place for place, value in enumerate(row) if value is not None]
        for size in {min(3, len(known)), len(known)} - {0}:
            for places in combinations(known, size):
                alike = sum(n for other, n in rows.items() if all(other[place] == row[place] for place in places))
                assert alike >= K


@pytest.mark.parametrize("few", [1, K - 1])
def test_with_few_in_the_room_nobody_is_told_apart(few):
    """A blank beside each of few would point them out: they and all others are called the same."""
    people = make_people(300, 3)
    found = protect(people, ["room"] * few + ["online"] * (len(people) - few))
    assert {row["taught"] for row in found.people} == {"any"}
    assert found.labels["taught"]["any"]["sv"] == "I rummet, på nätet eller båda"


def test_with_enough_in_the_room_they_are():
    people = make_people(2_000, 3)
    half = len(people) // 2
    found = protect(people, ["room"] * half + ["online"] * half, FEW)
    assert {row["taught"] for row in found.people[:half]} <= {"room", "mixed", None}
    assert {row["taught"] for row in found.people[half:]} == {"online", None}


def test_few_in_the_room_alone_go_with_those_of_both_and_the_label_says_so():
    people = make_people(300, 3)
    found = protect(people, ["room"] * 3 + ["mixed"] * (len(people) - 3))
    assert {row["taught"] for row in found.people} <= {"mixed", None}
    assert found.labels["taught"]["mixed"]["sv"] == "I rummet, helt eller delvis"

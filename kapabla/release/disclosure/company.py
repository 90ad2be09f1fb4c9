"""Blanks in company: no count of blanks tells how few people were protected.

Who has no occupation from the start has a protected identity. The rows themselves show the blank, so in each arm a
column has none, or at least k; and so have the columns together that somebody lacks from the start.
"""

from collections.abc import Iterator, Sequence

from kapabla.release.disclosure.groups import Person, Values, without

Places = tuple[int, ...]
_Kind = tuple[tuple[str, ...], tuple[str, ...]]  # row and pattern, as what can be put in order


def blank_together(people: Sequence[Person], names: Sequence[str], released: Sequence[int]) -> list[Places]:
    """The places that are counted: each released column alone, and those that somebody has no value in from the start.

    >>> blank_together([Person({"role": None, "age": "2"})], ["role", "age"], [0, 1])
    [(0,), (1,)]
    """
    lacking = {
        tuple(
            place
            for place in released
            if person.values.get(names[place]) is None and names[place] not in person.explained
        )
        for person in people
    }
    return sorted({(place,) for place in released} | (lacking - {()}))


def lonely(
    rows: Sequence[Values], people: Sequence[Person], names: Sequence[str], together: Sequence[Places], k: int
) -> Iterator[tuple[Places, list[int], int]]:
    """The places in which 1 to k - 1 people of an arm are blank: with those who could join them, and how many must."""
    for places in together:
        of_arm: dict[str, list[int]] = {}
        for number, person in enumerate(people):
            if not any(names[place] in person.explained for place in places):
                of_arm.setdefault(person.arm, []).append(number)
        for _arm, numbers in sorted(of_arm.items()):
            others = [number for number in numbers if any(rows[number][place] is not None for place in places)]
            blank = len(numbers) - len(others)
            if 0 < blank < k:
                yield places, others, k - blank


def in_company(
    rows: Sequence[Values], people: Sequence[Person], names: Sequence[str], together: Sequence[Places], k: int
) -> list[Values]:
    """The rows with more people blanked, where too few were. Each is drawn by lot from the most who are still alike,
    whose group can best spare one. Where nobody is left the rows are as they were, and the caller withholds."""
    after = list(rows)
    for places, others, wanted in lonely(rows, people, names, together, k):
        alike: dict[_Kind, list[int]] = {}
        for number in sorted(others, key=lambda number: people[number].lot, reverse=True):
            alike.setdefault(_kind(rows[number], people[number]), []).append(number)
        for _ in range(min(wanted, len(others))):
            most = min(alike, key=lambda kind: (-len(alike[kind]), kind))
            number = alike[most].pop()
            after[number] = without(after[number], places)
    return after


def _kind(row: Values, person: Person) -> _Kind:
    return tuple(value or "" for value in row), tuple(sorted(person.pattern))

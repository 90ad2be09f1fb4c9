"""Who is alike: groups of people by quasi-identifiers, counted as people and with the rule for blanks (C4.4)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kapabla.release.disclosure.rules import L_DISTINCT

# A value of a quasi-identifier as text; None is a blank.
Value = str | None
Values = tuple[Value, ...]
Pattern = frozenset[str]


@dataclass(frozen=True)
class Person:
    """One person over all waves, never a row a wave: pyCANON counted rows and called two people k = 3.

    values: each quasi-identifier at its first value. pattern: the waves that have answers. sensitive: the answers to
    items that the study marks sensitive, by item and wave (`hin_8@t0`); an item without an answer is absent.
    """

    values: Mapping[str, Value]
    pattern: Pattern = frozenset()
    sensitive: Mapping[str, object] = field(default_factory=dict)


class Groups:
    """How many people share a person's values. A blank in one's own row widens one's group; blanks in others do not.

    sdcMicro's two ways are both wrong here: blanks that match everything are optimistic, a blank as a category of its
    own is pessimistic. Example: of ("x"), ("x"), (blank) the first two are groups of 2, the third one of 3.
    """

    def __init__(self, rows: Sequence[Values], people: Sequence[Person]) -> None:
        self._pairs = list(zip(rows, people, strict=True))
        self._sizes: dict[tuple[int, ...], Counter[Values]] = {}
        self._by_pattern: dict[tuple[int, ...], Counter[tuple[Values, Pattern]]] = {}
        self._answers: dict[tuple[int, ...], dict[Values, dict[str, Counter[object]]]] = {}

    def size(self, row: Values) -> int:
        """People who have all the values that are not blank in `row`, oneself among them."""
        places = _given(row)
        if places not in self._sizes:
            self._sizes[places] = Counter(key for key, _ in self._keyed(places))
        return self._sizes[places][_at(row, places)]

    def size_with(self, row: Values, pattern: Pattern) -> int:
        """The same, among those who took part in exactly the same waves."""
        places = _given(row)
        if places not in self._by_pattern:
            self._by_pattern[places] = Counter((key, person.pattern) for key, person in self._keyed(places))
        return self._by_pattern[places][_at(row, places), pattern]

    def answers(self, row: Values) -> Mapping[str, Mapping[object, int]]:
        """For each sensitive item and wave: how many of the group gave each answer."""
        places = _given(row)
        if places not in self._answers:
            found: dict[Values, dict[str, Counter[object]]] = {}
            for key, person in self._keyed(places):
                for item, answer in person.sensitive.items():
                    found.setdefault(key, {}).setdefault(item, Counter())[answer] += 1
            self._answers[places] = found
        return self._answers[places].get(_at(row, places), {})

    def distinct_answers(self, row: Values, k: int) -> int | None:
        """The fewest distinct answers that the group gives to any sensitive item at any wave; None where none counts.

        What counts: items that at least k people of the group, or more than half of it, have answered. Of eight people
        of whom one answered, nobody knows which. Example: eight people of whom six said 4 and two said 5 give 2.
        """
        size = self.size(row)
        answered = [given for given in self.answers(row).values() if sum(given.values()) >= min(k, size // 2 + 1)]
        return min((len(given) for given in answered), default=None)

    def is_uniform(self, row: Values, k: int) -> bool:
        """Whether the group gives an answer away (C4.5). Answers are never touched; it is the values that go."""
        distinct = self.distinct_answers(row, k)
        return distinct is not None and distinct < L_DISTINCT

    def _keyed(self, places: tuple[int, ...]) -> Iterable[tuple[Values, Person]]:
        for row, person in self._pairs:
            if all(row[place] is not None for place in places):
                yield _at(row, places), person


def group_sizes(rows: Sequence[Values], people: Sequence[Person]) -> list[int]:
    """The size of each person's group, in the order given.

    >>> group_sizes([("x",), ("x",), (None,)], [Person({})] * 3)
    [2, 2, 3]
    """
    groups = Groups(rows, people)
    return [groups.size(row) for row in rows]


def has_value(row: Values) -> bool:
    """A person with no value left is accepted whatever the group: there is nothing to find anybody by."""
    return any(value is not None for value in row)


def without(row: Values, places: Iterable[int]) -> Values:
    """The row with the values at `places` blanked."""
    gone = set(places)
    return tuple(None if place in gone else value for place, value in enumerate(row))


def _given(row: Values) -> tuple[int, ...]:
    return tuple(place for place, value in enumerate(row) if value is not None)


def _at(row: Values, places: tuple[int, ...]) -> Values:
    return tuple(row[place] for place in places)

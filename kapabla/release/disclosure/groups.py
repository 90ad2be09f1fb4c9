"""Who is alike: groups of people by quasi-identifiers, counted as people and with the rule for blanks (C4.4)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from kapabla.release.disclosure.rules import L_DISTINCT

# A value of a quasi-identifier as text; None is a blank.
Value = str | None
Values = tuple[Value, ...]
Pattern = frozenset[str]
Places = tuple[int, ...]
# How many gave each answer, by sensitive item and wave.
Answers = dict[str, dict[object, int]]
_NONE_COUNTS, _LARGEST = 2**31, 2**62


@dataclass(frozen=True)
class Person:
    """One person over all waves, never a row a wave: pyCANON counted rows and called two people k = 3.

    values: each quasi-identifier at its first value. pattern: what others can know of how far the person took part.
    sensitive: the answers to items that the study marks sensitive, by item and wave (`hin_8@t0`); an item without an
    answer is absent. waves: those that have answers, exactly: for the report alone. arm: when the whole group got the
    course, which the village saw and every file tells; never blanked, so people are alike within their arm only.
    explained: the quasi-identifiers without a value of which the release says why in its own words. lot: in which order
    people who are alike are drawn where only some of them are needed; nothing of the person may be in it.
    """

    values: Mapping[str, Value]
    pattern: Pattern = frozenset()
    sensitive: Mapping[str, object] = field(default_factory=dict)
    waves: Pattern = frozenset()
    arm: str = ""
    explained: frozenset[str] = frozenset()
    lot: str = ""


class Groups:
    """How many people share a person's values. A blank in one's own row widens one's group; blanks in others do not.

    sdcMicro's two ways are both wrong here: blanks that match everything are optimistic, a blank as a category of its
    own is pessimistic. Example: of ("x"), ("x"), (blank) the first two are groups of 2, the third one of 3.
    """

    def __init__(self, rows: Sequence[Values], people: Sequence[Person]) -> None:
        import numpy as np

        # Thousands of people have a few hundred kinds of rows. Those are coded with numbers, a blank as 0, and added up
        # once for each set of places that some row has a value in.
        kinds: dict[tuple[Values, Pattern], int] = {}
        pairs = zip(rows, people, strict=True)
        of = np.array([kinds.setdefault((row, p.pattern), len(kinds)) for row, p in pairs], dtype=np.intp)
        self._counts: Any = np.bincount(of, minlength=len(kinds))
        # Of nobody at all no place has a value.
        columns = zip(*(row for row, _ in kinds), strict=True)
        self._codes = defaultdict(dict[Value, int], enumerate(map(_coded, columns)))
        self._table: Any = np.array(
            [[self._codes[place].get(value, 0) for place, value in enumerate(row)] for row, _ in kinds], dtype=np.int64
        )
        self._patterns = _coded(pattern for _, pattern in kinds)
        self._pattern_of: Any = np.array([self._patterns[pattern] for _, pattern in kinds], dtype=np.int64)
        self._asked = sorted({(item, answer) for p in people for item, answer in p.sensitive.items()}, key=str)
        place_of = {pair: place for place, pair in enumerate(self._asked)}
        self._given: Any = np.zeros((len(kinds), len(self._asked)), dtype=np.int64)
        answers = [(kind, place_of[pair]) for kind, p in zip(of, people, strict=True) for pair in p.sensitive.items()]
        if answers:
            np.add.at(self._given, tuple(np.array(answers, dtype=np.intp).T), 1)
        self._sizes: dict[Places, dict[int, int]] = {}
        self._by_pattern: dict[Places, dict[int, int]] = {}
        self._answers: dict[Places, tuple[dict[int, int], Any]] = {}
        self._distinct: dict[tuple[Places, int], dict[int, int | None]] = {}

    def size(self, row: Values) -> int:
        """People who have all the values that are not blank in `row`, oneself among them."""
        places = _given(row)
        if places not in self._sizes:
            keys, there = self._keys(places)
            self._sizes[places] = _summed(keys[there], self._counts[there])
        return self._sizes[places].get(self._key(row, places), 0)

    def size_with(self, row: Values, pattern: Pattern) -> int:
        """The same, among those who took part in exactly the same waves."""
        places, most = _given(row), len(self._patterns) + 1
        if places not in self._by_pattern:
            keys, there = self._keys(places)
            self._by_pattern[places] = _summed((keys * most + self._pattern_of)[there], self._counts[there])
        key = self._key(row, places)
        return self._by_pattern[places].get(key * most + self._patterns.get(pattern, 0), 0) if key >= 0 else 0

    def answers(self, row: Values) -> Answers:
        """For each sensitive item and wave: how many of the group gave each answer."""
        places, found = _given(row), Answers()
        index, totals = self._answers_at(places)
        at = index.get(self._key(row, places))
        for (item, answer), count in zip(self._asked, [] if at is None else totals[at].tolist(), strict=at is not None):
            if count:
                found.setdefault(item, {})[answer] = count
        return found

    def distinct_answers(self, row: Values, k: int) -> int | None:
        """The fewest distinct answers that the group gives to any sensitive item at any wave; None where none counts.

        What counts: items that at least k people of the group, or more than half of it, have answered. Of eight people
        of whom one answered, nobody knows which. Example: eight people of whom six said 4 and two said 5 give 2.
        """
        places = _given(row)
        if (places, k) not in self._distinct:
            self._distinct[places, k] = self._fewest(places, k)
        return self._distinct[places, k].get(self._key(row, places))

    def is_uniform(self, row: Values, k: int) -> bool:
        """Whether the group gives an answer away (C4.5). Answers are never touched; it is the values that go."""
        distinct = self.distinct_answers(row, k)
        return distinct is not None and distinct < L_DISTINCT

    def _fewest(self, places: Places, k: int) -> dict[int, int | None]:
        import numpy as np

        index, totals = self._answers_at(places)
        keys, there = self._keys(places)
        sizes = _summed(keys[there], self._counts[there])
        enough = np.minimum(k, np.array([sizes[key] for key in index], dtype=np.int64) // 2 + 1)
        fewest = np.full(len(index), _NONE_COUNTS)
        for item in {item for item, _ in self._asked}:
            given = totals[:, [place for place, (asked, _) in enumerate(self._asked) if asked == item]]
            distinct = np.where(given.sum(axis=1) >= enough, (given > 0).sum(axis=1), _NONE_COUNTS)
            fewest = np.minimum(fewest, distinct)
        told = (None if number == _NONE_COUNTS else number for number in fewest.tolist())
        return dict(zip(index, told, strict=True))

    def _answers_at(self, places: Places) -> tuple[dict[int, int], Any]:
        """The groups by their keys, and how many of each gave each answer."""
        import numpy as np

        if places not in self._answers:
            keys, there = self._keys(places)
            found, group = np.unique(keys[there], return_inverse=True)
            totals = np.zeros((len(found), len(self._asked)), dtype=np.int64)
            np.add.at(totals, group, self._given[there])
            self._answers[places] = {key: at for at, key in enumerate(found.tolist())}, totals
        return self._answers[places]

    def _keys(self, places: Places) -> tuple[Any, Any]:
        """Of every kind of row one number for its values at the places, and whether it has them all."""
        import numpy as np

        if not len(self._table):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
        most = prod(len(self._codes[place]) + 1 for place in places) * (len(self._patterns) + 1)
        keys = np.zeros(len(self._table), dtype=np.int64 if most < _LARGEST else object)
        for place in places:
            keys = keys * (len(self._codes[place]) + 1) + self._table[:, place]
        return keys, (self._table[:, list(places)] > 0).all(axis=1)

    def _key(self, row: Values, places: Places) -> int:
        """The same of one row; -1 where a value of it is nobody's."""
        key = 0
        for place in places:
            code = self._codes[place].get(row[place], 0)
            if not code:
                return -1
            key = key * (len(self._codes[place]) + 1) + code
        return key


def _coded(values: Iterable[Any]) -> dict[Any, int]:
    """A number from 1 for each value that is no blank."""
    return {value: code for code, value in enumerate(dict.fromkeys(v for v in values if v is not None), start=1)}


def _summed(keys: Any, counts: Any) -> dict[int, int]:
    import numpy as np

    found, group = np.unique(keys, return_inverse=True)
    sums = np.zeros(len(found), dtype=np.int64)
    np.add.at(sums, group, counts)
    return dict(zip(found.tolist(), sums.tolist(), strict=True))


def groups_by_arm(rows: Sequence[Values], people: Sequence[Person]) -> dict[str, Groups]:
    """The groups among the people of each arm."""
    found: dict[str, tuple[list[Values], list[Person]]] = {}
    for row, person in zip(rows, people, strict=True):
        of_arm = found.setdefault(person.arm, ([], []))
        of_arm[0].append(row)
        of_arm[1].append(person)
    return {arm: Groups(*of_arm) for arm, of_arm in found.items()}


def group_sizes(rows: Sequence[Values], people: Sequence[Person]) -> list[int]:
    """The size of each person's group, in the order given.

    >>> group_sizes([("x",), ("x",), (None,)], [Person({}), Person({}), Person({}, arm="waitlist")])
    [2, 2, 1]
    """
    groups = groups_by_arm(rows, people)
    return [groups[person.arm].size(row) for row, person in zip(rows, people, strict=True)]


def has_value(row: Values) -> bool:
    """A person with no value left is accepted whatever the group: there is nothing to find anybody by."""
    return any(value is not None for value in row)


def without(row: Values, places: Iterable[int]) -> Values:
    """The row with the values at `places` blanked."""
    gone = set(places)
    return tuple(None if place in gone else value for place, value in enumerate(row))


def _given(row: Values) -> tuple[int, ...]:
    return tuple(place for place, value in enumerate(row) if value is not None)

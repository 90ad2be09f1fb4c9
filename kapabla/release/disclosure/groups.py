"""Who is alike: groups of people by quasi-identifiers, counted as people and with the rule for blanks (C4.4)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from kapabla.release.disclosure.rules import L_DISTINCT

# A value of a quasi-identifier as text; None is a blank.
Value = str | None
Values = tuple[Value, ...]
Pattern = frozenset[str]
# How many gave each answer, by sensitive item and wave.
Answers = dict[str, dict[object, int]]


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
        # Thousands of people have a few hundred kinds of rows: who is alike is counted once, not at each question.
        self._pairs = list(zip(rows, people, strict=True))
        self._kinds = Counter((row, person.pattern) for row, person in self._pairs)
        self._rows = Counter(rows)
        self._sizes: dict[tuple[int, ...], Counter[Values]] = {}
        self._by_pattern: dict[tuple[int, ...], Counter[tuple[Values, Pattern]]] = {}
        self._answers: dict[tuple[int, ...], dict[Values, Answers]] = {}

    def size(self, row: Values) -> int:
        """People who have all the values that are not blank in `row`, oneself among them."""
        places = _given(row)
        if places not in self._sizes:
            sizes = self._sizes[places] = Counter()
            for kind, count in self._rows.items():
                if None not in (key := _at(kind, places)):
                    sizes[key] += count
        return self._sizes[places][_at(row, places)]

    def size_with(self, row: Values, pattern: Pattern) -> int:
        """The same, among those who took part in exactly the same waves."""
        places = _given(row)
        if places not in self._by_pattern:
            sizes = self._by_pattern[places] = Counter()
            for (kind, waves), count in self._kinds.items():
                if None not in (key := _at(kind, places)):
                    sizes[key, waves] += count
        return self._by_pattern[places][_at(row, places), pattern]

    def answers(self, row: Values) -> Answers:
        """For each sensitive item and wave: how many of the group gave each answer."""
        places = _given(row)
        if places not in self._answers:
            found = self._answers[places] = {}
            for kind, answers in self._answers_of_rows.items():
                if None not in (key := _at(kind, places)):
                    _add(found.setdefault(key, {}), answers)
        return self._answers[places].get(_at(row, places), {})

    @cached_property
    def _answers_of_rows(self) -> dict[Values, Answers]:
        found: dict[Values, Answers] = {}
        for row, person in self._pairs:
            given = found.setdefault(row, {})
            for item, answer in person.sensitive.items():
                counts = given.setdefault(item, {})
                counts[answer] = counts.get(answer, 0) + 1
        return found

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


def _add(into: Answers, answers: Answers) -> None:
    for item, given in answers.items():
        counts = into.setdefault(item, {})
        for answer, count in given.items():
            counts[answer] = counts.get(answer, 0) + count


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


def _at(row: Values, places: tuple[int, ...]) -> Values:
    return tuple(map(row.__getitem__, places))

"""k-anonymity on people, not rows: recode, then blank, then withhold whole (`privacy.md` C4.2-C4.6)."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product

from kapabla.release.disclosure.company import Places, blank_together, in_company, lonely
from kapabla.release.disclosure.groups import (
    Groups,
    Pattern,
    Person,
    Value,
    Values,
    group_sizes,
    groups_by_arm,
    has_value,
    without,
)
from kapabla.release.disclosure.recoding import Labels, QuasiIdentifier
from kapabla.release.disclosure.rules import L_DISTINCT, MAX_BLANK_PEOPLE, MAX_BLANK_SHARE, Withheld

_WITHHELD = "withheld"
# The row as it may stand among the groups: itself, or with values blanked.
Judge = Callable[[Groups, Values, Pattern, int], Values]


@dataclass(frozen=True)
class KAnonymised:
    """`people` in the order given, with blanks as None; `report` is what the manifest tells of it.

    labels: the new names of values, for each recoded column. withheld: columns of which nothing is left.
    """

    people: tuple[dict[str, Value], ...]
    report: dict[str, object]
    labels: dict[str, Labels]
    withheld: frozenset[str]
    recodings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Level:
    """One column with so many of its steps taken, or withheld: values in the order of people, and what it keeps."""

    values: tuple[Value, ...]
    kept: float
    actions: tuple[str, ...] = ()
    labels: Labels = field(default_factory=dict)
    is_withheld: bool = False


@dataclass
class _Table:
    """The columns in order of importance, each at a level, and the people's rows in them."""

    people: Sequence[Person]
    columns: tuple[QuasiIdentifier, ...]
    levels: tuple[_Level, ...]
    rows: list[Values]
    k: int
    recoded: list[Values] = field(default_factory=list)  # the rows before any blank

    def values(self, place: int) -> list[Value]:
        return [row[place] for row in self.rows]

    @property
    def released(self) -> list[int]:
        return [place for place, level in enumerate(self.levels) if not level.is_withheld]

    @property
    def withheld(self) -> set[str]:
        """Blanking may have taken the last value of a column of few people: then nothing of it is left either."""
        gone = {place for place in self.released if not any(value is not None for value in self.values(place))}
        return {column.name for place, column in enumerate(self.columns) if place in gone or place not in self.released}

    @property
    def actions(self) -> list[str]:
        taken = [action for level in self.levels for action in level.actions]
        told = {name for name, _, action in (action.partition(": ") for action in taken) if action == _WITHHELD}
        return taken + [f"{name}: {_WITHHELD}" for name in sorted(self.withheld - told)]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def together(self) -> list[Places]:
        return blank_together(self.people, self.names, self.released)

    def blank(self, most: float) -> bool:
        """For k, for sensitive answers, for the pattern; and as many more as few blanks need for company. False as soon
        as more is gone than may be, or no more is left than `most`: what is blanked stays so."""
        self.recoded, together = list(self.rows), self.together
        while True:
            for judge in (_judge_group, _judge_answers, _judge_pattern):
                self.rows = _blanked(self, judge)
                if not (_is_within_limits(self) and self.kept > most):
                    return False
            after = in_company(self.rows, self.people, self.names, together, self.k)
            if after == self.rows:
                return not self.has_lonely_blanks
            self.rows = after

    @property
    def kept(self) -> float:
        return sum(_kept(level.values, self.values(place), level.kept) for place, level in enumerate(self.levels))

    @property
    def has_lonely_blanks(self) -> bool:
        return any(lonely(self.rows, self.people, self.names, self.together, self.k))


def enforce_k(people: Sequence[Person], columns: Sequence[QuasiIdentifier], *, k: int) -> KAnonymised:
    """Values so that everyone with a value left is alike at least k people of the same arm on all quasi-identifiers
    together.

    people: one a person over all waves. columns: most important first; the last is blanked first. (1) Of all ways to
    recode, or withhold whole, each column, the one is taken that keeps most, weighted by importance, among those where
    (2) the blanks that are left take at most 5 % of each column, or five people (C4.6), whatever they are for: k,
    groups that give a sensitive answer away (C4.5), who is below k with the pattern of waves (C4.4), the most
    identifying value first; a person with none left is accepted. (3) In each arm a column has no blank that the release
    does not explain, or at least k: the next ones are drawn by lot. A column of all or nothing is there only where each
    of its values has enough people. Waves and answers are never touched. The same people in any order give the same
    result. Raises `Withheld` where k is not reached.
    Report: k and people below it before and after, by column the blanks of every cause in steps of k, and the actions
    in order. Example: six of role "a" and one of role "b" with k = 5 and nothing to recode: the one role "b" is
    blanked, k_after is 6.
    """
    table = _least_loss(people, tuple(columns), k)
    _check(table)
    return KAnonymised(
        people=tuple(dict(zip((c.name for c in columns), row, strict=True)) for row in table.rows),
        report=_report(table, [tuple(person.values.get(column.name) for column in columns) for person in people]),
        labels={column.name: level.labels for column, level in zip(columns, table.levels, strict=True) if level.labels},
        withheld=frozenset(table.withheld),
        recodings=tuple(table.actions),
    )


def _least_loss(people: Sequence[Person], columns: tuple[QuasiIdentifier, ...], k: int) -> _Table:
    """From what keeps most to what keeps nothing. Blanks only take away: what promises no more than the best that has
    been found is not tried."""
    levels = [
        _levels(column, place, [p.values.get(column.name) for p in people], k) for place, column in enumerate(columns)
    ]
    best, most = None, -1.0
    for way in sorted(product(*levels), key=lambda way: -sum(level.kept for level in way)):
        if sum(level.kept for level in way) <= most:
            break
        table = _Table(people, columns, way, list(zip(*(level.values for level in way), strict=True)), k)
        if _is_hopeless(table):
            continue
        if table.blank(most):
            best, most = table, table.kept
    if best is None:
        raise Withheld(reason="k_not_reached")
    return best


def _levels(column: QuasiIdentifier, place: int, original: Sequence[Value], k: int) -> list[_Level]:
    """As it may be released at all, with each step more, and withheld. The first column counts whole, the second half,
    the third a third; what is left of each is the entropy of its values, as a share of what it had."""
    values, actions, labels = list(original), list[str](), dict[str, Mapping[str, str]]()
    found, whole = list[_Level](), _entropy(original)
    for recoding in (*column.always, None, *column.steps):
        if recoding is not None and (after := recoding.apply(values, k)) != values:
            values, labels = after, labels | dict(recoding.labels)
            actions.append(f"{column.name}: {recoding.name}")
        # A step after which everybody is called the same tells nothing: the column is withheld instead.
        if recoding is None or (recoding in column.steps and _entropy(values)):
            kept = (_entropy(values) / whole if whole else 1.0) / (place + 1)
            found.append(_Level(tuple(values), kept, tuple(actions), dict(labels)))
    nothing = _Level((None,) * len(values), 0.0, (f"{column.name}: {_WITHHELD}",), is_withheld=True)
    return [*found, nothing]


def _entropy(values: Sequence[Value]) -> float:
    given = Counter(value for value in values if value is not None)
    return -sum(count / given.total() * math.log(count / given.total()) for count in sorted(given.values()))


def _kept(before: Sequence[Value], after: Sequence[Value], kept: float) -> float:
    """What a column keeps when some of its values are blanked: in proportion to how many are left."""
    had, left = (sum(value is not None for value in values) for values in (before, after))
    return kept * left / had if had else 0.0


def _is_hopeless(table: _Table) -> bool:
    """More people are alone than may be blanked, even if each lost one value only: not worth trying."""
    kinds = Counter(
        (row, person.pattern, person.arm)
        for row, person in zip(table.rows, table.people, strict=True)
        if all(row[place] is not None for place in table.released)
    )
    alone = sum(count for count in kinds.values() if count < table.k) if table.released else 0
    # A blank in somebody's row widens that one's group alone, so rows without blanks are looked at.
    return alone > _allowed(table) * len(table.released)


def _is_within_limits(table: _Table) -> bool:
    """C4.6 and C4.3: few enough new blanks in every column, whatever they are for; enough people for every value of a
    column of all or nothing."""
    pairs = list(zip(table.recoded, table.rows, strict=True))
    return all(
        sum(old[place] != new[place] for old, new in pairs) <= _allowed(table)
        and (table.columns[place].smallest is None or _has_enough(table, place))
        for place in table.released
    )


def _allowed(table: _Table) -> int:
    return max(MAX_BLANK_PEOPLE, int(len(table.rows) * MAX_BLANK_SHARE))


def _has_enough(table: _Table, place: int) -> bool:
    """Before the blanks too: a place of few people that lost them all is not released as others."""
    before = {row[place] for row in table.recoded} - {None}
    counts = Counter(row[place] for row in table.rows if row[place] is not None)
    return (
        before == counts.keys() and bool(counts) and min(counts.values()) >= (table.columns[place].smallest or table.k)
    )


def _blanked(table: _Table, judge: Judge) -> list[Values]:
    """Rows after blanking until none needs it. All who are alike are treated alike: the order of people is nothing."""
    rows = list(table.rows)
    while True:
        groups, judged = groups_by_arm(rows, table.people), dict[tuple[Values, Pattern, str], Values]()
        for row, person in zip(rows, table.people, strict=True):
            if (kind := (row, person.pattern, person.arm)) not in judged:
                judged[kind] = judge(groups[person.arm], row, person.pattern, table.k) if has_value(row) else row
        after = [judged[row, person.pattern, person.arm] for row, person in zip(rows, table.people, strict=True)]
        if after == rows:
            return rows
        rows = after


def _stands(groups: Groups, row: Values, k: int) -> bool:
    return groups.size(row) >= k and not groups.is_uniform(row, k)


def _judge_group(groups: Groups, row: Values, _pattern: Pattern, k: int) -> Values:
    return _fewest_blanks(row, lambda tried: groups.size(tried) >= k)


def _judge_answers(groups: Groups, row: Values, _pattern: Pattern, k: int) -> Values:
    return _fewest_blanks(row, lambda tried: _stands(groups, tried, k))


def _fewest_blanks(row: Values, stands: Callable[[Values], bool]) -> Values:
    """The fewest values blanked that let the row stand; of as few, the least important."""
    given = [place for place, value in enumerate(row) if value is not None]
    for count in range(len(given)):
        for gone in combinations(reversed(given), count):
            if stands(without(row, gone)):
                return without(row, gone)
    return without(row, given)


def _judge_pattern(groups: Groups, row: Values, pattern: Pattern, k: int) -> Values:
    """Below k with the waves taken part in: the value goes without which the most people are alike, one at a time."""
    if _stands(groups, row, k) and groups.size_with(row, pattern) >= k:
        return row
    given = [place for place, value in enumerate(row) if value is not None]
    # The later of equals is the less important one.
    best = max(given, key=lambda place: (groups.size_with(without(row, [place]), pattern), place))
    return without(row, [best])


def _check(table: _Table) -> None:
    """Once more from the result alone, so that a fault above ends in nothing being released."""
    groups = groups_by_arm(table.rows, table.people)
    for row, person in zip(table.rows, table.people, strict=True):
        if has_value(row) and _judge_pattern(groups[person.arm], row, person.pattern, table.k) != row:
            raise Withheld(reason="k_not_reached")
    if table.has_lonely_blanks:
        raise Withheld(reason="few_blanks")


def _report(table: _Table, original: list[Values]) -> dict[str, object]:
    before = group_sizes(original, table.people)
    after = [
        size for row, size in zip(table.rows, group_sizes(table.rows, table.people), strict=True) if has_value(row)
    ]
    return {
        "k": table.k,
        "k_before": min(before, default=0),
        "k_after": min(after, default=0),
        "unique_before": _in_steps(sum(size == 1 for size in before), table.k),
        "unique_after": sum(size == 1 for size in after),
        "below_k_before": _in_steps(sum(size < table.k for size in before), table.k),
        "below_k_after": sum(size < table.k for size in after),
        "below_k_with_pattern_before": _in_steps(_below_with_pattern(table, original), table.k),
        "below_k_with_pattern_after": _below_with_pattern(table, table.rows),
        "below_k_with_exact_waves": _alone_with_waves(table),
        "people": len(table.rows),
        "people_without_values": _in_steps(len(table.rows) - len(after), table.k),
        "l": L_DISTINCT,
        "l_before": _fewest_answers(table, original),
        "l_after": _fewest_answers(table, table.rows),
        "recodings": table.actions,
        "withheld": sorted(table.withheld),
        "quasi_identifiers": [column.name for column in table.columns],
        "blank": _blank(table),
    }


def _below_with_pattern(table: _Table, rows: list[Values]) -> int:
    """People alike fewer than k by values, arm and what others can know of how far they came; who has no value left is
    counted by arm and pattern alone, which are never blanked."""
    groups = groups_by_arm(rows, table.people)
    return sum(
        groups[person.arm].size_with(row, person.pattern) < table.k
        for row, person in zip(rows, table.people, strict=True)
    )


def _alone_with_waves(table: _Table) -> int:
    """People with a value who are alike fewer than k others by values and the very waves they answered: no rule hides
    them from somebody who knows those waves, so it is told."""
    groups = groups_by_arm(table.rows, [replace(person, pattern=person.waves) for person in table.people])
    return sum(
        has_value(row) and groups[person.arm].size_with(row, person.waves) < table.k
        for row, person in zip(table.rows, table.people, strict=True)
    )


def _fewest_answers(table: _Table, rows: list[Values]) -> int | None:
    """l of the table: the fewest distinct answers of any group with values to a sensitive item."""
    groups = groups_by_arm(rows, table.people)
    kinds = {(row, person.arm) for row, person in zip(rows, table.people, strict=True) if has_value(row)}
    counts = (groups[arm].distinct_answers(row, table.k) for row, arm in kinds)
    return min((count for count in counts if count is not None), default=None)


def _blank(table: _Table) -> dict[str, int]:
    """By column that is released: people without a value, for whatever cause. Only somebody with a protected identity
    has no occupation or municipality from the start: counts by cause would tell how many such people there are."""
    counts = {
        column.name: sum(value is None for value in table.values(place)) for place, column in enumerate(table.columns)
    }
    return {name: _in_steps(count, table.k) for name, count in counts.items() if name not in table.withheld}


def _in_steps(count: int, step: int) -> int:
    """Rounded down, so that neither a few nor the difference between two counts is told.

    >>> _in_steps(4, 5), _in_steps(14, 5)
    (0, 10)
    """
    return count - count % step

"""k-anonymity on people, not rows: recode, then blank, then withhold whole (`privacy.md` C4.2-C4.6)."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from kapabla.release.disclosure.groups import Groups, Pattern, Person, Value, Values, group_sizes, has_value, without
from kapabla.release.disclosure.recoding import Labels, QuasiIdentifier, Recoding
from kapabla.release.disclosure.rules import L_DISTINCT, MAX_BLANK_PEOPLE, MAX_BLANK_SHARE, Withheld

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


@dataclass
class _Table:
    """The columns in order of importance, the people's rows in them, and what has been done."""

    people: Sequence[Person]
    columns: tuple[QuasiIdentifier, ...]
    rows: list[Values]
    k: int
    actions: list[str] = field(default_factory=list)
    withheld: set[str] = field(default_factory=set)
    labels: dict[str, Labels] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)  # steps already taken, by column

    def values(self, place: int) -> list[Value]:
        return [row[place] for row in self.rows]

    def put(self, place: int, values: Sequence[Value]) -> None:
        self.rows = [(*row[:place], value, *row[place + 1 :]) for row, value in zip(self.rows, values, strict=True)]

    def recode(self, place: int, recoding: Recoding) -> None:
        before, name = self.values(place), self.columns[place].name
        after = recoding.apply(before, self.k)
        if after != before:
            self.put(place, after)
            self.actions.append(f"{name}: {recoding.name}")
            self.labels[name] = {**self.labels.get(name, {}), **recoding.labels}

    def withhold(self, place: int) -> None:
        self.put(place, [None] * len(self.rows))
        self.withheld.add(self.columns[place].name)
        self.actions.append(f"{self.columns[place].name}: withheld")


def enforce_k(people: Sequence[Person], columns: Sequence[QuasiIdentifier], *, k: int) -> KAnonymised:
    """Values so that everyone with a value left is alike at least k people on all quasi-identifiers together.

    people: one a person over all waves. columns: most important first; the last is blanked first. Steps: (1) recodings
    that always apply; (2) the least blanking that gives k; (3) where that takes over 5 % of a column and more than five
    people, the column is recoded a step, or another that can be, or withheld whole, and (2) anew; (4) columns that are
    released whole or not at all, where k holds with them within the same limits; (5) groups that give a sensitive
    answer away lose values (C4.5); (6) who is below k with the waves taken part in loses values, the most identifying
    first; a person with none left is accepted; waves and answers are never touched. The same people in any order give
    the same result. Raises `Withheld` where k is not reached.
    Report: k and people below it before and after, by column what was blanked, and the actions in order. Example: six
    of role "a" and one of role "b" with k = 5 and nothing to recode: the one role "b" is blanked, k_after is 6.
    """
    table = _Table(people, tuple(columns), [tuple(p.values.get(c.name) for c in columns) for p in people], k)
    original = list(table.rows)
    whole = {place: table.values(place) for place, column in enumerate(columns) if column.smallest is not None}
    for place, column in enumerate(table.columns):
        for recoding in column.always:
            table.recode(place, recoding)
        if place in whole:
            whole[place] = table.values(place)
            table.put(place, [None] * len(people))
    _recode_until_few_blanks(table, set(whole))
    for place, values in whole.items():
        _add_whole(table, place, values)
    stages = [list(table.rows)]
    for judge in (_judge_answers, _judge_pattern):
        table.rows = _blanked(table, judge)
        stages.append(list(table.rows))
    for place in whole:
        if table.columns[place].name not in table.withheld and not _has_enough(table, place, table.rows):
            table.withhold(place)
    for place, column in enumerate(table.columns):
        # Blanking for answers or for the pattern may have taken the last value of a column that held until then.
        if column.name not in table.withheld and not any(value is not None for value in table.values(place)):
            table.withhold(place)
    _check(table)
    return KAnonymised(
        people=tuple(dict(zip((c.name for c in columns), row, strict=True)) for row in table.rows),
        report=_report(table, original, stages),
        labels=table.labels,
        withheld=frozenset(table.withheld),
    )


def _recode_until_few_blanks(table: _Table, whole: set[int]) -> None:
    """Each turn takes a step or a column away, so it ends."""
    own = [place for place in range(len(table.columns)) if place not in whole]
    while True:
        tried = _blanked(table, _judge_group)
        over = [place for place in _too_blank(table, tried) if place in own]
        if not over:
            table.rows = tried
            return
        for place in (*over, *reversed(own)):
            column = table.columns[place]
            if column.name not in table.withheld and table.done[column.name] < len(column.steps):
                table.recode(place, column.steps[table.done[column.name]])
                table.done[column.name] += 1
                break
        else:
            table.withhold(over[0])


def _too_blank(table: _Table, tried: list[Values]) -> list[int]:
    """Columns where over 5 % of the values, and over five people's, are new blanks; least important first."""
    allowed = max(MAX_BLANK_PEOPLE, int(len(tried) * MAX_BLANK_SHARE))
    pairs = list(zip(table.rows, tried, strict=True))
    return [
        place
        for place in reversed(range(len(table.columns)))
        if sum(old[place] != new[place] for old, new in pairs) > allowed
    ]


def _add_whole(table: _Table, place: int, values: Sequence[Value]) -> None:
    """A column of all or nothing comes back only where every value of it has enough people, and k holds with it."""
    kept = table.rows
    table.put(place, values)
    tried = _blanked(table, _judge_group)
    if _has_enough(table, place, table.rows) and _has_enough(table, place, tried) and not _too_blank(table, tried):
        table.rows = tried
        return
    table.rows = kept
    table.withhold(place)


def _has_enough(table: _Table, place: int, rows: list[Values]) -> bool:
    counts = Counter(row[place] for row in rows if row[place] is not None)
    return bool(counts) and min(counts.values()) >= (table.columns[place].smallest or table.k)


def _blanked(table: _Table, judge: Judge) -> list[Values]:
    """Rows after blanking until none needs it. All who are alike are treated alike: the order of people is nothing."""
    rows = list(table.rows)
    while True:
        groups, judged = Groups(rows, table.people), dict[tuple[Values, Pattern], Values]()
        for row, person in zip(rows, table.people, strict=True):
            if (row, person.pattern) not in judged:
                judged[row, person.pattern] = judge(groups, row, person.pattern, table.k) if has_value(row) else row
        after = [judged[row, person.pattern] for row, person in zip(rows, table.people, strict=True)]
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
    groups = Groups(table.rows, table.people)
    for row, person in zip(table.rows, table.people, strict=True):
        if has_value(row) and _judge_pattern(groups, row, person.pattern, table.k) != row:
            raise Withheld(reason="k_not_reached")


def _report(table: _Table, original: list[Values], stages: list[list[Values]]) -> dict[str, object]:
    before = group_sizes(original, table.people)
    after = [
        size for row, size in zip(table.rows, group_sizes(table.rows, table.people), strict=True) if has_value(row)
    ]
    names = [column.name for column in table.columns]
    return {
        "k": table.k,
        "k_before": min(before, default=0),
        "k_after": min(after, default=0),
        "unique_before": sum(size == 1 for size in before),
        "unique_after": sum(size == 1 for size in after),
        "below_k_before": sum(size < table.k for size in before),
        "below_k_after": sum(size < table.k for size in after),
        "people": len(table.rows),
        "people_without_values": len(table.rows) - len(after),
        "l": L_DISTINCT,
        "l_before": _fewest_answers(table, original),
        "l_after": _fewest_answers(table, table.rows),
        "recodings": list(table.actions),
        "withheld": sorted(table.withheld),
        "missing_before": _blanks(names, original),
        "blanked": _more(names, original, stages[0], table.withheld),
        "blanked_for_sensitive": _more(names, stages[0], stages[1], table.withheld),
        "blanked_for_pattern": _more(names, stages[1], stages[2], table.withheld),
    }


def _fewest_answers(table: _Table, rows: list[Values]) -> int | None:
    """l of the table: the fewest distinct answers of any group with values to a sensitive item."""
    groups = Groups(rows, table.people)
    counts = (groups.distinct_answers(row, table.k) for row in set(rows) if has_value(row))
    return min((count for count in counts if count is not None), default=None)


def _blanks(names: Sequence[str], rows: list[Values]) -> dict[str, int]:
    return {name: sum(row[place] is None for row in rows) for place, name in enumerate(names)}


def _more(names: Sequence[str], before: list[Values], after: list[Values], withheld: set[str]) -> dict[str, int]:
    """By column that is released: people who had a value before the step and have none after it."""
    earlier, later = _blanks(names, before), _blanks(names, after)
    return {name: later[name] - earlier[name] for name in names if name not in withheld}

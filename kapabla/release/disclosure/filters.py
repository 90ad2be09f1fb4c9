"""When a filter may be answered, and when a figure keeps its former value: differences between two answers (C5.4-5)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from kapabla.release.disclosure.cells import Cell, Cells
from kapabla.release.disclosure.groups import Value
from kapabla.release.disclosure.hiding import hide, hide_more, small_cells, worked_out
from kapabla.release.disclosure.rules import MAX_FILTERS, Thresholds, Withheld
from kapabla.release.disclosure.suppression import WhoTable, cells_of
from kapabla.release.disclosure.together import hidden_together

# A setting of the filters: pairs of column and value, none for everybody. The same as the cell that counts its people.
Setting = Cell
EVERYBODY: Setting = ()
_BLANK = ""


@dataclass(frozen=True)
class Membership:
    """Who is counted, by anything that lasts, with each one's values of the filters; None where there is none."""

    people: Mapping[str, Mapping[str, Value]]
    _groups: dict[Setting, frozenset[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def kinds(self) -> Counter[tuple[tuple[str, Value], ...]]:
        """Thousands of people are of a few hundred kinds: tables are counted from those."""
        return Counter(tuple(own.items()) for own in self.people.values())

    def values(self, name: str) -> frozenset[str]:
        return frozenset(value for own in self.people.values() if (value := own.get(name)) is not None)

    def group(self, setting: Setting) -> frozenset[str]:
        """Looked for once: it is asked for again at every threshold and of every release."""
        if setting not in self._groups:
            self._groups[setting] = frozenset(
                one
                for one, own in self.people.items()
                if all((own.get(name) or _BLANK) == value for name, value in setting)
            )
        return self._groups[setting]


@dataclass(frozen=True)
class Shown:
    """What was answered in a release: to which settings, about whom."""

    members: Membership
    settings: frozenset[Setting]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for setting in self.settings for name, _ in setting)


def check_filters(n: int, parents: Sequence[int], *, thresholds: Thresholds) -> None:
    """Raise `Withheld` unless a group of `n` people may be answered about; nothing and too few are refused alike.

    n: people that all filters leave. parents: for each filter, how many people are left when that one is removed (so
    as many numbers as there are filters, at most two). Rule (`privacy.md` C5.4): n >= T, and each parent less n is 0 or
    >= T. Numbers are never rounded and never random: the researcher holds the rows.

    >>> check_filters(12, [30, 17], thresholds=Thresholds(5))
    >>> check_filters(12, [30, 14], thresholds=Thresholds(5))
    Traceback (most recent call last):
    kapabla.release.disclosure.rules.Withheld: withheld (reason=filters)
    """
    if len(parents) > MAX_FILTERS:
        raise Withheld(reason="too_many_filters")
    if any(parent < n for parent in parents):
        raise Withheld(reason="not_a_parent")
    if n < thresholds.cell or any(0 < parent - n < thresholds.cell for parent in parents):
        raise Withheld(reason="filters")


def answerable(
    members: Membership, names: Sequence[str], *, thresholds: Thresholds, former: Iterable[Shown] = (),
    alone: Sequence[str] = (),
) -> frozenset[Setting]:  # fmt: skip
    """The settings of at most two filters that may be answered about, all of them together.

    `check_filters` looks at one setting and its parents. But everybody less *all* answered values is a difference too,
    so is one release less another, and who answers these settings shows all of it. So the rules of linked *who* tables
    decide (`privacy.md` C5.1, C5.3): a setting is answered where its count would be shown in tables of every filter and
    every two. Where those cannot be protected all together, they are tried one after the other, and a pair that cannot
    be protected with those before it is left out.
    former: what earlier releases answered about the same: of those who have come since or gone, counted together,
    nothing may be worked out either. Blanks count, and are no value. alone: columns that are asked about by themselves
    and never with another, audited with all the rest.
    Raises `Withheld` where not even everybody may be answered about.

    >>> people = {str(n): {"role": "a" if n < 20 else "b"} for n in range(40)}
    >>> sorted(answerable(Membership(people), ["role"], thresholds=Thresholds(5)))
    [(), (('role', 'a'),), (('role', 'b'),)]
    """
    known = [shown for shown in former if shown.settings]
    # A filter whose values mean something else than before: the one less the other is a group that nobody looked at.
    same = [
        name
        for name in (*names, *alone)
        if all(shown.members.values(name) == members.values(name) for shown in known if name in shown.names)
    ]
    paired = [name for name in same if name not in alone]
    pairs = [*((name,) for name in same), *combinations(paired, MAX_FILTERS)]
    try:
        found = _answered(members, [(), *pairs], known, thresholds)
    except Withheld:
        found = _answered_in_turn(members, pairs, known, thresholds)
    return _beside_all(found, members, known, thresholds)


def _answered_in_turn(
    members: Membership, pairs: Sequence[tuple[str, ...]], former: Sequence[Shown], thresholds: Thresholds
) -> frozenset[Setting]:
    chosen: list[tuple[str, ...]] = [()]
    found = _answered(members, chosen, former, thresholds)
    for pair in pairs:
        try:
            found = _answered(members, [*chosen, pair], former, thresholds)
        except Withheld:
            continue
        chosen.append(pair)
    return found


def keeps_former_figure(former: Set[str], present: Set[str], *, thresholds: Thresholds) -> bool:
    """Whether a shown group's figures must stay as they were in the release before (`privacy.md` C5.5).

    former, present: who was in the group then and is now, by anything that lasts (subjects, at build). True where 1 to
    T-1 people have come or gone, counted together: two means with n and n + 1 give that one person's value away.

    >>> keeps_former_figure({"a"}, {"a", "b"}, thresholds=Thresholds(5))
    True
    """
    return 0 < len(former ^ present) < thresholds.cell


def tells_of_few(former: Sequence[Set[str]], present: Set[str], *, thresholds: Thresholds) -> bool:
    """Whether what was shown of a group before and what would be shown now, added and subtracted with any weights,
    comes near the answer of 1 to T-1 people (`hidden_together`).

    former, present: who was in the group each time it was counted, and who is now.

    >>> stay, some, more = set("abcdefgh"), set("123456"), set("uvwxyz")
    >>> counts = [stay | some, stay | more, stay | some | more]
    >>> tells_of_few(counts, stay | {"one"}, thresholds=Thresholds(5))
    True
    >>> [tells_of_few([count], stay | {"one"}, thresholds=Thresholds(5)) for count in counts]
    [False, False, False]
    """
    return bool(hidden_together(former, {EVERYBODY: present}, thresholds=thresholds))


def _answered(
    members: Membership, pairs: Sequence[tuple[str, ...]], former: Sequence[Shown], thresholds: Thresholds
) -> frozenset[Setting]:
    everybody = [members, *(shown.members for shown in former)]
    cells = _cells(members, pairs, everybody)
    hidden = hide(cells, thresholds.cell) if len(cells.counts) > 1 else set()
    differing = [(shown, *_differing(members, shown.members)) for shown in former]
    while True:
        before = len(hidden)
        for shown, present, past in differing:
            # Of either release is known what it answers, and what follows from that.
            then = worked_out(cells, {cell for cell in cells.counts if cell in shown.settings})
            now = worked_out(cells, cells.counts.keys() - hidden)
            # C5.5, group by group: also where somebody has another value now, and so has left one group for another.
            hidden |= {
                cell for cell in then & now
                if keeps_former_figure(past.group(cell), present.group(cell), thresholds=thresholds)
            }  # fmt: skip
            changed = _cells(_changed(present, past), pairs, everybody)
            unknown = cells.counts.keys() - (then & now)
            hidden |= hide_more(changed, small_cells(changed, thresholds.cell), set(), unknown, thresholds.cell)
        if len(hidden) == before:
            return _large_enough(cells, hidden, thresholds)
        # What is hidden because of a former release has to be hidden in this one's own sums too.
        small = small_cells(cells, thresholds.cell)
        hidden = hide_more(cells, small | hidden, hidden, set(), thresholds.cell)


def _beside_all(
    answered: frozenset[Setting], members: Membership, former: Sequence[Shown], thresholds: Thresholds
) -> frozenset[Setting]:
    """Those that may be answered about beside everything that any earlier release has, whatever the groups."""
    told = [shown.members.group(setting) for shown in former for setting in sorted(shown.settings)]
    gone = hidden_together(told, {setting: members.group(setting) for setting in answered}, thresholds=thresholds)
    if EVERYBODY in gone:
        raise Withheld(reason="former_figure")
    return answered - gone


def _differing(present: Membership, former: Membership) -> tuple[Membership, Membership]:
    """Both without those who are in both and the same: they are in no difference of groups."""
    now, then = present.people, former.people
    same = {one for one, own in now.items() if one in then and _is_same(own, then[one])}
    kept = [Membership({one: own for one, own in people.items() if one not in same}) for people in (now, then)]
    return kept[0], kept[1]


def _is_same(own: Mapping[str, Value], other: Mapping[str, Value]) -> bool:
    # Nearly all are equal as they stand, which is much quicker to see; a column that one of them lacks is a blank.
    return own == other or all(own.get(name) == other.get(name) for name in own.keys() | other.keys())


def _changed(present: Membership, former: Membership) -> Membership:
    """Whom all figures less the former ones tell of: who has come and who has gone, counted together."""
    come = {one: own for one, own in present.people.items() if one not in former.people}
    return Membership(come | {one: own for one, own in former.people.items() if one not in present.people})


def _large_enough(cells: Cells, hidden: Set[Cell], thresholds: Thresholds) -> frozenset[Setting]:
    if EVERYBODY in hidden:
        raise Withheld(reason="former_figure")
    found = set[Setting]()
    for setting, n in cells.counts.items():
        if setting in hidden or any(value == _BLANK for _, value in setting):
            continue
        parents = [cells.counts[tuple(pair for pair in setting if pair != gone)] for gone in setting]
        try:
            check_filters(n, parents, thresholds=thresholds)
        except Withheld:
            continue
        found.add(setting)
    if EVERYBODY not in found:
        raise Withheld(reason="group_too_small")
    return frozenset(found)


def _cells(members: Membership, pairs: Sequence[tuple[str, ...]], everybody: Sequence[Membership]) -> Cells:
    """The tables of the pairs, with every value that any of `everybody` has: the same cells for then and now."""
    labels = {
        name: tuple(sorted({dict(kind).get(name) or _BLANK for them in everybody for kind in them.kinds}))
        for pair in pairs
        for name in pair
    }
    if not labels:
        return Cells({EVERYBODY: len(members.people)}, ())
    return cells_of([_table(members, pair, labels) for pair in pairs if pair])


def _table(members: Membership, pair: tuple[str, ...], labels: Mapping[str, tuple[str, ...]]) -> WhoTable:
    found = Counter[tuple[str, ...]]()
    for kind, count in members.kinds.items():
        own = dict(kind)
        found[tuple(own.get(name) or _BLANK for name in pair)] += count
    rows, *columns = pair
    if not columns:
        return WhoTable(rows, labels[rows], tuple((found[value,],) for value in labels[rows]))
    counts = tuple(tuple(found[value, other] for other in labels[columns[0]]) for value in labels[rows])
    return WhoTable(rows, labels[rows], counts, columns[0], labels[columns[0]])

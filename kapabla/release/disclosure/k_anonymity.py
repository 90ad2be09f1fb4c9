"""k-anonymity on people, not rows: recode, then blank, then withhold whole (`privacy.md` C4.2–C4.6)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kapabla.release.disclosure.rules import L_DISTINCT, MAX_BLANK_PEOPLE, MAX_BLANK_SHARE, Withheld

Value = str | None
Person = dict[str, Value]
Recode = Callable[[list[Person]], None]


@dataclass
class KAnonymised:
    """`people` in the order given, with blanks as None; `report` is what the manifest tells of it."""

    people: list[Person]
    report: dict[str, object] = field(default_factory=dict)


def enforce_k(
    people: Sequence[Mapping[str, Value]],
    importance: Sequence[str],
    *,
    k: int,
    recodings: Sequence[tuple[str, Recode]],
    patterns: Sequence[frozenset[str]],
    sensitive: Sequence[frozenset[object]] = (),
) -> KAnonymised:
    """Values so that everyone with a value left is alike at least k people on all quasi-identifiers together.

    people: one mapping a person (never a row a wave), each quasi-identifier at its first value; None is a blank.
    importance: most important first; the last is blanked first. recodings: tried in order while more than 5 % (and more
    than five people) stand below k. patterns: each person's waves; sensitive: each person's answers to sensitive items.
    A blank in one's own row widens one's group; blanks in others do not. A person with none left is accepted.
    """
    rows = [{name: person.get(name) for name in importance} for person in people]
    before = group_sizes(rows, importance)
    actions: list[str] = []
    for name, recode in recodings:
        if _below(rows, importance, k) <= _allowed(len(rows)):
            break
        recode(rows)
        actions.append(name)
    _blank_until(rows, importance, k, actions)
    _blank_patterns(rows, importance, k, patterns)
    if sensitive:
        _enforce_l(rows, importance, k, sensitive)
    after = [size for row, size in zip(rows, group_sizes(rows, importance), strict=True) if any(row.values())]
    if after and min(after) < k:
        raise Withheld(reason="k_not_reached")
    report = {
        "k": k,
        "k_before": min(before, default=0),
        "k_after": min(after, default=0),
        "unique_before": sum(size == 1 for size in before),
        "below_k_before": sum(size < k for size in before),
        "recodings": actions,
        "blanked": {name: sum(row[name] is None for row in rows) for name in importance},
    }
    return KAnonymised(rows, report)


def group_sizes(
    rows: Sequence[Person], names: Sequence[str], patterns: Sequence[frozenset[str]] | None = None
) -> list[int]:
    """For each person: how many people (oneself among them) have all the values that are not blank in one's own row.

    >>> group_sizes([{"a": "x"}, {"a": "x"}, {"a": None}], ["a"])
    [2, 2, 3]
    """
    extra = [None] * len(rows) if patterns is None else list(patterns)
    sizes = [0] * len(rows)
    by_mask: dict[tuple[str, ...], list[int]] = {}
    for place, row in enumerate(rows):
        by_mask.setdefault(tuple(name for name in names if row[name] is not None), []).append(place)
    for mask, places in by_mask.items():
        counts = Counter((*(row[name] for name in mask), more) for row, more in zip(rows, extra, strict=True))
        for place in places:
            sizes[place] = counts[(*(rows[place][name] for name in mask), extra[place])]
    return sizes


def _allowed(people: int) -> int:
    return max(MAX_BLANK_PEOPLE, int(people * MAX_BLANK_SHARE))


def _below(rows: list[Person], names: Sequence[str], k: int) -> int:
    return sum(size < k for size in group_sizes(rows, names))


def _blank_until(rows: list[Person], importance: Sequence[str], k: int, actions: list[str]) -> None:
    """Blank the least important value of everyone below k, again until nobody with a value is; then look at columns."""
    for _ in range(len(importance) * len(rows) + 1):
        below = [row for row, size in zip(rows, group_sizes(rows, importance), strict=True) if size < k]
        below = [row for row in below if any(row.values())]
        if not below:
            return
        for row in below:
            _blank_least(row, importance)
        for name in reversed(importance):
            blank = sum(row[name] is None for row in rows)
            if _allowed(len(rows)) < blank < len(rows) and f"withhold {name}" not in actions:
                for row in rows:
                    row[name] = None
                actions.append(f"withhold {name}")
                break


def _blank_least(row: Person, importance: Sequence[str]) -> None:
    for name in reversed(importance):
        if row[name] is not None:
            row[name] = None
            return


def _blank_patterns(rows: list[Person], importance: Sequence[str], k: int, patterns: Sequence[frozenset[str]]) -> None:
    """Where the values together with the waves taken part in single somebody out, the values go and the waves stay."""
    for _ in range(len(importance) * len(rows) + 1):
        sizes = group_sizes(rows, importance, patterns)
        alone = group_sizes(rows, importance)
        below = [
            row
            for row, size, plain in zip(rows, sizes, alone, strict=True)
            if any(row.values()) and (size < k or plain < k)
        ]
        if not below:
            return
        for row in below:
            _blank_least(row, importance)


def _enforce_l(rows: list[Person], importance: Sequence[str], k: int, sensitive: Sequence[frozenset[object]]) -> None:
    """A group that answered a sensitive item alike discloses it: its values are blanked, its answers never touched."""
    groups: dict[tuple[Value, ...], list[int]] = {}
    for place, row in enumerate(rows):
        if any(row.values()):
            groups.setdefault(tuple(row[name] for name in importance), []).append(place)
    for places in groups.values():
        answers: set[object] = set().union(*(sensitive[place] for place in places))
        if 0 < len(answers) < L_DISTINCT:
            for place in places:
                rows[place].update(dict.fromkeys(importance))
    _blank_until(rows, importance, k, [])

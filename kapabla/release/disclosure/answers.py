"""Answer tables: how a group that may be shown answered. Categories are merged from the ends until none is small."""

from collections.abc import Sequence

from kapabla.release.disclosure.rules import Thresholds, Withheld
from kapabla.release.disclosure.tables import ReleasableTable, releasable

# Five categories to three to two, always from the ends (`privacy.md` C5): which are put together.
_MERGES: dict[int, list[list[list[int]]]] = {
    5: [[[0], [1], [2], [3], [4]], [[0, 1], [2], [3, 4]], [[0, 1, 2], [3, 4]], [[0, 1], [2, 3, 4]]],
    4: [[[0], [1], [2], [3]], [[0, 1], [2, 3]]],
    3: [[[0], [1], [2]], [[0], [1, 2]], [[0, 1], [2]]],
    2: [[[0], [1]]],
}


def protect_answers(
    labels: Sequence[str], counts: Sequence[int], *, thresholds: Thresholds, changes: Sequence[Sequence[int]] = ()
) -> ReleasableTable:
    """Ordered categories with the count of people in each; the first merging that leaves each 0 or at least T.

    Group: at least 2T people, otherwise Withheld. All alike is class disclosure, hence Withheld too. No mean, SD or
    percentile may stand beside the table. changes: the same counts of those who have come, or gone, since it was shown
    before; a table less another is an answer table of them, and they are held to the same. Source: `privacy.md` C5.

    >>> protect_answers("abcde", [1, 9, 10, 10, 2], thresholds=Thresholds(5)).rows
    (('a–b', 10), ('c', 10), ('d–e', 12))
    """
    everybody = [counts, *(change for change in changes if sum(change))]
    if any(sum(group) < thresholds.answer_group for group in everybody):
        raise Withheld(reason="group_too_small")
    for groups in _MERGES.get(len(labels), []):
        if all(_is_safe(_merged(answers, groups), thresholds) for answers in everybody):
            names = [labels[g[0]] if len(g) == 1 else f"{labels[g[0]]}–{labels[g[-1]]}" for g in groups]
            return releasable(("Svar", "Antal"), list(zip(names, _merged(counts, groups), strict=True)))
    raise Withheld(reason="no_merging_protects")


def _merged(counts: Sequence[int], groups: list[list[int]]) -> list[int]:
    return [sum(counts[place] for place in group) for group in groups]


def _is_safe(merged: Sequence[int], thresholds: Thresholds) -> bool:
    return not any(0 < count < thresholds.cell for count in merged) and max(merged) < sum(merged)

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


def protect_answers(labels: Sequence[str], counts: Sequence[int], *, thresholds: Thresholds) -> ReleasableTable:
    """Ordered categories with the count of people in each; the first merging that leaves each 0 or at least T.

    Group: at least 2T people, otherwise Withheld. All alike is class disclosure, hence Withheld too. No mean, SD or
    percentile may stand beside the table. Source: `privacy.md` C5.

    >>> protect_answers("abcde", [1, 9, 10, 10, 2], thresholds=Thresholds(5)).rows
    (('a–b', 10), ('c', 10), ('d–e', 12))
    """
    total = sum(counts)
    if total < thresholds.answer_group:
        raise Withheld(reason="group_too_small")
    for groups in _MERGES.get(len(labels), []):
        merged = [sum(counts[place] for place in group) for group in groups]
        small = any(0 < count < thresholds.cell for count in merged)
        if not small and max(merged) < total:
            names = [labels[g[0]] if len(g) == 1 else f"{labels[g[0]]}–{labels[g[-1]]}" for g in groups]
            return releasable(("Svar", "Antal"), list(zip(names, merged, strict=True)))
    raise Withheld(reason="no_merging_protects")

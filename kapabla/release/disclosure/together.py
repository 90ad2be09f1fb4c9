"""All that any number of releases show of the same people, added and subtracted with any weights (C5.4, C5.5).

A figure of a group is the sum of what its people answered. Whoever has many figures, of different groups and different
releases, can weigh them against each other until nearly everybody is gone from the sum. People who are in exactly the
same groups weigh the same in all of it: they are one kind, and a kind is what is asked about.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any, NamedTuple

from kapabla.release.disclosure.cells import Cell
from kapabla.release.disclosure.rules import Thresholds

if TYPE_CHECKING:
    import numpy as np

# The solver is exact to about 1e-9; a weight of 4.9999999 is 5.
_TOLERANCE = 1e-6
# More small kinds than this are not looked at: fewer new figures are shown until there are no more.
_MOST_KINDS = 400


class _Found(NamedTuple):
    """So many people, and how much each group has to do with it."""

    people: float
    weights: "np.ndarray"


def hidden_together(
    known: Iterable[Set[str]], new: Mapping[Cell, Set[str]], *, thresholds: Thresholds
) -> frozenset[Cell]:
    """Which new groups may not be told of beside all that is known of these people already.

    known: who was in each group that anything has been told of, in any release. new: who is in each that would be told
    of now. Two things have to hold of every kind of fewer than T people. In each sum of figures, whatever their
    weights, in which one of the kind weighs one, everybody together weighs at least T: no sum is the answer of a few,
    nor is it one in which the others hardly weigh. And what all counts together leave open of the number of the kind is
    at least T wide, also to somebody who knows which kinds there are. What the known figures give away by themselves
    is not laid on the new ones. Where it cannot be decided nothing new is told.

    >>> people = [set("abcdefgh123456uvwxyz"), set("abcdefghuvwxyz"), set("abcdefgh123456")]
    >>> hidden_together(people, {(): set("abcdefgh!")}, thresholds=Thresholds(5))
    frozenset({()})
    >>> [len(hidden_together([known], {(): set("abcdefgh!")}, thresholds=Thresholds(5))) for known in people]
    [0, 0, 0]
    """
    told = [*dict.fromkeys(map(frozenset, known))]
    # What was told of the very same people may be told again.
    fresh = {cell: frozenset(group) for cell, group in new.items()}
    seen = set(told)
    fresh = {cell: group for cell, group in fresh.items() if group not in seen}
    order = sorted(fresh, key=lambda cell: (-len(cell), len(fresh[cell]), cell))
    hidden = set[Cell]()
    while left := [cell for cell in order if cell not in hidden]:
        kinds = _Kinds([*told, *(fresh[cell] for cell in left)])
        if len(kinds.small(thresholds.cell)) <= _MOST_KINDS:
            return frozenset(hidden | _giving_away(kinds, len(told), left, thresholds))
        # The finest groups make the most kinds.
        hidden |= {cell for cell in left if len(cell) == len(left[0])}
    return frozenset(hidden)


def _giving_away(kinds: "_Kinds", known: int, cells: Sequence[Cell], thresholds: Thresholds) -> set[Cell]:
    """The groups after the first `known` that have to go, in the order of `cells`: finest and smallest first."""
    hidden = set[Cell]()
    for kind in kinds.small(thresholds.cell):
        # Fewer groups give fewer sums: a kind that is once well enough hidden stays so.
        while (found := kinds.hiding(kind, thresholds.cell)).people < thresholds.cell - _TOLERANCE:
            of_new = [
                place for place in range(known, known + len(cells))
                if kinds.is_told(place) and abs(found.weights[place]) > _TOLERANCE
            ]  # fmt: skip
            if not of_new:
                break
            kinds.hide(of_new[0])
            hidden.add(cells[of_new[0] - known])
    return hidden


class _Kinds:
    """Groups of people as the kinds they are made of. Groups can be hidden; the kinds stay as they are."""

    def __init__(self, groups: Sequence[Set[str]]) -> None:
        import numpy as np

        own = defaultdict[str, list[int]](list)
        for place, group in enumerate(groups):
            for one in group:
                own[one].append(place)
        found = sorted(Counter(map(tuple, own.values())).items())
        self._people = np.array([people for _, people in found], dtype=float)
        self._is_in = np.zeros((len(groups), len(found)))
        for column, (places, _) in enumerate(found):
            self._is_in[list(places), column] = 1
        self._told = np.ones(len(groups), dtype=bool)

    def small(self, smallest: int) -> list[int]:
        return [kind for kind, people in enumerate(self._people) if people < smallest]

    def is_told(self, place: int) -> bool:
        return bool(self._told[place])

    def hide(self, place: int) -> None:
        self._told[place] = False

    def hiding(self, kind: int, smallest: int) -> _Found:
        """How many people hide this kind: of the lightest sum, or the width of what is open, where that is less."""
        lightest, own = self._lightest(kind), float(self._people[kind])
        others = lightest.people - own
        # So far can the number of the kind go up, and so far down, while no other goes below none.
        if lightest.people < smallest - _TOLERANCE or others + min(own, others) >= smallest - _TOLERANCE:
            return lightest
        return self._width(kind)

    def _lightest(self, kind: int) -> _Found:
        """The fewest people, each counted as much as they weigh, in a sum in which one of the kind weighs one.

        Solved from its other side (duality): how far the number of the kind can change while that of every other kind
        changes by at most the people that it has, and every told figure is as it is.
        """
        import numpy as np

        sums = self._is_in[self._told]
        return self._solved(
            np.append(np.zeros(len(self._people)), -1.0), np.column_stack([sums, -sums[:, kind]]),
            np.zeros(len(sums)), [*((-people, people) for people in self._people), (0, None)],
        )  # fmt: skip

    def _width(self, kind: int) -> _Found:
        """From the fewest to the most of the kind that there can be, with every told count as it is."""
        import numpy as np

        sums, goal = self._is_in[self._told], np.zeros(len(self._people))
        goal[kind] = 1.0
        ends = [self._solved(sign * goal, sums, sums @ self._people, [(0, None)] * len(goal)) for sign in (1.0, -1.0)]
        people = [end.people for end in ends]
        return _Found(
            min(people) if float("-inf") in people else sum(people),
            np.sum([abs(end.weights) for end in ends], axis=0),
        )

    def _solved(
        self, goal: "np.ndarray", sums: "np.ndarray", totals: "np.ndarray", bounds: Sequence[tuple[float, float | None]]
    ) -> _Found:
        """The least that `goal` can be, with the sign turned, and what each told group weighs in that. Where the solver
        gives no answer nothing hides anybody, and every group is to blame."""
        import numpy as np
        from scipy.optimize import linprog

        found: Any = linprog(goal, A_eq=sums, b_eq=totals, bounds=bounds, method="highs")
        weights = np.zeros(len(self._told))
        if found.status == 3:
            return _Found(float("inf"), weights)
        if found.status != 0:
            return _Found(float("-inf"), weights + 1.0)
        weights[self._told] = found.eqlin.marginals
        return _Found(float(-found.fun), weights)

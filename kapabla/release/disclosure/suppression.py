"""Who tables: counts of people by what others can know about them, with margins (`privacy.md` C5.1, C5.3)."""

from collections.abc import Sequence
from itertools import product
from typing import Any

from kapabla.release.disclosure.rules import MAX_HIDDEN_SHARE, Thresholds, Withheld
from kapabla.release.disclosure.tables import HIDDEN, ReleasableTable, releasable

Place = tuple[int, int]


def protect_who(
    row_labels: Sequence[str], column_labels: Sequence[str], counts: Sequence[Sequence[int]], *, thresholds: Thresholds
) -> ReleasableTable:
    """A two-way table of people with its margins and total; hidden cells are HIDDEN.

    (a) primary: 0 < n < T, and rows or columns where all but fewer than T share one value; (b) each line with one
    hidden cell gets a second, the smallest non-zero one; (c) audit by linear programming: no primary cell may be known
    to within T; (d) otherwise the cheapest further cell of its line is hidden; (e) over 40 % hidden, or no way on:
    Withheld.

    >>> table = protect_who(["x", "y"], ["a", "b"], [[9, 9], [9, 9]], thresholds=Thresholds(5))
    >>> table.rows[0]
    ('x', 9, 9, 18)
    """
    grid = _with_margins(counts)
    hidden = _primary(grid, thresholds.cell)
    primary = set(hidden)
    while True:
        _complement(grid, hidden)
        exposed = next((place for place in sorted(primary) if _width(grid, hidden, place) < thresholds.cell), None)
        if exposed is None:
            break
        _hide_one_more(grid, hidden, exposed)
    cells = len(grid) * len(grid[0])
    if len(hidden) > MAX_HIDDEN_SHARE * cells:
        raise Withheld(reason="mostly_hidden")
    rows = []
    for r, label in enumerate([*row_labels, "Alla"]):
        rows.append([label, *(HIDDEN if (r, c) in hidden else grid[r][c] for c in range(len(grid[0])))])
    return releasable(("", *column_labels, "Alla"), rows)


def _with_margins(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    grid = [[*row, sum(row)] for row in counts]
    return [*grid, [sum(column) for column in zip(*grid, strict=True)]]


def _lines(grid: list[list[int]]) -> list[list[Place]]:
    """Every sum that a reader can form: each row with its margin, each column with its margin."""
    height, width = len(grid), len(grid[0])
    return [[(r, c) for c in range(width)] for r in range(height)] + [
        [(r, c) for r in range(height)] for c in range(width)
    ]


def _primary(grid: list[list[int]], cell: int) -> set[Place]:
    hidden = {(r, c) for r, c in product(range(len(grid)), range(len(grid[0]))) if 0 < grid[r][c] < cell}
    for line in _lines(grid):
        *inner, margin = line
        total = grid[margin[0]][margin[1]]
        for place in inner:
            # All but a few share one value: the few are known to be the others (class disclosure).
            if total and 0 < total - grid[place[0]][place[1]] < cell:
                hidden.add(place)
    return hidden


def _complement(grid: list[list[int]], hidden: set[Place]) -> None:
    changed = True
    while changed:
        changed = False
        for line in _lines(grid):
            in_line = [place for place in line if place in hidden]
            if len(in_line) == 1 or (len(in_line) == 2 and all(grid[r][c] == 1 for r, c in in_line)):
                _hide_cheapest(grid, hidden, line)
                changed = True


def _hide_one_more(grid: list[list[int]], hidden: set[Place], exposed: Place) -> None:
    lines = [line for line in _lines(grid) if exposed in line]
    line = min(lines, key=lambda places: sum(place in hidden for place in places))
    _hide_cheapest(grid, hidden, line)


def _hide_cheapest(grid: list[list[int]], hidden: set[Place], line: list[Place]) -> None:
    free = [place for place in line if place not in hidden]
    if not free:
        raise Withheld(reason="no_cell_left_to_hide")
    # A zero hides nothing, so it is taken last.
    hidden.add(min(free, key=lambda place: (grid[place[0]][place[1]] == 0, grid[place[0]][place[1]], place)))


def _width(grid: list[list[int]], hidden: set[Place], target: Place) -> float:
    """How far apart the least and the greatest value are that the target can have, given everything that is shown."""
    from scipy.optimize import linprog

    order = sorted(hidden)
    index = {place: i for i, place in enumerate(order)}
    equations, sums = [], []
    for line in _lines(grid):
        *inner, margin = line
        coefficients, known = [0.0] * len(order), 0.0
        for place, sign in [*((place, 1.0) for place in inner), (margin, -1.0)]:
            if place in index:
                coefficients[index[place]] = sign
            else:
                known -= sign * grid[place[0]][place[1]]
        if any(coefficients):
            equations.append(coefficients)
            sums.append(known)
    goal = [0.0] * len(order)
    goal[index[target]] = 1.0
    ends: list[Any] = []
    for sign in (1.0, -1.0):
        found = linprog([sign * g for g in goal], A_eq=equations, b_eq=sums, bounds=(0, None), method="highs")
        if found.status == 3:
            return float("inf")
        if found.status != 0:
            raise Withheld(reason="audit_failed")
        ends.append(found.x[index[target]])
    return float(ends[1] - ends[0])

"""An auditor of published tables that knows nothing of ours but what is printed."""

import numpy as np
from scipy.optimize import linprog


def intervals(headers, rows):
    """(row, column) -> least and greatest value of every hidden cell of a two-way table with "Alla" last in both ways.

    From the printed cells alone: each row sums to its last cell, each column to its last cell, nothing is negative.
    """
    height, width = len(rows), len(headers) - 1
    printed = np.array([[np.nan if cell is None else cell for cell in row[1:]] for row in rows], dtype=float)
    unknown = {place: number for number, place in enumerate(zip(*np.where(np.isnan(printed)), strict=True))}
    sums, totals = [], []
    for line in [[(r, c) for c in range(width)] for r in range(height)] + [
        [(r, c) for r in range(height)] for c in range(width)
    ]:
        signs = np.zeros(len(unknown))
        total = 0.0
        for place, sign in [*((place, 1) for place in line[:-1]), (line[-1], -1)]:
            if place in unknown:
                signs[unknown[place]] += sign
            else:
                total -= sign * printed[place]
        if signs.any():
            sums.append(signs)
            totals.append(total)
    found = {}
    for place, number in unknown.items():
        goal = np.zeros(len(unknown))
        goal[number] = 1
        ends = []
        for sign in (1, -1):
            result = linprog(sign * goal, A_eq=np.array(sums), b_eq=np.array(totals), bounds=(0, None))
            ends.append(sign * result.fun if result.status == 0 else float("inf"))
        found[int(place[0]), int(place[1])] = (ends[0], ends[1])
    return found


def widths(sums, totals, targets):
    """How well each target is bounded by what is known: greatest less least number of people it can stand for.

    Columns are kinds of people, of which there are 0 or more. A row of `sums` says how often each is counted in a known
    total, a row of `targets` how often in what is asked. This sees every table and filter at once, down to the single
    kind of person, which the engine never looks at.
    """
    found = []
    for target in targets:
        ends = []
        for sign in (1, -1):
            result = linprog(sign * target, A_eq=sums, b_eq=totals, bounds=(0, None), method="highs")
            # Rounding of a sum may leave nothing that satisfies all; then nothing is claimed to be protected.
            ends.append(sign * result.fun if result.status == 0 else sign * (0.0 if result.status == 2 else -np.inf))
        found.append(ends[1] - ends[0])
    return found


def lightest(sums, people, place):
    """The fewest people, each counted as much as they weigh, of all sums in which one of the kind `place` weighs one.

    Columns are kinds of people, rows what is told of: as the reader would look for it, weight by weight of every row.
    """
    rows, kinds = sums.shape
    # Unknown: a weight a row, then for each kind the size of what it weighs.
    goal = np.append(np.zeros(rows), people)
    is_size = np.vstack([np.hstack([sums.T, -np.eye(kinds)]), np.hstack([-sums.T, -np.eye(kinds)])])
    one = np.append(sums[:, place], np.zeros(kinds))
    found = linprog(
        goal, A_ub=is_size, b_ub=np.zeros(2 * kinds), A_eq=[one], b_eq=[1.0],
        bounds=[(None, None)] * rows + [(0, None)] * kinds, method="highs",
    )  # fmt: skip
    return found.fun if found.status == 0 else 0.0

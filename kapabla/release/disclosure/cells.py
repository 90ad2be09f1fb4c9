"""Counts that hang together by sums, as a reader sees them: which are known, and how well hidden the others are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from kapabla.release.disclosure.rules import Withheld

# What a cell counts: pairs of dimension and value. (("role", "vet"),) is the margin that every table with role shares.
Cell = tuple[tuple[str, str], ...]
# A sum that a reader can form: the total first, then the parts that it is the sum of.
Line = tuple[Cell, ...]


@dataclass(frozen=True)
class Cells:
    """`counts`: people in each cell, 0 or more. `lines`: every sum. `impossible`: structural zeros, known to all."""

    counts: Mapping[Cell, int]
    lines: tuple[Line, ...]
    impossible: frozenset[Cell] = frozenset()
    _through: dict[Cell, list[Line]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for line in self.lines:
            total, *parts = line
            if self.counts[total] != sum(self.counts[part] for part in parts):
                raise Withheld(reason="sums_do_not_hold")
            for cell in line:
                self._through.setdefault(cell, []).append(line)
        if any(self.counts[cell] for cell in self.impossible):
            raise Withheld(reason="impossible_cell_is_not_empty")

    def lines_through(self, cell: Cell) -> list[Line]:
        return self._through.get(cell, [])

    def possible(self, line: Line) -> list[Cell]:
        """The parts of a line that can hold anybody at all."""
        return [part for part in line[1:] if part not in self.impossible]


def width(cells: Cells, hidden: Collection[Cell], target: Cell) -> float:
    """How far apart the least and the greatest number of people are that the hidden `target` can stand for.

    Whoever reads the table knows every shown cell, every sum, and that no count is below 0: a linear programme, solved
    for its smallest and its greatest value of the target (`privacy.md` C5.3c; Fischetti and Salazar 2000).
    Unit: people; 0 means that subtraction gives the cell away, infinity that nothing bounds it. Raises `Withheld` where
    the solver finds no answer. Example: of 8 = a + b with both hidden, a can be 0 to 8, so its width is 8.
    """
    from scipy.optimize import linprog

    index = {cell: place for place, cell in enumerate(sorted(hidden))}
    equations, sums = _equations(cells, index)
    ends: list[float] = []
    for sign in (1.0, -1.0):
        goal = [0.0] * len(index)
        goal[index[target]] = sign
        found: Any = linprog(goal, A_eq=equations or None, b_eq=sums or None, bounds=(0, None), method="highs")
        if found.status == 3:
            return float("inf")
        if found.status != 0:
            raise Withheld(reason="audit_failed")
        ends.append(float(found.x[index[target]]))
    return ends[1] - ends[0]


def _equations(cells: Cells, index: Mapping[Cell, int]) -> tuple[list[list[float]], list[float]]:
    """One equation for each line with a hidden cell: hidden parts less a hidden total = what is shown of them."""
    equations, sums = [], []
    for line in cells.lines:
        if not any(cell in index for cell in line):
            continue
        coefficients, known = [0.0] * len(index), 0.0
        for place, cell in enumerate(line):
            sign = -1.0 if place == 0 else 1.0
            if cell in index:
                coefficients[index[cell]] += sign
            else:
                known -= sign * cells.counts[cell]
        equations.append(coefficients)
        sums.append(known)
    return equations, sums

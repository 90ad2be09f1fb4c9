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
    """`counts`: people in each cell, 0 or more. `lines`: every sum. `impossible`: structural zeros, known to all.

    `structure`: sums of parts that no table shows but that cannot be negative either. Three tables of three dimensions,
    two by two, tell more of each other than their margins do: each of their cells is a sum over the third.
    """

    counts: Mapping[Cell, int]
    lines: tuple[Line, ...]
    impossible: frozenset[Cell] = frozenset()
    structure: tuple[Line, ...] = ()
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


class Audit:
    """What a reader can work out of the hidden cells. Made anew when more is hidden.

    Whoever reads the table knows every shown cell, every sum, and that no count is below 0: a linear programme, solved
    for the smallest and the greatest value of a cell (`privacy.md` C5.3c; Fischetti and Salazar 2000).
    """

    def __init__(self, cells: Cells, hidden: Collection[Cell]) -> None:
        from scipy.sparse import csr_array

        unknown = sorted({*hidden, *(part for line in cells.structure for part in line[1:])})
        self._index = {cell: place for place, cell in enumerate(unknown)}
        equations = [self._equation(cells, line) for line in (*cells.lines, *cells.structure)]
        equations = [equation for equation in equations if equation[0]]
        entries = [(row, place, sign) for row, (signs, _) in enumerate(equations) for place, sign in signs.items()]
        rows, places, signs = zip(*entries, strict=True) if entries else ((), (), ())
        self._sums: Any = csr_array((signs, (rows, places)), shape=(len(equations), len(unknown)))
        self._totals = [total for _, total in equations]

    def width(self, target: Cell) -> float:
        """How far apart the least and the greatest number of people are that the hidden `target` can stand for.

        Unit: people; 0 means that subtraction gives the cell away, infinity that nothing bounds it. Raises `Withheld`
        where the solver finds no answer. Example: of 8 = a + b with both hidden, a can be 0 to 8, so its width is 8.
        """
        from scipy.optimize import linprog

        ends: list[float] = []
        for sign in (1.0, -1.0):
            goal = [0.0] * len(self._index)
            goal[self._index[target]] = sign
            has_sums = bool(self._totals)
            found: Any = linprog(
                goal, A_eq=self._sums if has_sums else None, b_eq=self._totals if has_sums else None, bounds=(0, None),
                method="highs",
            )  # fmt: skip
            if found.status == 3:
                return float("inf")
            if found.status != 0:
                raise Withheld(reason="audit_failed")
            ends.append(float(found.x[self._index[target]]))
        return ends[1] - ends[0]

    def _equation(self, cells: Cells, line: Line) -> tuple[dict[int, float], float]:
        """Hidden parts less a hidden total = what is shown of them. Empty where nothing of the line is hidden."""
        signs: dict[int, float] = {}
        known = 0.0
        for place, cell in enumerate(line):
            sign = -1.0 if place == 0 else 1.0
            if cell in self._index:
                signs[self._index[cell]] = signs.get(self._index[cell], 0.0) + sign
            elif cell not in cells.impossible:
                known -= sign * cells.counts[cell]
        return signs, known

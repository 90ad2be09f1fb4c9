"""Who tables: counts of people by what others can know about them, with margins (`privacy.md` C5.1, C5.3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kapabla.release.disclosure.cells import Cell, Cells, Line, width
from kapabla.release.disclosure.rules import MAX_HIDDEN_SHARE, Thresholds, Withheld
from kapabla.release.disclosure.tables import HIDDEN, ReleasableTable, releasable

_ALL = "Alla"
# The solver is exact to about 1e-9; a width of 4.9999999 is 5.
_TOLERANCE = 1e-6


@dataclass(frozen=True)
class WhoTable:
    """Counts of distinct people by one or two dimensions; `counts` has a row a value of `rows`.

    Without `columns` each row of `counts` has one number. `impossible` are structural zeros (row, column), known to
    everybody beforehand: shown, and no protection to anybody.
    """

    rows: str
    row_labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    columns: str | None = None
    column_labels: tuple[str, ...] = ()
    impossible: frozenset[tuple[str, str]] = frozenset()

    def __post_init__(self) -> None:
        wide = len(self.column_labels) if self.columns is not None else 1
        if len(self.counts) != len(self.row_labels) or any(len(row) != wide for row in self.counts):
            raise Withheld(reason="table_has_no_shape")
        if any(count < 0 for row in self.counts for count in row):
            raise Withheld(reason="negative_count")


def protect_who(
    row_labels: Sequence[str], column_labels: Sequence[str], counts: Sequence[Sequence[int]], *, thresholds: Thresholds
) -> ReleasableTable:
    """A two-way table of people with its margins and total; hidden cells are HIDDEN.

    (a) primary: 0 < n < T; a line where all but fewer than T share one value (so 100 % too); an empty cell of a line of
    fewer than 2T people; (b) each line with one hidden cell gets a second, the smallest non-zero one, and two hidden
    single people a third; (c) audit by linear programming: no primary cell may be known to within T; (d) otherwise the
    cheapest cell that shares a line with it is hidden too; (e) over 40 % hidden, or no way on: Withheld, and the caller
    offers coarser categories. Unit: distinct people. Source: `privacy.md` C5.1, C5.3.

    >>> table = protect_who(["x", "y"], ["a", "b"], [[9, 9], [9, 9]], thresholds=Thresholds(5))
    >>> table.rows[0]
    ('x', 9, 9, 18)
    """
    shape = tuple(tuple(row) for row in counts)
    table = WhoTable("rows", tuple(row_labels), shape, "columns", tuple(column_labels))
    return protect_linked([table], thresholds=thresholds)[0]


def protect_who_line(
    heading: str, labels: Sequence[str], counts: Sequence[int], *, thresholds: Thresholds
) -> ReleasableTable:
    """A one-way table of people with its total, by the rules of `protect_who`.

    >>> protect_who_line("Roll", ["a", "b"], [12, 20], thresholds=Thresholds(5)).rows
    (('a', 12), ('b', 20), ('Alla', 32))
    """
    table = WhoTable(heading, tuple(labels), tuple((count,) for count in counts))
    return protect_linked([table], thresholds=thresholds)[0]


def protect_linked(tables: Sequence[WhoTable], *, thresholds: Thresholds) -> tuple[ReleasableTable, ...]:
    """Several tables of the same people that are shown together, protected as one.

    A dimension with the same name is the same cell wherever it is a margin, and the total is one cell, so what one
    table hides no other gives away. A hierarchy (group of municipalities above municipality) is one more table, group
    by municipality, with the pairs that do not belong together as `impossible`. Tables that do not agree on a shared
    margin: Withheld. Example: role by gender and role by municipality share the counts of each role.
    """
    cells = _cells(tables)
    if cells.counts[()] < thresholds.cell:
        # Nobody and too few look the same.
        raise Withheld(reason="group_too_small")
    hidden = _suppress(cells, thresholds.cell)
    shared = len(cells.counts) - len(cells.impossible)
    if len(hidden) > MAX_HIDDEN_SHARE * shared:
        raise Withheld(reason="mostly_hidden")
    return tuple(_shown(table, cells, hidden) for table in tables)


def _cells(tables: Sequence[WhoTable]) -> Cells:
    counts: dict[Cell, int] = {}
    lines: dict[Line, None] = {}
    impossible: set[Cell] = set()
    for table in tables:
        for cell, count in _counted(table).items():
            if counts.setdefault(cell, count) != count:
                raise Withheld(reason="tables_disagree")
        lines.update(dict.fromkeys(_lines(table)))
        impossible |= {_cell(table, row, column) for row, column in table.impossible}
    return Cells(counts, tuple(lines), frozenset(impossible))


def _cell(table: WhoTable, row: str | None, column: str | None) -> Cell:
    """The cell of a row and a column; None stands for all of them."""
    pairs = [(table.rows, row), (table.columns, column)]
    return tuple(sorted((name, value) for name, value in pairs if name is not None and value is not None))


def _counted(table: WhoTable) -> dict[Cell, int]:
    counted = {_cell(table, None, None): sum(map(sum, table.counts))}
    for row, numbers in zip(table.row_labels, table.counts, strict=True):
        counted[_cell(table, row, None)] = sum(numbers)
        for column, number in zip(table.column_labels, numbers, strict=table.columns is not None):
            counted[_cell(table, row, column)] = number
    for place, column in enumerate(table.column_labels):
        counted[_cell(table, None, column)] = sum(numbers[place] for numbers in table.counts)
    return counted


def _lines(table: WhoTable) -> list[Line]:
    """Every sum that a reader of the table can form: along each row, along each column, and along the margins."""
    rows: list[str | None] = [*table.row_labels, None]
    columns: list[str | None] = [*table.column_labels, None]
    down = [(_cell(table, None, c), *(_cell(table, r, c) for r in table.row_labels)) for c in columns]
    if table.columns is None:
        return down
    return down + [(_cell(table, r, None), *(_cell(table, r, c) for c in table.column_labels)) for r in rows]


def _suppress(cells: Cells, smallest: int) -> set[Cell]:
    primary = _primary(cells, smallest)
    hidden = set(primary)
    # Hiding more never makes a cell better known, so a cell that has once passed the audit is not audited again.
    waiting = sorted(primary)
    while True:
        _complement(cells, hidden)
        while waiting and width(cells, hidden, waiting[-1]) >= smallest - _TOLERANCE:
            waiting.pop()
        if not waiting:
            return hidden
        _hide_cheapest(cells, hidden, _neighbours(cells, hidden, waiting[-1]))


def _primary(cells: Cells, smallest: int) -> set[Cell]:
    found = {cell for cell, count in cells.counts.items() if 0 < count < smallest}
    for line in cells.lines:
        total, parts = cells.counts[line[0]], cells.possible(line)
        if not total or len(parts) < 2:
            continue
        for part in parts:
            count = cells.counts[part]
            # All but a few share one value: the few are known to be the others, and of all 100 % everything is known.
            if count and total - count < smallest:
                found.add(part)
            # "Nobody of these nine" tells of each of them.
            if not count and total < 2 * smallest:
                found.add(part)
    return found


def _complement(cells: Cells, hidden: set[Cell]) -> None:
    """Until no line has one hidden cell, which subtraction gives, or two that are one person each, who can subtract."""
    changed = True
    while changed:
        changed = False
        for line in cells.lines:
            gone = [cell for cell in line if cell in hidden]
            if len(gone) == 1 or (len(gone) == 2 and all(cells.counts[cell] == 1 for cell in gone)):
                _hide_cheapest(cells, hidden, line)
                changed = True


def _neighbours(cells: Cells, hidden: Collection[Cell], exposed: Cell) -> list[Cell]:
    """Cells that share a line with the exposed one; where all of those are hidden, with any hidden one."""
    own = [cell for line in cells.lines_through(exposed) for cell in line]
    if any(cell not in hidden and cell not in cells.impossible for cell in own):
        return own
    return [cell for other in sorted(hidden) for line in cells.lines_through(other) for cell in line]


def _hide_cheapest(cells: Cells, hidden: set[Cell], among: Sequence[Cell]) -> None:
    free = [cell for cell in among if cell not in hidden and cell not in cells.impossible]
    if not free:
        raise Withheld(reason="no_cell_left_to_hide")
    # The fewest people first; a zero hides little, so it is taken last.
    hidden.add(min(free, key=lambda cell: (cells.counts[cell] == 0, cells.counts[cell], cell)))


def _shown(table: WhoTable, cells: Cells, hidden: Collection[Cell]) -> ReleasableTable:
    columns: list[str | None] = [*table.column_labels, None] if table.columns is not None else [None]
    rows: list[tuple[str | int | None, ...]] = []
    for row in (*table.row_labels, None):
        places = [_cell(table, row, column) for column in columns]
        shown = [HIDDEN if place in hidden else cells.counts[place] for place in places]
        rows.append((_ALL if row is None else row, *shown))
    headers = ("", *table.column_labels, _ALL) if table.columns is not None else (table.rows, "Personer")
    return releasable(headers, rows)

"""Who tables: counts of people by what others can know about them, with margins (`privacy.md` C5.1, C5.3)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from kapabla.release.disclosure.cells import Cell, Cells, Line
from kapabla.release.disclosure.hiding import hide, hide_more, primary_cells
from kapabla.release.disclosure.rules import Thresholds, Withheld
from kapabla.release.disclosure.tables import HIDDEN, ReleasableTable, releasable

EVERYBODY_LABEL = "Alla"
_OTHERS = "Övriga"
# More kinds of people than this in tables that tell of each other in a ring: not audited, hence withheld.
_MOST_KINDS = 5_000


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


def protect_linked(
    tables: Sequence[WhoTable], *, thresholds: Thresholds, also: Collection[Cell] = ()
) -> tuple[ReleasableTable, ...]:
    """Several tables of the same people that are shown together, protected as one.

    A dimension with the same name is the same cell wherever it is a margin, and the total is one cell, so what one
    table hides no other gives away. A hierarchy (group of municipalities above municipality) is one more table, group
    by municipality, with the pairs that do not belong together as `impossible`. Tables that do not agree on a shared
    margin: Withheld. Example: role by gender and role by municipality share the counts of each role.
    also: cells that are hidden as if they were small, because something else on the page would give a few away.
    """
    cells = cells_of(tables)
    if cells.counts[()] < thresholds.cell:
        # Nobody and too few look the same.
        raise Withheld(reason="group_too_small")
    hidden = hide(cells, thresholds.cell)
    if also:
        primary = primary_cells(cells, thresholds.cell) | set(also)
        hidden = hide_more(cells, primary, hidden, set(), thresholds.cell)
    return tuple(_shown(table, cells, hidden) for table in tables)


def protect_merging(table: WhoTable, *, thresholds: Thresholds) -> ReleasableTable:
    """As `protect_linked` for one table; where that withholds it, the two smallest rows become one, again and again.

    At 300 people hardly any table of ours can be protected by hiding alone (`privacy.md` C5.3): coarser rows can. Rows
    that were merged are called "Övriga" and stand last. Raises `Withheld` where two rows are not enough either.
    Example: roles of 30, 20, 3 and 2 people, in three municipalities, become two roles and "Övriga", or one.
    """
    while True:
        try:
            return protect_linked([table], thresholds=thresholds)[0]
        except Withheld:
            if len(table.row_labels) <= 2 or table.impossible:
                raise
            table = _merged(table)


def _merged(table: WhoTable) -> WhoTable:
    """The two rows of the fewest people put together."""
    rows = sorted(zip(table.row_labels, table.counts, strict=True), key=lambda row: (sum(row[1]), row[0]))
    few = {label for label, _ in rows[:2]}
    together = tuple(map(sum, zip(*(counts for _, counts in rows[:2]), strict=True)))
    kept = [pair for pair in zip(table.row_labels, table.counts, strict=True) if pair[0] not in few]
    return WhoTable(
        table.rows, (*(label for label, _ in kept), _OTHERS), (*(counts for _, counts in kept), together),
        table.columns, table.column_labels,
    )  # fmt: skip


def cells_of(tables: Sequence[WhoTable]) -> Cells:
    counts: dict[Cell, int] = {}
    lines: dict[Line, None] = {}
    impossible: set[Cell] = set()
    for table in tables:
        for cell, count in _counted(table).items():
            if counts.setdefault(cell, count) != count:
                raise Withheld(reason="tables_disagree")
        lines.update(dict.fromkeys(_lines(table)))
        impossible |= {_cell(table, row, column) for row, column in table.impossible}
    return Cells(counts, tuple(lines), frozenset(impossible), _structure(tables, counts, impossible))


def _structure(
    tables: Sequence[WhoTable], counts: Mapping[Cell, int], impossible: Collection[Cell]
) -> tuple[Line, ...]:
    """Each cell as a sum over the dimensions that it does not have, where the tables go round in a ring (role by
    gender, gender by age, age by role). Where they do not, their own sums say all that there is to say (Lauritzen 1996,
    decomposable models)."""
    values = _dimensions(tables)
    if not _has_ring(tables):
        return ()
    if prod(map(len, values.values())) > _MOST_KINDS:
        raise Withheld(reason="too_many_categories")
    parts: dict[Cell, list[Cell]] = {cell: [] for cell in counts if cell not in impossible}
    for kind in product(*([(name, value) for value in found] for name, found in sorted(values.items()))):
        own = set(kind)
        if any(own.issuperset(cell) for cell in impossible):
            continue
        for cell, holding in parts.items():
            if own.issuperset(cell):
                holding.append(kind)
    return tuple((cell, *holding) for cell, holding in parts.items())


def _dimensions(tables: Sequence[WhoTable]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for table in tables:
        for name, labels in ((table.rows, table.row_labels), (table.columns, table.column_labels)):
            if name is not None and set(found.setdefault(name, labels)) != set(labels):
                raise Withheld(reason="tables_disagree")
    return found


def _has_ring(tables: Sequence[WhoTable]) -> bool:
    """Whether the pairs of dimensions, seen as roads between towns, lead round: each road joins two parts or closes."""
    part: dict[str, str] = {}

    def root(name: str) -> str:
        while part.setdefault(name, name) != name:
            name = part[name]
        return name

    for one, other in {tuple(sorted((table.rows, table.columns))) for table in tables if table.columns is not None}:
        if root(one) == root(other):
            return True
        part[root(one)] = root(other)
    return False


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


def _shown(table: WhoTable, cells: Cells, hidden: Collection[Cell]) -> ReleasableTable:
    columns: list[str | None] = [*table.column_labels, None] if table.columns is not None else [None]
    rows: list[tuple[str | int | None, ...]] = []
    for row in (*table.row_labels, None):
        places = [_cell(table, row, column) for column in columns]
        shown = [HIDDEN if place in hidden else cells.counts[place] for place in places]
        rows.append((EVERYBODY_LABEL if row is None else row, *shown))
    headers = ("", *table.column_labels, EVERYBODY_LABEL) if table.columns is not None else (table.rows, "Personer")
    return releasable(headers, rows)

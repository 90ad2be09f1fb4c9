"""Which cells are hidden: small ones, those that would give them away, and more until the audit passes (C5.1, C5.3)."""

from collections.abc import Collection, Sequence, Set

from kapabla.release.disclosure.cells import Audit, Cell, Cells
from kapabla.release.disclosure.rules import MAX_HIDDEN_SHARE, Withheld

# The solver is exact to about 1e-9; a width of 4.9999999 is 5.
_TOLERANCE = 1e-6


def hide(cells: Cells, smallest: int) -> set[Cell]:
    """The hidden cells of a table of people, primary and secondary. Raises `Withheld` where there is no way on, or more
    than 40 % would be hidden (C5.3e): the caller offers coarser categories."""
    primary = primary_cells(cells, smallest)
    gone = set(primary)
    return _until_protected(cells, primary, gone, gone, smallest, _most(cells))


def hide_more(cells: Cells, primary: Set[Cell], hidden: Set[Cell], unknown: Set[Cell], smallest: int) -> set[Cell]:
    """`hidden`, `primary` and what it takes that none of `primary` is known to within `smallest` people. What else is
    hidden need not be: it may be worked out. unknown: what nobody can see anyway; it is not in the answer."""
    gone = {*hidden, *primary, *unknown}
    return _until_protected(cells, primary, gone, primary, smallest, _most(cells) + len(unknown)) - unknown


def worked_out(cells: Cells, known: Set[Cell]) -> set[Cell]:
    """What is known, and what sums give of the rest: of a line of which all but one are known, that one too."""
    found = {*known, *cells.impossible}
    while True:
        more = {gone[0] for line in cells.lines if len(gone := [cell for cell in line if cell not in found]) == 1}
        if not more:
            return found
        found |= more


def _most(cells: Cells) -> float:
    return MAX_HIDDEN_SHARE * (len(cells.counts) - len(cells.impossible))


def _until_protected(
    cells: Cells, primary: Set[Cell], gone: set[Cell], not_alone: Set[Cell], smallest: int, most: float
) -> set[Cell]:
    # Hiding more never makes a cell better known, so a cell that has once passed the audit is not audited again.
    waiting = sorted(primary)
    while True:
        _complement(cells, gone, not_alone)
        if len(gone) > most:
            raise Withheld(reason="mostly_hidden")
        audit = Audit(cells, gone) if waiting else None
        while audit and waiting and audit.width(waiting[-1]) >= smallest - _TOLERANCE:
            waiting.pop()
        if not waiting:
            return gone
        _hide_cheapest(cells, gone, _neighbours(cells, gone, waiting[-1]))


def small_cells(cells: Cells, smallest: int) -> set[Cell]:
    return {cell for cell, count in cells.counts.items() if 0 < count < smallest}


def primary_cells(cells: Cells, smallest: int) -> set[Cell]:
    """Few people; nearly all of a line; nobody, where the line has fewer than twice the smallest number."""
    found = small_cells(cells, smallest)
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


def _complement(cells: Cells, hidden: set[Cell], not_alone: Set[Cell]) -> None:
    """Until no line has one hidden cell, which subtraction gives, or two that are one person each, who can subtract."""
    changed = True
    while changed:
        changed = False
        for line in cells.lines:
            gone = [cell for cell in line if cell in hidden]
            is_bare = len(gone) == 1 or (len(gone) == 2 and all(cells.counts[cell] == 1 for cell in gone))
            if is_bare and any(cell in not_alone for cell in gone):
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

"""Where the headings of a list stand: not always on the first row, nor on the first sheet."""

from collections.abc import Iterable

from kapabla.identity.list_reading.columns import known_in, missing_in
from kapabla.identity.list_reading.shapes import Line

HEADING_ROWS = 10


def from_headings(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Without the titles above the headings: from the first line that names all that is needed, or else the most."""
    head = lines[:HEADING_ROWS]
    place = next((place for place, line in enumerate(head) if missing_in(known_in(line.cells)) is None), None)
    if place is None:
        place = max(range(len(head)), key=lambda place: len(known_in(head[place].cells)), default=0)
    return lines[place:]


def best_sheet(sheets: Iterable[tuple[str, tuple[Line, ...]]]) -> tuple[str, tuple[Line, ...], tuple[str, ...]]:
    """(name, lines) of the first sheet that is a list of people, or the most like one; then others that are lists."""
    best: tuple[str, tuple[Line, ...]] = ("", ())
    unread: list[str] = []
    for name, lines in sheets:
        if is_list(best[1]):
            if is_list(lines):
                unread.append(name)
        elif not best[1] or is_list(lines) or _known(lines) > _known(best[1]):
            best = name, lines
    return *best, tuple(unread)


def is_list(lines: tuple[Line, ...]) -> bool:
    return bool(lines) and missing_in(known_in(lines[0].cells)) is None


def _known(lines: tuple[Line, ...]) -> int:
    return len(known_in(lines[0].cells)) if lines else 0

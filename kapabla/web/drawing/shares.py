"""Shares of a hundred with their margin of error, a row each; beside each how it was before. The hidden is hatched."""

from collections.abc import Sequence
from dataclasses import dataclass

from kapabla.web.drawing.svg import LINE, Drawing, box, dot, hatching, line, lines_of, paragraph, square, words

_LEFT, _RIGHT = 2.0, 70.0
_TRACK = 1.5
_TICKS = (0, 25, 50, 75, 100)
_Share = tuple[int, int] | None


@dataclass(frozen=True)
class ShareRow:
    """In percent and percentage points; None is not shown. `before`: empty where there is nothing to compare with."""

    label: str
    now: _Share
    before: tuple[_Share, ...] = ()


def shares(rows: Sequence[ShareRow], *, name: str, hidden: str, names: tuple[str, str] | None = None) -> Drawing:
    """`name`: of the hatching, unique on the page. `names`: of now and of before, where there are two."""
    parts, top = [hatching(name)], 0.4
    if names:
        parts += [
            dot(_LEFT, 0.9, "c1"),
            words(names[0], _LEFT + 3, 1.3),
            square(30, 0.9, "c3"),
            words(names[1], 33, 1.3),
        ]
        top = 2.2
    for place, row in enumerate(rows):
        tracks = (row.now, *row.before)
        high = LINE * len(lines_of(row.label)) + _TRACK * len(tracks) + 0.5
        if place % 2 == 0:
            parts.append(box(0, top, 100, high, "var(--sunken)", outline="sunken"))
        parts.append(paragraph(row.label, 1, top + 1.3, bold=True))
        middle = top + LINE * len(lines_of(row.label)) + 1.0
        for turn, share in enumerate(tracks):
            parts.append(_track(share, middle + _TRACK * turn, name, hidden, is_before=turn > 0))
        top += high
    parts += [words(f"{tick}", _at(tick), top + 1.4, ink="muted", anchor="middle") for tick in _TICKS]
    return Drawing(top + 2, "".join(parts))


def _at(percent: float) -> float:
    return _LEFT + min(max(percent, 0), 100) / 100 * (_RIGHT - _LEFT)


def _track(share: _Share, middle: float, name: str, hidden: str, *, is_before: bool) -> str:
    if share is None:
        drawn = box(_LEFT, middle - 0.5, _RIGHT - _LEFT, 1, f"url(#{name})", outline="line")
        return drawn + words(hidden, 99, middle + 0.35, ink="muted", anchor="end")
    percent, margin = share
    ink, mark = ("c3", square) if is_before else ("c1", dot)
    return "".join(
        (
            line(_at(0), middle, _at(100), middle, ink="line", width=1),
            line(_at(percent - margin), middle, _at(percent + margin), middle, ink=ink, width=3),
            mark(_at(percent), middle, ink),
            words(f"{percent} % ± {margin}", 99, middle + 0.35, ink="muted" if is_before else "ink", anchor="end"),
        )
    )

"""Answers on either side of a line, the middle answer in a column of its own; or stacked to a hundred (R06)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kapabla.web.drawing.svg import LINE, Drawing, box, line, lines_of, paragraph, words

_LEFT, _RIGHT, _OWN = 15.0, 78.0, 82.0  # the bars, and where the column of the middle answer begins
_STACKED_RIGHT = 99.0
_LABELLED = 0.08  # a narrower bar has no number in it (the table has)
_HIGH = 1.5
_STRIP = 0.32  # of what is merged: along the foot of the bar
_TONES = {2: ("l2", "l4"), 3: ("l2", "l3", "l4"), 4: ("l1", "l2", "l4", "l5"), 5: ("l1", "l2", "l3", "l4", "l5")}
# The word on a bar: what is read on its tone, light and dark (the test of the style sheet recomputes it).
_INK = {"l1": "on-primary", "l2": "ink", "l3": "ink", "l4": "ink", "l5": "on-primary"}


@dataclass(frozen=True)
class Part:
    """Neighbouring answers that are counted together: from the first to the last, and the share of people."""

    label: str
    first: int
    last: int
    share: float

    def side(self, options: int) -> int:
        """-1 below the middle, 1 above it, 0 the middle answer itself. What holds the middle and more is on the side
        that most of it is on."""
        centre, middle = (self.first + self.last) / 2, (options - 1) / 2
        return 0 if centre == middle else -1 if centre < middle else 1

    def tones(self, options: int) -> list[str]:
        """That of the bar first: of what is merged that of its middle, or of the answer beside that is nearer to the
        middle of all. Then those of the other answers in it, which a strip along the bar shows."""
        own = list(_TONES[options][self.first : self.last + 1])
        return [own.pop(self._place_of_bar(options) - self.first), *own]

    def _place_of_bar(self, options: int) -> int:
        middle, centre = (options - 1) / 2, (self.first + self.last) / 2
        place = math.floor(centre) if centre > middle else math.ceil(centre)
        if place == middle and centre != middle:
            return self.last if centre > middle else self.first
        return place


def parts_of(rows: Sequence[Sequence[Any]], options: Sequence[str]) -> list[Part]:
    """From the table: what is merged stands as `first–last` there. Empty where the item is withheld."""
    spans = {option: (at, at) for at, option in enumerate(options)}
    spans |= {
        f"{options[a]}–{options[b]}": (a, b) for a in range(len(options)) for b in range(a + 1, len(options))
    }  # fmt: skip
    if any(row[3] is None for row in rows):
        return []
    people = sum(row[3] for row in rows)
    return [Part(str(row[2]), *spans[row[2]], row[3] / people) for row in rows]


def likert(
    rows: Sequence[Sequence[Any]], options: Sequence[str], *, stacked: bool, hidden: str, percent_sign: str
) -> Drawing:
    """`rows` are those of the table: item, wave, answer, people."""
    bars = _bars(rows, options)
    below = max((_sum(parts, -1, options) for parts in bars.values()), default=0)
    above = max((_sum(parts, 1, options) for parts in bars.values()), default=0)
    unit = (_RIGHT - _LEFT) / max(below + above, 0.01)
    zero = _LEFT + below * unit
    drawn, top = _legend(bars, options)
    item = ""
    for (asked, wave), parts in bars.items():
        if asked != item:
            drawn.append(paragraph(asked, 0, top + 1.4, bold=True))
            top += LINE * len(lines_of(asked)) + 0.5
            item = asked
        drawn.append(words(wave, 0, top + 1.15, ink="muted"))
        if not parts:
            drawn.append(words(hidden, _LEFT, top + 1.15, ink="muted"))
        elif stacked:
            drawn += _stacked(parts, options, top)
        else:
            drawn += _either_side(parts, options, top, zero, unit, percent_sign)
        if not stacked:
            drawn.append(line(zero, top - 0.2, zero, top + _HIGH + 0.2, ink="ink"))
        top += _HIGH + 0.4
    return Drawing(top + 0.5, "".join(drawn))


def _bars(rows: Sequence[Sequence[Any]], options: Sequence[str]) -> Mapping[tuple[str, str], list[Part]]:
    found = dict[tuple[str, str], list[Sequence[Any]]]()
    for row in rows:
        found.setdefault((str(row[0]), str(row[1])), []).append(row)
    return {key: parts_of(own, options) for key, own in found.items()}


def _sum(parts: Sequence[Part], side: int, options: Sequence[str]) -> float:
    return sum(part.share for part in parts if part.side(len(options)) == side)


def _legend(bars: Mapping[Any, Sequence[Part]], options: Sequence[str]) -> tuple[list[str], float]:
    """Every bar that is drawn with the answers that it stands for, one a line: what is merged looks like no other."""
    found = {(part.first, part.last): part for parts in bars.values() for part in parts}
    drawn, top = list[str](), 0.0
    for _, part in sorted(found.items()):
        drawn += _toned(part, options, 0, top + 0.35, 3, 1)
        drawn.append(paragraph(part.label, 5, top + 1.25, ink="muted"))
        top += LINE * len(lines_of(part.label)) + 0.1
    return drawn, top


def _either_side(
    parts: Sequence[Part], options: Sequence[str], top: float, zero: float, unit: float, percent_sign: str
) -> list[str]:
    drawn, at = list[str](), zero - _sum(parts, -1, options) * unit
    for part in parts:
        if part.side(len(options)):
            drawn += _bar(part, options, at, top, part.share * unit)
            at += part.share * unit
    for part in parts:
        if not part.side(len(options)):
            drawn.append(box(_OWN, top, part.share * (100 - _OWN - 10), _HIGH, "var(--l3)"))
            told = f"{round(100 * part.share)}{percent_sign}"
            drawn.append(words(told, 100, top + 1.1, anchor="end"))
    return drawn


def _stacked(parts: Sequence[Part], options: Sequence[str], top: float) -> list[str]:
    drawn, at = list[str](), _LEFT
    for part in parts:
        wide = part.share * (_STACKED_RIGHT - _LEFT)
        drawn += _bar(part, options, at, top, wide)
        at += wide
    return drawn


def _bar(part: Part, options: Sequence[str], at: float, top: float, wide: float) -> list[str]:
    """Nothing at all of an answer that nobody has chosen."""
    if not part.share:
        return []
    drawn = _toned(part, options, at, top, wide, _HIGH)
    if part.share >= _LABELLED:
        told, tone = str(round(100 * part.share)), part.tones(len(options))[0]
        drawn.append(words(told, at + wide / 2, top + 1.1, ink=_INK[tone], anchor="middle"))
    return drawn


def _toned(part: Part, options: Sequence[str], at: float, top: float, wide: float, high: float) -> list[str]:
    """A bar in its tone, with the strip of those that are merged into it."""
    tone, *others = part.tones(len(options))
    drawn = [box(at, top, wide, high, f"var(--{tone})")]
    for place, other in enumerate(others):
        each = wide / len(others)
        drawn.append(box(at + place * each, top + high - _STRIP, each, _STRIP, f"var(--{other})"))
    return drawn

"""Differences with their intervals around zero: one row each; what is not shown stays, hatched and without a point."""

from collections.abc import Mapping, Sequence
from typing import Any

from kapabla.web.drawing.svg import LINE, Drawing, Scale, box, dot, hatching, line, lines_of, paragraph, square, words

_LEFT, _RIGHT = 24.0, 58.0


def forest(
    rows: Sequence[Mapping[str, Any]], told: Sequence[str], *, name: str, ends: tuple[str, str], hidden: str,
    sign: str, has_total: bool = False,
) -> Drawing:  # fmt: skip
    """`told`: what the table says of each row. `ends`: words below and above zero. `hidden`: of a row without a value.
    `sign`: the decimal sign. `has_total`: the first row is everybody, and the others are parts of them."""
    numbers = [n for row in rows for n in (row["low"], row["value"], row["high"]) if n is not None]
    scale, parts, top = Scale.over(numbers, _LEFT, _RIGHT, least=0.25 if ends[0] else 0), [hatching(name)], 2.0
    parts.append(words(ends[0], scale.at(0) - 1, 1.2, ink="muted", anchor="end"))
    parts.append(words(ends[1], scale.at(0) + 1, 1.2, ink="muted"))
    for place, (row, text) in enumerate(zip(rows, told, strict=True)):
        high = LINE * len(lines_of(row["label"])) + 2.1
        if place % 2 == 0:
            parts.append(box(0, top, 100, high, "var(--sunken)", outline="sunken"))
        parts.append(paragraph(row["label"], 1, top + 1.3, bold=True))
        middle = top + high - 0.9
        parts.append(line(scale.at(0), middle - 0.7, scale.at(0), middle + 0.7))
        if row["value"] is None:
            parts.append(box(_LEFT, middle - 0.6, _RIGHT - _LEFT, 1.2, f"url(#{name})", outline="line"))
            parts.append(words(hidden, 99, middle + 0.35, ink="muted", anchor="end"))
        else:
            parts.append(words(f"n = {row['n']}", 1, middle + 0.35, ink="muted"))
            parts.append(_point(row, scale, middle, is_part=has_total and place > 0))
            parts.append(words(text, 99, middle + 0.35, anchor="end"))
        top += high
    for tick in scale.ticks():
        parts.append(words(_number(tick, sign), scale.at(tick), top + 1.4, ink="muted", anchor="middle"))
    return Drawing(top + 2, "".join(parts))


def _point(row: Mapping[str, Any], scale: Scale, middle: float, *, is_part: bool) -> str:
    ink, mark = ("c3", square) if is_part else ("c1", dot)
    drawn = ""
    if row["low"] is not None:
        drawn = line(scale.at(row["low"]), middle, scale.at(row["high"]), middle, ink=ink, width=3)
    return drawn + mark(scale.at(row["value"]), middle, ink)


def _number(tick: float, sign: str) -> str:
    return f"{tick:g}".replace("-", "\u2212").replace(".", sign)

"""A series as it went: a panel for each municipality, one under the other, all on one scale from zero."""

from collections.abc import Callable, Mapping, Sequence

from kapabla.web.drawing.svg import Drawing, dashes, dot, element, line, words

_LEFT, _RIGHT = 14.0, 97.0
_TITLE, _HIGH, _GAP = 1.4, 6.0, 3.2


def panels(
    panels_: Sequence[tuple[str, Mapping[str, float | None]]], periods: Sequence[str], *, hidden: str,
    told: Callable[[float], str], target: tuple[float, str] | None = None,
) -> Drawing:  # fmt: skip
    """`panels_`: name and value by period; None, or no period, breaks the line and is told in words under the panel.
    `told`: a number in the language of the page. `target`: a line across with its words, which tell it from the
    others."""
    numbers = [value for _, values in panels_ for value in values.values() if value is not None]
    top = max([*numbers, *([target[0]] if target else [])], default=0.0) or 1.0
    parts, y = list[str](), 0.0
    for name, values in panels_:
        parts += _panel(name, values, periods, (top, told(top)), y, hidden, target)
        y += _TITLE + _HIGH + _GAP
    return Drawing(y, "".join(parts))


def _panel(
    name: str, values: Mapping[str, float | None], periods: Sequence[str], highest: tuple[float, str], y: float,
    hidden: str, target: tuple[float, str] | None,
) -> list[str]:  # fmt: skip
    top = highest[0]
    floor = y + _TITLE + _HIGH

    def x(period: str) -> float:
        return _LEFT + periods.index(period) / max(len(periods) - 1, 1) * (_RIGHT - _LEFT)

    def at(value: float) -> float:
        return floor - value / top * (_HIGH - 0.6)

    parts = [words(name, 0, y + 1, bold=True)]
    for mark, label in ((0.0, "0"), highest):
        parts += [
            line(_LEFT, at(mark), _RIGHT, at(mark), ink="line", width=1),
            words(label, _LEFT - 3, at(mark) + 0.35, ink="muted", anchor="end"),
        ]
    if target:
        parts.append(dashes(_LEFT, _RIGHT, at(target[0]), "c2"))
        parts += [words(target[1], _RIGHT, y + 1, ink="muted", anchor="end"), dashes(60, 70, y + 0.65, "c2")]
    for run in _runs(values, periods):
        if len(run) > 1:
            parts.append(_line([(x(period), value) for period, value in run], top, floor))
        parts += [dot(x(period), at(value), "c1") for period, value in run]
    gaps = [period for period in periods if values.get(period) is None]
    parts += [words("\u00d7", x(period), floor - 0.2, ink="muted", anchor="middle") for period in gaps]
    ends = dict.fromkeys((periods[0], periods[-1]))
    parts += [words(end, x(end), floor + 1.2, ink="muted", anchor=_anchor(end, periods)) for end in ends]
    if gaps:
        parts.append(words(f"\u00d7 {hidden}", (_LEFT + _RIGHT) / 2, floor + 1.2, ink="muted", anchor="middle"))
    return parts


def _anchor(end: str, periods: Sequence[str]) -> str:
    return "middle" if len(periods) == 1 else "start" if end == periods[0] else "end"


def _runs(values: Mapping[str, float | None], periods: Sequence[str]) -> list[list[tuple[str, float]]]:
    """The stretches that are known from one period to the next."""
    runs: list[list[tuple[str, float]]] = [[]]
    for period in periods:
        value = values.get(period)
        if value is None:
            runs.append([])
        else:
            runs[-1].append((period, value))
    return [run for run in runs if run]


def _line(points: Sequence[tuple[float, float]], top: float, floor: float) -> str:
    # Its own measure of a hundred by a hundred: the points of a line cannot be given in per cent.
    wide = _RIGHT - _LEFT
    path = " ".join(f"{(x - _LEFT) / wide * 100:.2f},{(1 - value / top) * 100:.2f}" for x, value in points)
    drawn = element(
        "polyline", points=path, fill="none", stroke="var(--c1)", stroke_width=3, vector_effect="non-scaling-stroke"
    )
    return element(
        "svg", drawn, x=f"{_LEFT}%", y=f"{floor - _HIGH + 0.6:.2f}em", width=f"{wide}%", height=f"{_HIGH - 0.6:.2f}em",
        viewBox="0 0 100 100", preserveAspectRatio="none", overflow="visible",
    )  # fmt: skip

"""A curve of shares from 0 to 1 over sizes, with a line for the share that is wanted."""

from collections.abc import Sequence

from kapabla.web.drawing.svg import Drawing, box, dot, element, line, words

_LEFT, _RIGHT, _TOP, _BOTTOM = 14.0, 97.0, 2.5, 15.0


def curve(
    points: Sequence[tuple[int, float]], *, chosen: int, wanted: float, x_label: str, y_label: str
) -> Drawing:  # fmt: skip
    """`chosen`: the size that is marked. The sizes rise."""
    first, last = points[0][0], points[-1][0]
    wide, high = _RIGHT - _LEFT, _BOTTOM - _TOP

    def x(size: int) -> float:
        return _LEFT + (size - first) / max(last - first, 1) * wide

    def y(share: float) -> float:
        return _BOTTOM - share * high

    parts = [words(y_label, 0, 1, ink="muted"), box(_LEFT, _TOP, wide, high, "none", outline="line")]
    for share in (0, 0.2, 0.4, 0.6, 0.8, 1):
        parts += [
            line(_LEFT, y(share), _RIGHT, y(share), ink="line", width=1),
            words(f"{round(100 * share)}\u00a0%", _LEFT - 1, y(share) + 0.35, ink="muted", anchor="end"),
        ]
    parts.append(line(_LEFT, y(wanted), _RIGHT, y(wanted), ink="c2"))
    # Its own measure of a hundred by a hundred: the points of a line cannot be given in per cent.
    path = " ".join(f"{(x(n) - _LEFT) / wide * 100:.2f},{(1 - share) * 100:.2f}" for n, share in points)
    drawn = element(
        "polyline", points=path, fill="none", stroke="var(--c1)", stroke_width=3, vector_effect="non-scaling-stroke"
    )
    parts.append(
        element(
            "svg", drawn, x=f"{_LEFT}%", y=f"{_TOP}em", width=f"{wide}%", height=f"{high}em", viewBox="0 0 100 100",
            preserveAspectRatio="none", overflow="visible",
        )
    )  # fmt: skip
    parts += [dot(x(n), y(share), "c1") for n, share in points if n == chosen]
    shown = [first, chosen, last] if chosen not in (first, last) else [first, last]
    parts += [words(str(n), x(n), _BOTTOM + 1.3, ink="muted", anchor="middle") for n in shown]
    parts.append(words(x_label, (_LEFT + _RIGHT) / 2, _BOTTOM + 3, ink="muted", anchor="middle"))
    return Drawing(_BOTTOM + 3.5, "".join(parts))

"""Drawings on the server: across in per cent and down in em, so that words keep their size on every screen.

Colours are the tokens of the style sheet, so that a drawing follows light, dark and print; in a file of its own they
are written out. Nothing is drawn that is not given: a drawing holds the numbers of the table beside it and no other.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import wrap

from markupsafe import Markup, escape

LINE = 1.4  # em from one line of words to the next
WIDE = 34  # letters on a line of the narrowest screen
_FILE_WIDTH, _FILE_FONT = 680, 14


@dataclass(frozen=True)
class Drawing:
    height: float
    body: str

    def inline(self) -> Markup:
        """In a page: hidden from screen readers, who have the sentence and the table."""
        body = Markup(self.body)  # noqa: S704  (made of escaped parts below)
        frame = '<svg class="plot" width="100%" height="{}em" aria-hidden="true" focusable="false">{}</svg>'
        return Markup(frame).format(_short(self.height), body)  # noqa: S704  (ours)

    def file(self, title: str, sentence: str, colours: Mapping[str, str]) -> bytes:
        """As a file of its own, in these colours; it needs nothing else to be seen, or to be read aloud."""
        body = re.sub(r"var\((--[\w-]+)\)", lambda found: colours[found[1]], self.body)
        height = _short(self.height * _FILE_FONT)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_FILE_WIDTH}" height="{height}" '
            f'font-size="{_FILE_FONT}" font-family="system-ui,Noto Sans,Arial,sans-serif" role="img" '
            f'aria-labelledby="t" aria-describedby="d"><title id="t">{escape(title)}</title>'
            f'<desc id="d">{escape(sentence)}</desc><rect width="100%" height="100%" fill="{colours["--surface"]}"/>'
            f"{body}</svg>\n"
        ).encode()


def element(name: str, content: str = "", **attributes: object) -> str:
    """Content is SVG already; every value of an attribute is escaped. `stroke_width=2` is stroke-width="2"."""
    told = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{told}>{content}</{name}>" if content else f"<{name}{told}/>"


def words(text: str, x: float, y: float, *, ink: str = "ink", anchor: str = "", bold: bool = False) -> str:
    """One line of words that stands on `y` em."""
    more: dict[str, object] = {"text_anchor": anchor} if anchor else {}
    if bold:
        more["font_weight"] = 600
    return element("text", str(escape(text)), x=across(x), y=down(y), fill=f"var(--{ink})", **more)


def lines_of(text: str, wide: int = WIDE) -> list[str]:
    return wrap(text, wide) or [""]


def paragraph(text: str, x: float, y: float, *, ink: str = "ink", bold: bool = False, wide: int = WIDE) -> str:
    """Words broken over lines of at most `wide` letters; the first stands on `y`."""
    return "".join(words(line, x, y + LINE * n, ink=ink, bold=bold) for n, line in enumerate(lines_of(text, wide)))


def line(x1: float, y1: float, x2: float, y2: float, *, ink: str = "control", width: float = 2) -> str:
    return element(
        "line", x1=across(x1), x2=across(x2), y1=down(y1), y2=down(y2), stroke=f"var(--{ink})", stroke_width=width
    )


def dashes(x1: float, x2: float, y: float, ink: str) -> str:
    """A line across that is no line of the data, whatever its colour."""
    return element(
        "line", x1=across(x1), x2=across(x2), y1=down(y), y2=down(y), stroke=f"var(--{ink})", stroke_width=2,
        stroke_dasharray="6 4",
    )  # fmt: skip


def box(x: float, y: float, wide: float, high: float, fill: str, *, outline: str = "control") -> str:
    return element(
        "rect", x=across(x), y=down(y), width=across(max(wide, 0)), height=down(high), fill=fill,
        stroke=f"var(--{outline})",
    )  # fmt: skip


def dot(x: float, y: float, ink: str) -> str:
    return element("circle", cx=across(x), cy=down(y), r=6, fill=f"var(--{ink})")


def square(x: float, y: float, ink: str) -> str:
    """Another shape than a dot, so that no two kinds of point differ by colour alone."""
    mark = element("rect", x=-5.5, y=-5.5, width=11, height=11, fill=f"var(--{ink})")
    return element("svg", mark, x=across(x), y=down(y), overflow="visible")


def hatching(name: str) -> str:
    """What hides something is hatched. The name is unique on the page."""
    stripe = element("path", d="M-2 2l4-4M0 8l8-8M6 10l4-4", stroke="var(--control)", stroke_width=1.5)
    pattern = element("pattern", stripe, id=name, width=8, height=8, patternUnits="userSpaceOnUse")
    return element("defs", pattern)


def across(share: float) -> str:
    return f"{_short(share)}%"


def down(em: float) -> str:
    return f"{_short(em)}em"


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Scale:
    """Numbers from `low` to `high` on the part of the width from `left` to `right` per cent."""

    low: float
    high: float
    left: float
    right: float

    @classmethod
    def over(cls, numbers: Iterable[float], left: float, right: float, *, least: float = 0.25) -> "Scale":
        """Zero and every number in view, and at least `least` on either side of zero."""
        found = [*numbers, 0.0]
        low, high = min(*found, -least), max(*found, least, 0.01)
        room = (high - low) * 0.04
        return cls(low - room, high + room, left, right)

    def at(self, number: float) -> float:
        return self.left + (number - self.low) / (self.high - self.low) * (self.right - self.left)

    def ticks(self) -> list[float]:
        """A few round numbers, with room between them on a narrow telephone."""
        step = next((s for s in (0.1, 0.25, 0.5, 1, 2, 5, 10) if (self.high - self.low) / s <= 3), 20)
        first = int(self.low / step) if self.low < 0 else int(self.low / step) + 1
        return [n * step for n in range(first, int(self.high / step) + 1)]

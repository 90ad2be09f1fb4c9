"""The colours of figures as the colour-blind see them: what stands side by side is told apart by its colour even then,
or differs by more than colour (R02, WCAG 1.4.1)."""

import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from kapabla.web import drawing
from kapabla.web.drawing.svg import dot, square
from tests.unit.web.test_design_contrast import CSS, THEMES

DRAWINGS = Path(drawing.__file__).parent

# Machado, Oliveira & Fernandes 2009 (IEEE TVCG 15(6), 1291-1298), severity 1.0, on linear RGB.
SIGHT = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
    "all colours": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}  # fmt: skip
LIKERT = ("l1", "l2", "l3", "l4", "l5")
# Of CIE 1976 Lab: 2.3 is just noticed by somebody who looks for it (Mahy et al. 1994); areas that lie beside each other
# and have an outline and a number are told apart at a glance from about five times that.
LEAST = 12.0
# Bars of two arms, a bar on its ground, a point and its stripe: each pair that has nothing but colour, or little more.
BESIDE = [*pairwise(LIKERT), ("l1", "l5"), ("l2", "l4"), ("c1", "sunken"), ("c1", "surface"), ("c3", "surface")]
# Two marks of these kinds differ by shape, and the bars of two arms have the arm's name before them.
SHAPES = {"c1": dot, "c2": square}


def linear(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def seen(colour, sight):
    """Linear RGB of what somebody sees."""
    own = linear(colour)
    return [min(1.0, max(0.0, sum(a * b for a, b in zip(row, own, strict=True)))) for row in SIGHT[sight]]


def lab(rgb):
    """CIE 1976 L*a*b*, D65."""
    to_xyz = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
    white = (0.95047, 1.0, 1.08883)
    share = [sum(a * b for a, b in zip(row, rgb, strict=True)) / w for row, w in zip(to_xyz, white, strict=True)]
    x, y, z = (part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116 for part in share)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one, other, sight):
    return sum((a - b) ** 2 for a, b in zip(lab(seen(one, sight)), lab(seen(other, sight)), strict=True)) ** 0.5


def test_black_and_white_are_a_hundred_apart_and_red_and_green_meet():
    """Known: L* is 0 and 100; a red and a green of one luminance are nearly one colour to a deuteranope."""
    assert distance("#000000", "#FFFFFF", "all colours") == pytest.approx(100, abs=0.01)
    red, green = "#C00000", "#5E6A00"
    assert distance(red, green, "all colours") > 60
    assert distance(red, green, "deuteranopia") < distance(red, green, "all colours") / 3


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", THEMES)
def test_what_lies_side_by_side_is_told_apart(theme, sight):
    colours = THEMES[theme]
    found = {pair: distance(colours[pair[0]], colours[pair[1]], sight) for pair in BESIDE}
    assert {pair: round(apart, 1) for pair, apart in found.items() if apart < LEAST} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_answers_grow_darker_or_lighter_outwards_on_either_side_of_the_middle(theme):
    """Without any colour at all, as on a grey print: the outer answer is farther from the middle than the inner."""
    lightness = [lab(linear(THEMES[theme][name]))[0] for name in LIKERT]
    below, above = lightness[:2], lightness[3:]
    for outer, inner in ((below[0], below[1]), (above[1], above[0])):
        assert abs(outer - inner) > LEAST


def test_marks_of_one_figure_differ_by_shape():
    for one, other in combinations(SHAPES, 2):
        assert SHAPES[one](1, 1, "x").partition(" ")[0] != SHAPES[other](1, 1, "x").partition(" ")[0]


def test_in_forced_colours_every_tone_of_a_drawing_is_one_of_the_readers_own():
    """A07: the browser recolours words and not shapes: ours would lie on a ground that they were not made for."""
    block = re.search(r"@media \(forced-colors:active\)\{.*?:root\{(.*?)\}", CSS, re.S)[1]
    forced = dict(part.split(":") for part in block.split(";"))
    drawn = {
        name
        for source in DRAWINGS.glob("*.py")
        for name in re.findall(r'"(?:var\(--)?([a-z-]+\d?)\)?"', source.read_text("utf-8"))
    }
    tones = {name for name in drawn if re.fullmatch(r"[cl]\d|ink|on-primary|muted|control|line|sunken|surface", name)}
    assert tones >= {"c1", "c2", "c3", "l1", "l5", "line", "sunken", "on-primary"}
    assert {name: forced.get(f"--{name}") for name in tones} == {
        name: "Canvas" if name in ("sunken", "surface") or (name.startswith("l") and name != "line") else "CanvasText"
        for name in tones
    }

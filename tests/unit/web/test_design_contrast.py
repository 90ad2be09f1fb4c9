"""The contrast table of the design, computed anew from the stylesheet (WCAG 2.2 relative luminance)."""

import re

import pytest

from kapabla.web.assets import FOLDER

CSS = (FOLDER / "app.css").read_text(encoding="utf-8")
TEXT, GRAPHIC = 4.5, 3.0
WHITE = "#FFFFFF"

# (foreground, background, least contrast, light, dark): the measured values are those of ux-spec 10.
PAIRS = [
    ("ink", "bg", TEXT, 14.61, 15.35), ("ink", "surface", TEXT, 15.49, 13.64), ("ink", "sunken", TEXT, 13.16, 16.05),
    ("muted", "bg", TEXT, 6.30, 9.32), ("muted", "surface", TEXT, 6.68, 8.28), ("muted", "sunken", TEXT, 5.67, 9.74),
    ("control", "bg", GRAPHIC, 4.46, 6.11), ("control", "surface", GRAPHIC, 4.72, 5.43),
    ("on-primary", "primary", TEXT, 9.06, 9.58), ("on-primary", "primary-hover", TEXT, 12.00, 11.61),
    ("link", "bg", TEXT, 7.54, 10.26), ("link", "info-bg", TEXT, 6.81, 8.64), ("link", "warn-bg", TEXT, 7.01, 8.49),
    ("visited", "bg", TEXT, 7.99, 9.70),
    ("focus-ring", "bg", GRAPHIC, 14.61, 11.53), ("focus", "focus-ring", GRAPHIC, 7.71, 11.53),
    ("accent", "bg", GRAPHIC, 4.09, 8.16),
    ("on-exit", "exit", TEXT, 12.73, 12.80),
    ("ok", "ok-bg", TEXT, 6.96, 8.88), ("info", "info-bg", TEXT, 7.77, 9.35),
    ("warn", "warn-bg", TEXT, 6.56, 9.73), ("err", "err-bg", TEXT, 6.20, 9.15),
]  # fmt: skip

# Pairs that the stylesheet makes and the table does not list.
MADE = [
    ("ink", "ok-bg", TEXT), ("ink", "info-bg", TEXT), ("ink", "warn-bg", TEXT), ("ink", "err-bg", TEXT),
    ("muted", "ok-bg", TEXT), ("err", "bg", TEXT), ("ok", "bg", TEXT), ("ok", "surface", TEXT),
    ("link", "surface", TEXT), ("link", "sunken", TEXT), ("link", "ok-bg", TEXT), ("visited", "sunken", TEXT),
    ("visited", "surface", TEXT), ("primary", "bg", TEXT), ("primary", "sunken", TEXT), ("primary", "ok-bg", GRAPHIC),
    ("accent", "sunken", GRAPHIC),
    *[(series, "surface", GRAPHIC) for series in ("c1", "c2", "c3", "c4", "c0")],
]  # fmt: skip

# The label on each part of a Likert bar: (part, label in light, label in dark).
LIKERT = [("l1", "white", "deep"), ("l2", "ink", "white"), ("l4", "ink", "white"), ("l5", "white", "deep")]


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):(#[0-9A-Fa-f]{6})", block))


def _block(start: str) -> str:
    return CSS[CSS.index(start) :].split("}", 1)[0]


LIGHT = _tokens(_block(":root{"))
DARK = LIGHT | _tokens(_block("(prefers-color-scheme:dark){:root{"))
THEMES = {"light": LIGHT, "dark": DARK}


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)  # the well-known grey that just fails


def test_dark_theme_changes_every_colour_but_the_shared_ones() -> None:
    same = {name for name in LIGHT if LIGHT[name] == DARK[name]}
    assert same == set()


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0]}-on-{pair[1]}")
def test_table_of_the_design_holds(pair: tuple[str, str, float, float, float]) -> None:
    foreground, background, least, light, dark = pair
    for theme, stated in ((LIGHT, light), (DARK, dark)):
        found = contrast(theme[foreground], theme[background])
        assert found == pytest.approx(stated, abs=0.011)
        assert found >= least


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("pair", MADE, ids=lambda pair: f"{pair[0]}-on-{pair[1]}")
def test_other_pairs_of_the_stylesheet_are_readable(pair: tuple[str, str, float], theme: str) -> None:
    foreground, background, least = pair
    assert contrast(THEMES[theme][foreground], THEMES[theme][background]) >= least


@pytest.mark.parametrize(("part", "in_light", "in_dark"), LIKERT)
def test_labels_on_likert_bars_are_readable(part: str, in_light: str, in_dark: str) -> None:
    colours = {"white": WHITE, "deep": DARK["bg"]}
    assert contrast(LIGHT[part], colours.get(in_light, LIGHT["ink"])) >= TEXT
    assert contrast(DARK[part], colours.get(in_dark, DARK["ink"])) >= TEXT

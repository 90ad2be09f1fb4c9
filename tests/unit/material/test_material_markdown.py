"""What is written on a page is shown, or its author is told; versions follow one another; late answers have an end."""

import pytest

from kapabla.material import check_material, default_root
from kapabla.material.courses.markdown import check_markdown, to_html

ROOT = default_root()
PAGE = "courses/kapabla/v1/modules/01-din-roll/01-en-medmanniska.sv.md"
STUDY = "studies/kapabla-2026.toml"
LINK = "a text does not lead out of the site; remove the link, and write in words where to turn."
HTML = "markup between < > is not shown; write the text without it."
CODE = "code is not shown as such; remove the backticks, or the spaces that the line begins with."
HEADING = "the heading is neither ## nor ###, and is not shown as one; write one of them."


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("![En](b.svg)", 'a picture stands in the front matter; write picture = {file = "…", alt = "…"} there.'),
        ("Läs [mer](https://example.org).", LINK),
        ("Se <https://example.org>.", LINK),
        ("[mer]: https://example.org", LINK),
        ("Ett <b>fett</b> ord.", HTML),
        ("<script>alert(1)</script>", HTML),
        ("<!-- en anteckning -->", HTML),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a table is not shown; write a list, with - before each line."),
        ("Skriv `kod`.", CODE),
        ("```\nkod\n```", CODE),
        ("    fyra steg in", CODE),
        ("---", "a line across the page is not shown; write a heading with ## instead."),
        ("~~struket~~", "text that is struck out is not shown so; remove ~~."),
        ("# Rubrik", HEADING),
        ("Rubrik\n======", HEADING),
    ],
)
def test_what_would_vanish_or_stand_as_signs_is_told_with_its_line(written, message):
    assert list(check_markdown(f"Text.\n\n{written}\n\nMer.", 5)) == [("line 7", message)]


def test_what_is_ours_is_shown_and_not_told():
    ours = "## Rubrik\n\nEtt **fett** och *lutat* ord,  \nny rad.\n\n> Citat.\n\n- en\n- två\n\n1. först\n\n### Mindre"
    assert list(check_markdown(ours, 1)) == []
    assert all(f"<{tag}" in to_html(ours) for tag in ("h2", "strong", "em", "br", "blockquote", "ul", "ol", "h3"))


def test_the_line_is_that_of_the_file():
    text = (ROOT / PAGE).read_text("utf-8") + "\nSe [mer](https://example.org).\n"
    (found,) = check_material(ROOT, {PAGE: text.encode()})
    assert (found.file, found.place, found.message) == (PAGE, f"line {len(text.splitlines())}", LINK)


def test_a_version_comes_after_the_one_before():
    til = (ROOT / "instruments/til/v1.toml").read_text("utf-8")
    third = {"instruments/til/v3.toml": til.replace("version = 1", "version = 3").encode()}
    (found,) = check_material(ROOT, third)
    assert (found.file, found.place) == ("instruments/til/v3.toml", "version")
    assert found.message == "there is no version 2; write the number that comes after the newest."
    second = {"instruments/til/v2.toml": til.replace("version = 1", "version = 2").encode()}
    assert check_material(ROOT, third | second) == []


def test_late_days_of_every_wave_have_a_window_and_an_end():
    study = (ROOT / STUDY).read_text("utf-8")
    before, last = study.rsplit("late_days = 14", 1)
    (found,) = check_material(ROOT, {STUDY: f"{before}late_days = 400{last}".encode()})
    assert found.place == "wave t12, late_days"
    assert found.message == "400 days is more than finishing what was begun takes; write at most 30."
    first = study.replace('anchor = "start"', 'anchor = "start"\nlate_days = 3', 1)
    (found,) = check_material(ROOT, {STUDY: first.encode()})
    assert found.place == "wave t0, late_days"
    assert found.message == "the window has no end to count from; write window_after_days, or remove late_days."

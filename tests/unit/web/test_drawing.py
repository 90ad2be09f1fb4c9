"""Drawings of the server: what is given is drawn, what is hidden is not, and a file needs no style sheet."""

import re

from kapabla.web.drawing.counts import flow, rates
from kapabla.web.drawing.curve import curve
from kapabla.web.drawing.forest import forest
from kapabla.web.drawing.likert import Part, likert, parts_of
from kapabla.web.drawing.shares import ShareRow, shares
from kapabla.web.drawing.svg import Scale
from kapabla.web.research.shown_figures import light_colours

OPTIONS = ["aldrig", "sällan", "ibland", "ofta", "alltid"]
HIDDEN = {"n": None, "value": None, "low": None, "high": None}


def rows(*counts):
    return [["Fråga", "Före", label, count] for label, count in counts]


def test_merged_answers_stand_on_the_side_that_they_are_of():
    """R06: five to three to two."""
    parts = parts_of(rows(("aldrig–sällan", 10), ("ibland", 20), ("ofta–alltid", 10)), OPTIONS)
    assert [(part.share, part.side(5)) for part in parts] == [(0.25, -1), (0.5, 0), (0.25, 1)]
    parts = parts_of(rows(("aldrig–ibland", 10), ("ofta–alltid", 30)), OPTIONS)
    assert [part.side(5) for part in parts] == [-1, 1]


def test_merged_answers_look_like_none_of_those_in_them():
    """A bar of "ofta–alltid" in the colour of "ofta" would say that nobody chose "alltid"."""
    looks = {}
    for options in (2, 3, 4, 5):
        spans = [(first, last) for first in range(options) for last in range(first, options)]
        looks[options] = {span: tuple(Part("", *span, 1.0).tones(options)) for span in spans}
        assert len(set(looks[options].values())) == len(spans)
    assert looks[5][3, 4] == ("l4", "l5")
    assert looks[5][0, 2] == ("l2", "l1", "l3")
    assert looks[4][0, 1] == ("l2", "l1")
    drawing = likert(
        rows(("aldrig–sällan", 10), ("ibland", 20), ("ofta–alltid", 10)), OPTIONS, stacked=True, hidden="",
        percent_sign=" %",
    )  # fmt: skip
    assert drawing.body.count("<rect") == 2 * (2 + 1 + 2)  # in the legend and in the bar


def test_a_withheld_item_has_no_bar_and_no_length():
    drawing = likert(rows((None, None)), OPTIONS, stacked=False, hidden="visas inte", percent_sign=" %")
    assert "visas inte" in drawing.body
    assert "<rect" not in drawing.body


def test_an_answer_of_nobody_is_no_bar():
    told = rows(("aldrig", 0), ("sällan", 10), ("ibland", 10), ("ofta", 10), ("alltid", 10))
    drawing = likert(told, OPTIONS, stacked=True, hidden="", percent_sign=" %")
    assert drawing.body.count("<rect") == 5 + 4  # five in the legend, four in the bar


def test_a_hidden_row_of_a_forest_is_hatched_alike_whatever_it_hides():
    """R07: no width, place or number of its own."""
    shown = {"label": "a", "n": 30, "value": 0.5, "low": 0.2, "high": 0.8}
    both = [
        forest([shown, {"label": label, **HIDDEN}], ["0,50", ""], name="x", ends=("", ""), hidden="dold", sign=",")
        for label in ("b", "c")
    ]  # fmt: skip
    assert both[0].body.replace(">b<", ">c<") == both[1].body
    assert both[0].body.count("<circle") == 1
    assert "url(#x)" in both[0].body


def test_a_share_that_is_not_shown_has_no_point_and_what_was_before_another_shape():
    rows = [ShareRow("a", (64, 7), ((60, 40),)), ShareRow("b", None, ((3, 7),)), ShareRow("c", None, (None,))]
    drawing = shares(rows, name="x", hidden="dold", names=("2026", "2025"))
    # One of each is in the line that says which is which.
    assert (drawing.body.count("<circle") - 1, drawing.body.count("<svg") - 1) == (1, 2)
    assert drawing.body.count("url(#x)") == drawing.body.count(">dold<") == 3
    ends = [float(end) for end in re.findall(r'x[12]="([\d.]+)%"', drawing.body)]
    assert (min(ends), max(ends)) == (2, 70)  # no line leaves the hundred


def test_words_are_escaped_and_no_drawing_has_a_style():
    drawing = flow([("<b>", 9, 0, 0), ("b&c", 5, 0, 4)], ["a", "b", "c", "d"])
    assert "<b>" not in drawing.body
    assert "b&amp;c" in drawing.body
    assert "style" not in drawing.body


def test_a_file_has_its_colours_written_out_and_a_title():
    drawing = rates([("Före", 10, 5, "50 %")], hidden="", of="{} av {}")
    file = drawing.file("Hälften <svarade>", "Fem av tio & fler.", light_colours()).decode()
    assert "var(" not in file
    assert '<title id="t">Hälften &lt;svarade&gt;</title><desc id="d">Fem av tio &amp; fler.</desc>' in file
    assert 'role="img" aria-labelledby="t" aria-describedby="d"' in file
    assert light_colours()["--c1"] == "#1F5144"
    assert file.startswith('<svg xmlns="http://www.w3.org/2000/svg"')


def test_zero_is_always_in_view():
    for numbers in ([0.4, 0.9], [-3, -2], []):
        scale = Scale.over(numbers, 20, 60)
        assert 20 < scale.at(0) < 60
        assert all(20 <= scale.at(tick) <= 60 for tick in scale.ticks())


def test_the_curve_marks_the_size_that_is_needed():
    drawing = curve([(10, 0.3), (20, 0.8), (40, 1.0)], chosen=20, wanted=0.8, x_label="n", y_label="styrka")
    points = re.search(r'points="([^"]+)"', drawing.body)[1].split()
    assert points == ["0.00,70.00", "33.33,20.00", "100.00,0.00"]
    assert drawing.body.count("<circle") == 1

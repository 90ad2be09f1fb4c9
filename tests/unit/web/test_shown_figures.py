"""A figure as a page shows it: whose numbers its rows are, and how exact (C5.2, C5.5)."""

import pytest

from kapabla.web.research.shown_figures import shown_figure

FIGURE = {
    "id": "dos", "title": "Två sätt", "subtitle": "Förändring", "sentence": "Det här beskriver.",
    "method": "Medelvärde.",
    "code": "python3 recompute.py dose.se_mean.t1.all_modules",
    "table": {"headers": ["Hur", "Par", "Skillnad", "95 % KI"], "rows": [["A", 30, "0,59", "[0,50; 0,68]"],
                                                                          ["B", 20, "0,30", None]]},
    "plot": {"kind": "forest", "rows": [
        {"label": "A", "n": 30, "value": 0.5863833136560409, "low": 0.5, "high": 0.6776287905526805},
        {"label": "B", "n": 20, "value": 0.29999999999999716, "low": None, "high": None},
    ]},
}  # fmt: skip


@pytest.fixture
def shown(app):
    def shown(**more):
        with app.test_request_context("/"):
            return shown_figure(FIGURE | more, {}, "r2")

    return shown


def test_a_row_of_an_earlier_release_says_so_and_no_command_is_offered_for_it(shown):
    """The files of this release give another number: they have other people."""
    found = shown(of=["r1", "r2"])
    assert "1 av 2 rader är räknade i utgåva r1 och står kvar" in found.sentence
    assert [row[-1] for row in found.rows] == ["r1", "r2"]
    assert found.csv().splitlines()[0].endswith("Räknat i utgåva")
    assert found.code == ""


def test_a_figure_that_stands_whole_says_so_in_each_row(shown):
    assert [row[-1] for row in shown(of=["r1"]).rows] == ["r1", "r1"]


def test_a_figure_of_this_release_alone_has_its_command_and_no_word_of_others(shown):
    found = shown(of=["r2", "r2"])
    assert (found.headers, found.code) == (FIGURE["table"]["headers"], FIGURE["code"])
    assert "står kvar" not in found.sentence


def test_what_is_drawn_from_is_no_more_exact_than_the_table(shown):
    """Of sixteen digits sums of groups, and spreads, can be worked out."""
    rows = shown().plot["rows"]
    assert [(row["value"], row["high"]) for row in rows] == [(0.59, 0.68), (0.3, None)]

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
    with app.test_request_context("/"):
        yield lambda **more: shown_figure(FIGURE | more, {}, "r2")


def test_a_row_of_an_earlier_release_says_so_and_no_command_is_offered_for_it(shown):
    """The files of this release give another number: they have other people."""
    found = shown(of=["r1", "r2"])
    assert "1 av 2 rader är räknade i utgåva r1 och står kvar" in found.sentence
    assert [row[-1] for row in found.rows] == ["r1", "r2"]
    assert found.csv().decode().splitlines()[0].endswith("Räknat i utgåva")
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


def test_the_file_of_a_figure_has_numbers_and_the_table_s_own_digits(shown):
    """R and pandas read strings otherwise; what the table hides or rounds is hidden and rounded here too."""
    table = {
        "headers": ["Skala", "Par", "Skillnad", "95 % KI", "p", "Andel", "Bedömning"],
        "rows": [
            ["A", 30, "−0,59", "[−0,50; 0,68]", "< 0,001", "31\u00a0%", "Inom gränsen"],
            ["B", None, None, None, None, None, None],
            ["C", 20, "0,30", None, "0,042", "4\u00a0%", "–"],
        ],
    }
    found = shown(table=table, plot=None).csv().decode()
    assert found.splitlines() == [
        'Skala,Par,Skillnad,"95 % KI, nedre","95 % KI, övre",p,"p, mindre än",Andel,Bedömning',
        "A,30,-0.59,-0.5,0.68,0.001,1,0.31,Inom gränsen",
        "B,,,,,,,,",
        "C,20,0.3,,,0.042,0,0.04,",
    ]
    excel = shown(table=table, plot=None).csv(for_excel=True)
    assert excel.startswith(b"\xef\xbb\xbf")
    assert excel.decode("utf-8-sig").splitlines()[1] == "A;30;-0,59;-0,5;0,68;0,001;1;0,31;Inom gränsen"

"""Attack 21: the source of the page, its figures, texts for screen readers and downloads, for what is hidden."""

import csv
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from kapabla.app import create_app
from kapabla.release import published
from kapabla.vaults import db
from tests import factories as make
from tests.page_client import PageClient

pytestmark = pytest.mark.xdist_group("simulated")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


class Cells(HTMLParser):
    """Every cell with its text and every attribute in it and of it; and how many shapes are drawn."""

    def __init__(self, page):
        super().__init__()
        self.cells, self.drawn, self._open = [], 0, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        # The points of the forest plot; the icon of the exit has a circle too.
        self.drawn += tag == "circle" and ("r", "6") in attrs
        if tag in ("td", "th"):
            self._open = ["", dict(attrs)]
            self.cells.append(self._open)
        elif self._open is not None:
            self._open[1] |= {f"{tag} {name}": value for name, value in attrs}

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self._open = None

    def handle_data(self, data):
        if self._open is not None:
            self._open[0] += data


@pytest.fixture(scope="module", params=["r1", "r2"])
def page(simulated, request):
    """The page of results of a release, its figures in the store, and the client that fetched it."""
    app = create_app(replace(simulated.service.config, audiences=("research",)), clock=simulated.service.clock)
    client = PageClient(app)
    simulated.service.clock.tick(60)
    make.sign_in_with(client, "researcher", simulated.secrets["researcher"])
    client.get(f"/forskning/resultat?utgava={request.param}")
    yield client.text, published.dashboard(simulated.service.config.release_dir, request.param), client, request.param
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def leaks(html):
    """Cells that say that nothing is shown, and hold a number all the same."""
    return [
        (text, attributes)
        for text, attributes in Cells(html).cells
        if "[visas inte]" in text
        and (NUMBER.search(text) or any(NUMBER.search(str(v)) for n, v in attributes.items() if n != "data-label"))
    ]


def hidden_rows(board):
    return [
        (figure, row)
        for figure in board["figures"]
        for row in figure["table"]["rows"]
        if any(cell is None for cell in row)
    ]


def test_a_hidden_cell_holds_no_number_anywhere(page):
    """C7.21: neither as text nor as an attribute of whatever stands in it."""
    html, board, _, _ = page
    assert hidden_rows(board)
    assert html.count("[visas inte]") >= len(hidden_rows(board))
    assert leaks(html) == []


def test_nothing_is_drawn_of_what_is_hidden(page):
    """C7.21: a point a shown row, none for the others, and no value beside them in the store."""
    html, board, _, _ = page
    change = next(figure for figure in board["figures"] if figure["id"] == "forandring")
    told = {row[0] for row in change["table"]["rows"] if row[2] is not None}
    assert {row["label"] for row in change["plot"]["rows"]} == told == change["values"].keys()
    assert Cells(html).drawn == len(told)
    for value in change["values"].values():
        assert value["n"] >= 10 or value["sd"] is None


def test_a_download_has_a_blank_where_the_page_has_none(page):
    """C7.21."""
    _, board, client, name = page
    for figure in {figure["id"]: figure for figure, _ in hidden_rows(board)}.values():
        lines = list(csv.reader(io.StringIO(client.get(f"/forskning/resultat/{name}/{figure['id']}.csv").text)))[1:]
        for row, line in zip(figure["table"]["rows"], lines, strict=True):
            assert [cell == "" for cell in line] == [cell is None for cell in row]


@pytest.mark.parametrize(
    "where",
    ['<span data-n="3">[visas inte]</span>', '<i title="n = 3 dolt">[visas inte]</i>', "[visas inte]<!-- --> 3"],
)
def test_a_number_left_in_the_page_would_be_found(page, where):
    """The mutants."""
    html = page[0]
    assert leaks(html.replace("[visas inte]", where, 1))

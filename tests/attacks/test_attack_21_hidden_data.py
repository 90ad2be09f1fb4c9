"""Attack 21: the source of the page, its figures, texts for screen readers and downloads, for what is hidden."""

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import combinations
from urllib.parse import urlencode

import pytest

from kapabla.app import create_app
from kapabla.release import published
from kapabla.release.figures.numerals import decimal
from kapabla.release.subgroups import DOSE, setting_key
from kapabla.vaults import db
from kapabla.web.drawing.likert import parts_of
from tests import factories as make
from tests.page_client import PageClient

# Where in its row each forest plot has its value.
VALUE_AT = {
    "jamforelse": 4, "forandring": 3, "uppfoljning": 3, "da-och-nu": 2, "grupper": 2, "dos": 2, "utgangslage": 3,
    "tillforlitlighet": 2,
}  # fmt: skip
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


class Cells(HTMLParser):
    """Every cell with its text and every attribute in it and of it."""

    def __init__(self, page):
        super().__init__()
        self.cells, self._open = [], None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
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


class Drawing(HTMLParser):
    """What an SVG says and how many marks stand in it: bars, boxes and points; hatching is what hides."""

    def __init__(self, svg):
        super().__init__()
        self.texts, self.marks, self._is_words = [], 0, False
        self.feed(svg)

    @property
    def numbers(self):
        return [number for text in self.texts for number in NUMBER.findall(text)]

    def handle_starttag(self, tag, attrs):
        fill, stroke = (dict(attrs).get(name, "") for name in ("fill", "stroke"))
        # A stripe behind a row is of one colour.
        self.marks += tag in ("rect", "circle") and fill != stroke and "url(" not in fill
        self._is_words = tag == "text"

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_data(self, data):
        if self._is_words:
            self.texts.append(data)
            self._is_words = False


def marks_of(figure):
    """As many as there are shown values: of what is drawn only where somebody gave the answer, of those."""
    rows, kind = figure["table"]["rows"], figure["plot"]["kind"]
    if kind == "forest":
        return sum(row["value"] is not None for row in figure["plot"]["rows"])
    if kind == "flow":
        return len(rows) + sum(any(row[2:]) for row in rows[1:])
    if kind == "rates":
        return 2 * sum(row[1] is not None for row in rows)
    if kind == "bars":
        return sum(row[3] is not None for row in rows)
    if kind == "arms":
        return sum(people is not None for row in rows for people in row[1::2])
    if kind == "shares":
        return 2 + sum(row[3] is not None for row in rows)
    parts = [part for own in by_item(rows).values() for part in parts_of(own, figure["plot"]["options"])]
    looks = {(part.first, part.last): len(part.tones(5)) for part in parts}
    # The middle answer has its column also where nobody gave it, so that the number stands there.
    drawn = sum(
        looks[part.first, part.last] if part.side(5) else 1 for part in parts if part.share or part.side(5) == 0
    )
    return drawn + sum(looks.values())


def by_item(rows):
    found = {}
    for row in rows:
        found.setdefault(tuple(row[:2]), []).append(row)
    return found


def numbers_of(figure):
    """Those of the table, of its words, and the marks of an axis; of answers, whole per cents of what is shown."""
    rows, kind = figure["table"]["rows"], figure["plot"]["kind"]
    told = [str(cell) for row in rows for cell in row if cell is not None]
    found = {number for text in told for number in NUMBER.findall(text)}
    if kind == "forest":
        found |= {f"{tick / 4:g}".replace(".", ",") for tick in range(24)}
    if kind == "likert":
        found = {number for row in rows for text in row[:3] if text for number in NUMBER.findall(text)}
        for own in by_item(rows).values():
            found |= {str(round(100 * part.share)) for part in parts_of(own, figure["plot"]["options"])}
    return found


def settings_of(board):
    """Every setting of one filter, and every pair of two."""
    values = [(column["name"], value) for column in board["subgroups"]["filters"] for value, _ in column["values"]]
    pairs = [(a, b) for a, b in combinations(values, 2) if a[0] != b[0]]
    return [*((value,) for value in values), *pairs]


def query_of(setting):
    return urlencode({f"grupp{place}": f"{name}={value}" for place, (name, value) in enumerate(setting, 1)})


def main_of(html):
    """Without what was chosen: the form keeps it."""
    return re.sub(r" selected", "", re.search(r"<main.*</main>", html, re.S)[0])


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
    """C7.21: a mark a shown value, none for the others, in the page and in the file; and no number but the table's."""
    html, board, client, name = page
    kinds = set()
    for figure in (figure for figure in board["figures"] if figure["plot"]):
        kinds.add(figure["plot"]["kind"])
        drawn = Drawing(client.get(f"/forskning/resultat/{name}/{figure['id']}.svg").text)
        inline = Drawing(re.search(rf'aria-labelledby="{figure["id"]}-rubrik".*?(<svg.*?</svg>)</div>', html, re.S)[1])
        assert drawn.texts == inline.texts
        assert drawn.marks == inline.marks + 1 == marks_of(figure) + 1  # the file has a ground to stand on
        assert set(drawn.numbers) <= numbers_of(figure), figure["id"]
    # In the second, eight people have left, and an answer table that would tell of them is withheld whole.
    assert kinds >= {"flow", "rates", "forest", "arms", *(("likert", "shares", "bars") if name == "r1" else ())}


def test_the_chart_library_is_given_what_the_table_shows_and_no_more(page):
    """C7.21: every number behind a figure, rounded as the table is, stands in its row there; a hidden row has none."""
    html, board, _, name = page
    given = [json.loads(text) for text in re.findall(r'class="figure-data">(.*?)</script>', html, re.S)]
    forests = [figure for figure in board["figures"] if figure["plot"] and figure["plot"]["kind"] == "forest"]
    present = [figure["id"] for figure in forests]
    # The then-test is told whole or not at all, and in the second release there may be no groups that can be told of.
    may_lack = {"da-och-nu", *(("grupper", "dos") if name == "r2" else ())}
    assert present == [one for one in VALUE_AT if one in present or one not in may_lack]
    assert len(given) == len(forests)
    for plot, figure in zip(given, forests, strict=True):
        table = {row[0]: row for row in figure["table"]["rows"]}
        for row, said in zip(plot["rows"], plot["told"], strict=True):
            assert all(part in table[row["label"]] for part in (said.split(" ", 1) if said else ()))
            told = [row["n"], *(decimal(row[part]) for part in ("value", "low", "high"))]
            cells = " ".join(str(cell) for cell in table[row["label"]][1:] if cell is not None)
            assert all(one is None or str(one) in cells for one in told), row
            value = table[row["label"]][VALUE_AT[figure["id"]]]
            assert (row["value"] is None) == (value is None)
        assert set(plot["rows"][0]) == {"label", "n", "value", "low", "high"}
    for change in next(figure for figure in forests if figure["id"] == "forandring")["values"].values():
        assert change["n"] >= 10 or change["sd"] is None


def test_behind_a_hidden_row_there_is_no_number_in_the_store_either(page):
    """C7.21: the figures are kept in all their decimals, those that are told and no other."""
    _, board, _, _ = page
    looked_at = 0
    for figure in (figure for figure in board["figures"] if "values" in figure and figure["id"] != "bakgrund"):
        shown = [row for row in figure["table"]["rows"] if any(isinstance(cell, int) for cell in row)]
        told = {row[0] for row in shown} | {f"{row[0]}, {row[1]}" for row in shown}
        assert set(figure["values"]) <= told, figure["id"]
        looked_at += len(figure["values"])
    assert looked_at > 30
    arms = next(figure for figure in board["figures"] if figure["id"] == "bakgrund")
    alone = [row for row in arms["table"]["rows"] if row[0] not in arms["unions"]]
    counts = sorted(one for row in alone for one in row[1::2] if one is not None)
    assert counts == sorted(one["n"] for one in arms["values"].values())
    assert min(counts) >= 5
    # What others and those of whom it is not known are together is what the rows that are whole leave of everybody.
    for union, members in arms["unions"].items():
        rows = {row[0]: row[1::2] for row in arms["table"]["rows"]}
        assert min(rows[union]) >= 5
        assert all(None in rows[one] for one in members)


def test_what_is_hidden_is_hidden_in_english_too(page):
    """C7.21."""
    _, board, client, _ = page
    english = client.get("/forskning/resultat?sprak=en").text
    assert english.count("[not shown]") >= len(hidden_rows(board))
    assert leaks(english.replace("[not shown]", "[visas inte]")) == []


def test_a_group_that_is_not_answered_about_is_nowhere(page):
    """C7.21, G9: page, table and drawing of too few are those of nobody, whatever the filters; of a shown group there
    are the numbers of that group."""
    _, board, client, name = page
    scales, values = board["subgroups"]["scales"], settings_of(board)
    answered = [given for given in values if setting_key(given) in scales[0]["groups"]]
    # Vets there are, and so few of them that no release says which they are.
    few = [(("role", "vet"),), (("role", "vet"), ("bak_4", "1")), (("role", "vet"), ("role", "hunter"))]
    refused = [given for given in [*values, *few] if not any(setting_key(given) in s["groups"] for s in scales)]
    assert answered or name == "r2"
    assert set(few) <= set(refused)
    client.get(f"/forskning/resultat?utgava={name}&grupp1=finns%3Dinte")
    nobody = main_of(client.text)
    # What is audited for a figure of its own is chosen by no filter.
    dosed = {tuple(key.split("=")) for scale in scales for key in scale["groups"] if key.startswith(DOSE)}
    assert dosed or name == "r2"
    for given in [*refused, *((one,) for one in sorted(dosed))]:
        client.get(f"/forskning/resultat?utgava={name}&{query_of(given)}")
        assert main_of(client.text) == nobody
        for ending in ("csv", "svg"):
            client.get(f"/forskning/resultat/{name}/grupp.{ending}?{query_of(given)}", status=404)
    for given in answered[:4]:
        rows = list(csv.reader(io.StringIO(client.get(f"/forskning/resultat/{name}/grupp.csv?{query_of(given)}").text)))
        told = {scale["label"]: str(scale["groups"][setting_key(given)]["n"]) for scale in scales
                if setting_key(given) in scale["groups"]}  # fmt: skip
        assert {row[0]: row[2] for row in rows[1:]} == told


def test_a_download_has_a_blank_where_the_page_has_none(page):
    """C7.21."""
    _, board, client, name = page
    for figure in {figure["id"]: figure for figure, _ in hidden_rows(board)}.values():
        lines = list(csv.reader(io.StringIO(client.get(f"/forskning/resultat/{name}/{figure['id']}.csv").text)))
        head, *lines = lines
        if head[-1] == "Räknat i utgåva":
            lines = [line[:-1] for line in lines]
        rows = figure["table"]["rows"]
        below = {at for row in rows for at, cell in enumerate(row) if str(cell).startswith("< ")}
        for row, line in zip(rows, lines, strict=True):
            # An interval is two columns, and a p of which some are below what is written is two as well.
            filled = sum(
                2 if cell[:1] == "[" or at in below else 1
                for at, cell in enumerate("" if one is None else str(one) for one in row)
                if cell not in ("", "–")
            )
            assert sum(cell != "" for cell in line) == filled, (figure["id"], row, line)


@pytest.mark.parametrize(
    "where",
    ['<span data-n="3">[visas inte]</span>', '<i title="n = 3 dolt">[visas inte]</i>', "[visas inte]<!-- --> 3"],
)
def test_a_number_left_in_the_page_would_be_found(page, where):
    """The mutants."""
    html = page[0]
    assert leaks(html.replace("[visas inte]", where, 1))

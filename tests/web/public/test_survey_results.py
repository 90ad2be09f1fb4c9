"""Results of surveys as citizens read them: two years side by side, drawn and in words, in a small page."""

import re
from datetime import date

import pytest

from kapabla.material.survey_results import MARGINS, Figure, Group, from_bytes, to_bytes
from kapabla.material.texts import Text
from kapabla.release.surveys.shelf import publish_result
from kapabla.store import Store
from tests.surveys import result_without_figures

PAGE = "/enkatsvar/vindeln/2026"
GROUPS = {"sex": ("1", "2"), "age": ("1", "2", "3", "4", "5"), "area": ("1", "2", "3")}


def put_out(service, year, percent):
    """With every figure that there could be: all of them `percent`, but for the first two indicators."""
    days = {"opens_on": date(year, 9, 1), "closes_on": date(year, 9, 30)}
    blank = from_bytes(result_without_figures(slug=f"vindeln-{year}", **days))
    cells = [(None, ""), *((margin, group) for margin in MARGINS for group in GROUPS[margin])]
    given = {told.indicator: percent for told in (*blank.indicators, *blank.places)}
    first, second = blank.indicators[0].indicator, blank.indicators[1].indicator
    given |= {first: 50, second: percent + (year - 2026) * 3}
    figures = [
        Figure(
            indicator=name, margin=margin, group=group, n=200 if margin is None else None, percent=share, plus_minus=7
        )
        for name, share in given.items()
        for margin, group in (cells if not name.startswith("plats_") else cells[:1])
    ]
    groups = [
        Group(margin=margin, group=group, labels=(Text(sv=f"Grupp {group} av {margin}"),))
        for margin in MARGINS
        for group in GROUPS[margin]
    ]
    method = blank.method.model_copy(update={"people": 220, "like": 190, "design_effect": 1.2, "weighted_by": ("age",)})
    made = blank.model_copy(update={"figures": tuple(figures), "groups": tuple(groups), "method": method})
    body = to_bytes(made)
    publish_result(Store(service.config.release_dir), body, approval="a", published_on=date(year, 10, 9))
    return made


@pytest.fixture
def published(service):
    return [put_out(service, year, percent) for year, percent in ((2025, 40), (2026, 28))]


def test_two_years_are_compared_in_words_and_beside_each_other(client, published):
    client.get(PAGE)
    lines = [re.sub(r"\s+", " ", line) for line in re.findall(r"<li>([^<]*procent då[^<]*)</li>", client.text)]
    labels = [told.label.sv for told in published[1].indicators]
    assert lines[0] == f"{labels[0]}: 50 procent nu, 50 procent då. Skillnaden ryms i felmarginalen."
    # Nine points between two margins of seven: within both together, which is ten.
    assert lines[1] == f"{labels[1]}: 28 procent nu, 37 procent då. Skillnaden ryms i felmarginalen."
    assert lines[2] == f"{labels[2]}: 28 procent nu, 40 procent då. Det är färre än förut."
    assert len(lines) == len(labels)
    assert f"Vi jämför {len(labels)} frågor." in client.text
    assert "kan ungefär 5 jämförelser av 100 hamna utanför felmarginalen av en slump" in client.text
    chart = client.text.split('class="plot"')[1]
    assert chart.count(">28 % ± 7<") >= len(labels) - 1
    assert ">40 % ± 7<" in chart
    client.get("/enkatsvar/vindeln/2025")
    assert "procent då" not in client.text  # there is no year before it


def test_the_first_view_is_small(client, published):
    reply = client.browser.get(PAGE, headers={"Accept-Encoding": "br"})
    style = re.findall(r'rel="stylesheet" href="([^"]+)"', client.get(PAGE).text)[0]
    css = client.browser.get(style, headers={"Accept-Encoding": "br"})
    assert len(reply.get_data()) + len(css.get_data()) <= 14_600

"""Planning of a next round (R11): a whole example at once, each design by `analysis`, in both languages."""

import re

import pytest

from analysis.sample_size import Round, needed
from tests import factories as make
from tests.web.test_language import lang, main_of, swedish_in

PAGE = "/forskning/planering"


@pytest.fixture
def researcher(client):
    make.sign_in_as(client, "researcher")
    return client


def said(client):
    """The sentence for an application, as it stands in the field to copy."""
    return re.search(r'id="ansokan" value="([^"]+)"', client.text)[1]


def test_each_design_says_what_analysis_gives(researcher):
    """Without a release the numbers are assumptions, and the page says so."""
    planned = {
        "parvis": (Round("paired", 0.3), "{} personer som svarar både före och efter"),
        "tva-grupper": (Round("two-sample", 0.3 / (1 - 0.5**2) ** 0.5), "{} personer i varje grupp som svarar efteråt"),
        "kluster": (Round("cluster", 0.3, loss=0.3), "{} omgångar i varje grupp"),
        "stegvis": (Round("stepped-wedge", 0.3, loss=0.3), "behövs {} omgångar"),
    }
    for design, (round_, words) in planned.items():
        researcher.get(f"{PAGE}?upplagg={design}")
        assert words.format(needed(round_)) in said(researcher)
        assert "<svg" in researcher.text
        assert researcher.text.count("<tr>") == 10
        assert f"python -m analysis power --design {round_.design} " in researcher.text
    assert "Talen ovan är antaganden." in researcher.text


def test_more_loss_means_that_more_have_to_begin(researcher):
    researcher.get(f"{PAGE}?effekt=0%2C5&samband=0.5&bortfall=0")
    assert "(korrelation 0,5 mellan" in said(researcher)
    assert "behöver 34 personer börja." in said(researcher)
    researcher.get(f"{PAGE}?effekt=0.5&samband=0,5&bortfall=20%25")
    assert "34 personer som svarar" in said(researcher)
    assert "43 personer behöver börja" in researcher.text


FAULTS = (
    ("effekt=stor", "effekt", "Skriv effekten som ett tal från 0,05 till 3, till exempel 0,3."),
    ("styrka=100", "styrka", "Skriv styrkan i procent som ett tal från 50 till 99, till exempel 80."),
    ("upplagg=kluster&storlek=2,5", "storlek", "Skriv antalet personer som ett helt tal från 2 till 500"),
    ("upplagg=stegvis&tillfallen=2", "tillfallen", "Skriv antalet mättillfällen som ett helt tal från 3 till 13"),
    ("upplagg=kluster&effekt=0,05&icc=0,9", "effekt", "Så många omgångar går inte att planera."),
)


def test_what_cannot_be_counted_says_what_to_write_and_keeps_what_was_typed(researcher):
    for query, field, sentence in FAULTS:
        researcher.get(f"{PAGE}?{query}&niva=2", status=400)
        assert f'<a href="#{field}">{sentence}' in researcher.text
        assert 'name="niva" id="niva" value="2"' in researcher.text
        assert "ansokan" not in researcher.text


def test_the_whole_page_is_in_english_when_asked_for(researcher):
    for query in ("", "&upplagg=stegvis"):
        researcher.get(f"{PAGE}?sprak=en{query}")
        assert lang(researcher) == "en"
        assert not swedish_in(main_of(researcher))
    assert "with 80 per cent power" in said(researcher)
    researcher.get(f"{PAGE}?sprak=en&effekt=mycket", status=400)
    assert "Write the effect as a number from 0.05 to 3, for example 0.3." in researcher.text

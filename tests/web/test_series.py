"""Series of the municipalities (level 4): context with its cautions, small counts nowhere, in both languages."""

import csv
import io
import re
from datetime import date

import pytest

from kapabla.release.disclosure import Thresholds
from kapabla.release.series import About, Limits, Place, keep, read_file
from kapabla.store import Store
from tests import factories as make
from tests.web.test_language import lang, main_of, swedish_in

LIMITS = Limits(Thresholds(5), Thresholds(10))
PAGE = "/forskning/serier"
CRIMES = (
    "Region;Brottstyp;År;Antal;/100 000 inv\nVindelns kommun;Misshandel;2022;14;256\n"
    "Vindelns kommun;Misshandel;2023;3;55\nVindelns kommun;Misshandel;2024;23;421\n"
    "Robertsfors kommun;Misshandel;2024;17;256\nRiket;Misshandel;2024;80000;760\n"
)


@pytest.fixture
def read_in(service):
    places = [Place(one.code, (one.name, *one.aliases)) for one in service.material.municipalities]

    def read(text, retrieved="2026-09-01", source="Brå, anmälda brott", kind="crime", **more):
        about = About(kind, source, date.fromisoformat(retrieved), **more)
        store, found = Store(service.config.release_dir), read_file(text.encode(), places)
        keep(store, found, about, LIMITS, today=date(2026, 11, 28))

    return read


@pytest.fixture
def researcher(client, read_in):
    read_in(CRIMES, name_en="Assault")
    make.sign_in_as(client, "researcher")
    return client


def test_a_series_is_shown_with_its_caution_its_source_and_what_is_hidden(researcher):
    main = main_of(researcher.get(PAGE))
    for told in (
        "Serierna visar inte vad utbildningen har lett till.", "Anmälda brott är inte detsamma som begångna brott.",
        "Källa: Brå, anmälda brott, hämtad 2026-09-01.", "Antal under 5 visas inte, inte heller noll",
        "2024: Vindeln 23, Robertsfors 17. 2023: Vindeln visas inte, Robertsfors visas inte.",
    ):  # fmt: skip
        assert told in main
    assert main.index("begångna brott") < main.index("<svg")
    assert ">55<" not in main
    assert "80000" not in main


def test_no_place_tells_a_small_count(researcher):
    """2023: three, and with that the rate, 55. Neither on the page, in its table, its drawing nor its files."""
    for address in (PAGE, f"{PAGE}?sprak=en", f"{PAGE}/misshandel.csv", f"{PAGE}/misshandel.svg"):
        assert not re.search(r"[>,](3|55)[<,]", researcher.get(address).text)


def test_the_table_has_each_value_with_its_source(researcher):
    rows = list(csv.DictReader(io.StringIO(researcher.get(f"{PAGE}/misshandel.csv").text)))
    told = {(row["municipality"], row["period"]): (row["value"], row["per_100000"]) for row in rows}
    assert told == {
        ("2404", "2022"): ("14", "256"), ("2404", "2023"): ("", ""), ("2404", "2024"): ("23", "421"),
        ("2409", "2024"): ("17", "256"),
    }  # fmt: skip
    assert {(row["source"], row["retrieved_on"]) for row in rows} == {("Brå, anmälda brott", "2026-09-01")}


def test_the_drawing_is_a_file_of_its_own(researcher):
    drawing = researcher.get(f"{PAGE}/misshandel.svg?sprak=en").text
    assert ">Assault</title>" in drawing
    assert "Vindeln" in drawing
    assert "not shown" in drawing
    assert "var(--" not in drawing


def test_the_page_in_english(researcher):
    page = main_of(researcher.get(f"{PAGE}?sprak=en"))
    assert lang(researcher) == "en"
    assert "Assault" in page
    assert "The series do not show what the course has led to." in page
    assert swedish_in(page.replace("Brå, anmälda brott", "")) == []


def test_a_revision_is_told_and_the_older_value_stays(researcher, read_in):
    read_in("Region;Brottstyp;År;Antal\nVindeln;Misshandel;2024;26\n", retrieved="2026-11-01", source="Brå, slutlig")
    main = main_of(researcher.get(PAGE))
    assert "Ändrat av källan: Misshandel" in main
    assert "2024: Vindeln 26, Robertsfors 17." in main
    for told in ("23", "2026-09-01", "26", "2026-11-01"):
        assert f"{told}</td>" in main
    assert "Källa: Brå, slutlig, hämtad 2026-11-01." in main


def test_without_series_the_page_says_so(client):
    make.sign_in_as(client, "steward")
    assert "Inga serier har lästs in än." in main_of(client.get(PAGE))
    client.get(f"{PAGE}/misshandel.csv", status=404)
    client.get(f"{PAGE}/misshandel.svg", status=404)


@pytest.mark.parametrize("kind", ["calls", "concern", "support", "other"])
def test_each_kind_has_a_caution_of_its_own(client, read_in, kind):
    read_in("kommun;år;antal\nVindeln;2024;80\n", kind=kind, code="serie", name="En serie")
    make.sign_in_as(client, "researcher")
    told = {
        "calls": "fått koden",
        "concern": "är en oro",
        "support": "kontakter, inte personer",
        "other": "Läs hos källan",
    }
    assert told[kind] in main_of(client.get(PAGE))

"""Medborgarlöften: what is promised, what is missing in plain words, and the same content as open data."""

import csv
import html
import io
import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kapabla.material import default_root
from kapabla.material.library import Library
from kapabla.service import Service
from kapabla.web.public.promises import COLUMNS, VERDICTS, period_of, slug_of
from tests.page_client import PageClient

AREAS = {
    "vindeln": ["Droger", "Trafik", "Kapabla väktare på landsbygden", "Ekonomisk brottslighet", "Otrygga platser"],
    "robertsfors": ["Droger", "Trafik", "Hemmet ska vara en trygg plats", "Ekonomisk brottslighet", "Otrygga platser"],
}
YEARS = (2023, 2024, 2025)
INTRODUCTION = (
    "Ett medborgarlöfte är något som kommunen och polisen lovar dem som bor här. "
    "Löftena bygger på vad invånarna har berättat, och på vad polisen och kommunen vet om läget.",
    "Här ser du vad som är lovat, vad som har gjorts och hur det gick. "
    "Kommunen och polisen följer upp löftena tillsammans varje år.",
    "Ibland går det inte att bedöma ett löfte. Då skriver vi varför. Ett år utan uppföljning visas också.",
    "Fler anmälningar betyder inte alltid att mer har hänt. Det kan också betyda att fler vågar berätta.",
    "Sidan visar inte vem som har gått en utbildning eller sökt hjälp.",
)
every_year = pytest.mark.parametrize(("place", "year"), [(place, year) for place in AREAS for year in YEARS])


def sections(page: str) -> list[str]:
    return re.findall(r"<section[^>]*>(.*?)</section>", page, re.S)


def read_csv(client: PageClient, path: str) -> list[dict[str, str]]:
    reply = client.get(path)
    assert reply.mimetype == "text/csv"
    assert "Set-Cookie" not in reply.headers
    return list(csv.DictReader(io.StringIO(reply.get_data().decode("utf-8"))))


def read_json(client: PageClient, path: str) -> list[dict[str, Any]]:
    reply = client.get(path)
    assert reply.mimetype == "application/json"
    found: list[dict[str, Any]] = json.loads(reply.get_data())["promises"]
    return found


@every_year
def test_page_has_the_five_areas_and_three_questions_each(client: PageClient, place: str, year: int) -> None:
    client.get(f"/medborgarloften/{place}/{year}")
    found = sections(client.text)
    assert [html.unescape(re.findall(r"<h2[^>]*>\d\. (.*?)</h2>", one)[0]) for one in found] == AREAS[place]
    for one in found:
        assert re.findall(r"<h3>(.*?)</h3>", one) == ["Vad lovade vi?", "Vad gjorde vi?", "Hur gick det?"]


@pytest.mark.parametrize("place", AREAS)
def test_introduction_stands_word_for_word(client: PageClient, place: str) -> None:
    client.get(f"/medborgarloften/{place}")
    name = place.capitalize()
    assert f"<h1>Medborgarlöften i {name}</h1>" in client.text
    for paragraph in INTRODUCTION:
        assert f"<p>{paragraph}</p>" in client.text


def test_what_is_lacking_is_said_and_never_filled_in(client: PageClient) -> None:
    client.get("/medborgarloften/vindeln/2024")
    for one in sections(client.text):
        assert one.count("<dd>Uppgiften finns inte i avtalet</dd>") == 4
        assert "<strong>Ingen uppföljning gjord</strong>" in one
        assert "Inga aktiviteter är redovisade här." in one


def test_only_the_area_of_the_training_leads_to_it(client: PageClient) -> None:
    client.get("/medborgarloften/vindeln")
    assert ["Utbildningen Kapabla hör till" in one for one in sections(client.text)] == [
        False,
        False,
        True,
        False,
        False,
    ]


def test_agreement_that_prolongs_itself_says_from_when(client: PageClient) -> None:
    client.get("/medborgarloften/robertsfors")
    assert "Gäller 3 mars 2023–31 december 2025." in client.text
    assert "Förlängd från 1 januari 2026 tills en ny är klar." in client.text
    client.get("/medborgarloften/vindeln")
    assert "Gäller 2023–2025." in client.text
    assert "Förlängd från" not in client.text


def test_period_is_prolonged_only_after_its_end_and_only_where_agreed(service: Service) -> None:
    cycle = next(cycle for cycle in service.material.promises if cycle.municipality == "2409")
    assert period_of(cycle, date(2025, 12, 31)).prolonged_from is None
    assert period_of(cycle, date(2026, 1, 1)).prolonged_from == date(2026, 1, 1)
    replaced = cycle.model_copy(update={"status": "closed"})
    assert period_of(replaced, date(2026, 1, 1)).prolonged_from is None


@every_year
def test_csv_and_json_say_what_the_page_says(client: PageClient, place: str, year: int) -> None:
    path = f"/medborgarloften/{place}/{year}"
    client.get(path)
    page = html.unescape(client.text)
    from_csv, from_json = read_csv(client, f"{path}.csv"), read_json(client, f"{path}.json")
    assert from_csv == [{key: "" if value is None else str(value) for key, value in row.items()} for row in from_json]
    assert [row["title"] for row in from_json] == AREAS[place]
    for row, section in zip(from_json, sections(page), strict=True):
        assert tuple(row) == COLUMNS
        assert (row["year"], row["municipality"]) == (year, place.capitalize())
        for key in ("title", "promise", "verdict_text"):
            assert row[key] in section
        assert row["source"] in page
        shown_as_missing = section.count("Uppgiften finns inte i avtalet")
        assert shown_as_missing == sum(row[key] is None for key in ("indicator", "baseline", "target", "due_on"))


def test_wider_files_hold_the_narrower(client: PageClient) -> None:
    everything = read_json(client, "/medborgarloften.json")
    assert len(everything) == 2 * 3 * 5
    for place in AREAS:
        of_place = read_json(client, f"/medborgarloften/{place}.json")
        assert of_place == [row for row in everything if slug_of(row["municipality"]) == place]
        assert of_place == [row for year in YEARS for row in read_json(client, f"/medborgarloften/{place}/{year}.json")]
    assert len(read_csv(client, "/medborgarloften.csv")) == len(everything)


def test_links_to_the_files_lead_to_them(client: PageClient) -> None:
    for path in ("/medborgarloften", "/medborgarloften/vindeln", "/medborgarloften/robertsfors/2025"):
        client.get(path)
        targets = re.findall(r'href="(/medborgarloften[^"]*\.(?:csv|json|jsonld))"', client.text)
        assert len(targets) >= 2
        for target in targets:
            client.get(target)


def test_table_is_sorted_by_links(client: PageClient) -> None:
    client.get("/medborgarloften/vindeln?ordning=omrade")
    rows = re.findall(r'<th scope="row"><a[^>]*>(.*?)</a></th>', client.text)
    assert rows == sorted(AREAS["vindeln"])
    assert rows != AREAS["vindeln"]
    assert client.text.count('aria-sort="ascending"') == 1


@pytest.mark.parametrize(
    "path",
    [
        "/medborgarloften/umea", "/medborgarloften/vindeln/2022", "/medborgarloften/vindeln/2026",
        "/medborgarloften/vindeln?ordning=annat", "/medborgarloften/umea.csv", "/medborgarloften/vindeln/2022.json",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client: PageClient, path: str) -> None:
    client.get(path, status=404)


def test_catalogue_describes_every_file_with_licence(client: PageClient) -> None:
    reply = client.get("/medborgarloften/katalog.jsonld")
    assert reply.mimetype == "application/ld+json"
    catalogue = json.loads(reply.get_data())
    assert catalogue["dcterms:license"]["@id"].startswith("http://creativecommons.org/")
    assert len(catalogue["dcat:dataset"]) == 3
    for data_set in catalogue["dcat:dataset"]:
        for distribution in data_set["dcat:distribution"]:
            client.get(distribution["dcat:accessURL"]["@id"].removeprefix("http://localhost"))


def test_verdicts_are_the_words_of_the_promise_register() -> None:
    assert list(VERDICTS.values()) == [
        "Uppfyllt", "Delvis uppfyllt", "Inte uppfyllt", "Går inte att bedöma", "Ingen uppföljning gjord",
    ]  # fmt: skip


def test_newest_agreement_comes_first(client: PageClient, service: Service) -> None:
    cycle = next(cycle for cycle in service.material.promises if cycle.municipality == "2404")
    newer = cycle.model_copy(update={"from_year": 2026, "to_year": 2028, "source": "Nya löften"})
    held = client.app.extensions["kapabla"]
    material = replace(held.material, promises=(cycle, newer))
    library = Library(default_root(), held.config.release_dir, lambda _added: material)
    client.app.extensions["kapabla"] = replace(held, library=library)
    client.get("/medborgarloften/vindeln")
    assert "Nya löften" in client.text
    client.get("/medborgarloften/vindeln/2024")
    assert "Nya löften" not in client.text

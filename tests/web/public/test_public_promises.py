"""Medborgarlöften: what is promised, what is missing in plain words, and the same content as open data."""

import csv
import html
import io
import json
import re
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest

from kapabla.material import default_root
from kapabla.material.library import Library
from kapabla.material.promise_editions import (
    PublishedActivity,
    edition_of_file,
    publish_edition,
    read_editions,
    to_bytes,
)
from kapabla.service import Service
from kapabla.store import Store
from kapabla.web.promise_page import COLUMNS, VERDICTS, period_of
from kapabla.web.public.promises import slug_of
from tests.conftest import FixedClock
from tests.page_client import PageClient

AREAS = {
    "vindeln": ["Droger", "Trafik", "Kapabla väktare på landsbygden", "Ekonomisk brottslighet", "Otrygga platser"],
    "robertsfors": ["Droger", "Trafik", "Hemmet ska vara en trygg plats", "Ekonomisk brottslighet", "Otrygga platser"],
}
# Of Vindeln's agreement nothing says that it has been prolonged.
YEARS = {"vindeln": (2023, 2024, 2025), "robertsfors": (2023, 2024, 2025, 2026)}
INTRODUCTION = (
    "Ett medborgarlöfte är något som kommunen och polisen lovar dem som bor här. "
    "Löftena bygger på vad invånarna har berättat, och på vad polisen och kommunen vet om läget.",
    "Här ser du vad som är lovat, vad som har gjorts och hur det gick. "
    "Kommunen och polisen följer upp löftena tillsammans varje år.",
    "Ibland går det inte att bedöma ett löfte. Då skriver vi varför. Ett år utan uppföljning visas också.",
    "Fler anmälningar betyder inte alltid att mer har hänt. Det kan också betyda att fler vågar berätta.",
    "Sidan visar inte vem som har gått en utbildning eller sökt hjälp.",
)
every_year = pytest.mark.parametrize(("place", "year"), [(place, year) for place in AREAS for year in YEARS[place]])


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
    assert "<dt>Syfte</dt><dd>Uppgiften är inte inlagd här.</dd>" in client.text
    for one in sections(client.text):
        assert one.count("<dd>Uppgiften är inte inlagd här</dd>") == 5
        assert "<strong>Ingen uppföljning gjord</strong>" in one
        assert "Inga aktiviteter är redovisade här." in one


@pytest.mark.parametrize("place", AREAS)
def test_how_residents_are_to_be_told_is_told(client: PageClient, place: str) -> None:
    client.get(f"/medborgarloften/{place}")
    assert "<dd>Kommunens och Polisens webbplatser. Sociala medier. Massmedier.</dd>" in client.text


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
    assert (
        "Enligt avtalet förlängs det från 1 januari 2026 om inget nytt har skrivits under. "
        "Här finns ingen uppgift om att det har skett." in client.text
    )
    client.get("/medborgarloften/vindeln")
    assert "Gäller 2023–2025." in client.text
    assert "förlängs det från" not in client.text


def test_period_is_prolonged_only_after_its_end_and_only_where_agreed(service: Service) -> None:
    cycle = next(cycle for cycle in service.material.promises if cycle.municipality == "2409")
    edition = edition_of_file(cycle, 2025)
    assert period_of(edition, date(2025, 12, 31)).prolonged_from is None
    assert period_of(edition, date(2026, 1, 1)).prolonged_from == date(2026, 1, 1)
    assert period_of(edition, date(2026, 1, 1), is_replaced=True).prolonged_from is None
    closed = edition.model_copy(update={"status": "closed"})
    assert period_of(closed, date(2026, 1, 1)).prolonged_from is None


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
        shown_as_missing = section.count("Uppgiften är inte inlagd här")
        lacking = ("owner", "indicator", "baseline", "target", "due_on")
        assert shown_as_missing == sum(row[key] is None for key in lacking)


def test_wider_files_hold_the_narrower(client: PageClient) -> None:
    everything = read_json(client, "/medborgarloften.json")
    assert len(everything) == (3 + 4) * 5
    for place in AREAS:
        of_place = read_json(client, f"/medborgarloften/{place}.json")
        assert of_place == [row for row in everything if slug_of(row["municipality"]) == place]
        assert of_place == [
            row for year in YEARS[place] for row in read_json(client, f"/medborgarloften/{place}/{year}.json")
        ]
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
    assert not any("dcterms:modified" in one for one in catalogue["dcat:dataset"])
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


# --- What is published: editions in the store, which every process reads ---


def publish(service: Service, clock: FixedClock, *, version: int = 1, note: str = "", **changes: Any) -> None:
    """The third area of Vindeln in 2025, as both have signed it."""
    cycle = next(cycle for cycle in service.material.promises if cycle.municipality == "2404")
    edition = edition_of_file(cycle, 2025)
    told = {
        "verdict": "partly_kept",
        "feedback": "Fler har lärt sig att se våld.",
        "owner": "Vindelns kommun",
    } | changes
    promises = [one.model_copy(update=told) if one.number == 3 else one for one in edition.promises]
    made = edition.model_copy(update={"version": version, "note": note, "promises": tuple(promises)})
    publish_edition(
        Store(service.config.release_dir), to_bytes(made), signed={"signatory_police": "2026-03-01"},
        approval="a", published_on=date(2026, 3, version),
    )  # fmt: skip
    clock.tick(61)


def test_page_and_files_say_what_was_published(client: PageClient, service: Service, clock: FixedClock) -> None:
    client.get("/medborgarloften/vindeln/2025")
    assert "Fler har lärt sig att se våld." not in client.text
    publish(service, clock)
    client.get("/medborgarloften/vindeln/2025")
    assert "<strong>Delvis uppfyllt</strong>" in client.text
    assert "<p>Fler har lärt sig att se våld.</p>" in client.text
    for rows in (read_json(client, "/medborgarloften/vindeln/2025.json"), read_csv(client, "/medborgarloften.csv")):
        (row,) = [row for row in rows if row["verdict"] == "partly_kept"]
        assert (row["title"], row["feedback"], row["published_on"]) == (
            AREAS["vindeln"][2], "Fler har lärt sig att se våld.", "2026-03-01",
        )  # fmt: skip
    catalogue = json.loads(client.get("/medborgarloften/katalog.jsonld").get_data())
    modified = [one.get("dcterms:modified", {}).get("@value") for one in catalogue["dcat:dataset"]]
    assert modified == ["2026-03-01", None, "2026-03-01"]


def test_corrections_are_listed_and_the_news_tell_of_them(
    client: PageClient, service: Service, clock: FixedClock
) -> None:
    client.get("/medborgarloften")
    publish(service, clock)
    publish(service, clock, version=2, note="Vi hade läst fel.", verdict="kept")
    client.get("/medborgarloften/vindeln/2025")
    assert "Vi hade läst fel." in client.text
    assert "Löfte 3, Hur gick det: Delvis uppfyllt blev Uppfyllt." in client.text
    client.get("/medborgarloften/vindeln/2025/version/1")
    assert "<strong>Delvis uppfyllt</strong>" in client.text
    reply = client.get("/medborgarloften.rss")
    assert reply.mimetype == "application/rss+xml"
    items = ElementTree.fromstring(reply.get_data()).findall("channel/item")  # noqa: S314  (our own)
    assert [item.findtext("title") for item in items] == ["Vindeln 2025: rättelse", "Vindeln 2025: uppföljning"]
    assert "Vi hade läst fel." in (items[0].findtext("description") or "")
    for item in items:
        client.get((item.findtext("guid") or "").removeprefix("http://localhost"))


def test_an_edition_that_is_not_what_was_signed_is_left_out(
    client: PageClient, service: Service, clock: FixedClock
) -> None:
    client.get("/medborgarloften")
    publish(service, clock)
    publish(service, clock, version=2, verdict="kept")
    (index,) = service.config.release_dir.glob("index/promises-*-0002.json")
    digest = json.loads(index.read_text(encoding="utf-8"))["document"]
    file = service.config.release_dir / "files" / digest[:2] / digest
    file.write_bytes(file.read_bytes().replace(b"kept", b"lost"))
    assert read_editions(service.config.release_dir)[1] == (index.stem,)
    publish(service, clock, version=3, verdict="not_kept")
    client.get("/medborgarloften/vindeln/2025/version/2", status=404)
    client.get("/medborgarloften/vindeln/2025")
    assert "<strong>Inte uppfyllt</strong>" in client.text


def test_the_map_of_the_site_leads_to_pages_that_are_there(client: PageClient) -> None:
    reply = client.get("/sitemap.xml")
    found = re.findall(r"<loc>http://localhost(.*?)</loc>", reply.get_data(as_text=True))
    assert "/medborgarloften/robertsfors/2024" in found
    for path in found:
        client.get(path)


def test_municipalities_stand_side_by_side_in_the_order_of_the_alphabet(client: PageClient) -> None:
    client.get("/medborgarloften/jamfor/2025")
    assert re.findall(r'<h2><a href="/medborgarloften/[^"]+">(.*?)</a></h2>', client.text) == ["Robertsfors", "Vindeln"]
    assert "Därför räknar vi inte ihop löftena och rangordnar inte." in client.text
    client.get("/medborgarloften/jamfor/2022", status=404)
    client.get("/medborgarloften/jamfor")  # 2026: one agreement is prolonged, the other is over
    assert "<h2>Vindeln</h2>\n<p>Kommunen har inga löften för det året här.</p>" in client.text
    assert client.text.count("Ingen uppföljning gjord") == 5


def test_the_piece_for_another_site_has_no_script_and_may_be_framed(client: PageClient) -> None:
    reply = client.get("/medborgarloften/vindeln/2025/bit")
    assert "frame-ancestors *" in reply.headers["Content-Security-Policy"]
    assert "<script" not in client.text
    assert client.text.count("Ingen uppföljning gjord") == 5
    assert len(re.findall("<a ", client.text)) == client.text.count('target="_top"') == 6
    assert "frame-ancestors 'none'" in client.get("/medborgarloften/vindeln/2025").headers["Content-Security-Policy"]


def test_what_leaves_the_demo_says_that_it_is_an_example(
    client: PageClient, service: Service, clock: FixedClock
) -> None:
    publish(service, clock)
    example = "Exempel. Personerna och siffrorna är påhittade."
    piece, news = "/medborgarloften/vindeln/2025/bit", "/medborgarloften.rss"
    for path in (piece, news):
        assert "Exempel" not in client.get(path).get_data(as_text=True)
    held = client.app.extensions["kapabla"]
    client.app.extensions["kapabla"] = replace(held, config=replace(held.config, demo=True))
    clock.tick(61)
    client.get(piece)
    assert example in client.text
    channel = ElementTree.fromstring(client.get(news).get_data()).find("channel")  # noqa: S314  (our own)
    assert channel is not None
    assert (channel.findtext("description") or "").startswith(example)
    assert channel.findtext("item/title") == "Exempel: Vindeln 2025: uppföljning"
    assert (channel.findtext("item/description") or "").startswith(example)


def test_an_activity_whose_day_has_passed_is_shown_as_overdue(
    client: PageClient, service: Service, clock: FixedClock
) -> None:
    def made(status: Any, due_on: date) -> PublishedActivity:
        return PublishedActivity(title="Vandring", owner="Kommunen", status=status, due_on=due_on)

    past, last = date(2025, 10, 29), date(2025, 12, 31)
    activities = (made("ongoing", past), made("planned", last), made("done", past), made("delayed", past))
    client.get("/medborgarloften")
    publish(service, clock, activities=activities)
    client.get("/medborgarloften/vindeln/2025")
    assert re.findall(r"<li>Vandring. <strong>(.*?)</strong>", client.text) == [
        "Pågår, försenad", "Planerad", "Genomförd", "Försenad",
    ]  # fmt: skip
    publish(service, clock, version=2, activities=(made("done", past),))
    client.get("/medborgarloften/vindeln/2025/version/1")
    assert "försenad" not in client.text


def test_first_view_of_a_full_year_is_small(client: PageClient, service: Service, clock: FixedClock) -> None:
    activity = PublishedActivity(title="Fältvandring vid skolan", owner="Vindelns kommun", status="done")
    publish(service, clock, activities=(activity,) * 12, problem="Problemet är stort. " * 20)
    reply = client.browser.get("/medborgarloften/vindeln/2025", headers={"Accept-Encoding": "br"})
    style = client.browser.get(re.findall(r'rel="stylesheet" href="([^"]+)"', client.get(reply.request.path).text)[0],
                               headers={"Accept-Encoding": "br"})  # fmt: skip
    assert len(reply.get_data()) + len(style.get_data()) <= 14_600

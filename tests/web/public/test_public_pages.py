"""The open pages: what they say first, what they never say, what they weigh, and that they leave nothing behind."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from kapabla.config import Config
from kapabla.material import SupportContact, Text
from kapabla.material.word_list import WORD_LIST
from kapabla.service import Service
from kapabla.tables import METADATA
from kapabla.web import kiosk, language
from kapabla.web.auth import guard, letting_in, organisation
from kapabla.web.participant import session as participant_session
from kapabla.web.public.processing import processing
from kapabla.web.public.support import support_page
from tests.page_client import PageClient

PAGES = (
    "/", "/om", "/stod", "/tips-om-telefonen", "/tillganglighet", "/tillganglighet/meddela", "/personuppgifter",
    "/medborgarloften", "/medborgarloften/vindeln", "/medborgarloften/robertsfors", "/medborgarloften/vindeln/2024",
    "/vader",
)  # fmt: skip
# The entry pages, whose titles and descriptions say nothing of the topic (S10).
NEUTRAL = ("/", "/k", "/stod", "/tips-om-telefonen", "/vader")
FIRST_VIEW_BYTES = 14_600


def heads(page: str) -> str:
    """What a history, a tab or a search result shows: title and every meta."""
    return " ".join(re.findall(r"<title>.*?</title>|<meta[^>]*>", page, re.S))


@pytest.fixture
def demo(config: Config, make_app: Callable[[Config], Flask]) -> PageClient:
    return PageClient(make_app(replace(config, demo=True)))


@pytest.mark.parametrize("path", PAGES)
def test_page_is_open_to_all_and_sets_no_cookie(client: PageClient, path: str) -> None:
    reply = client.get(path)
    assert "Set-Cookie" not in reply.headers
    assert "X-Robots-Tag" not in reply.headers


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/vader"])
def test_s01_every_page_can_be_left_and_has_support(client: PageClient, path: str) -> None:
    client.get(path)
    assert client.text.count('href="/lamna"') == 3
    assert 'class="help" href="/stod"' in client.text


def test_public_process_opens_only_the_office(config: Config, make_app: Callable[[Config], Flask]) -> None:
    alone = replace(config, audiences=("public",), identity_url=None, answers_url=None)
    browser = PageClient(make_app(alone))
    for path in PAGES:
        browser.get(path)


@pytest.mark.parametrize("path", NEUTRAL)
def test_s10_titles_and_descriptions_say_nothing_of_the_topic(client: PageClient, path: str) -> None:
    client.get(path)
    assert WORD_LIST.findall(heads(client.text)) == []


def test_s10_word_list_finds_what_it_looks_for() -> None:
    assert WORD_LIST.findall("<title>Kvinnofridslinjen och hotet, ett utsatt läge</title>") == [
        "Kvinnofridslinjen", "hotet", "utsatt",
    ]  # fmt: skip
    assert WORD_LIST.findall("<title>Fotografier från hösten</title>") == []


def test_exit_address_of_the_demo_says_nothing_of_us(client: PageClient) -> None:
    client.get("/vader")
    assert "kapabla" not in client.text.lower()
    assert WORD_LIST.findall(client.text) == []


@pytest.mark.parametrize("path", ["/", "/k", "/stod"])
@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_first_view_fits_the_first_ten_packets(app: Flask, path: str, encoding: str) -> None:
    reply = app.test_client().get(path, headers={"Accept-Encoding": encoding})
    assert reply.headers["Content-Encoding"] == encoding
    weight = len(reply.get_data()) + len(str(reply.headers).encode()) + len("HTTP/1.1 200 OK\r\n")
    assert weight <= FIRST_VIEW_BYTES


@pytest.mark.parametrize("path", ["/", "/k", "/stod"])
def test_first_view_asks_for_no_stylesheet(client: PageClient, path: str) -> None:
    client.get(path)
    assert "<style>" in client.text
    assert 'rel="stylesheet"' not in client.text


def test_start_page_leads_on(client: PageClient) -> None:
    client.get("/")
    for target in ("/k", "/om", "/stod", "/medborgarloften"):
        assert f'href="{target}"' in client.text


def test_about_page_tells_whom_to_ask(client: PageClient) -> None:
    client.get("/om")
    assert 'id="kontakt"' in client.text
    assert 'href="tel:+46100000000"' in client.text


# Support


def main_of(page: str) -> str:
    return page.split("<main", 1)[1].split("</main>", 1)[0]


def dialled(page: str) -> list[str]:
    return re.findall(r'href="tel:([^"]+)"', main_of(page))


def test_112_is_the_first_number_and_114_14_the_second(client: PageClient, demo: PageClient) -> None:
    for browser in (client, demo):
        browser.get("/stod")
        numbers = list(dict.fromkeys(dialled(browser.text)))
        assert numbers[:2] == ["112", "11414"]


def test_numbers_that_nobody_has_checked_are_shown_in_the_demo_only_and_marked(
    client: PageClient, demo: PageClient
) -> None:
    client.get("/stod")
    assert set(dialled(client.text)) == {"112", "11414"}
    assert "Inte kontrollerat än" not in client.text
    demo.get("/stod")
    assert {"+4620505050", "+4620555666", "116111"} <= set(dialled(demo.text))
    assert "Inte kontrollerat än" in demo.text


def test_support_has_every_fixed_sentence_and_is_no_report(client: PageClient, service: Service) -> None:
    client.get("/stod")
    page = re.sub(r"<[^>]+>", "", client.text)
    for code in ("support", "not_a_report"):
        box = service.material.safety[code]
        assert box.heading
        assert box.heading.sv in page
        for line in box.lines:
            assert line.sv in page


def test_tips_have_every_fixed_sentence(client: PageClient, service: Service) -> None:
    client.get("/tips-om-telefonen")
    for line in service.material.safety["browser"].lines:
        assert line.sv in client.text


def contact(code: str, number: str, **more: object) -> SupportContact:
    return SupportContact(code=code, name=Text(sv=code), number=number, audience=Text(sv="Alla"), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("checked_on", "is_shown"),
    [(None, False), (date(2026, 5, 25), False), (date(2026, 5, 26), True), (date(2026, 11, 25), True)],
)
def test_number_is_shown_while_its_check_is_at_most_six_months_old(
    service: Service, checked_on: date | None, is_shown: bool
) -> None:
    line = contact("line", "020-12 34 56", verified_on=checked_on, verified_by="Anna", hidden_on_bill=True)
    material = replace(service.material, contacts=(line,))
    page = support_page(material, today=date(2026, 11, 25), demo=False)
    assert [found.number for found in page.national] == (["020-12 34 56"] if is_shown else [])


def test_order_of_danger_does_not_hang_on_the_register(service: Service) -> None:
    material = replace(service.material, contacts=tuple(reversed(service.material.contacts)))
    page = support_page(material, today=date(2026, 11, 25), demo=True)
    assert [found.number for found in page.always] == ["112", "114 14"]


def test_promise_about_the_bill_stands_only_on_a_checked_number(service: Service) -> None:
    def promised(checked_on: date | None) -> bool:
        line = contact("line", "020-12 34 56", hidden_on_bill=True, verified_on=checked_on)
        page = support_page(replace(service.material, contacts=(line,)), today=date(2026, 11, 25), demo=True)
        return page.national[0].hidden_on_bill

    assert promised(date(2026, 11, 1))
    assert not promised(None)


# Personal data (B10)


def test_b10_every_table_of_every_vault_is_in_the_register_of_processing() -> None:
    told = [kind for purpose in processing().purposes for kind in purpose.classes]
    kept = {table.info["retention"] for vault in METADATA.values() for table in vault.sorted_tables}
    assert sorted(told) == sorted(set(told)), "a class belongs to one purpose"
    assert set(told) == kept


def test_b10_page_tells_purpose_basis_recipient_retention_and_contact(client: PageClient, service: Service) -> None:
    client.get("/personuppgifter")
    for purpose in processing().purposes:
        assert purpose.what.sv in client.text
    facts = service.material.studies["kapabla-2026"].facts_in("sv")
    for told in (
        "artikel 6.1 e", "Umeå universitet", facts["datum_nyckel"], facts["datum_gallring"], facts["gallringsbeslut"],
        service.material.organisation.data_protection_officer.email, "imy.se",
        "Svar som forskarna redan har fått kan vi inte hämta tillbaka",
    ):  # fmt: skip
        assert told in client.text
    assert "{" not in main_of(client.text)


@pytest.mark.parametrize(("tongue", "told"), [
    ("en", ("Inviting people to the course", "Article 6(1)(e)", "without saying why", "Remembers which language")),
    ("sv_easy", ("Det står i artikel 6.1 e", "De får en kod i stället", "Du kan sluta när du vill. Du behöver inte")),
])  # fmt: skip
def test_b10_page_is_read_in_the_language_that_was_chosen(
    client: PageClient, tongue: str, told: tuple[str, ...]
) -> None:
    client.post("/sprak", {"sprak": tongue, "till": "/personuppgifter"})
    for words in told:
        assert words in client.text
    assert "{" not in main_of(client.text)
    assert "bara på svenska" not in client.text
    assert "finns inte på lätt" not in client.text


def test_cookie_table_names_every_cookie_of_the_code() -> None:
    used = {
        participant_session.COOKIE, participant_session.COMPANION, guard.COOKIE, letting_in.SIGN_IN_COOKIE,
        letting_in.DEVICE_COOKIE, organisation.COOKIE, language.COOKIE, kiosk.COOKIE,
    }  # fmt: skip
    assert {cookie.name for cookie in processing().cookies} == used


def test_people_in_the_municipalities_of_the_study_are_told_what_to_do_where_there_is_no_number(client):
    client.get("/stod")
    for name in ("Vindeln", "Robertsfors"):
        section = client.text.split(f"<h3>{name}</h3>", 1)[1].split("<h", 1)[0]
        assert "Ring kommunens växel och be att få prata med socialtjänsten." in section

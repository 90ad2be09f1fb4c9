"""The accessibility statement and its form (A17)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kapabla.keys import unseal
from kapabla.office.releases import AccessibilityReport
from kapabla.service import Service
from kapabla.web.public.accessibility import FACTS, read_statement
from tests.page_client import PageClient


def reports(service: Service) -> list[AccessibilityReport]:
    with service.vaults.reading() as work:
        return list(work.office.scalars(select(AccessibilityReport)))


def facts_with(**changed: str) -> str:
    lines = FACTS.read_text(encoding="utf-8").splitlines()
    return "\n".join(
        next((f"{key} = {value}" for key, value in changed.items() if line.startswith(f"{key} =")), line)
        for line in lines
    )


def test_a17_assessment_is_at_most_twelve_months_old() -> None:
    statement = read_statement(FACTS.read_text(encoding="utf-8"))
    assert statement.is_current(statement.updated_on), "assess the site anew and write assessed_on"
    assert not statement.is_current(statement.assessed_on + timedelta(days=366))


def test_a17_statement_says_what_the_law_asks(client: PageClient) -> None:
    client.get("/tillganglighet")
    for told in (
        "Länsstyrelsen Västerbotten står bakom webbplatsen Kapabla", "delvis förenlig med lagen",
        "Det beror på bristerna som beskrivs nedan", 'href="/tillganglighet/meddela"', "utbildning@example.se",
        "digg.se/tdosanmalan", "Användning utan synförmåga", "Skäl: brist mot lagen", "12 §", "9 §", "Självskattning",
        "Senaste bedömningen gjordes 25 november 2026",
    ):  # fmt: skip
        assert told in client.text


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"conformance": '"mest"'}, "conformance is one of"),
        ({"conformance": '"helt"'}, "write delvis"),
        ({"answer_days": "5\nanswer_weeks = 1"}, "answer_weeks"),
    ],
)
def test_statement_with_a_fault_is_not_shown(changed: dict[str, str], told: str) -> None:
    with pytest.raises((ValueError, TypeError), match=told):
        read_statement(facts_with(**changed))


def test_report_is_kept_unnamed_and_thanked_for(client: PageClient, service: Service) -> None:
    client.get("/tillganglighet/meddela")
    reply = client.fill(vad="Knappen syns inte", sida="/delar", hjalpmedel="NVDA")
    assert "Tack. Vi har tagit emot det du skrev." in client.text
    assert "Set-Cookie" not in reply.headers
    [found] = reports(service)
    assert (found.what, found.page, found.aid, found.answer_to) == ("Knappen syns inte", "/delar", "NVDA", None)
    assert found.received_on == date(2026, 11, 25)


def test_reload_after_a_report_sends_nothing_again(client: PageClient, service: Service) -> None:
    reply = client.post("/tillganglighet/meddela", {"vad": "Knappen syns inte"}, status=303, follow=False)
    client.get(reply.headers["Location"])
    client.get(reply.headers["Location"])
    assert len(reports(service)) == 1


def test_address_to_answer_to_is_sealed(client: PageClient, service: Service) -> None:
    client.get("/tillganglighet/meddela")
    client.fill(vad="Texten är för liten", svar="anna@example.com")
    [found] = reports(service)
    assert found.answer_to
    assert b"anna" not in found.answer_to
    assert unseal(service.keys.get("sealing"), found.answer_to, f"accessibility.{found.id}") == "anna@example.com"


def test_empty_report_asks_for_one_thing_and_keeps_the_rest(client: PageClient, service: Service) -> None:
    client.get("/tillganglighet/meddela")
    client.fill(vad=" ", sida="/stod", status=400)
    assert "<title>Rätta: Berätta vad som inte fungerar – Kapabla</title>" in client.text
    assert 'href="#vad">Skriv vad som inte fungerar.' in client.text
    assert 'value="/stod"' in client.text
    assert reports(service) == []


def test_too_long_report_is_given_back_whole(client: PageClient, service: Service) -> None:
    client.get("/tillganglighet/meddela")
    client.fill(vad="a" * 2001, status=400)
    assert "Skriv högst 2000 tecken." in client.text
    assert "a" * 2001 in client.text
    client.fill(vad="a" * 2000)
    assert len(reports(service)) == 1


def test_characters_that_a_database_refuses_are_left_out(client: PageClient, service: Service) -> None:
    client.post("/tillganglighet/meddela", {"vad": "en\x00 rad\r\noch en till"})
    [found] = reports(service)
    assert found.what == "en rad\noch en till"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://annan.example"},
    ],
)
def test_form_of_another_site_is_refused(client: PageClient, service: Service, headers: dict[str, str]) -> None:
    client.post("/tillganglighet/meddela", {"vad": "skräp"}, headers=headers, status=400)
    assert reports(service) == []


@pytest.mark.parametrize(
    "path", ["/", "/k", "/stod", "/om", "/tips-om-telefonen", "/ny-lank", "/tillganglighet/meddela"]
)
def test_easy_swedish_and_english_are_a_press_away_and_each_is_named_in_its_own_words(
    client: PageClient, path: str
) -> None:
    client.get(path)
    assert client.text.count('name="sprak"') == 2
    assert 'value="sv_easy" lang="sv">Lätt svenska</button>' in client.text
    assert 'value="en" lang="en">English</button>' in client.text


def test_every_frame_leads_to_the_statement(client: PageClient) -> None:
    for path in ("/", "/k", "/logga-in", "/finns-inte", "/_komponenter"):
        client.get(path, status=404 if path == "/finns-inte" else 200)
        assert '<a href="/tillganglighet">' in client.text, path

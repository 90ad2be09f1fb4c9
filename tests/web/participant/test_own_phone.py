"""Whose telephone it is decides what a page gives to the script, and what the browser has to remove (P3, S08, S09)."""

import json
import re
from datetime import date

import pytest

from tests import factories as make
from tests.page_client import PageClient
from tests.telephone import kit_on

CLEAR = '"storage"'


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def made(service):
    return make.make_person(service)


def device_on(page):
    found = re.search(r'<body data-device="(\w+)"', page)
    return found and found[1]


def test_only_a_telephone_of_ones_own_gets_a_kit(client, service, made):
    make.start_course(client, made)
    other = PageClient(client.app)
    make.start_course(other, made, phone="egen")
    for path in ("/fragor/fore/0", "/fragor/fore/1"):
        client.get(path)
        other.get(path)
        assert kit_on(client.text) is None
        assert kit_on(other.text)["questions"].startswith("/paket/kapabla-2026.fore.")
        assert (device_on(client.text), device_on(other.text)) == ("shared", "own")


def test_the_course_is_in_the_kit_when_it_is_open_and_not_before(client, service, made):
    """The gate of D5 and the wait of E6: nobody's telephone is told the address of what is not open to them."""
    make.start_course(client, made, phone="egen")
    assert kit_on(client.text)["course"] is None
    make.answer_wave(client, "fore")
    client.get("/delar")
    assert kit_on(client.text)["course"].startswith("/paket/kapabla.1.")


def test_who_waits_is_told_nothing_of_the_course(client, service):
    cohort = make.make_cohort(service, name="Väntar", arm="waitlist", starts_on=date(2026, 11, 25))
    made = make.make_person(service, cohort=cohort)
    make.start_course(client, made, phone="egen")
    make.answer_wave(client, "fore")
    client.get("/delar")
    assert "/paket/kapabla.1." not in client.text
    assert "data-fetch=" not in client.text


def test_before_the_question_nothing_is_kept_and_nothing_removed(client, made):
    """A telephone that was somebody's own last time has answers that wait: they stay until it is said whose it is."""
    client.get(f"/k/{made.token}")
    assert device_on(client.text) is None
    client.fill()
    assert device_on(client.text) == "unknown"
    assert "data-worker" not in client.text


def test_what_the_kit_names_is_there(client, service, made):
    make.start_course(client, made, research="nej", phone="egen")
    kit = kit_on(client.text)
    assert kit["questions"] is None
    for address in (*kit["files"], kit["course"]):
        assert PageClient(client.app).browser.get(address).status_code == 200, address
    assert {"/utan-tackning", "/stod", "/tips-om-telefonen"} == set(kit["pages"]) <= set(kit["files"])


def test_the_kit_says_nothing_of_who_it_is_for(client, service, made):
    """The trade's package is the same for all of the trade; the token is sealed, and another each time."""
    make.start_course(client, made, phone="egen")
    first = kit_on(client.text)
    client.get("/fragor/fore/1")
    second = kit_on(client.text)
    assert first["token"] != second["token"]
    assert {name for name in first if first[name] != second[name]} == {"token"}
    for text in (made.number, made.id, made.subject, made.token):
        assert text not in str(first)


def test_a_page_for_ones_own_telephone_keeps_the_budget(app, service, made):
    client = PageClient(app)
    make.start_course(client, made, phone="egen")
    for path in ("/fragor/fore/0", "/fragor/fore/1", "/fragor/fore/6"):
        reply = client.browser.get(path, headers={"Accept-Encoding": "br"})
        assert len(reply.data) + sum(len(a) + len(b) + 4 for a, b in reply.headers) <= 14_600, path


def test_the_worker_may_answer_for_every_page(client, service, made):
    make.start_course(client, made, phone="egen")
    worker = re.search(r'data-worker="([^"]+)"', client.text)[1]
    assert client.browser.get(worker).headers["Service-Worker-Allowed"] == "/"
    assert "Service-Worker-Allowed" not in client.browser.get(kit_on(client.text)["files"][0]).headers


@pytest.mark.parametrize(("before", "after", "removed"), [("egen", "delad", True), ("delad", "egen", False)])
def test_saying_that_others_can_see_it_removes_what_is_there(client, made, before, after, removed):
    make.start_course(client, made, phone=before)
    client.get("/start/telefon")
    hidden = client.hidden(action="/start/telefon")
    reply = client.post("/start/telefon", hidden | {"telefon": after}, status=303, follow=False)
    assert (reply.headers.get("Clear-Site-Data") == CLEAR) == removed


def test_leaving_removes_all_but_what_waits_on_ones_own_telephone(client, made):
    """What waits there is sealed, and would be lost; the page says so when it is one (S09)."""
    for data, wanted in ({}, CLEAR), ({"telefon": "egen"}, None):
        make.start_course(client, made, phone="egen") if data else None
        reply = client.browser.post("/lamna", data=data)
        assert (reply.status_code, reply.headers.get("Clear-Site-Data")) == (204, wanted)
        assert client.browser.get("/delar").status_code == 303


def test_leaving_everything_removes_all_on_any_telephone(client, made):
    make.start_course(client, made, phone="egen")
    client.get("/mina-uppgifter/avsluta")
    reply = client.fill(action="/mina-uppgifter/avsluta", vad="allt", svar="kvar")
    assert reply.headers["Clear-Site-Data"] == CLEAR
    assert device_on(client.text) == "shared"
    assert "data-worker" not in client.text


def test_the_worker_is_told_that_the_session_is_over_and_loses_no_answer(client, service, made, clock):
    """It cannot see where a redirect leads; a reader without it is led to the code, and the door that it leads her to
    says why."""
    make.start_course(client, made, phone="egen")
    client.get("/fragor/fore/1")
    form = client.hidden() | make.answers_on(client.text)
    clock.tick(hours=13)
    reply = client.post("/fragor/fore/1", form, status=401, follow=False, headers={"Kapabla-Phone": "1"})
    assert reply.headers.getlist("Set-Cookie") == []
    reply = client.post("/fragor/fore/1", form, status=303, follow=False)
    assert reply.location.startswith("/k?slut=1")


def test_my_data_says_what_the_telephone_keeps(client, made):
    make.start_course(client, made)
    client.get("/mina-uppgifter")
    assert "Vi sparar ingenting i den här telefonen" in client.text
    assert "Ta bort allt från telefonen" not in client.text
    client.get("/start/telefon")
    client.fill(action="/start/telefon", telefon="egen")
    assert "Ta bort allt från telefonen" in client.text


def test_the_page_without_coverage_is_the_same_for_everybody(client, made):
    client.get("/utan-tackning")
    alone = client.text
    make.start_course(client, made, phone="egen")
    client.get("/utan-tackning")
    assert client.text == alone
    lines = "".join(json.loads(re.search(r"data-lines>(.*?)</script>", alone)[1]).values())
    for sentence in (
        "Sparat på telefonen. Skickas när du har täckning.",
        "Du har slutat vara med. Svaren som väntade är borttagna.",
        "Öppna din länk igen eller skriv din kod, så skickar vi det som väntar.",
        "Telefonen kan inte spara just nu. Dina svar står kvar på sidan. Fortsätt när du har täckning.",
    ):
        assert sentence in lines

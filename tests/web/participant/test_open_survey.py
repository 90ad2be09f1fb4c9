"""An open survey answered by anybody: what is stored, what is not, and what keeps programs away."""

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from kapabla.answers.open_surveys import answers_of
from kapabla.answers.submissions import OpenSurveySubmission
from kapabla.web.participant import open_survey_guard as guard
from tests.page_client import HIDDEN, SAME_ORIGIN, PageClient
from tests.surveys import SLUG, open_in

HOME = f"/enkat/{SLUG}"
PAGES = (
    {"tu_ute": "4", "tu_natet": "1", "tu_oro_vald": "2", "tu_oro_bedr": "4", "tu_andrat": "-95"},
    {"tu_droger": "3"},
    {"tu_platser": ["1", "900"]},
    {"tu_stold": "1", "tu_hot": "-94"},
    {"tu_anmalt": "2", "tu_polisen": "5"},
    {"tu_alder": "2", "tu_kon": "1", "tu_bor": "3"},
)


@pytest.fixture
def app(any_config, make_app):
    open_in(any_config.release_dir)
    return make_app(any_config)


@pytest.fixture
def client(app):
    return PageClient(app)


def stored(app, slug=SLUG):
    with app.extensions["kapabla"].vaults.reading() as work:
        return answers_of(work.answers, slug)


def fill(client, *, status=200, **fields):
    """As a browser: a hidden field that stands there twice is sent twice."""
    carried = {}
    for name, value in HIDDEN.findall(re.search(r'<form[^>]* id="enkat".*?</form>', client.text, re.S)[0]):
        carried.setdefault(name, []).append(value)
    return client.post(HOME, carried | fields, status=status)


def walk(client, pages=PAGES, *, start=True):
    """From the first page to the last but one form: what is left is to send in."""
    if start:
        client.get(HOME)
        fill(client)
    for page in pages[:-1]:
        fill(client, **page)


def answer(client, clock, pages=PAGES, **last):
    walk(client, pages)
    clock.tick(30)
    fill(client, **(pages[-1] | last))


def test_an_answer_is_stored_without_a_trace_of_who_gave_it(app, client, clock):
    answer(client, clock)
    assert client.path == f"{HOME}/tack"
    assert "Tack. Ditt svar är inskickat." in client.text
    assert "114 14" in client.text
    (one,) = stored(app)
    assert one.values == {
        "tu_ute": 4, "tu_natet": 1, "tu_oro_vald": 2, "tu_oro_bedr": 4, "tu_droger": 3, "tu_platser": [1, 900],
        "tu_stold": 1, "tu_anmalt": 2, "tu_polisen": 5, "tu_alder": 2, "tu_kon": 1, "tu_bor": 3,
    }  # fmt: skip
    assert one.missing == {
        "tu_andrat": "no_opinion", "tu_hot": "declined", "tu_skade": "skipped", "tu_trafik": "skipped",
        "tu_brak": "skipped", "tu_agodel": "skipped", "tu_bedrag": "skipped", "tu_kommunen": "skipped",
    }  # fmt: skip
    assert (one.version, one.language, one.mode, one.on) == (1, "sv", "web", date(2026, 11, 25))
    # Columns are all that there is: none of them can hold an address, a browser or a clock time.
    assert set(OpenSurveySubmission.__table__.columns.keys()) == {
        "id", "survey", "survey_version", "values", "missing", "language", "mode", "saved_on"
    }  # fmt: skip


def test_the_thanks_are_for_whoever_has_sent_in(client, clock):
    client.get(f"{HOME}/tack")
    assert client.path == HOME
    client.get(f"{HOME}/tack?kvitto={client.hidden(action=HOME)['nyckel']}")
    assert client.path == HOME
    answer(client, clock)
    assert client.path == f"{HOME}/tack"


def test_no_cookie_is_set_from_the_first_page_to_the_thanks(client, clock):
    answer(client, clock)
    assert client.browser._cookies == {}


def test_the_same_form_sent_again_is_one_answer(app, client, clock):
    walk(client)
    hidden, last = client.hidden(action=HOME), PAGES[-1]
    clock.tick(30)
    for _ in range(3):
        client.post(HOME, hidden | last)
        assert client.path == f"{HOME}/tack"
    assert len(stored(app)) == 1
    answer(client, clock)
    assert len(stored(app)) == 2


def test_the_next_in_the_household_who_goes_on_in_the_same_form_is_told_and_can_send_in(app, client, clock):
    walk(client)
    hidden, last = client.hidden(action=HOME), PAGES[-1]
    clock.tick(30)
    client.post(HOME, hidden | last)
    client.post(HOME, hidden | last | {"tu_alder": "5"}, status=409)
    assert "redan inskickat, med andra svar" in client.text
    assert 'id="tu_alder-5" value="5" checked' in client.text
    assert [one.values["tu_alder"] for one in stored(app)] == [2]
    clock.tick(30)
    fill(client, **(last | {"tu_alder": "5"}))
    assert client.path == f"{HOME}/tack"
    assert sorted(one.values["tu_alder"] for one in stored(app)) == [2, 5]
    # From the first page it is a new answer from the start.
    client.post(HOME, {"nyckel": hidden["nyckel"], "sida": "1", "tillbaka": "1"})
    assert client.hidden(action=HOME)["nyckel"] != hidden["nyckel"]


def test_one_may_go_back_and_what_was_chosen_stands_there(app, client, clock):
    walk(client)
    fill(client, tillbaka="1", tu_alder="2")
    assert 'id="tu_anmalt-2" value="2" checked' in client.text
    # Nothing has happened after all: the question that followed is gone, and its answer counts no more.
    fill(client, tillbaka="1")
    fill(client, tu_stold="2", tu_hot="2")
    assert "tu_anmalt" not in client.hidden(action=HOME)
    assert "polisanmälan" not in client.text
    fill(client)
    assert 'id="tu_alder-2" value="2" checked' in client.text
    clock.tick(30)
    fill(client, tu_alder="2")
    (one,) = stored(app)
    assert one.missing["tu_anmalt"] == "not_shown"
    assert "tu_anmalt" not in one.values


def test_another_language_keeps_the_answers_and_leaves_no_cookie(app, client, clock):
    client.get(HOME)
    fill(client, sprak=["sv", "en"])
    assert "Survey for you who live in Vindeln" in client.text
    walk(client, start=False, pages=({}, {}))
    assert "How safe do you feel when you go out alone" in client.text
    fill(client, sprak=["en", "sv_easy"], tu_ute="5")
    assert "Jag är inte trygg ute." in client.text
    assert 'value="5" checked' in client.text
    fill(client, sprak=["sv_easy", "en"], tu_ute="5")
    walk(client, start=False)
    clock.tick(30)
    fill(client, **PAGES[-1])
    assert "Thank you. Your answer has been sent in." in client.text
    assert stored(app)[0].language == "en"
    assert client.browser._cookies == {}


def test_a_program_that_is_too_quick_or_fills_in_everything_is_asked_again(app, client, clock):
    walk(client)
    fill(client, status=400, **PAGES[-1])
    assert "Vänta några sekunder" in client.text
    assert 'id="tu_kon" value="1" checked' in client.text
    clock.tick(30)
    fill(client, status=400, webbplats="https://example.com", **PAGES[-1])
    assert stored(app) == []
    # A person who was caught by it presses once more, and nothing that was filled in is lost.
    fill(client, **PAGES[-1])
    assert len(stored(app)) == 1
    assert stored(app)[0].values["tu_kon"] == 1


def test_a_form_that_is_not_ours_or_has_been_open_for_days_is_shown_again(app, client, clock):
    walk(client)
    hidden = client.hidden(action=HOME)
    clock.tick(30)
    client.post(HOME, hidden | PAGES[-1] | {"nyckel": hidden["nyckel"][:-1] + "x"}, status=400)
    clock.tick(guard.OLDEST_SECONDS)
    client.post(HOME, hidden | PAGES[-1], status=400)
    assert stored(app) == []
    clock.tick(10)
    fill(client, **PAGES[-1])
    assert len(stored(app)) == 1


def test_a_flood_is_held_back_and_nothing_filled_in_is_lost(app, client, clock, monkeypatch):
    monkeypatch.setattr(guard, "ADDRESS_MOST", 2)
    answer(client, clock)
    walk(client)
    clock.tick(30)
    sent = client.hidden(action=HOME)
    client.post(HOME, sent | PAGES[-1])
    walk(client)
    clock.tick(30)
    fill(client, status=429, **PAGES[-1])
    assert "Vänta 14 minuter" in client.text
    assert 'value="3" checked' in client.text
    clock.tick(13 * 60)
    fill(client, status=429, **PAGES[-1])
    assert "Vänta en minut" in client.text
    clock.tick(60)
    fill(client, **PAGES[-1])
    assert len(stored(app)) == 3
    # The pace is full again, but what is saved already is thanked for.
    client.post(HOME, sent | PAGES[-1])
    assert client.path == f"{HOME}/tack"
    assert len(stored(app)) == 3


def test_the_pace_knows_no_address_and_forgets(clock):
    pace = guard.Pace()
    for _ in range(guard.ADDRESS_MOST):
        pace.count("a", "10.0.0.1", at=clock())
    assert pace.seconds_to_wait("a", "10.0.0.1", at=clock())
    assert pace.seconds_to_wait("a", "10.0.0.2", at=clock()) == 0
    assert pace.seconds_to_wait("b", "10.0.0.1", at=clock()) == 0
    assert "10.0.0.1" not in repr(vars(pace))
    for number in range(guard.SURVEY_MOST):
        pace.count("c", str(number), at=clock())
    assert pace.seconds_to_wait("c", "another", at=clock())
    clock.tick(guard.ADDRESS_SECONDS + 1)
    pace.count("c", "another", at=clock())
    assert len(pace._times) == 2
    assert pace.seconds_to_wait("c", "another", at=clock()) == 0


def test_it_is_answered_between_its_days_alone(any_config, make_app, clock):
    open_in(any_config.release_dir, slug="nasta", opens_on=date(2026, 12, 1), closes_on=date(2026, 12, 24))
    open_in(any_config.release_dir, slug="forra", opens_on=date(2025, 11, 1), closes_on=date(2025, 11, 30))
    open_in(any_config.release_dir, slug="exempel", is_example=True)
    client = PageClient(make_app(any_config))
    client.get("/enkat/nasta")
    assert "Enkäten öppnar 1 december 2026" in client.text
    client.get("/enkat/forra", status=410)
    assert "Enkäten stängde 30 november 2025" in client.text
    client.fill(action="/enkat/forra", sprak="en", status=410)
    assert "The survey closed on 30 November 2025" in client.text
    client.post("/enkat/forra", {"sida": "6"}, status=410)
    for slug in ("exempel", "ingen"):
        client.get(f"/enkat/{slug}", status=404)
        client.post(f"/enkat/{slug}", {}, status=404)
    demo = PageClient(make_app(replace(any_config, demo=True)))
    demo.get("/enkat/exempel")


def test_a_later_version_holds_and_another_site_cannot_send(app, client, any_config, make_app):
    open_in(any_config.release_dir, version=2, closes_on=date(2026, 11, 24))
    PageClient(make_app(any_config)).get(HOME, status=410)
    reply = client.browser.post(HOME, data={"sida": "1"}, headers=SAME_ORIGIN | {"Sec-Fetch-Site": "cross-site"})
    assert reply.status_code == 400


def test_odd_forms_do_no_harm(client):
    client.post(HOME, {"sida": "99", "tu_ute": "9" * 5000})
    assert "Hur trygg känner du dig när du går ut" in client.text
    client.post(HOME, {"sida": "-1"})
    client.post(HOME, {"sida": "3", "tu_platser": ["1", "901"]}, status=400)
    assert "Du har valt ”Nej, ingen plats” och något mer. Ta bort det ena." in client.text
    assert 'value="901" checked' in client.text
    client.post(HOME, {"sida": "1", "tu_ute": "7"}, status=400)
    assert "Välj ett av svaren i listan." in client.text


def test_the_first_view_is_small(app):
    reply = app.test_client().get(HOME, headers={"Accept-Encoding": "br"})
    assert len(reply.data) < 14_600
    assert re.search(r'rel="stylesheet"', app.test_client().get(HOME).text) is None


def test_every_item_is_asked_and_every_indicator_is_of_one(app):
    instrument = app.extensions["kapabla"].material.instruments["tu", 1]
    assert {"sv", "sv_easy", "en"} <= set(instrument.languages)
    assert {one.item for one in instrument.indicators} < {item.code for item in instrument.items}
    with app.extensions["kapabla"].vaults.reading() as work:
        assert work.answers.scalar(select(OpenSurveySubmission.id)) is None

"""What is left on a telephone, and what is shown on it to whoever picks it up (S02-S09, A01)."""

import pytest
from playwright.sync_api import expect

from kapabla.identity import entry
from kapabla.material.word_list import telling
from kapabla.web.participant.session import COMPANION, COOKIE
from tests import factories as make
from tests.browser.own_phone import EVERYTHING, KEPT, NAMES, WAITING, Cut, Phone, come_in, leave, take_nothing_in
from tests.browser.walking import DESK, PHONE, Walk
from tests.page_client import PageClient

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def remembering(launch):
    """A browser that keeps pages in memory to come back to, as people's browsers do (S05)."""
    return launch(ignore_default_args=["--disable-back-forward-cache"])


def test_after_leaving_nothing_can_be_read_on_ones_own_telephone(browser, phone):
    """S05, S07, S09: what waits is sealed; no answer, code, name or progress; Back and the address bar lead nowhere."""
    own = phone(at="/fragor/fore/1")
    Cut(own.served).paths = ("/fragor/fore/1", "/ko")
    own.answer()
    expect(own.status).to_have_text(KEPT)
    leave(own)
    text = own.page.evaluate(EVERYTHING)
    assert '"kind":"page"' in text, "what waits is still there"
    names = ["Testa", "Påhittsson", own.made.token, own.made.code, own.made.number, own.made.subject, "se_1="]
    assert [word for word in names if word in text] == []
    assert {cookie["name"] for cookie in own.context.cookies()} <= {COOKIE}
    own.lose_coverage()
    for path in ("/fragor/fore/2", "/delar", "/delar/1/1", "/fortsatt"):
        own.page.goto(own.served.base + path)
        assert own.page.locator("h1").inner_text() == "Du har ingen täckning just nu", path
        assert own.page.locator("[data-status]").count() == 0
        assert telling(own.page.locator("h1").inner_text()) == []


def test_the_other_tabs_go_with_the_one_that_is_left(phone):
    own = phone(phone="delad", at="/fragor/fore/1")
    other = own.context.new_page()
    other.goto(own.served.base + "/fragor/fore/2")
    leave(own)
    other.wait_for_url("**/vader")


def test_a_link_and_a_page_past_the_worker_leave_as_the_script_does(phone):
    """S02, S03: the script has not come yet, or the page was fetched past the worker. What waits goes on waiting."""
    own = phone(at="/fragor/fore/1")
    own.go("/lamna")
    own.lose_coverage()
    own.go("/fragor/fore/2")
    expect(own.page.locator("h1")).to_have_text("Du har ingen täckning just nu")
    own.find_coverage()
    come_in(own, own.made.token)
    own.go("/fragor/fore/1")
    own.lose_coverage()
    own.answer()
    take_nothing_in(own.served)
    own.context.set_offline(False)
    with own.page.expect_navigation():
        own.context.new_cdp_session(own.page).send("Page.reload", {"ignoreCache": True})
    assert own.page.evaluate("navigator.serviceWorker.controller") is None
    leave(own)
    assert len(own.page.evaluate(WAITING)) == 1


@pytest.mark.parametrize("whose", ["egen", "delad"])
def test_back_shows_no_page_that_was_left(remembering, served, whose):
    own = Phone(remembering, served, research="nej", phone=whose, at="/delar")
    for path in ("/delar/1/1", "/delar/1/2", "/delar/1/3"):
        own.go(path)
    leave(own)
    for _ in range(4):
        own.page.go_back(wait_until="load")
        shown = own.page.locator("body").inner_text()
        assert telling(shown) == [], own.page.url
    own.close()


def test_a_shared_device_keeps_nothing_at_any_time(phone):
    """S08: before, while and after; also where it was somebody's own until just now."""
    own = phone(phone="delad", at="/fragor/fore/1")
    assert own.page.evaluate(NAMES) == [[], [], 0]
    own.answer()
    own.go("/fragor/fore/3")
    assert own.page.evaluate(NAMES) == [[], [], 0]
    own.lose_coverage()
    own.page.locator("main input").first.check()
    own.press("Spara och fortsätt")
    expect(own.page.locator("[data-said]")).to_contain_text("Du behöver täckning för att spara.")
    assert own.page.locator("main input:checked").count() == 1
    own.context.set_offline(False)
    own.press("Spara och fortsätt")
    leave(own)
    assert own.page.evaluate(NAMES) == [[], [], 0]


def test_removing_everything_leaves_nothing_with_and_without_coverage(phone):
    """S09: it warns of what waits, and what comes after is a telephone that keeps nothing."""
    own = phone(at="/fragor/fore/1")
    own.lose_coverage()
    own.answer()
    own.go("/om")
    own.press("Ta bort allt från telefonen")
    expect(own.page.locator("[data-remove-waiting]")).to_be_visible()
    own.press("Ta bort allt från telefonen")
    expect(own.page.locator("[data-remove-done]")).to_have_text("Nu finns ingenting kvar på telefonen.")
    assert own.page.evaluate(NAMES) == [[], [], 0]
    own.context.set_offline(False)
    own.go("/fortsatt")
    expect(own.page.locator("h1")).to_have_text("Skriv koden från brevet")
    assert own.page.evaluate(NAMES) == [[], [], 0]


def test_a_choice_that_was_made_beside_it_is_said_to_be_unsaved(phone):
    own = phone(research="nej", at="/delar")
    own.go("/mina-uppgifter/avsluta")
    own.page.get_by_label("Både forskningen och utbildningen.").check()
    own.lose_coverage()
    own.press("Ta bort allt från telefonen")
    expect(own.page.locator("[data-remove-done]")).to_contain_text("Det du valde på sidan är inte sparat.")


def test_saying_that_others_can_see_the_telephone_removes_what_is_there(phone):
    own = phone(research="nej", at="/delar")
    own.press("Hämta till telefonen")
    expect(own.page.locator("[data-fetch]")).to_contain_text("Alla delar finns på telefonen.")
    own.go("/mina-uppgifter")
    own.press("Ta bort allt från telefonen")
    expect(own.page.locator("[data-remove-done]")).to_have_text("Nu finns ingenting kvar på telefonen.")
    own.go("/mina-uppgifter")
    expect(own.page.locator("main")).to_contain_text("Vi sparar ingenting i den här telefonen")
    assert own.page.evaluate(NAMES) == [[], [], 0]
    with own.served.service.vaults.reading() as work:
        assert entry.steps_over(work.identity, own.made.id)


def test_who_says_so_where_answers_wait_is_told_before_they_go(phone):
    own = phone(at="/fragor/fore/1")
    own.lose_coverage()
    own.answer()
    take_nothing_in(own.served)
    own.find_coverage()
    own.go("/start/telefon")
    own.page.get_by_label("Ja, eller jag vet inte").check()
    own.press("Fortsätt")
    expect(own.page.get_by_role("alert")).to_contain_text("Svar väntar på att skickas från den här telefonen.")
    assert len(own.page.evaluate(WAITING)) == 1
    own.press("Fortsätt")
    own.wait_for(f"async () => JSON.stringify(await ({NAMES})()) === '[[],[],0]'")


def test_what_an_own_telephone_shows_is_for_everybody(browser, served):
    """A01: the box, the line about what waits and the page without coverage, by axe, light and dark."""
    client = PageClient(served.app)
    make.start_course(client, make.make_person(served.service), research="nej", phone="egen")
    walk = Walk(browser, served.base, axe=True, screens=(PHONE, DESK))
    walk.context.add_cookies(
        [{"name": name, "value": client.browser.get_cookie(name).value, "url": served.base}
         for name in (COOKIE, COMPANION)]
    )  # fmt: skip
    walk.go("/delar")
    expect(walk.page.locator("[data-fetch]")).to_be_visible()
    for path in ("/delar", "/delar/1/1", "/mina-uppgifter", "/utan-tackning"):
        walk.go(path)
    expect(walk.page.get_by_role("button", name="Ta bort allt från telefonen")).to_be_visible()
    walk.look()
    assert walk.foreign == walk.complaints == []
    walk.context.close()

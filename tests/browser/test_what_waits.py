"""What waits on the telephone comes in once, as the right person's, or is told of (B07, B08, C8)."""

import pytest
from playwright.sync_api import expect

from kapabla.answers import saving
from kapabla.answers.late import LateAnswers
from kapabla.answers.submissions import Submission, WaveState
from tests import factories as make
from tests.browser.own_phone import KEPT, NAMES, WAITING, Cut, come_in, leave, renew_link
from tests.page_client import PageClient

pytestmark = pytest.mark.browser


def test_a_server_that_dies_between_storing_and_saying_so_stores_once(browser, phone, served):
    """B07: the form and its sealed twin have one key; so have two sendings of a record."""
    cut = Cut(served)
    own = phone(at="/fragor/fore/1")
    cut.paths = ("/fragor/fore/1", "/ko")
    own.answer()
    expect(own.page.locator(".step")).to_contain_text("sida 2 av")
    expect(own.status).to_have_text(KEPT)
    assert {"/fragor/fore/1", "/ko"} == set(cut.met)
    cut.paths = ()
    own.page.reload()
    expect(own.status).to_contain_text("Skickat kl.")
    assert own.page.evaluate(WAITING) == []
    assert [row.page for row in own.rows(Submission)] == [1]


def test_a_session_that_ends_loses_no_answer(phone, clock):
    """C8: the telephone was away for a day, and the link is new since. What waits is sent after coming in."""
    own = phone(at="/fragor/fore/1")
    clock.tick(hours=13)
    access = renew_link(own)
    own.answer()
    expect(own.page.locator("h1")).to_have_text("Skriv koden från brevet")
    expect(own.status).to_have_text("Öppna din länk igen eller skriv din kod, så skickar vi det som väntar.")
    assert own.rows(Submission) == []
    come_in(own, access.token)
    expect(own.page.locator("h1")).to_have_text("Först några frågor")
    expect(own.status).to_contain_text("Skickat kl.")
    assert [row.page for row in own.rows(Submission)] == [1]


def test_an_ended_session_is_told_at_the_door_and_its_page_is_sent(phone, clock):
    """The link is as it was: what was filled in comes in by itself, and no page is shown before the person has."""
    own = phone(at="/fragor/fore/1")
    clock.tick(hours=13)
    own.answer()
    expect(own.page.locator("main")).to_contain_text("Du är utloggad.")
    assert [row.page for row in own.rows(Submission)] == [1]
    own.lose_coverage()
    own.go("/fragor/fore/2")
    expect(own.page.locator("h1")).to_have_text("Du har ingen täckning just nu")


def test_two_who_use_one_telephone_send_each_their_own(phone):
    own = phone(at="/fragor/fore/1")
    own.lose_coverage()
    own.answer()
    access = renew_link(own)
    own.go("about:blank")
    own.context.set_offline(False)
    other = make.make_person(own.served.service, name="Prova Påhittsson")
    client = PageClient(own.served.app)
    make.start_course(client, other, phone="egen")
    own.sign_in(client)
    own.go("/fragor/fore/1")
    own.answer()
    expect(own.page.locator(".step")).to_contain_text("sida 2 av")
    assert {row.subject for row in own.rows(Submission)} == {other.subject}
    assert len(own.page.evaluate(WAITING)) == 1
    assert "Öppna din länk igen" not in own.page.locator("main").inner_text()
    leave(own)
    come_in(own, access.token)
    expect(own.status).to_contain_text("Skickat kl.")
    assert sorted(row.subject for row in own.rows(Submission)) == sorted([other.subject, own.made.subject])


def test_what_comes_after_sending_in_elsewhere_is_kept_apart(phone):
    """B08: sent in from a computer while the telephone had no coverage. It is told once."""
    own = phone(at="/fragor/fore/1")
    service = own.served.service
    own.lose_coverage()
    own.answer()
    with service.vaults.unit() as work:
        saving.send_in(work.answers, own.made.subject, "t0", on=service.clock().date())
    own.find_coverage()
    told = "Frågorna var redan inskickade. Svaren som väntade har vi sparat för sig."
    expect(own.status).to_have_text(told)
    assert [row.reason for row in own.rows(LateAnswers)] == ["late"]
    own.page.reload()
    expect(own.page.locator("h1")).to_be_visible()
    assert own.page.get_by_text(told).count() == 0


def test_answers_that_nobody_can_open_are_asked_again_and_not_sent_in(phone):
    """The key is lost with every copy: the telephone stops waiting, and the wave is not closed without them."""
    own = phone(at="/fragor/fore/1")
    own.lose_coverage()
    own.answer()
    own.go("/fragor/fore/skicka")
    own.press("Skicka in mina svar")
    expect(own.page.locator("h1")).to_have_text("Dina svar är låsta på telefonen")
    keys, today = own.served.service.keys, own.served.service.clock().date()
    keys.rotate("offline", today)
    keys.destroy("offline", "1")
    own.find_coverage()
    expect(own.status).to_have_text(KEPT)
    assert len(own.page.evaluate(WAITING)) == 2, "a key that is missing is waited for"
    keys.give_up("offline", "1", today)
    own.page.reload()
    expect(own.status).to_contain_text("Svar som väntade gick inte att läsa.")
    assert own.page.evaluate(WAITING) == []
    assert own.rows(Submission) == own.rows(WaveState) == []


def test_a_no_said_elsewhere_removes_what_waits(phone):
    own = phone(at="/fragor/fore/1")
    own.lose_coverage()
    own.page.get_by_role("button", name="English").click()
    expect(own.status).to_contain_text("Du behöver täckning för att byta språk här.")
    own.answer()
    client = PageClient(own.served.app)
    client.get(f"/k/{own.made.token}")
    client.fill()
    client.get("/start/samtycke")
    client.fill(val1="nej")
    own.find_coverage()
    expect(own.status).to_have_text("Du har slutat vara med. Svaren som väntade är borttagna.")
    assert own.page.evaluate(WAITING) == []
    assert own.rows(Submission) == own.rows(LateAnswers) == []


def test_who_left_it_all_elsewhere_has_nothing_on_the_telephone(phone):
    own = phone(at="/fragor/fore/1")
    client = PageClient(own.served.app)
    client.get(f"/k/{own.made.token}")
    client.fill()
    client.get("/mina-uppgifter/avsluta")
    client.fill(vad="allt", svar="bort")
    own.go("/fragor/fore/2")
    assert own.path.startswith("/k")
    own.wait_for(f"async () => JSON.stringify(await ({NAMES})()) === '[[],[],0]'")

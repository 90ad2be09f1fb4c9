"""A computer that several people use at a meeting, in a browser that keeps pages as those of people do (A12)."""

import pytest
from playwright.sync_api import expect, sync_playwright

from tests import factories as make
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.walking import Walk, answer_questions
from tests.page_client import PageClient

pytestmark = pytest.mark.browser
DOOR = "Skriv koden från brevet"


@pytest.fixture(scope="module")
def browser():
    """Whole pages are kept for Back, which a browser for tests does not do unless it is asked to (S05)."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=["--disable-back-forward-cache"]
        )
        yield found
        found.close()


@pytest.fixture
def code(served):
    return make.make_meeting(served.service)[1]


def share(walk, code):
    walk.go("/delad-dator")
    walk.page.fill("#mote", code)
    walk.press("Gör datorn till en delad dator")


def enter(walk, made):
    walk.go("/k")
    walk.page.fill("#kod", made.code)
    walk.press("Fortsätt")
    if walk.path == "/start/bra-att-veta":
        walk.press("Fortsätt")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_back_shows_nothing_of_the_person_before(browser, served, code, script):
    """A12, S07: after the questions are sent in, every page that Back leads to is the door, and empty."""
    made = make.make_person(served.service)
    make.start_course(PageClient(served.app), made)
    walk = Walk(browser, served.base, script=script)
    share(walk, code)
    enter(walk, made)
    walk.go("/mina-uppgifter")
    walk.go("/fragor/fore/0")
    answer_questions(walk)
    assert walk.path == "/k"
    expect(walk.page.get_by_text("Tack. Dina svar är inskickade.")).to_be_visible()
    seen = []
    for _ in range(6):
        walk.page.go_back(wait_until="load")
        seen.append(walk.heading)
        assert walk.page.locator("#kod").input_value() == ""
    assert seen == [DOOR] * 6
    walk.go("/mina-uppgifter")
    assert walk.heading == DOOR
    walk.context.close()


def test_back_shows_ones_own_page_as_long_as_one_is_there(browser, served, code):
    """What the test above looks for can be seen."""
    walk = Walk(browser, served.base)
    share(walk, code)
    enter(walk, make.make_person(served.service))
    walk.go("/mina-uppgifter")
    walk.go("/stod")
    walk.page.go_back(wait_until="load")
    expect(walk.page.get_by_role("heading", name="Mina uppgifter")).to_be_visible()
    walk.context.close()


def test_who_does_nothing_is_asked_and_then_the_next_person_meets_the_door(browser, served, code):
    """A12 with script: five minutes without a key or a touch; whoever is only reading is asked first."""
    walk = Walk(browser, served.base)
    walk.page.clock.install()
    share(walk, code)
    enter(walk, make.make_person(served.service))
    walk.go("/mina-uppgifter")
    status = walk.page.locator("[data-exit-status]")
    walk.page.clock.run_for(239_000)
    expect(status).to_be_empty()
    walk.page.clock.run_for(2_000)
    expect(status).to_contain_text("Är du kvar?")
    walk.page.keyboard.press("Tab")
    expect(status).to_be_empty()
    walk.page.clock.run_for(299_000)
    assert walk.path == "/mina-uppgifter"
    walk.page.clock.run_for(2_000)
    expect(walk.page.get_by_role("heading", name=DOOR)).to_be_visible()
    walk.go("/mina-uppgifter")
    assert walk.heading == DOOR
    walk.context.close()

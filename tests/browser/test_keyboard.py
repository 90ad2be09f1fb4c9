"""A02, A06: with the keyboard alone. Wherever the focus stops, it is seen: the sticky header does not hide it."""

import pyotp
import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.viewing import IN_EVERY_WAY
from tests.browser.walking import MAIN_BUTTON, Walk

pytestmark = pytest.mark.browser
MOST_STOPS = 80
# How the focused element looks: does an outline stand around it, and is some of it within the window and not covered?
_FOCUS = """(wanted) => {
    const at = document.activeElement;
    if (at === document.body) return null;
    const style = getComputedStyle(at), box = at.getBoundingClientRect();
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    const inHeader = (element) => Boolean(element && element.closest("header.site"));
    const heights = top < bottom ? [top + 1, (top + bottom) / 2, bottom - 1] : [];
    return {
        what: at.outerHTML.slice(0, 100),
        reached: Boolean(wanted) && (wanted === at || (wanted.type === "radio" && wanted.name === at.name)),
        outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        seen: heights.some((y) => inHeader(document.elementFromPoint(box.x + box.width / 2, y)) === inHeader(at)),
    };
}"""


class Typist(Walk):
    """Has no mouse: Tab, Enter, Space, arrows and letters."""

    scheme = "dark"

    def tab(self, wanted=None):
        """One stop on. Is it at the element, or in the group of radios that it belongs to?"""
        self.page.keyboard.press("Tab")
        focus = self.page.evaluate(_FOCUS, wanted)
        if focus:
            assert focus["outlined"], f"{self.path}: no outline around {focus['what']}"
            assert focus["seen"], f"{self.path}: {focus['what']} has the focus where nobody sees it"
        return bool(focus and focus["reached"])

    def tab_to(self, what):
        wanted = what.element_handle()
        for _ in range(MOST_STOPS):
            if self.tab(wanted):
                return
        raise AssertionError(f"{self.path}: {what} is not reached in {MOST_STOPS} stops")

    def enter(self, what):
        self.tab_to(what)
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press("Enter")
        self.look()

    def enter_main(self):
        self.enter(self.page.locator(MAIN_BUTTON).first)

    def pick(self, group, times=0):
        """The first option by Space, others by the arrow."""
        self.tab_to(group.locator("input").first)
        self.page.keyboard.press("Space")
        for _ in range(times):
            self.page.keyboard.press("ArrowDown")
        expect(group.locator("input:checked")).to_have_count(1)

    def pick_all(self, times=0):
        for group in self.page.locator("main fieldset").all():
            if group.is_visible() and not group.locator("input:checked").count():
                self.pick(group, times)

    def look(self):
        """What axe has to say does not depend on the keyboard. Every other page is met in the dark."""
        self.page.wait_for_load_state("load")
        self.scheme = "light" if self.scheme == "dark" else "dark"
        self.page.emulate_media(color_scheme=self.scheme)


def begin(walk, made):
    walk.go(f"/k/{made.token}")
    walk.enter_main()
    walk.pick_all(times=1)
    walk.enter_main()
    walk.enter_main()
    walk.enter_main()


def answer_all(walk):
    while walk.path.startswith("/fragor/"):
        walk.pick_all(times=2)
        walk.enter_main()


def read_to(walk, end):
    while walk.path != end:
        walk.pick_all(times=1)
        walk.enter_main()


def test_the_whole_journey(browser, served):
    """From the link through both questionnaires and the modules to the certificate, and out of everything.

    All ten modules in `./dev bench long accessibility`, and the first of them here.
    """
    made = make.make_person(served.service)
    walk = Typist(browser, served.base, height=640)
    come_to_the_questions(walk, made)
    answer_all(walk)
    walk.enter_main()
    if not IN_EVERY_WAY:
        read_to(walk, "/delar/1/klar")
        make.finish_course(served.service, made)
        walk.go("/fortsatt")
    read_to(walk, "/fragor/efter/0")
    answer_all(walk)
    walk.enter_main()
    walk.enter(walk.page.get_by_role("button", name="Visa intyget"))
    expect(walk.page.locator(".certificate")).to_be_visible()
    walk.enter(walk.page.get_by_role("link", name="Mina uppgifter"))
    walk.enter(walk.page.get_by_role("link", name="Sluta vara med"))
    walk.pick_all(times=1)
    walk.enter(walk.page.get_by_role("button", name="Spara mitt val"))
    expect(walk.page.locator("main")).to_contain_text("Ditt val är sparat")


def come_to_the_questions(walk, made):
    begin(walk, made)
    assert walk.path == "/start/samtycke"
    walk.pick_all()
    for _ in range(3):
        walk.enter_main()
    assert walk.path == "/fragor/fore/1"


def test_without_script_through_a_module_and_out(browser, served):
    walk = Typist(browser, served.base, script=False, height=640)
    come_to_the_questions(walk, make.make_person(served.service))
    answer_all(walk)
    assert walk.path == "/delar"
    walk.enter_main()
    read_to(walk, "/delar/1/klar")
    assert walk.page.locator("h1").inner_text() == "Du är klar med del 1"
    leave_by_the_first_stops(walk)


def leave_by_the_first_stops(walk):
    """S01: the exit is the second stop of every page, straight after the way past the header."""
    walk.page.reload()
    walk.tab()
    expect(walk.page.locator(":focus")).to_have_text("Hoppa till innehållet")
    walk.tab()
    expect(walk.page.locator(":focus")).to_have_text("Lämna sidan")
    walk.page.keyboard.press("Enter")
    expect(walk.page.get_by_role("heading", name="Väder")).to_be_visible()


def test_a_mistake_is_said_where_the_keyboard_is(browser, served):
    """Nothing chosen: the summary has the focus, and its link leads to the field."""
    walk = Typist(browser, served.base, height=640)
    walk.go(f"/k/{make.make_person(served.service).token}")
    walk.enter_main()
    walk.enter_main()
    expect(walk.page.locator("[data-error-summary]")).to_be_focused()
    walk.tab()
    walk.page.keyboard.press("Enter")
    expect(walk.page.locator("#telefon")).to_be_focused()
    walk.page.keyboard.press("Space")
    expect(walk.page.locator("#telefon")).to_be_checked()


def test_the_skip_link_leads_past_the_header(browser, served):
    walk = Typist(browser, served.base, height=640)
    walk.go("/stod")
    walk.tab()
    walk.page.keyboard.press("Enter")
    walk.tab()
    assert walk.page.locator("main :focus").count() == 1


def test_staff_sign_in_and_find_a_cohort(browser, served):
    """A2 by keyboard: both factors, then the cohort and its people."""
    made = make.make_person(served.service)
    secret = make.make_staff(served.service, "officer")
    walk = Typist(browser, served.base, height=640)
    walk.go("/logga-in")
    walk.tab_to(walk.page.locator("#email"))
    walk.page.keyboard.type("officer@example.com")
    walk.tab()
    walk.page.keyboard.type(make.PASSWORD)
    walk.enter_main()
    walk.tab_to(walk.page.locator("#kod"))
    walk.page.keyboard.type(pyotp.TOTP(secret).at(served.service.clock()))
    walk.enter_main()
    walk.enter(walk.page.get_by_role("link", name="Omgång 1"))
    walk.enter(walk.page.get_by_role("link", name=made.number))
    assert walk.path == f"/admin/deltagare/{made.number}"
    walk.enter(walk.page.get_by_role("button", name="Logga ut"))
    assert walk.path == "/logga-in"

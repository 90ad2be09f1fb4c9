"""The journey in a real browser: script on and off, 360 px light and 1280 px dark; axe finds nothing on any page."""

import os
import threading
from dataclasses import replace

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import make_server

from tests import factories as make

CHROMIUM = os.environ.get("KAPABLA_CHROMIUM", "/usr/bin/chromium")
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
MODES = [(True, 360, "light"), (False, 360, "light"), (True, 1280, "dark"), (False, 1280, "dark")]


@pytest.fixture
def address(config, make_app):
    app = make_app(replace(config, neutral_exit_url="/vader"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", app
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield found
        found.close()


class Walk:
    """One person with one browser. Every request is seen, and every page is looked at by axe (where script runs)."""

    def __init__(self, browser, base, *, script, width, scheme):
        self.context = browser.new_context(
            java_script_enabled=script, viewport={"width": width, "height": 800}, color_scheme=scheme, locale="sv-SE"
        )
        self.page = self.context.new_page()
        self.base, self.script, self.width = base, script, width
        self.foreign, self.complaints, self.lost = [], [], []
        self.page.on("request", self._seen)
        self.page.on("requestfailed", lambda request: self.lost.append((request.url, request.failure)))
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)

    def _seen(self, request):
        if not request.url.startswith(self.base):
            self.foreign.append(request.url)

    def go(self, path):
        self.page.goto(self.base + path)
        self.look()

    def press(self, name):
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).first.click()
        self.look()

    def follow(self, name):
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()
        self.look()

    def choose(self, text):
        self.page.get_by_label(text).first.check()

    def look(self):
        """A click returns before the stylesheet is there; what axe is to judge is the page as a person sees it."""
        self.page.wait_for_load_state("load")
        assert self.lost == [], self.page.url
        if self.script:
            found = Axe().run(self.page, options=AXE).response["violations"]
            assert found == [], (self.page.url, [(v["id"], v["nodes"][0]["html"][:120]) for v in found])
            assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, self.page.url


@pytest.mark.browser
@pytest.mark.parametrize(("script", "width", "scheme"), MODES)
def test_from_the_link_through_a_module_and_out(browser, address, script, width, scheme):
    """D10, D11, D13, S12: the same journey by forms and links; no other host is ever asked."""
    base, app = address
    made = make.make_person(app.extensions["kapabla"])
    walk = Walk(browser, base, script=script, width=width, scheme=scheme)
    walk.go(f"/k/{made.token}")
    walk.press("Kom igång")
    walk.choose("Ja, eller jag vet inte")
    walk.press("Fortsätt")
    walk.press("Fortsätt")
    walk.follow("Gå vidare till dina val")
    for number in (1, 2, 3):
        walk.page.locator(f"input[name=val{number}][value=ja]").check()
    walk.press("Spara mitt val")
    walk.press("Spara och fortsätt")
    walk.follow("Börja")
    for group in walk.page.locator("fieldset").all():
        group.locator("input[type=radio]").nth(2).check()
    walk.press("Spara och fortsätt")
    expect(walk.page).to_have_url(f"{base}/fragor/fore/2")
    walk.press("Spara och fortsätt")
    expect(walk.page.get_by_text("Du har hoppat över")).to_be_visible()
    walk.go("/mina-uppgifter")
    walk.go("/stod")
    assert walk.page.locator("main a[href^='tel:']").first.inner_text() == "112"
    walk.go("/fragor/fore/2")
    assert walk.complaints == []
    walk.page.locator("header a[data-exit]").click()
    expect(walk.page.get_by_role("heading", name="Väder")).to_be_visible()
    walk.page.goto(base + "/delar")
    expect(walk.page).to_have_url(f"{base}/k?slut=1" if "slut" in walk.page.url else f"{base}/k")
    assert walk.foreign == []
    walk.context.close()


@pytest.mark.browser
def test_three_presses_of_escape_leave_at_once(browser, address):
    """S03, S04: the cover comes before anything is asked of the network."""
    base, _ = address
    walk = Walk(browser, base, script=True, width=1280, scheme="light")
    walk.go("/stod")
    walk.page.keyboard.press("Escape")
    walk.page.keyboard.press("Escape")
    expect(walk.page.locator("[data-exit-status]")).to_contain_text("en gång till")
    walk.page.keyboard.press("Escape")
    expect(walk.page.get_by_role("heading", name="Väder")).to_be_visible()
    walk.context.close()


@pytest.mark.browser
def test_the_desk_and_the_promises_stand_before_axe(browser, address):
    """A8 and I2 in a browser: sign-in with both factors, a cohort, a person, the promises of a municipality."""
    base, app = address
    service = app.extensions["kapabla"]
    made = make.make_person(service)
    secret = make.make_staff(service, "officer")
    walk = Walk(browser, base, script=True, width=1280, scheme="light")
    walk.go("/logga-in")
    walk.page.fill("#email", "officer@example.com")
    walk.page.fill("#losenord", make.PASSWORD)
    walk.press("Fortsätt")
    walk.page.fill("#kod", pyotp.TOTP(secret).at(service.clock()))
    walk.press("Logga in")
    walk.follow("Omgång 1")
    walk.go(f"/admin/deltagare/{made.number}")
    walk.go("/medborgarloften/vindeln")
    walk.context.close()

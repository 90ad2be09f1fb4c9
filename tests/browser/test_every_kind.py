"""Every kind of question in a real browser at 360 px, with script and without; axe finds nothing on any page."""

import os
import threading
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright
from werkzeug.serving import make_server

from tests import factories as make

CHROMIUM = os.environ.get("KAPABLA_CHROMIUM", "/usr/bin/chromium")
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDTH = 360


@pytest.fixture
def asked(trial_config, make_app):
    """The trial served at an address, and somebody who has come to its first page."""
    app = make_app(replace(trial_config, neutral_exit_url="/vader"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", app.extensions["kapabla"]
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield found
        found.close()


class Answering:
    """Somebody with a telephone. Each page is measured, and judged by axe where script runs."""

    def __init__(self, chromium, base, *, script, scheme="light"):
        context = chromium.new_context(
            java_script_enabled=script, viewport={"width": WIDTH, "height": 740}, color_scheme=scheme, locale="sv-SE"
        )
        self.page, self.base, self.script, self.complaints = context.new_page(), base, script, []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)

    def press(self, name, nth=0):
        with self.page.expect_navigation(wait_until="load"):
            self.page.get_by_role("button", name=name, exact=True).nth(nth).click(no_wait_after=True)
        self.look()

    def follow(self, name):
        with self.page.expect_navigation(wait_until="load"):
            self.page.get_by_role("link", name=name).first.click(no_wait_after=True)
        self.look()

    def look(self):
        if self.script:
            found = Axe().run(self.page, options=AXE).response["violations"]
            assert found == [], (self.page.url, [(v["id"], v["nodes"][0]["html"][:160]) for v in found])
        assert self.page.evaluate("document.documentElement.scrollWidth") <= WIDTH, self.page.url
        small = self.page.evaluate(
            """() => [...document.querySelectorAll("main input:not([type=hidden]),main select,main button:not([tabindex]),main textarea")]
            .filter((e) => e.offsetParent && !e.closest(".option")).map((e) => [e.id || e.value, e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 44 || box.width < 44).map(([name]) => name)"""  # noqa: E501
        )
        assert small == [], (self.page.url, "targets under 44 px")

    def come_in(self, token):
        self.page.goto(f"{self.base}/k/{token}")
        self.press("Kom igång")
        self.page.get_by_label("Ja, eller jag vet inte").first.check()
        self.press("Fortsätt")
        self.press("Fortsätt")
        self.follow("Gå vidare till dina val")
        for number in (1, 2, 3):
            self.page.locator(f"input[name=val{number}][value=ja]").check()
        self.press("Spara mitt val")
        self.press("Spara och fortsätt")
        self.follow("Börja")

    def choose(self, name, value):
        self.page.locator(f"input[name={name}][value='{value}']").check()


@pytest.mark.browser
@pytest.mark.parametrize(("script", "scheme"), [(True, "light"), (True, "dark"), (False, "light")])
def test_every_kind_of_question_is_answered(chromium, asked, script, scheme):
    base, service = asked
    made = make.make_person(service)
    person = Answering(chromium, base, script=script, scheme=scheme)
    page = person.page
    person.come_in(made.token)
    for name, value in (("prov_m1", 5), ("prov_m2", 1), ("prov_single", -95), ("prov_multi", 3)):
        person.choose(name, value)
    person.press("Spara och fortsätt")

    page.locator("#prov_number").fill("många")
    person.press("Spara och fortsätt")
    expect(page.get_by_role("alert")).to_contain_text("Skriv ett tal med siffror")
    page.locator("#prov_number").fill("99")
    page.locator("#prov_decimal").fill("2,5")
    page.locator("#prov_date").fill("2021")
    page.locator("#prov_date-manad").fill("9")
    page.locator("#prov_date-dag").fill("1")
    expect(page.locator("#prov_slider")).to_have_value("")
    slider = page.locator("#prov_slider-reglage")
    if script:
        _move_by_keys(page, slider)
    else:
        expect(slider).to_be_hidden()
        page.locator("#prov_slider").fill("6")
    person.press("Spara och fortsätt")

    person.press("Flytta upp Råd")
    person.press("Flytta upp Tid")
    person.press("Flytta upp Tid")
    expect(page.locator("select").first).to_have_value("1:1")
    assert page.evaluate("document.activeElement.name") == "prov_rank", "focus follows the row that was moved"
    person.choose("prov_know", 1)
    person.press("Spara och fortsätt")

    expect(page.get_by_role("heading", name="Innan du svarar")).to_be_visible()
    person.follow("Läs vidare")
    expect(page.get_by_role("group", name="Anna i kassan")).to_be_visible()
    for name in ("prov_v1", "prov_v2", "prov_w1"):
        person.choose(name, 4)
    person.press("Spara och fortsätt")

    page.locator("#prov_short").fill("Skogen")
    person.choose("prov_long", -94)
    person.press("Spara och fortsätt")

    person.choose("prov_gate", 1)
    person.press("Spara och fortsätt")
    page.locator("#prov_behind").fill("En annan")
    person.press("Spara och fortsätt")
    person.choose("prov_more", 1)
    person.press("Spara och fortsätt")
    person.choose("prov_how", 2)
    person.press("Spara och fortsätt")
    for name, value in (("prov_r1", 1), ("prov_r2", 4), ("prov_r3", 2), ("prov_r4", 1)):
        person.choose(name, value)
    person.press("Spara och fortsätt")
    expect(page.get_by_role("heading", name="Skicka in dina svar")).to_be_visible()
    # The server said 400 to a number in letters, which the console tells as well.
    assert [text for text in person.complaints if "400" not in text] == []

    saved = make.saved_rows(service, made.subject, "t0")
    assert saved[2]["values"] == {"prov_number": 99, "prov_decimal": 2.5, "prov_date": "2021-09-01", "prov_slider": 6}
    assert saved[3]["values"] == {"prov_rank": [1, 3], "prov_know": 1}
    assert saved[5]["missing"] == {"prov_long": "declined"}
    assert saved[7] == {"values": {"prov_more": 1, "prov_how": 2}, "missing": {"prov_never": "not_shown"}}


def _move_by_keys(page, slider):
    """Untouched there is no answer; the arrows give one; emptying the field takes it back."""
    expect(slider).to_be_visible()
    expect(slider).to_have_attribute("aria-valuetext", "Inget svar än")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#prov_slider")).to_have_value("6")
    expect(slider).to_have_attribute("aria-valuetext", "6")
    page.locator("#prov_slider").fill("")
    expect(slider).to_have_attribute("aria-valuetext", "Inget svar än")
    slider.click()
    expect(page.locator("#prov_slider")).to_have_value("5")
    page.locator("#prov_slider").fill("6")
    expect(slider).to_have_value("6")


@pytest.mark.browser
def test_enter_in_a_field_saves_and_moves_no_row(chromium, asked):
    base, service = asked
    made = make.make_person(service)
    person = Answering(chromium, base, script=True)
    person.come_in(made.token)
    person.page.goto(f"{base}/fragor/fore/3")
    person.choose("prov_know", 2)
    person.page.locator("select").first.select_option("1:1")
    with person.page.expect_navigation():
        person.page.locator("input[name=prov_know][value='2']").press("Enter")
    assert make.saved_rows(service, made.subject, "t0")[3]["values"] == {"prov_rank": [1], "prov_know": 2}

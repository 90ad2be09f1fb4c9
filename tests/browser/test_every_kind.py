"""Every kind of question in a real browser at 360 px, with script and without."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.walking import Walk, come_in

pytestmark = pytest.mark.browser
WIDTH = 360
# What a thumb has to hit by itself; an option is hit anywhere in its box.
_SMALL = """() => [...document.querySelectorAll("input:not([type=hidden]),select,button:not([tabindex]),textarea")]
    .filter((e) => e.closest("main") && e.offsetParent && !e.closest(".option"))
    .map((e) => [e.id || e.value, e.getBoundingClientRect()])
    .filter(([, box]) => box.height < 44 || box.width < 44).map(([name]) => name)"""


@pytest.fixture
def asked(trial_config, serve):
    """The trial served at an address."""
    return serve(replace(trial_config, neutral_exit_url="/vader"))


class Answering(Walk):
    """Somebody with a telephone, at the first page of the trial. Its targets are measured beside all else."""

    def __init__(self, browser, asked, *, script):
        super().__init__(browser, asked.base, script=script, screens=((WIDTH, "light"), (WIDTH, "dark")), height=740)
        self.made = make.make_person(asked.service)
        come_in(self, self.made)
        self.follow("Börja")

    def look(self):
        super().look()
        assert self.page.evaluate(_SMALL) == [], (self.page.url, "targets under 44 px")

    def pick(self, name, value):
        self.page.locator(f"input[name={name}][value='{value}']").check()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_every_kind_of_question_is_answered(browser, asked, script):
    person = Answering(browser, asked, script=script)
    page = person.page
    for name, value in (("prov_m1", 5), ("prov_m2", 1), ("prov_single", -95), ("prov_multi", 3)):
        person.pick(name, value)
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
    person.pick("prov_know", 1)
    person.press("Spara och fortsätt")

    expect(page.get_by_role("heading", name="Innan du svarar")).to_be_visible()
    person.follow("Läs vidare")
    expect(page.get_by_role("group", name="Anna i kassan")).to_be_visible()
    for name in ("prov_v1", "prov_v2", "prov_w1"):
        person.pick(name, 4)
    person.press("Spara och fortsätt")

    page.locator("#prov_short").fill("Skogen")
    person.pick("prov_long", -94)
    person.press("Spara och fortsätt")

    person.pick("prov_gate", 1)
    person.press("Spara och fortsätt")
    page.locator("#prov_behind").fill("En annan")
    person.press("Spara och fortsätt")
    person.pick("prov_more", 1)
    person.press("Spara och fortsätt")
    person.pick("prov_how", 2)
    person.press("Spara och fortsätt")
    for name, value in (("prov_r1", 1), ("prov_r2", 4), ("prov_r3", 2), ("prov_r4", 1)):
        person.pick(name, value)
    person.press("Spara och fortsätt")
    person.pick("prov_a", 2)
    person.press("Spara och fortsätt")
    person.pick("prov_c", 1)
    person.press("Spara och fortsätt")
    expect(page.get_by_role("heading", name="Skicka in dina svar")).to_be_visible()
    # The server said 400 to a number in letters, which the console tells as well.
    assert [text for text in person.complaints if "400" not in text] == []

    saved = make.saved_rows(asked.service, person.made.subject, "t0")
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


def test_enter_in_a_field_saves_and_moves_no_row(browser, asked):
    person = Answering(browser, asked, script=True)
    person.go("/fragor/fore/3")
    person.pick("prov_know", 2)
    person.page.locator("select").first.select_option("1:1")
    with person.page.expect_navigation(wait_until="load"):
        person.page.locator("input[name=prov_know][value='2']").press("Enter")
    assert make.saved_rows(asked.service, person.made.subject, "t0")[3]["values"] == {"prov_rank": [1], "prov_know": 2}

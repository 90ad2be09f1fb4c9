"""A07, A08, A09: forced colours, no movement, on paper: nothing is lost or hidden."""

import pytest

from kapabla.web.participant.session import COMPANION, COOKIE
from tests import factories as make
from tests.browser.walking import Walk, come_in
from tests.page_client import PageClient

pytestmark = pytest.mark.browser
# What can be pressed and has no border of another colour than its inside, or no letters of another colour.
_LOST = """() => [...document.querySelectorAll(".button,.exit,.exit-again,.option:not(.quiet),main input")]
    .filter((e) => e.checkVisibility() && e.type !== "hidden")
    .map((e) => [e.outerHTML.slice(0, 80), getComputedStyle(e)])
    .filter(([, s]) => s.borderTopStyle === "none" || parseFloat(s.borderTopWidth) < 1
        || s.borderTopColor === s.backgroundColor || s.color === s.backgroundColor)
    .map(([html]) => html)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_keep_a_border_around_what_can_be_pressed(browser, served, scheme):
    walk = Walk(browser, served.base, script=False, screens=((360, scheme),), forced_colors="active")
    for path in ("/stod", "/k", "/_komponenter?sida=deltagare"):
        walk.go(path)
        assert walk.page.evaluate(_LOST) == [], path
    chosen = walk.page.locator(".option input:checked").first.evaluate("(e) => getComputedStyle(e).backgroundColor")
    other = walk.page.locator(".option input:not(:checked)").first.evaluate(
        "(e) => getComputedStyle(e).backgroundColor"
    )
    assert chosen != other
    walk.context.close()


# How a part looks where the reader's own colours are in force.
_LOOKS = """(e) => { const s = getComputedStyle(e);
    return [s.outlineStyle, s.outlineColor, s.borderBottomColor, s.borderBottomWidth, s.backgroundColor].join(); }"""


def test_forced_colours_tell_where_one_is_and_where_the_focus_is(browser, served):
    walk = Walk(browser, served.base, script=False, forced_colors="active")
    client = PageClient(served.app)
    make.sign_in_as(client, "researcher")
    walk.context.add_cookies([{"name": "s", "value": client.browser.get_cookie("s").value, "url": served.base}])

    def looks(selector):
        return walk.page.locator(selector).first.evaluate(_LOOKS)

    walk.go("/forskning/data")
    assert looks("nav.main a[aria-current]") != looks("nav.main a:not([aria-current])")
    walk.go("/_komponenter")
    before = looks("main .button")
    walk.page.locator("main .button").first.focus()
    assert looks("main .button") != before
    assert "none" in before.split(",")[0]
    walk.context.close()


@pytest.mark.parametrize(("wish", "scroll"), [("reduce", "auto"), ("no-preference", "smooth")])
def test_nothing_moves_for_those_who_ask_for_that(browser, served, wish, scroll):
    walk = Walk(browser, served.base, reduced_motion=wish)
    walk.go("/stod")
    assert walk.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == scroll
    moving = "[...document.querySelectorAll('*')].some((e) => parseFloat(getComputedStyle(e).transitionDuration) > 0)"
    assert not walk.page.evaluate(moving)
    walk.context.close()


def on_paper(walk):
    walk.page.emulate_media(media="print")
    for part in ("header.site", "footer.site", "nav", "[data-exit]", ".button"):
        for found in walk.page.locator(part).all():
            assert not found.is_visible(), f"{walk.path}: {part} is printed"


def test_paper_has_the_text_and_nothing_to_press(browser, served):
    walk = Walk(browser, served.base, script=False, screens=((700, "dark"),))
    walk.go("/stod")
    on_paper(walk)
    assert walk.page.get_by_text("Vid fara: ring 112.", exact=True).is_visible()
    body = walk.page.locator("body")
    assert body.evaluate("(e) => getComputedStyle(e).color") == "rgb(0, 0, 0)"
    assert body.evaluate("(e) => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
    walk.page.emulate_media(media="screen")
    assert walk.page.locator("header.site [data-exit]").is_visible()
    made = make.make_person(served.service)
    come_in(walk, made, research="nej")
    walk.go("/start/om")
    on_paper(walk)
    assert walk.page.locator("details p").first.bounding_box()["height"] > 0, "what folds out is on paper too"
    walk.page.emulate_media(media="screen")
    make.finish_course(served.service, made)
    walk.go("/intyg")
    walk.press("Visa intyget")
    on_paper(walk)
    assert walk.page.locator(".certificate").is_visible()
    assert not walk.page.locator("#namn").is_visible()
    walk.context.close()


@pytest.mark.parametrize("size", [(640, 320), (360, 400)], ids=["on-its-side", "keyboard-up"])
def test_the_exit_stays_within_reach(browser, served, size):
    """S01. At 400 % alone, where the header would take the page, it scrolls away."""
    walk = Walk(browser, served.base, height=size[1], screens=((size[0], "light"),))
    walk.go("/stod")
    walk.page.evaluate("scrollTo(0, 900)")
    assert walk.page.locator("header [data-exit]").bounding_box()["y"] >= 0
    walk.context.close()


def test_what_a_link_leads_to_and_what_the_warning_covers_can_be_read(browser, served):
    """A link to a question that was left out shows its words, and the warning before log-out lies over everything."""
    made, client = make.make_person(served.service), PageClient(served.app)
    make.start_course(client, made)
    walk = Walk(browser, served.base, height=640)
    walk.context.add_cookies([
        {"name": name, "value": client.browser.get_cookie(name).value, "url": served.base}
        for name in (COOKIE, COMPANION)
    ])  # fmt: skip
    walk.go("/fragor/fore/1")
    walk.advance()
    for link in walk.page.locator("main .note a[href^='#']").all():
        link.click()
        question = walk.page.locator(f"fieldset:has({link.get_attribute('href')}) legend").bounding_box()
        assert question["y"] >= walk.page.locator("header.site").bounding_box()["height"]
    stay = walk.page.locator(".stay")
    stay.evaluate("(e) => { e.hidden = false; }")
    above = (
        "(e) => { const b = e.getBoundingClientRect(); return e.contains(document.elementFromPoint(40, b.top + 20)); }"
    )
    assert stay.evaluate(above)
    walk.page.get_by_role("button", name="Stanna kvar").click()
    stay.wait_for(state="hidden")
    assert walk.page.evaluate("document.activeElement.tagName") == "MAIN"
    walk.context.close()

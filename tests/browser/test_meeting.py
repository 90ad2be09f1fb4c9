"""A meeting in a real browser: the trainer's pages, the screen of the room, and somebody who walks in."""

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.walking import DESK, PHONE, Walk, sign_in

pytestmark = pytest.mark.browser


def test_a_trainer_opens_the_meeting_and_somebody_walks_in(browser, served):
    """A13, D14: every page narrow and light, wide and dark."""
    cohort = make.make_cohort(served.service)
    desk = Walk(browser, served.base, screens=(DESK, PHONE))
    sign_in(desk, served, "trainer")
    desk.go(f"/admin/omgangar/{cohort}/moten")
    desk.press("Öppna mötet")  # Nothing is chosen: what is wrong is told.
    desk.choose("I rummet")
    desk.page.locator("input[name=utan_kod][value=ja]").check()
    desk.press("Öppna mötet")
    desk.follow("Visa för rummet")
    shown = desk.page.locator(".screen-code").inner_text()
    desk.context.close()
    walk = Walk(browser, served.base, screens=(PHONE, DESK))
    walk.go("/k")
    walk.page.fill("#kod", shown)
    walk.press("Fortsätt")
    walk.follow("Jag har ingen egen kod")
    walk.press("Ge mig en kod")  # Nothing is filled in.
    walk.page.select_option("#kommun", "2404")
    walk.page.select_option("#yrke", "vet")
    walk.choose("Inte alls")
    walk.press("Ge mig en kod")
    expect(walk.page.get_by_role("heading", name="Din kod")).to_be_visible()
    walk.page.emulate_media(media="print")
    expect(walk.page.locator(".copy")).to_be_visible()
    expect(walk.page.get_by_role("img", name="QR-kod som leder till din plats")).to_be_visible()
    for hidden in ("header.site", "footer.site", "main .button"):
        expect(walk.page.locator(hidden)).to_be_hidden()
    walk.page.emulate_media(media="screen")
    walk.press("Jag har sparat koden")
    assert walk.path == "/start/telefon"
    assert walk.foreign == []
    walk.context.close()

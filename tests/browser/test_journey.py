"""The journey in a real browser: script on and off, 360 px light and 1280 px dark. (Axe: `test_every_page.py`.)"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.viewing import IN_EVERY_WAY
from tests.browser.walking import DESK, PHONE, Walk, answer_questions, come_in, go_on, read_course, sign_in

pytestmark = pytest.mark.browser


def steps_of(service):
    study = service.material.studies[make.STUDY]
    course = service.material.courses[study.course.id, study.course.version]
    return {f"/delar/{module.number}/{step.number}" for module in course.modules for step in module.steps}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_from_the_link_to_the_certificate_and_out(browser, served, script):
    """D10, D11, D13, S12, B4: the same journey by forms and links; no other host is ever asked.

    Without script the first module is read here, and all ten in `./dev bench long accessibility`.
    """
    made = make.make_person(served.service)
    walk = Walk(browser, served.base, script=script, screens=(PHONE, DESK))
    come_in(walk, made)
    begin_questions_leave_and_return(walk, made)
    answer_questions(walk)
    assert walk.path == "/delar"
    if script or IN_EVERY_WAY:
        assert read_course(walk) == steps_of(served.service)
    else:
        go_on(walk, "/delar", pick=0, until="/delar/1/klar")
        make.finish_course(served.service, made)
        walk.go("/fortsatt")
    assert walk.path == "/fragor/efter/0"
    answer_questions(walk)
    fetch_certificate(walk)
    stop_and_erase(walk, made, served.service)
    assert walk.foreign == []
    walk.context.close()


def begin_questions_leave_and_return(walk, made):
    """A page answered, a page skipped, away by the exit, back by the code: it goes on where it stopped."""
    walk.advance()
    walk.answer(2)
    walk.advance()
    assert walk.path == "/fragor/fore/2"
    walk.advance()
    expect(walk.page.get_by_text("Du har hoppat över")).to_be_visible()
    walk.advance()
    left = walk.path
    if walk.script:
        # Back from there to the page that came as the reply to a form: it is asked for anew, never sent again.
        walk.page.go_back()
        expect(walk.page.get_by_role("heading", name="Du har svarat på den här sidan")).to_be_visible()
        walk.page.go_forward()
    walk.follow("Stöd")
    assert walk.page.locator("main a[href^='tel:']").first.inner_text() == "112"
    leave(walk)
    walk.go("/delar")
    assert walk.path == "/k"
    walk.page.fill("#kod", made.code)
    walk.press("Fortsätt")
    # Another session may be on another phone.
    walk.choose("Nej, bara jag")
    walk.press("Fortsätt")
    walk.advance()
    assert walk.path == left


def leave(walk):
    walk.page.locator("header a[data-exit]").click()
    expect(walk.page.get_by_role("heading", name="Väder")).to_be_visible()
    walk.page.wait_for_load_state("load")


def fetch_certificate(walk):
    walk.advance()
    assert walk.path == "/intyg"
    walk.page.fill("#namn", "Testa Påhittsson")
    walk.press("Visa intyget")
    expect(walk.page.locator(".certificate")).to_contain_text("Testa Påhittsson har gått utbildningen")
    expect(walk.page.get_by_role("img", name=re.compile("^QR-kod"))).to_be_visible()
    with walk.page.expect_download() as fetched:
        walk.page.get_by_role("button", name="Spara som PDF").click()
    assert fetched.value.suggested_filename == "intyg.pdf"
    assert Path(fetched.value.path()).read_bytes().startswith(b"%PDF-")


def stop_and_erase(walk, made, service):
    """Two clicks from my data, no reason asked (P18); afterwards nobody here has ever had that link."""
    assert make.saved_rows(service, made.subject, "t0")
    walk.follow("Mina uppgifter")
    walk.follow("Sluta vara med")
    walk.choose("Både forskningen och utbildningen.")
    walk.choose("Ta bort dem.")
    walk.press("Spara mitt val")
    expect(walk.page.get_by_text("Dina svar tas bort inom ett dygn.")).to_be_visible()
    assert make.saved_rows(service, made.subject, "t0") == {}
    assert walk.complaints == []
    walk.go(f"/k/{made.token}")
    walk.press("Kom igång")
    expect(walk.page.locator("main")).to_contain_text("Du är inte längre med")


def test_three_presses_of_escape_leave_at_once(browser, served):
    """S03, S04: the cover comes before anything is asked of the network."""
    walk = Walk(browser, served.base, screens=(DESK,))
    walk.go("/stod")
    walk.page.keyboard.press("Escape")
    walk.page.keyboard.press("Escape")
    expect(walk.page.locator("[data-exit-status]")).to_contain_text("en gång till")
    walk.page.keyboard.press("Escape")
    expect(walk.page.get_by_role("heading", name="Väder")).to_be_visible()
    walk.context.close()


def test_the_desk_and_the_promises_on_a_screen_of_their_own(browser, served):
    """A8 and I2 in a browser: sign-in with both factors, a cohort, a person, the promises of a municipality."""
    made = make.make_person(served.service)
    walk = Walk(browser, served.base, screens=(DESK,))
    sign_in(walk, served, "officer")
    walk.follow("Omgång 1")
    walk.go(f"/admin/deltagare/{made.number}")
    walk.go("/medborgarloften/vindeln")
    walk.context.close()

"""Answering and reading without coverage, in a real browser (D8, B09, B10): the questions, the course, the journey."""

import re

import pytest
from playwright.sync_api import expect

from kapabla.answers.learning import LearningEvent
from kapabla.answers.submissions import Submission, WaveState
from tests import factories as make
from tests.browser.own_phone import (
    KEPT,
    NAMES,
    QUESTIONS,
    WAITING,
    Phone,
)

pytestmark = pytest.mark.browser


def test_the_whole_questionnaire_is_answered_in_flight_mode_and_comes_in_once(phone):
    """D8, with a gate that opens more of its page; the person sees what waits, and that it has come in."""
    own = phone(at="/fragor/fore/0")
    own.lose_coverage()
    own.follow("Börja")
    walked = []
    while "skicka" not in own.path:
        walked.append(own.answer())
        expect(own.status).to_have_text(KEPT)
    assert len(walked) == len(set(walked)) + 1, "the page with the gate is shown twice, whole the second time"
    own.press("Skicka in mina svar")
    expect(own.page.locator("h1")).to_have_text("Dina svar är låsta på telefonen")
    assert own.rows(Submission) == []
    expect(own.status).to_be_visible()
    below = "[...document.querySelectorAll('main .button, main [data-status]')].map((e) => e.tagName)"
    assert own.page.evaluate(below) == ["A", "P"], "the line stands under the main button"
    waiting = own.page.evaluate(WAITING)
    assert [record["kind"] for record in waiting] == ["page"] * len(walked) + ["send"]
    assert len({len(record["data"]) for record in waiting}) == 1, "no length tells how much was answered"
    own.find_coverage()
    expect(own.status).to_contain_text("Skickat kl.")
    assert own.page.evaluate(WAITING) == []
    found = own.rows(Submission)
    assert len(found) == len(walked)
    assert {row.was_online for row in found} == {False}
    assert {row.duration_seconds for row in found} <= set(range(30))
    assert {code: value for row in found for code, value in row.values.items()}["bet_2"] == 1
    assert [(row.wave, row.state) for row in own.rows(WaveState)] == [("t0", "sent")]
    own.go("/fortsatt")
    assert own.path == "/delar"


def test_what_comes_next_and_is_not_here_waits_for_coverage(phone):
    """Coverage was lost before the package had come: what is answered is kept, and nobody is led to send in early."""
    own = phone(at="/fragor/fore/0")
    own.follow("Börja")
    own.wait_for("async () => document.querySelectorAll('main fieldset').length > 0")
    own.lose_coverage()
    own.forget_packages()
    path = own.answer()
    expect(own.page.locator("h1")).to_have_text("Du har ingen täckning just nu")
    assert own.path == path
    assert [record["kind"] for record in own.page.evaluate(WAITING)] == ["page"]


def test_modules_are_read_in_flight_mode_after_they_were_fetched(phone):
    """P11, P13, P14: stories with what may happen, checks with their answers, and where one was when it is over."""
    own = phone(research="nej", at="/delar")
    box = own.page.locator("[data-fetch]")
    expect(box).to_contain_text(re.compile(r"\(4\d\skB\)"))
    own.press("Hämta till telefonen")
    expect(box).to_contain_text("Alla delar finns på telefonen.")
    own.lose_coverage()
    own.go("/delar")
    expect(own.page.locator("main")).to_contain_text("Delarna ligger på telefonen")
    module = next(iter(own.served.service.material.courses.values())).modules[0]
    own.follow("1. ")
    for number in range(1, len(module.steps) + 1):
        step = module.step(number, "hairdresser")
        expect(own.page.locator(".step")).to_contain_text(f"sida {number} av")
        if step.kind == "scenario":
            if not own.page.locator("input[name=val]").count():
                own.press("Läs vidare")
            own.press("Visa vad som kan hända")
            expect(own.page.get_by_role("alert")).to_contain_text("Välj ett svar så får du veta mer.")
            own.page.locator("input[name=val]").first.check()
            own.press("Visa vad som kan hända")
            expect(own.page.locator("#svar")).to_contain_text("Du valde:")
            while own.page.locator("button[value=nod]:not(.secondary)").count():
                own.page.locator("button[value=nod]:not(.secondary)").first.click()
                own.page.locator("input[name=val]").first.check()
                own.press("Visa vad som kan hända")
        if step.kind == "check":
            question = step.questions[0]
            own.page.locator(f"input[name={question.code}][value='{question.correct}']").check()
            own.press("Se svaren")
            expect(own.page.locator("main")).to_contain_text("Ja, det stämmer.")
            expect(own.page.locator(f"input[name={question.code}][value='{question.correct}']")).to_be_checked()
            told = own.page.locator("main").get_by_text("Välj ett svar så får du veta mer, eller hoppa över frågan.")
            assert told.filter(visible=True).count() == len(step.questions) - 1
        own.page.locator("main form .button[value=klar]").first.click()
    expect(own.page.locator("h1")).to_have_text("Det var sista sidan i del 1")
    own.go("/stod")
    expect(own.page.locator("main")).to_contain_text("Vid fara: ring")
    own.go("/mina-uppgifter")
    expect(own.page.locator("h1")).to_have_text("Du har ingen täckning just nu")
    own.find_coverage()
    expect(own.status).to_contain_text("Skickat kl.")
    own.page.reload()
    expect(own.page.locator("main")).to_contain_text("1 av 10 klara")
    kinds = [row.kind for row in own.rows(LearningEvent)]
    assert kinds.count("read") == len(module.steps)
    assert {"choice", "answer"} <= set(kinds)


def test_the_whole_journey_with_the_network_cut_in_the_middle(browser, served):
    """From the first questions to the certificate and out: half of each questionnaire and the course in flight mode. It
    takes sixty requests at most, the first pages among them (`ux-spec.md` 6)."""
    asked = count_requests(served)
    own = Phone(browser, served, at="/fragor/fore/0", screen=(360, 740))
    own.follow()
    own.answer()
    own.lose_coverage()
    own.go_on(QUESTIONS)
    expect(own.page.locator("h1")).to_have_text("Dina svar är låsta på telefonen")
    own.find_coverage()
    expect(own.status).to_contain_text("Skickat kl.")

    own.go("/delar")
    own.press("Hämta till telefonen")
    expect(own.page.locator("[data-fetch]")).to_contain_text("Alla delar finns på telefonen.")
    own.lose_coverage()
    own.go("/delar")
    own.follow("1. ")
    course = next(iter(served.service.material.courses.values()))
    walked = own.go_on("/delar/")
    steps = {f"/delar/{module.number}/{step.number}" for module in course.modules for step in module.steps}
    assert {path.partition("?")[0] for path in walked} >= steps
    own.find_coverage()
    expect(own.status).to_contain_text("Skickat kl.", timeout=30_000)
    own.go("/fortsatt")
    assert own.path == "/fragor/efter/0"

    own.follow()
    own.answer()
    own.wait_for("async () => (await (await caches.open('paket')).keys()).some(({ url }) => url.includes('.efter.'))")
    own.go("/fragor/efter/2")
    own.lose_coverage()
    own.go_on(QUESTIONS)
    own.find_coverage()
    expect(own.status).to_contain_text("Skickat kl.")
    found = own.rows(Submission)
    assert {row.was_online for row in found} == {True, False}
    assert {(row.wave, row.state) for row in own.rows(WaveState)} == {("t0", "sent"), ("t1", "sent")}
    assert len({(row.wave, row.page) for row in found}) == sum(
        len(served.service.material.studies[make.STUDY].questionnaire(served.service.material, wave, "ABA").pages)
        for wave in ("t0", "t1")
    )

    own.go("/intyg")
    own.press("Visa intyget")
    expect(own.page.locator(".certificate")).to_be_visible()
    assert len(asked) <= 60, asked
    own.go("/mina-uppgifter/avsluta")
    own.page.get_by_label("Både forskningen och utbildningen.").check()
    own.page.get_by_label("Ta bort dem.").check()
    own.press("Spara mitt val")
    expect(own.page.locator("main")).to_contain_text("Ditt val är sparat")
    assert own.rows(Submission) == []
    assert own.page.evaluate(NAMES) == [[], [], 0], "nothing is left on the telephone"
    own.close()


def count_requests(served):
    application, asked = served.app.wsgi_app, []

    def answer(environ, start_response):
        asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        return application(environ, start_response)

    served.app.wsgi_app = answer
    return asked


def test_who_has_sent_in_without_coverage_comes_to_the_course_with_it(phone):
    """B10: what waits is sent before it is asked what comes next."""
    own = phone(at="/fragor/fore/0")
    own.lose_coverage()
    own.follow("Börja")
    own.go_on(QUESTIONS)
    expect(own.page.locator("h1")).to_have_text("Dina svar är låsta på telefonen")
    own.context.set_offline(False)
    own.follow()
    expect(own.page.locator("h1")).to_have_text("Din utbildning")


def test_a_telephone_that_cannot_store_keeps_the_answers_on_the_page(phone):
    """B09: nothing is sealed, and nothing that was filled in is gone. (A quota set by the browser's own tools does not
    bind IndexedDB here; a database of another version refuses the worker as a full or blocked storage does.)"""
    own = phone(at="/fragor/fore/1")
    own.page.evaluate("""() => new Promise((done) => { const asked = indexedDB.open("k", 2);
        asked.onsuccess = () => { asked.result.close(); done(); }; })""")
    own.lose_coverage()
    own.answer(pick="2", stays=True)
    expect(own.status).to_contain_text("Telefonen kan inte spara just nu. Dina svar står kvar på sidan.")
    assert own.path == "/fragor/fore/1"
    assert own.page.locator("main input:checked").count() == len(own.names())
    own.context.set_offline(False)
    own.press("Spara och fortsätt")
    expect(own.page.locator(".step")).to_contain_text("sida 2 av")
    assert [row.was_online for row in own.rows(Submission)] == [True]


def test_choices_and_leaving_need_coverage_and_say_so(phone):
    own = phone(research="nej", at="/delar")
    own.go("/start/samtycke")
    own.page.locator("input[name=val1][value=ja]").check()
    own.lose_coverage()
    for number in (2, 3):
        own.page.locator(f"input[name=val{number}][value=nej]").check()
    own.press("Spara mitt val")
    expect(own.status).to_have_text("Du behöver täckning för att spara ditt val. Försök igen när du har det.")
    assert own.page.locator("input[name=val1][value=ja]").is_checked()

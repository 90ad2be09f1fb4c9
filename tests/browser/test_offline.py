"""Answering and reading without coverage, in a real browser (D8, B04-B13, S05-S09): what is kept, what comes in, and
what is left on the telephone."""

import re
import socket

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from kapabla.answers import saving
from kapabla.answers.late import LateAnswers
from kapabla.answers.learning import LearningEvent
from kapabla.answers.submissions import Submission, WaveState
from kapabla.identity import entry
from kapabla.identity.enrolling import new_access
from kapabla.identity.people import Person
from kapabla.material.word_list import telling
from kapabla.web.participant.session import COMPANION, COOKIE
from tests import factories as make
from tests.browser.walking import ANSWER, DESK, MAIN_BUTTON, MOST_PAGES, PHONE, Served, Walk
from tests.page_client import PageClient

pytestmark = pytest.mark.browser
QUESTIONS = r"/fragor/\w+/(\d+|skicka)\b"
KEPT = "Sparat på telefonen. Skickas när du har täckning."
# Everything that a browser keeps for us, as one text. Buffers are read as Latin letters: nothing can hide in them.
EVERYTHING = """async () => {
    const found = [document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
    for (const name of await caches.keys()) {
        found.push(name);
        const cache = await caches.open(name);
        for (const request of await cache.keys()) found.push(request.url, await (await cache.match(request)).text());
    }
    for (const { name } of await indexedDB.databases()) {
        const database = await new Promise((done) => {
            indexedDB.open(name).onsuccess = (e) => done(e.target.result); });
        for (const store of database.objectStoreNames) {
            const all = database.transaction(store).objectStore(store).getAll();
            found.push(JSON.stringify(await new Promise((done) => { all.onsuccess = () => done(all.result); })));
        }
        database.close();
    }
    return found.join("\\n");
}"""
NAMES = """async () => [await caches.keys(), (await indexedDB.databases()).map((d) => d.name),
    (await navigator.serviceWorker.getRegistrations()).length]"""
WAITING = """async () => { const database = await new Promise((done) => {
        indexedDB.open("k").onsuccess = (e) => done(e.target.result); });
    const asked = database.transaction("ko").objectStore("ko").getAll();
    const found = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
    database.close(); return found; }"""


class Phone:
    """Somebody's own telephone, signed in and past the first pages."""

    def __init__(self, browser, served: Served, *, research="ja", phone="egen", at="/fortsatt", screen=(1280, 720)):
        self.served = served
        self.made = make.make_person(served.service, name="Testa Påhittsson")
        self.context = browser.new_context(locale="sv-SE", viewport=dict(zip(("width", "height"), screen, strict=True)))
        self.page = self.context.new_page()
        client = PageClient(served.app)
        make.start_course(client, self.made, research=research, phone=phone)
        self.sign_in(client)
        self.go(at)
        if phone == "egen":
            # The kit is taken: style, script and the open questions are here.
            self.wait_for("async () => navigator.serviceWorker.controller && (await caches.has('paket'))")
            packages = "(await (await caches.open('paket')).keys()).length"
            self.wait_for(f"async () => {packages} === {int(research == 'ja')}")

    def wait_for(self, claim):
        """(The waiting of the browser's driver needs `eval`, which our policy forbids.)"""
        for _ in range(100):
            if self.page.evaluate(claim):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(claim)

    def sign_in(self, client):
        cookies = [{"name": name, "value": client.browser.get_cookie(name).value, "url": self.served.base}
                   for name in (COOKIE, COMPANION)]  # fmt: skip
        self.context.add_cookies(cookies)

    def go(self, path):
        self.page.goto(self.served.base + path if path.startswith("/") else path)

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def answer(self, pick="1", *, stays=False):
        """Every question of the page by the option with this value, and on to the next."""
        path = self.path
        for name in self.names():
            options = self.page.locator(f"main input[name={name}]:not([value='-94'])")
            wanted = self.page.locator(f"main input[name={name}][value='{pick}']")
            (wanted if wanted.count() else options.last).check()
        if stays:
            self.press("Spara och fortsätt")
        else:
            with self.page.expect_navigation():
                self.press("Spara och fortsätt")
        return path

    def go_on(self, within):
        """By first options and main buttons for as long as the address is such. Every other page is in the dark."""
        walked = []
        while re.match(within, self.path):
            walked.append(self.path)
            assert len(walked) < MOST_PAGES, walked[-6:]
            self.page.emulate_media(color_scheme=("light", "dark")[len(walked) % 2])
            self.page.evaluate(ANSWER, 0)
            with self.page.expect_navigation():
                self.page.locator(MAIN_BUTTON).first.click(no_wait_after=True)
        return walked

    def names(self):
        found = "[...new Set([...document.querySelectorAll('main input[type=radio]')].map((e) => e.name))]"
        return self.page.evaluate(found)

    @property
    def path(self):
        return self.page.url.removeprefix(self.served.base)

    @property
    def status(self):
        return self.page.locator("[data-status]")

    def lose_coverage(self):
        self.context.set_offline(True)

    def find_coverage(self):
        """And open the page again: from nowhere, so that nothing is sent before the worker too has coverage."""
        path = self.path
        self.page.goto("about:blank")
        self.context.set_offline(False)
        self.go(path)

    def forget_packages(self):
        """As if no package had come: also the browser's own store and the memory of the worker are without them."""
        browser = self.context.new_cdp_session(self.page)
        browser.send("Network.clearBrowserCache")
        self.page.evaluate("async () => { await caches.delete('paket'); }")
        browser.send("ServiceWorker.enable")
        browser.send("ServiceWorker.stopAllWorkers")
        browser.detach()

    def rows(self, model):
        with self.served.service.vaults.reading() as work:
            return list(work.answers.scalars(select(model)))

    def close(self):
        self.context.close()


@pytest.fixture
def phone(browser, served):
    made = []

    def make_one(**settings):
        made.append(Phone(browser, served, **settings))
        return made[-1]

    yield make_one
    for one in made:
        one.close()


def test_the_whole_questionnaire_is_answered_in_flight_mode_and_comes_in_once(phone):
    """D8, with a gate that opens more of its page; the person sees what waits, and that it has come in."""
    own = phone(at="/fragor/fore/0")
    own.lose_coverage()
    own.page.get_by_role("link", name="Börja").click()
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
    own.page.get_by_role("link", name="Börja").click()
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
    own.page.get_by_role("link", name="1. ").first.click()
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
    own.page.locator(MAIN_BUTTON).click()
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
    own.page.get_by_role("link", name="1. ").first.click()
    course = next(iter(served.service.material.courses.values()))
    walked = own.go_on("/delar/")
    steps = {f"/delar/{module.number}/{step.number}" for module in course.modules for step in module.steps}
    assert {path.partition("?")[0] for path in walked} >= steps
    own.find_coverage()
    expect(own.status).to_contain_text("Skickat kl.", timeout=30_000)
    own.go("/fortsatt")
    assert own.path == "/fragor/efter/0"

    own.page.locator(MAIN_BUTTON).click()
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


class Cut:
    """A server that is killed when it has stored what came to these paths and before it has said so."""

    def __init__(self, served):
        self.application, self.paths, self.met = served.app.wsgi_app, (), []
        served.app.wsgi_app = self

    def __call__(self, environ, start_response):
        reply = self.application(environ, start_response)
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] in self.paths:
            self.met.append(environ["PATH_INFO"])
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return reply


def take_nothing_in(served):
    """From now on what waits is answered as by a server that cannot take it."""
    application = served.app.wsgi_app

    def answer(environ, start_response):
        if environ["PATH_INFO"] != "/ko":
            return application(environ, start_response)
        start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
        return [b""]

    served.app.wsgi_app = answer


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


def renew_link(own):
    """What waits under the former one comes in when the person does."""
    service = own.served.service
    with service.vaults.unit() as work:
        return new_access(work.identity, service.keys, work.identity.get_one(Person, own.made.id))


def come_in(own, token):
    own.go(f"/k/{token}")
    own.press("Kom igång")
    own.page.get_by_label("Nej, bara jag").check()
    own.press("Fortsätt")


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


def test_who_has_sent_in_without_coverage_comes_to_the_course_with_it(phone):
    """B10: what waits is sent before it is asked what comes next."""
    own = phone(at="/fragor/fore/0")
    own.lose_coverage()
    own.page.get_by_role("link", name="Börja").click()
    own.go_on(QUESTIONS)
    expect(own.page.locator("h1")).to_have_text("Dina svar är låsta på telefonen")
    own.context.set_offline(False)
    own.page.locator(MAIN_BUTTON).click()
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


# --- What is left on the telephone ---


@pytest.fixture(scope="module")
def remembering(launch):
    """A browser that keeps pages in memory to come back to, as people's browsers do (S05)."""
    return launch(ignore_default_args=["--disable-back-forward-cache"])


def leave(own):
    own.page.get_by_role("link", name="Lämna sidan").last.click()
    own.page.wait_for_url("**/vader")


def test_after_leaving_nothing_can_be_read_on_ones_own_telephone(browser, phone):
    """S05, S07, S09: what waits is sealed; no answer, code, name or progress; Back and the address bar lead nowhere."""
    own = phone(at="/fragor/fore/1")
    Cut(own.served).paths = ("/fragor/fore/1", "/ko")
    own.answer()
    expect(own.status).to_have_text(KEPT)
    leave(own)
    text = own.page.evaluate(EVERYTHING)
    assert '"kind":"page"' in text, "what waits is still there"
    names = ["Testa", "Påhittsson", own.made.token, own.made.code, own.made.number, own.made.subject, "se_1="]
    assert [word for word in names if word in text] == []
    assert {cookie["name"] for cookie in own.context.cookies()} <= {COOKIE}
    own.lose_coverage()
    for path in ("/fragor/fore/2", "/delar", "/delar/1/1", "/fortsatt"):
        own.page.goto(own.served.base + path)
        assert own.page.locator("h1").inner_text() == "Du har ingen täckning just nu", path
        assert own.page.locator("[data-status]").count() == 0
        assert telling(own.page.locator("h1").inner_text()) == []


def test_the_other_tabs_go_with_the_one_that_is_left(phone):
    own = phone(phone="delad", at="/fragor/fore/1")
    other = own.context.new_page()
    other.goto(own.served.base + "/fragor/fore/2")
    leave(own)
    other.wait_for_url("**/vader")


def test_a_link_and_a_page_past_the_worker_leave_as_the_script_does(phone):
    """S02, S03: the script has not come yet, or the page was fetched past the worker. What waits goes on waiting."""
    own = phone(at="/fragor/fore/1")
    own.go("/lamna")
    own.lose_coverage()
    own.go("/fragor/fore/2")
    expect(own.page.locator("h1")).to_have_text("Du har ingen täckning just nu")
    own.find_coverage()
    come_in(own, own.made.token)
    own.go("/fragor/fore/1")
    own.lose_coverage()
    own.answer()
    take_nothing_in(own.served)
    own.context.set_offline(False)
    with own.page.expect_navigation():
        own.context.new_cdp_session(own.page).send("Page.reload", {"ignoreCache": True})
    assert own.page.evaluate("navigator.serviceWorker.controller") is None
    leave(own)
    assert len(own.page.evaluate(WAITING)) == 1


@pytest.mark.parametrize("whose", ["egen", "delad"])
def test_back_shows_no_page_that_was_left(remembering, served, whose):
    own = Phone(remembering, served, research="nej", phone=whose, at="/delar")
    for path in ("/delar/1/1", "/delar/1/2", "/delar/1/3"):
        own.go(path)
    leave(own)
    for _ in range(4):
        own.page.go_back(wait_until="load")
        shown = own.page.locator("body").inner_text()
        assert telling(shown) == [], own.page.url
    own.close()


def test_a_shared_device_keeps_nothing_at_any_time(phone):
    """S08: before, while and after; also where it was somebody's own until just now."""
    own = phone(phone="delad", at="/fragor/fore/1")
    assert own.page.evaluate(NAMES) == [[], [], 0]
    own.answer()
    own.go("/fragor/fore/3")
    assert own.page.evaluate(NAMES) == [[], [], 0]
    own.lose_coverage()
    own.page.locator("main input").first.check()
    own.press("Spara och fortsätt")
    expect(own.page.locator("[data-said]")).to_contain_text("Du behöver täckning för att spara.")
    assert own.page.locator("main input:checked").count() == 1
    own.context.set_offline(False)
    own.press("Spara och fortsätt")
    leave(own)
    assert own.page.evaluate(NAMES) == [[], [], 0]


def test_removing_everything_leaves_nothing_with_and_without_coverage(phone):
    """S09: it warns of what waits, and what comes after is a telephone that keeps nothing."""
    own = phone(at="/fragor/fore/1")
    own.lose_coverage()
    own.answer()
    own.go("/om")
    own.press("Ta bort allt från telefonen")
    expect(own.page.locator("[data-remove-waiting]")).to_be_visible()
    own.press("Ta bort allt från telefonen")
    expect(own.page.locator("[data-remove-done]")).to_have_text("Nu finns ingenting kvar på telefonen.")
    assert own.page.evaluate(NAMES) == [[], [], 0]
    own.context.set_offline(False)
    own.go("/fortsatt")
    expect(own.page.locator("h1")).to_have_text("Skriv koden från brevet")
    assert own.page.evaluate(NAMES) == [[], [], 0]


def test_a_choice_that_was_made_beside_it_is_said_to_be_unsaved(phone):
    own = phone(research="nej", at="/delar")
    own.go("/mina-uppgifter/avsluta")
    own.page.get_by_label("Både forskningen och utbildningen.").check()
    own.lose_coverage()
    own.press("Ta bort allt från telefonen")
    expect(own.page.locator("[data-remove-done]")).to_contain_text("Det du valde på sidan är inte sparat.")


def test_saying_that_others_can_see_the_telephone_removes_what_is_there(phone):
    own = phone(research="nej", at="/delar")
    own.press("Hämta till telefonen")
    expect(own.page.locator("[data-fetch]")).to_contain_text("Alla delar finns på telefonen.")
    own.go("/mina-uppgifter")
    own.press("Ta bort allt från telefonen")
    expect(own.page.locator("[data-remove-done]")).to_have_text("Nu finns ingenting kvar på telefonen.")
    own.go("/mina-uppgifter")
    expect(own.page.locator("main")).to_contain_text("Vi sparar ingenting i den här telefonen")
    assert own.page.evaluate(NAMES) == [[], [], 0]
    with own.served.service.vaults.reading() as work:
        assert entry.steps_over(work.identity, own.made.id)


def test_who_says_so_where_answers_wait_is_told_before_they_go(phone):
    own = phone(at="/fragor/fore/1")
    own.lose_coverage()
    own.answer()
    take_nothing_in(own.served)
    own.find_coverage()
    own.go("/start/telefon")
    own.page.get_by_label("Ja, eller jag vet inte").check()
    own.press("Fortsätt")
    expect(own.page.get_by_role("alert")).to_contain_text("Svar väntar på att skickas från den här telefonen.")
    assert len(own.page.evaluate(WAITING)) == 1
    own.press("Fortsätt")
    own.wait_for(f"async () => JSON.stringify(await ({NAMES})()) === '[[],[],0]'")


def test_what_an_own_telephone_shows_is_for_everybody(browser, served):
    """A01: the box, the line about what waits and the page without coverage, by axe, light and dark."""
    client = PageClient(served.app)
    make.start_course(client, make.make_person(served.service), research="nej", phone="egen")
    walk = Walk(browser, served.base, axe=True, screens=(PHONE, DESK))
    walk.context.add_cookies(
        [{"name": name, "value": client.browser.get_cookie(name).value, "url": served.base}
         for name in (COOKIE, COMPANION)]
    )  # fmt: skip
    walk.go("/delar")
    expect(walk.page.locator("[data-fetch]")).to_be_visible()
    for path in ("/delar", "/delar/1/1", "/mina-uppgifter", "/utan-tackning"):
        walk.go(path)
    expect(walk.page.get_by_role("button", name="Ta bort allt från telefonen")).to_be_visible()
    walk.look()
    assert walk.foreign == walk.complaints == []
    walk.context.close()

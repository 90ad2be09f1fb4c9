"""Somebody's own telephone: a real browser that keeps what it may, with and without coverage."""

import re
import socket

from sqlalchemy import select

from kapabla.identity.enrolling import new_access
from kapabla.identity.people import Person
from kapabla.web.participant.session import COMPANION, COOKIE
from tests import factories as make
from tests.browser.walking import ANSWER, MAIN_BUTTON, MOST_PAGES, Served
from tests.page_client import PageClient

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
        raise AssertionError(claim, self.page.url, self.page.evaluate(NAMES))

    def sign_in(self, client):
        cookies = [{"name": name, "value": client.browser.get_cookie(name).value, "url": self.served.base}
                   for name in (COOKIE, COMPANION)]  # fmt: skip
        self.context.add_cookies(cookies)

    def go(self, path):
        self.page.goto(self.served.base + path if path.startswith("/") else path)

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name=None):
        """The link of this name, or the main button, to the page that it leads to."""
        link = self.page.locator(MAIN_BUTTON) if name is None else self.page.get_by_role("link", name=name)
        with self.page.expect_navigation():
            link.first.click(no_wait_after=True)

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
            self.follow()
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


def leave(own):
    own.page.get_by_role("link", name="Lämna sidan").last.click()
    own.page.wait_for_url("**/vader")

"""One person with one browser, who presses what a person would press. Every page that comes is looked at."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyotp
from flask import Flask

from kapabla.service import Service
from tests import factories as make
from tests.browser.judging import CONTRAST, REFLOW_AND_TARGETS, TAGS, judge

# What a person presses to go on: each page has one main button.
MAIN_BUTTON = "main .button:not(.secondary)"
# A walk that is longer than this goes in a circle.
MOST_PAGES = 500

# The make of a page: its parts with their states, whatever it says.
_MAKE = """() => [...new Set([...document.querySelectorAll("body [class],input,h1,h2")]
    .map((e) => [e.tagName, e.getAttribute("class"), e.type, e.ariaInvalid].join("|")))].sort().join()"""
# The option at `pick` of every question that has no answer yet, or the last there is; never "Vill inte svara".
ANSWER = """(pick) => { for (const group of document.querySelectorAll("main fieldset")) {
    const all = [...group.querySelectorAll("input[type=radio],input[type=checkbox]")];
    const options = all.filter((o) => o.value !== "-94");
    if (options.length && !options.some((o) => o.checked)) options[Math.min(pick, options.length - 1)].click();
}}"""
PHONE, DESK = (360, "light"), (1280, "dark")
_measured: set[tuple[object, ...]] = set()


@dataclass(frozen=True)
class Served:
    """An application that answers at an address."""

    base: str
    app: Flask

    @property
    def service(self) -> Service:
        found: Service = self.app.extensions["kapabla"]
        return found


class Walk:
    """Every request is seen. A page of a new make is looked at on every screen.

    With `axe`, axe judges it: in full on the screen that is walked on, and on the others what they can change.
    """

    def __init__(self, browser, base, *, script=True, axe=False, screens=(PHONE,), height=800, **settings):
        self.base, self.script, self.axe, self.screens, self.height = base, script, axe, screens, height
        self.context = browser.new_context(
            java_script_enabled=script, locale="sv-SE", **{"reduced_motion": "reduce"} | settings
        )
        self.page, self._scheme = self.context.new_page(), None
        self._show_on(screens[0])
        self.foreign, self.complaints, self.lost = [], [], []
        self.page.on("request", self._seen)
        self.page.on("requestfailed", self._failed)
        self.page.on("console", self._complained)

    def _seen(self, request):
        if not request.url.startswith((self.base, "data:")):
            self.foreign.append(request.url)

    def _failed(self, request):
        """Of what a page is made of. A download, and the exit's POST, are given up by the browser by design."""
        if request.resource_type in ("stylesheet", "script", "image", "font"):
            self.lost.append((request.url, request.failure))

    def _complained(self, message):
        # The page that the exit leads to is nobody's and has no icon.
        if message.type == "error" and not message.location["url"].endswith("/favicon.ico"):
            self.complaints.append(message.text)

    @property
    def path(self):
        return urlsplit(self.page.url).path

    @property
    def heading(self):
        return self.page.locator("h1").inner_text()

    def go(self, path):
        self.page.goto(self.base + path)
        self.look()

    def press(self, name):
        self._click(self.page.get_by_role("button", name=name, exact=True).first)

    def follow(self, name):
        self._click(self.page.get_by_role("link", name=name).first)

    def advance(self):
        """The main button, wherever it leads."""
        self._click(self.page.locator(MAIN_BUTTON).first)

    def _click(self, what):
        with self.page.expect_navigation(wait_until="load"):
            what.click(no_wait_after=True)
        self.look()

    def choose(self, text):
        self.page.get_by_label(text).first.check()

    def answer(self, pick=0):
        self.page.evaluate(ANSWER, pick)

    def look(self):
        """A click returns before the stylesheet is there; what is to be measured is the page as a person sees it.

        Axe looks at every page in every state in `test_every_page.py`.
        """
        self.page.wait_for_load_state("load")
        assert self.lost == [], self.page.url
        make = re.sub(r"\d+", "#", self.path), self.page.evaluate(_MAKE), self.script, self.axe, self.screens
        if make in _measured:
            self._measure(self.screens[0])
            return
        for screen in (*self.screens[1:], self.screens[0]):
            self._show_on(screen)
            self._measure(screen)
            if self.axe:
                rules = TAGS if screen == self.screens[0] else CONTRAST + REFLOW_AND_TARGETS
                found = judge(self.page, self.path, rules)
                assert found.violations + found.unknown == [], self.page.url
        _measured.add(make)

    def _show_on(self, screen):
        width, scheme = screen
        self.page.set_viewport_size({"width": width, "height": self.height})
        if scheme != self._scheme:
            self.page.emulate_media(color_scheme=scheme)
            self._scheme = scheme

    def _measure(self, screen):
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= screen[0], f"{self.page.url} is {width} px wide on a screen of {screen[0]}"


# --- Ways that several tests go ---


def come_in(walk, made, *, research="ja"):
    """From the link, by every start page and choice, to what comes after them."""
    walk.go(f"/k/{made.token}")
    walk.press("Kom igång")
    walk.choose("Ja, eller jag vet inte")
    walk.press("Fortsätt")
    walk.press("Fortsätt")
    walk.follow("Gå vidare till dina val")
    walk.page.locator(f"input[name=val1][value={research}]").check()
    for number in (2, 3):
        # With script, the choices that need a yes are not there without one.
        if research == "ja" or not walk.script:
            walk.page.locator(f"input[name=val{number}][value={research}]").check()
    walk.press("Spara mitt val")
    walk.press("Spara och fortsätt")


def sign_in(walk, served, role):
    """The real sign-in of a new account, with both factors."""
    secret = make.make_staff(served.service, role)
    walk.go("/logga-in")
    walk.page.fill("#email", f"{role}@example.com")
    walk.page.fill("#losenord", make.PASSWORD)
    walk.press("Fortsätt")
    walk.page.fill("#kod", pyotp.TOTP(secret).at(served.service.clock()))
    walk.press("Logga in")


def answer_questions(walk):
    """From any page of a questionnaire to its end, sent in."""
    go_on(walk, "/fragor/", pick=2)


def read_course(walk):
    """From the list of modules through every step, stories and checks by their first choice. Returns the steps seen."""
    return {path for path in go_on(walk, "/delar", pick=0) if re.fullmatch(r"/delar/\d+/\d+", path)}


def go_on(walk, within, *, pick, until=""):
    """By answers and main buttons for as long as the address begins so. Returns the addresses, in their order."""
    seen = []
    while walk.path.startswith(within) and walk.path != until:
        seen.append(walk.path)
        assert len(seen) < MOST_PAGES, f"the main button leads round: {seen[-6:]}"
        walk.answer(pick)
        walk.advance()
    return seen

"""Every page as a browser shows it, made by the page client: a state costs a request or two, and no walk by mouse.

What the application replied, with its status and headers, is what the server hands to the browser. All faults of all
pages are told at once. `./dev bench long` sets KAPABLA_MATRIX to a file, looks at every page in every way there is, and
reads there how many views there were.
"""

import os
import re
from collections import defaultdict

from flask import template_rendered

from tests.browser import judging, measures
from tests.browser.walking import PHONE, Walk
from tests.page_client import PageClient

WIDE, DARK, NARROW = (1280, "light"), (360, "dark"), (320, "light")
WIDTHS = (320, 360, 768, 1280)
IN_EVERY_WAY = "KAPABLA_MATRIX" in os.environ
# Contrast is most of the time that axe takes: colours in which it has found nothing are not weighed again in this run.
_weighed = set()
_TAG = re.compile(r"<(\w+)((?:\s[^>]*)?)>")
_STATE = re.compile(r'\s(class|type|aria-invalid|role|open|hidden)\b(?:="([^"]*)")?')


def make_of(html):
    """Its parts with their states, whatever it says: what is of one make is looked at once."""
    return frozenset((tag, *_STATE.findall(rest)) for tag, rest in _TAG.findall(html))


class Viewer(Walk):
    """Looks at what page clients were given, and keeps account of it."""

    def __init__(self, browser, served, *, language="sv"):
        super().__init__(browser, served.base)
        judging.bring_axe(self.context)
        self.app, self.language = served.app, language
        self.rules, self.templates, self.doubts, self.faults, self.views = set(), set(), set(), [], 0
        self._application, self._path, self._reply = served.app.wsgi_app, None, None
        self._makes, self._parts, self._last_template = defaultdict(set), set(), ""
        served.app.wsgi_app = self._answer
        template_rendered.connect(self._note_template, self.app)

    def _answer(self, environ, start_response):
        """The page that is to be seen, and all else as ever."""
        if environ["PATH_INFO"] == self._path:
            return self._reply(environ, start_response)
        return self._application(environ, start_response)

    def _note_template(self, _app, template, **_context):
        self._last_template = template.name

    def client(self):
        """Somebody new, who reads in the language of this view."""
        client = PageClient(self.app)
        if self.language != "sv":
            client.browser.set_cookie("sprak", self.language)
        return client

    def get(self, client, path, **kwargs):
        client.get(path, **kwargs)
        self.see(client)

    def fill(self, client, **kwargs):
        client.fill(**kwargs)
        self.see(client)

    def post(self, client, path, data, **kwargs):
        client.post(path, data, **kwargs)
        self.see(client)

    def see(self, client):
        """The page that the client was given last."""
        path = client.page.request.path
        rule, make = judging.rule_of(path), make_of(client.text)
        self.templates.add(self._last_template)
        self.rules.add(rule)
        if make in self._makes[rule]:
            return
        # A further state of a page whose parts have all been looked at elsewhere is seen on the telephone alone.
        is_known = bool(self._makes[rule]) and make <= self._parts and not IN_EVERY_WAY
        self.open(path, client.page)
        self.glance() if is_known else self.look()
        self._makes[rule].add(make)
        self._parts |= make

    def show(self, path, reply):
        self.open(path, reply)
        self.look()

    def open(self, path, reply):
        self._path, self._reply = path, reply
        self.page.goto(self.base + path)
        self._path = None

    def glance(self):
        self.page.wait_for_load_state("load")
        self.views += 1
        self._judge(PHONE, judging.TAGS)
        self._note("small", measures.small_targets(self.page))
        self._note("narrow", measures.lost_text(self.page, PHONE[0]))

    def look(self):
        self.glance()
        self._judge(DARK, judging.CONTRAST)
        self._judge(WIDE, judging.REFLOW_AND_TARGETS)
        self._note("small", measures.small_targets(self.page))
        for name, condition in measures.NARROW.items():
            with condition(self.page):
                self._note(name, measures.lost_text(self.page, 320))
                if condition is measures.enlarged:
                    self._note("long word: write it into long_words.txt", measures.broken_words(self.page))
        if IN_EVERY_WAY:
            self._look_in_every_way()
        self._show_on(PHONE)

    def _look_in_every_way(self):
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                self._judge((width, scheme), judging.TAGS)
                self.page.emulate_media(forced_colors="active")
                self._judge((width, scheme), judging.WITHOUT_COLOURS)
                self.page.emulate_media(forced_colors="none")
                self.views += 2
        for condition in measures.NARROW.values():
            with condition(self.page):
                self._ask(judging.TAGS)
            self.views += 1

    def _judge(self, screen, rules):
        self._show_on(screen)
        self._note("wide", measures.excess(self.page, screen[0]))
        if rules is judging.REFLOW_AND_TARGETS or IN_EVERY_WAY:
            self._ask(rules)
            return
        colours = measures.colours(self.page)
        if not colours <= _weighed or judging.doubts_contrast(self.path):
            if self._ask(rules).is_clean:
                _weighed.update(colours)
        elif rules is not judging.CONTRAST:
            self._ask(rules, without=judging.CONTRAST)

    def _ask(self, rules, without=()):
        verdict = judging.judge(self.page, self.path, rules, without)
        self.doubts |= verdict.known
        self._note("axe", verdict.violations)
        self._note("axe does not know: look yourself, and write it into judged.toml", verdict.unknown)
        return verdict

    def _note(self, what, found):
        new = [(judging.rule_of(self.path), what, *one) for one in found]
        self.faults += [fault for fault in new if fault not in self.faults]

    def close(self):
        if IN_EVERY_WAY:
            with open(os.environ["KAPABLA_MATRIX"], "a", encoding="utf-8") as account:
                account.write(f"{self.views} {len(self.faults)}\n")
        template_rendered.disconnect(self._note_template, self.app)
        self.app.wsgi_app = self._application
        self.context.close()

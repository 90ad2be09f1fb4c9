"""The client of all page tests: every reply is looked at as strictly as a browser and a careful reader would.

`get`, `post` and `fill` follow redirects and fail on another status than the one expected. `fill` posts a form of the
present page with what is hidden in it. A page that was looked at before, in this run, is not looked at again.
"""

import base64
import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import html5lib  # type: ignore[import-untyped]
from flask import Flask
from werkzeug.test import TestResponse

from kapabla.web.page_cache import CACHE_SHARED

NAMESPACE = "{http://www.w3.org/1999/xhtml}"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
# A page without frame, title suffix or style: where the exit leads.
BARE = {"/vader"}
# Forms whose page sets no cookie, so that there is nothing to bind a token to (`interfaces.md`, the exceptions).
WITHOUT_TOKEN = re.compile(
    r"/k|/[ksn]/[^/]+|/ny-lank|/lamna|/tillganglighet/meddela|/enkat/[^/]+|/mote/[^/]+/ny|/delad-dator|/avanmal/[^/]+|/sprak"
)
# Other sites that a page may link to, never load from: the supervisory authorities of a declared right.
LINKED_SITES = {"www.digg.se", "www.imy.se", "www.uhmynd.se"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# A hidden field as our templates write it.
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_FORM = re.compile(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', re.S)
_HIDDEN_VALUE = re.compile(r'(type="hidden"[^>]*? value=")[^"]*')
_MARKS = re.compile(r'<span class="hy">(.*?)</span>')
_looked_at: set[bytes] = set()


class PageClient:
    def __init__(self, app: Flask) -> None:
        self.app = app
        self.browser = app.test_client()
        self.page: TestResponse | None = None

    def get(self, path: str, *, status: int = 200, follow: bool = True, **kwargs: Any) -> TestResponse:
        return self._keep(self.browser.get(path, follow_redirects=follow, **kwargs), status)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, status: int = 200, follow: bool = True, **kwargs: Any
    ) -> TestResponse:
        headers = {**SAME_ORIGIN, **kwargs.pop("headers", {})}
        return self._keep(
            self.browser.post(path, data=data, follow_redirects=follow, headers=headers, **kwargs), status
        )

    def fill(self, *, status: int = 200, action: str | None = None, nth: int = 0, **fields: Any) -> TestResponse:
        """Post a form of the present page, with what is hidden in it: the first, or the nth with this action."""
        target, hidden = self._form(action, nth)
        return self.post(target, hidden | fields, status=status)

    def hidden(self, *, action: str | None = None, nth: int = 0) -> dict[str, Any]:
        """What a form of the present page carries unseen."""
        return self._form(action, nth)[1]

    @property
    def text(self) -> str:
        assert self.page is not None
        return unmarked(self.page.text)

    @property
    def path(self) -> str:
        assert self.page is not None
        return self.page.request.path

    def _form(self, action: str | None, nth: int) -> tuple[str, dict[str, Any]]:
        # What `check_page` has parsed is read here with a pattern: a parser for each step would double the time.
        forms = _FORM.findall(self.text)
        found = [(target, inner) for target, inner in forms if action in (None, target)]
        known = [target for target, _ in forms]
        assert len(found) > nth, f"{self.path}: no form number {nth} with action {action} among {known}"
        target, inner = found[nth]
        return html.unescape(target), {name: html.unescape(value) for name, value in HIDDEN.findall(inner)}

    def _keep(self, reply: TestResponse, status: int) -> TestResponse:
        assert reply.status_code == status, f"{reply.request.path}: {reply.status_code}, wanted {status}"
        check_headers(reply)
        if reply.mimetype == "text/html" and reply.status_code not in (301, 302, 303):
            self.page = reply
            check_page(reply)
        return reply


def unmarked(text: str) -> str:
    """Without the marks of where a long word may be broken, which no reader meets."""
    return _MARKS.sub(r"\1", text)


@dataclass
class Page:
    """A parsed page: malformed markup does not parse."""

    path: str
    text: str

    def __post_init__(self) -> None:
        self.tree = html5lib.HTMLParser(strict=True).parse(self.text)
        self.elements = [element for element in self.tree.iter() if isinstance(element.tag, str)]
        self.ids = [element.get("id") for element in self.elements if element.get("id")]

    def all(self, *tags: str) -> list[Any]:
        return [element for element in self.elements if tag_of(element) in tags]


def tag_of(element: Any) -> str:
    return str(element.tag).removeprefix(NAMESPACE)


def within(element: Any, tag: str) -> Iterator[Any]:
    return element.iter(f"{NAMESPACE}{tag}")  # type: ignore[no-any-return]


def words_in(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


# Of all pages these alone may lie in a server in between: nobody brings a cookie to them (decision 86).
SAME_FOR_EVERYBODY = ("/medborgarloften", "/sitemap.xml", "/enkatsvar")


def check_headers(reply: TestResponse) -> None:
    path, headers = reply.request.path, reply.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy, path
    assert "unsafe" not in policy, path
    assert headers["X-Content-Type-Options"] == "nosniff", path
    assert headers["Referrer-Policy"] == "no-referrer", path
    kept = CACHE_SHARED if path.startswith(SAME_FOR_EVERYBODY) else "no-store"
    assert headers["Cache-Control"] in (kept, "no-store") or path.startswith(("/static/", "/paket/")), path


def check_page(reply: TestResponse) -> None:
    path = reply.request.path
    digest = hashlib.sha256(_HIDDEN_VALUE.sub(r"\1", reply.text).encode()).digest()
    if digest in _looked_at:
        return
    page = Page(path, reply.text)
    check_code(page, reply.headers["Content-Security-Policy"])
    check_references(page)
    if path not in BARE:
        check_outline(page)
        check_forms(page)
    _looked_at.add(digest)


def check_code(page: Page, policy: str) -> None:
    """Nothing inline but one hashed style, nothing from another host, no address that runs."""
    for element in page.elements:
        tag = tag_of(element)
        assert element.get("style") is None, f"{page.path}: no style attribute"
        assert not [name for name in element.attrib if str(name).startswith("on")], f"{page.path}: no inline handler"
        if tag == "script" and element.get("type") != "application/json":
            assert element.get("src"), f"{page.path}: no inline script"
            assert not element.text, f"{page.path}: no inline script"
        for name in ("href", "src", "action", "formaction", "poster", "data", "srcset"):
            value = element.get(name)
            if value is not None and not (tag == "a" and name == "href"):
                assert value.startswith("/"), f"{page.path}: {value} is not an address of ours"
                assert not value.startswith("//"), f"{page.path}: {value} is another host"
    for link in page.all("a"):
        address = urlsplit(link.get("href") or "")
        assert address.scheme in ("", "tel", "mailto", "https"), f"{page.path}: {link.get('href')}"
        assert not address.netloc or address.netloc in LINKED_SITES, f"{page.path}: {link.get('href')} leads elsewhere"
    styles = page.all("style")
    assert len(styles) <= 1, f"{page.path}: one style at most"
    for style in styles:
        digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy, f"{page.path}: the policy refuses the style"


def check_outline(page: Page) -> None:
    assert page.tree.get("lang"), f"{page.path}: a language"
    titles = page.all("title")
    assert len(titles) == 1, page.path
    # The name of the service tells what it is about: of an open survey it stands in no list of pages visited.
    assert titles[0].text.endswith(" – Kapabla") != page.path.startswith("/enkat/"), f"{page.path}: {titles[0].text}"
    assert titles[0].text.strip("– ") != "Kapabla", f"{page.path}: the title names the page"
    headings = page.all(*HEADINGS)
    assert [tag_of(heading) for heading in headings].count("h1") == 1, f"{page.path}: one h1"
    for heading in headings:
        assert words_in(heading), f"{page.path}: an empty {tag_of(heading)}"
    levels = [int(tag_of(heading)[1]) for heading in headings]
    # What has to be mended stands before the heading of the page.
    if page.all("h2") and "fel-rubrik" in page.ids:
        levels = levels[1:]
        assert re.match(r"Rätta: |Correct: ", titles[0].text), f"{page.path}: the title says that something is wrong"
    for one, following in pairwise([0, *levels]):
        assert following <= one + 1, f"{page.path}: h{following} comes straight after h{one}"
    assert len(page.all("main")) == 1, f"{page.path}: one main"
    for image in page.all("img"):
        assert image.get("alt") is not None, f"{page.path}: an image without alternative text"
    for table in page.all("table"):
        assert list(within(table, "th")), f"{page.path}: a table without headings"
        assert list(within(table, "caption")), f"{page.path}: a table without a caption"
        assert all(cell.get("scope") for cell in within(table, "th")), f"{page.path}: a heading of what?"


def check_references(page: Page) -> None:
    ids = set(page.ids)
    assert len(page.ids) == len(ids), f"{page.path}: twice the id {sorted({i for i in ids if page.ids.count(i) > 1})}"
    for element in page.elements:
        for name in ("aria-describedby", "aria-labelledby", "aria-controls", "for"):
            for wanted in (element.get(name) or "").split():
                assert wanted in ids, f"{page.path}: {name} names {wanted}, which is not there"
        href = element.get("href") or ""
        if href.startswith("#"):
            assert href[1:] in ids, f"{page.path}: {href} leads nowhere"


def check_forms(page: Page) -> None:
    labels = {label.get("for") for label in page.all("label") if words_in(label)}
    wrapped = {field for label in page.all("label") for field in label.iter() if words_in(label)}
    for field in page.all("input", "select", "textarea"):
        if field.get("type") in ("hidden", "submit"):
            continue
        named = field.get("id") in labels or field in wrapped
        assert named or field.get("aria-label") or field.get("aria-labelledby"), (
            f"{page.path}: {field.get('name')} has no label"
        )
    for group in page.all("fieldset"):
        assert [tag_of(child) for child in group][:1] == ["legend"], f"{page.path}: a fieldset begins with its legend"
        assert words_in(group[0]), f"{page.path}: an empty legend"
    for knob in page.all("button"):
        assert words_in(knob) or knob.get("aria-label"), f"{page.path}: a button without a name"
    for form in page.all("form"):
        check_form(page.path, form)


def check_form(path: str, form: Any) -> None:
    action, method = form.get("action"), form.get("method", "get")
    assert action, f"{path}: a form says where it goes"
    assert method in ("get", "post"), f"{path}: {method}"
    hidden = {field.get("name"): field.get("value") for field in within(form, "input") if field.get("type") == "hidden"}
    if method == "get":
        assert "csrf" not in hidden, f"{path}: a token does not belong in an address"
    elif not WITHOUT_TOKEN.fullmatch(action):
        # What was kept of an ended session is sealed with its token in it.
        assert hidden.get("csrf") or hidden.get("sparat"), f"{path}: the form to {action} carries no token"

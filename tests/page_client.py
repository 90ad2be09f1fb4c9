"""The client of all page tests: every reply is looked at as strictly as a browser and a careful reader would."""

import re
from typing import Any
from urllib.parse import urlsplit

import html5lib
from flask import Flask
from werkzeug.test import TestResponse

NAMESPACE = "{http://www.w3.org/1999/xhtml}"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
# A page without frame, title suffix or style: where the exit leads.
BARE = {"/vader"}


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
        """Post a form of the present page, with what is hidden in it."""
        assert self.page is not None
        forms = re.findall(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', self.page.text, re.S)
        if action is not None:
            forms = [found for found in forms if found[0] == action]
        target, inner = forms[nth]
        return self.post(target, dict(HIDDEN.findall(inner)) | fields, status=status)

    def _keep(self, reply: TestResponse, status: int) -> TestResponse:
        assert reply.status_code == status, f"{reply.request.path}: {reply.status_code}, wanted {status}"
        if reply.mimetype == "text/html" and reply.status_code not in (301, 302, 303):
            self.page = reply
            check_page(reply)
        return reply

    @property
    def text(self) -> str:
        assert self.page is not None
        return self.page.text

    @property
    def path(self) -> str:
        assert self.page is not None
        return self.page.request.path


def check_page(reply: TestResponse) -> None:
    path = reply.request.path
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert reply.headers["Cache-Control"] == "no-store", path
    tree = html5lib.HTMLParser(strict=True).parse(reply.text)
    if path in BARE:
        return
    assert tree.get("lang") == "sv", path
    title = tree.find(f".//{NAMESPACE}title").text
    assert title.endswith(" – Kapabla"), f"{path}: {title}"
    elements = list(tree.iter())
    assert len([e for e in elements if e.tag == f"{NAMESPACE}h1"]) == 1, f"{path}: one h1"
    ids = [e.get("id") for e in elements if e.get("id")]
    assert len(ids) == len(set(ids)), f"{path}: ids are unique"
    for element in elements:
        _check_element(path, element, elements, set(ids))


def _check_element(path: str, element: Any, elements: list[Any], ids: set[str]) -> None:
    if not isinstance(element.tag, str):
        return
    tag = element.tag.removeprefix(NAMESPACE)
    assert element.get("style") is None, f"{path}: no style attribute"
    assert not [name for name in element.attrib if str(name).startswith("on")], f"{path}: no inline handler"
    if tag == "script":
        assert element.get("src") or element.get("type") == "application/json", f"{path}: no inline script"
    for name in ("href", "src", "action"):
        value = element.get(name)
        if value is not None:
            assert not urlsplit(value).netloc, f"{path}: {value} is another host"
    for name in (element.get("aria-describedby") or "").split():
        assert name in ids, f"{path}: {name} describes nothing"
    if (tag == "input" and element.get("type") not in ("hidden", None)) or tag in ("select", "textarea"):
        labels = {e.get("for") for e in elements if e.tag == f"{NAMESPACE}label"}
        assert element.get("id") in labels, f"{path}: {element.get('name')} has no label"

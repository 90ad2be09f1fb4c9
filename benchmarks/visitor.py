"""Somebody with a browser: keeps cookies, sends back what is hidden in a form, and weighs every request on the scales
of whoever measures. No redirect is followed unseen: each is a request of its own."""

import html
import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_OPTION = re.compile(r'<input type="radio" name="(\w+)" id="[^"]*" value="([^"]*)"')
_BROWSER = {"Accept-Encoding": "gzip, deflate, br", "Sec-Fetch-Site": "same-origin"}

# Carries out one request: called with its name and with what answers it.
Scales = Callable[[str, Callable[[], Any]], Any]


def unweighed(_name: str, answer: Callable[[], Any]) -> Any:
    return answer()


class Visitor:
    def __init__(self, app: Flask, scales: Scales = unweighed) -> None:
        # Weighed is the application alone: the client that plays the browser stands outside.
        self._name = ""
        self.scales = scales
        self._inner: Any = app.wsgi_app
        self._client = app.test_client()
        self._app = app

    def get(self, path: str) -> TestResponse:
        return self._ask("GET", path, None)

    def post(self, path: str, data: dict[str, str]) -> TestResponse:
        return self._ask("POST", path, data)

    def send_form(self, page: TestResponse, **fields: str) -> TestResponse:
        """Post to the address of the page, with what is hidden in it."""
        return self.post(page.request.path, dict(_HIDDEN.findall(text_of(page))) | fields)

    def cookie(self, name: str) -> str:
        kept = self._client.get_cookie(name)
        return kept.value if kept else ""

    def _ask(self, method: str, path: str, data: dict[str, str] | None) -> TestResponse:
        def weighed(environ: Any, start_response: Any) -> Any:
            return self.scales(f"{method} {path}", lambda: _answered(self._inner, environ, start_response))

        self._app.wsgi_app = weighed  # type: ignore[method-assign]  # as Flask says to wrap it
        try:
            reply = self._client.open(path, method=method, data=data, headers=_BROWSER)
        finally:
            self._app.wsgi_app = self._inner  # type: ignore[method-assign]  # and to unwrap it
        if reply.status_code not in (200, 303):
            raise AssertionError(f"{method} {path}: {reply.status_code}")
        return reply


def _answered(inner: Any, environ: Any, start_response: Any) -> list[bytes]:
    """The whole reply, closed: what a view leaves to the end of the reply is weighed with it."""
    reply = inner(environ, start_response)
    try:
        return list(reply)
    finally:
        if hasattr(reply, "close"):
            reply.close()


def text_of(reply: TestResponse) -> str:
    if reply.headers.get("Content-Encoding") == "br":
        import brotli

        return str(brotli.decompress(reply.data).decode())
    return reply.text


def first_answers(page: TestResponse) -> dict[str, str]:
    """The second option of every question on the page."""
    return answers_in(text_of(page))


def hidden_in(page: str) -> dict[str, str]:
    return dict(_HIDDEN.findall(page))


def answers_in(page: str) -> dict[str, str]:
    options: dict[str, list[str]] = {}
    for name, value in _OPTION.findall(page):
        options.setdefault(name, []).append(html.unescape(value))
    return {name: values[min(1, len(values) - 1)] for name, values in options.items()}

"""The instant exit in a real browser (S03, S04): what is on the screen, what is forgotten, and which keys count."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from kapabla.web.assets import FOLDER

pytestmark = pytest.mark.browser

SITE = "http://kapabla.test"
PAGE = """<!doctype html><html lang="sv"><head><meta charset="utf-8"><title>Fråga – Kapabla</title>
<script src="/participant.js" defer></script></head><body><header><a href="/lamna" data-exit data-neutral="/vader">Lämna
sidan</a><p role="status" data-exit-status data-cover="Sidan byts" data-title="Väder"
data-twice="Tryck två gånger till för att lämna sidan." data-once="Tryck en gång till för att lämna sidan."></p>
</header>
<main><h1>Fråga</h1><input id="text" aria-label="Text"></main>
</body></html>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=os.environ.get("KAPABLA_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        yield found
        found.close()


@pytest.fixture
def sent() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, sent: list[str]) -> Iterator[Page]:
    context = browser.new_context()
    context.add_cookies([{"name": "kx", "value": "1", "url": SITE}])

    def answer(route: Route) -> None:
        request = route.request
        path = request.url.removeprefix(SITE)
        sent.append(f"{request.method} {path}")
        if path == "/participant.js":
            route.fulfill(body=(FOLDER / "participant.js").read_text("utf-8"), content_type="text/javascript")
        elif path == "/vader":
            route.fulfill(
                body="<!doctype html><title>Väder</title><h1>Väder</h1>", content_type="text/html; charset=utf-8"
            )
        elif path == "/lamna":
            route.fulfill(status=204)
        else:
            route.fulfill(body=PAGE, content_type="text/html; charset=utf-8")

    context.route("**/*", answer)
    found = context.new_page()
    found.goto(f"{SITE}/fraga")
    yield found
    context.close()


def status(page: Page) -> Any:
    return page.locator("[data-exit-status]")


def has_left(page: Page, sent: list[str]) -> None:
    expect(page.locator("h1")).to_have_text("Väder")
    assert page.url == f"{SITE}/vader"
    assert "POST /lamna" in sent
    assert "kx" not in {cookie["name"] for cookie in page.context.cookies()}


def test_s03_click_ends_the_session_and_shows_the_weather(page: Page, sent: list[str]) -> None:
    page.get_by_role("link", name="Lämna sidan").click()
    has_left(page, sent)


def test_s03_page_left_is_not_behind_back(page: Page, sent: list[str]) -> None:
    page.get_by_role("link", name="Lämna sidan").click()
    has_left(page, sent)
    page.go_back()
    assert "fraga" not in page.url


@pytest.mark.parametrize("key", ["Escape", "Shift"])
def test_s04_three_presses_leave_and_say_how_many_remain(page: Page, sent: list[str], key: str) -> None:
    page.keyboard.press(key)
    expect(status(page)).to_have_text("Tryck två gånger till för att lämna sidan.")
    page.keyboard.press(key)
    expect(status(page)).to_have_text("Tryck en gång till för att lämna sidan.")
    page.keyboard.press(key)
    has_left(page, sent)


def test_s04_the_two_keys_are_counted_apart(page: Page) -> None:
    for key in ("Escape", "Shift", "Escape", "Shift"):
        page.keyboard.press(key)
    expect(status(page)).to_have_text("Tryck två gånger till för att lämna sidan.")


def test_s04_another_key_between_starts_anew(page: Page) -> None:
    for key in ("Escape", "Escape", "a"):
        page.keyboard.press(key)
    expect(status(page)).to_have_text("")
    page.keyboard.press("Escape")
    expect(status(page)).to_have_text("Tryck två gånger till för att lämna sidan.")


def test_s04_capital_letters_do_not_count(page: Page) -> None:
    page.locator("#text").focus()
    for _ in range(4):
        page.keyboard.press("Shift+A")
    for _ in range(4):
        page.keyboard.press("Shift+Tab")
    expect(status(page)).to_have_text("")
    assert page.url == f"{SITE}/fraga"


def test_s04_presses_far_apart_are_forgotten(page: Page) -> None:
    page.clock.install()
    page.goto(f"{SITE}/fraga")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.clock.fast_forward(6_000)
    expect(status(page)).to_have_text("")
    page.keyboard.press("Escape")
    expect(status(page)).to_have_text("Tryck två gånger till för att lämna sidan.")

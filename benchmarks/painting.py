"""First contentful paint in a browser on a slow network (400 kbit/s, 400 ms): the median of five.

Cold, in a browser that has never been here; and for the pages within also as people come to them, by the door (`/k`).

Floor: one empty HTML page from the same server on the same network.
"""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from benchmarks.floor import floor_app
from benchmarks.installation import installation, invite
from benchmarks.journey import PAGE, WAVE, prepare
from benchmarks.measuring import Row, medians
from benchmarks.visitor import Visitor
from kapabla.app import create_app
from kapabla.web.participant.session import COMPANION, COOKIE

CHROMIUM = os.environ.get("KAPABLA_CHROMIUM", "/usr/bin/chromium")
NETWORK = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
FLOOR = "empty HTML page on the same network"
_PAINTED = """() => new Promise((resolve) => {
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (entry.name === "first-contentful-paint") resolve(entry.startTime);
    }).observe({ type: "paint", buffered: true });
})"""


@dataclass(frozen=True)
class Visit:
    path: str
    cookies: dict[str, str] = field(default_factory=dict)
    by_the_door: bool = False


def rows(*, long: bool) -> Iterator[Row]:  # noqa: ARG001  (the same in both)
    with installation() as config, sync_playwright() as playwright:
        app = create_app(config)
        tokens = invite(app.extensions["kapabla"], 2)
        answering = _cookies(prepare(app, tokens[0]).visitor)
        reading = _cookies(prepare(app, tokens[1], research="nej").visitor)
        pages = {
            "/k": Visit("/k"),
            "/k/<token>": Visit(f"/k/{tokens[0]}"),
            f"/fragor/{WAVE}/{PAGE}": Visit(f"/fragor/{WAVE}/{PAGE}", answering),
            f"/fragor/{WAVE}/{PAGE} by the door": Visit(f"/fragor/{WAVE}/{PAGE}", answering, by_the_door=True),
            "/delar/1/1": Visit("/delar/1/1", reading),
            "/delar/1/1 by the door": Visit("/delar/1/1", reading, by_the_door=True),
        }
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        with _serving(app) as base, _serving(_empty(config.data_dir)) as floor_base:
            floor = partial(_paint_ms, browser, floor_base, Visit("/thanks"))
            for name, visit in pages.items():
                value, least = medians(partial(_paint_ms, browser, base, visit), floor)
                yield Row(f"first contentful paint of {name}", value, "ms", least, FLOOR)
        browser.close()


def _empty(folder: Path) -> Flask:
    return floor_app(folder / "floor.db")


def _cookies(visitor: Visitor) -> dict[str, str]:
    return {name: visitor.cookie(name) for name in (COOKIE, COMPANION)}


def _paint_ms(browser: Browser, base: str, visit: Visit) -> float:
    """In a browser of its own. The time counts from the navigation."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", NETWORK)
    if visit.by_the_door:
        page.goto(f"{base}/k", wait_until="networkidle")
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in visit.cookies.items()])
    page.goto(base + visit.path)
    painted = float(page.evaluate(_PAINTED))
    context.close()
    return painted


@contextmanager
def _serving(app: Flask) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()

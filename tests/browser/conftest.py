"""A real browser and a real server of the application under test."""

import os
import threading
from dataclasses import replace

import pytest
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from tests.browser.own_phone import Phone
from tests.browser.walking import Served

CHROMIUM = os.environ.get("KAPABLA_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture
def serve(make_app):
    """`serve(config)` answers at an address of its own until the test is over."""
    running = []

    def start(config):
        app = make_app(config)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        running.append((server, thread))
        return Served(f"http://127.0.0.1:{server.server_port}", app)

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def served(config, serve):
    return serve(replace(config, neutral_exit_url="/vader"))


@pytest.fixture(scope="module")
def launch():
    """`launch(**settings)`: a browser of this module, closed with it."""
    with sync_playwright() as playwright:
        found = []

        def start(**settings):
            found.append(playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, **settings))
            return found[-1]

        yield start
        for browser in found:
            browser.close()


@pytest.fixture(scope="module")
def browser(launch):
    return launch()


@pytest.fixture
def phone(browser, served):
    made = []

    def make_one(**settings):
        made.append(Phone(browser, served, **settings))
        return made[-1]

    yield make_one
    for one in made:
        one.close()

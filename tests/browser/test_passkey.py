"""A passkey in a real browser: made on the own account, and then the whole sign-in, with the policy as it is."""

import socket
import threading
from dataclasses import replace

import pytest
from werkzeug.serving import make_server

from tests import factories as make
from tests.browser.walking import Served
from tests.page_client import PageClient


@pytest.fixture
def site(config, make_app):
    """At the very address that keys are made for."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"
    app = make_app(replace(config, base_url=address))
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield Served(address, app)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
def test_a_key_is_made_with_a_finger_and_lets_in_alone(browser, site):
    signed_in = PageClient(site.app)
    make.sign_in_as(signed_in, "officer")
    context = browser.new_context()
    context.add_cookies([{"name": "s", "value": signed_in.browser.get_cookie("s").value, "url": site.base}])
    page, faults = context.new_page(), []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    wire = context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page.goto(f"{site.base}/konto")
    page.get_by_label("Vad ska den nya nyckeln heta?").fill("Min dator")
    page.get_by_role("button", name="Lägg till en nyckel").click()
    page.get_by_role("button", name="Skapa nyckeln").click()
    page.get_by_role("rowheader", name="Min dator").wait_for()
    page.get_by_role("button", name="Logga ut", exact=True).click()
    page.get_by_role("button", name="Logga in med nyckel").click()
    page.wait_for_url("**/admin/omgangar")
    assert faults == []
    context.close()

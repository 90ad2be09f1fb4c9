"""The links of text messages: short, alike for everybody before the button, counted when they are wrong (A2, A3)."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from kapabla.config import Sms
from kapabla.identity.enrolling import access_of, new_access
from kapabla.identity.entry import ATTEMPTS_ALLOWED
from kapabla.identity.people import Person
from kapabla.identity.sessions import CodeAttempt
from tests import factories as make


@pytest.fixture
def config(config):
    return replace(config, sms=Sms("https://u:p@localhost/a1", "LstUtb", "https://lst.example.se"))


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def made(service):
    return make.make_person(service, email=None, phone="+46701740605", channel="sms")


@pytest.fixture
def token(service, made):
    with service.vaults.reading() as work:
        return access_of(work.identity, service.keys, [made.id])[made.id].short_token


def come_to_contact(client, made):
    """To the page where somebody chooses how to be reached."""
    client.get(f"/k/{made.token}")
    client.fill()
    client.fill(telefon="delad")
    client.fill()
    client.get("/start/samtycke")
    client.fill(val1="nej", val2="nej", val3="nej")
    assert client.path == "/start/kontakt"


def person(service, made):
    with service.vaults.reading() as work:
        return work.identity.get_one(Person, made.id)


def wrong_ones(service):
    with service.vaults.reading() as work:
        return work.identity.scalar(select(func.count()).select_from(CodeAttempt))


def test_the_link_leads_in_by_its_button_alone(client, service, token):
    client.get(f"/s/{token}")
    own = client.text.replace(token, "")
    client.get("/s/" + "A" * 11)
    assert client.text.replace("A" * 11, "") == own, "a GET tells nobody whether a link exists"
    client.get(f"/s/{token}")
    client.fill(action=f"/s/{token}")
    assert client.path == "/start/telefon"
    assert wrong_ones(service) == 0


def test_a_new_code_kills_it_and_who_has_left_is_told_so(client, service, made, token):
    """B4: the link of somebody who has left says that they are out."""
    with service.vaults.unit() as work:
        new = new_access(work.identity, service.keys, work.identity.get_one(Person, made.id)).short_token
    client.post(f"/s/{token}", {}, status=400)
    assert "Vi hittar inte länken." in client.text
    assert wrong_ones(service) == 1
    with service.vaults.unit() as work:
        work.identity.get_one(Person, made.id).left = "all"
    client.post(f"/s/{new}", {}, status=410)
    assert "Du är inte längre med" in client.text


def test_whoever_tries_links_waits_with_who_tries_codes(client, service, made, token):
    for n in range(ATTEMPTS_ALLOWED):
        client.post(f"/{'sn'[n % 2]}/{n:011d}", {}, status=400)
    for address in (f"/s/{token}", f"/n/{token}"):
        client.post(address, {}, status=429)
    client.post("/k", {"kod": made.code}, status=429)
    assert person(service, made).channel == "sms"


def test_the_other_link_says_no_by_its_button_alone(client, service, made, token):
    client.get(f"/n/{token}")
    assert person(service, made).channel == "sms"
    client.fill(action=f"/n/{token}")
    assert "Vi hör inte av oss mer." in client.text
    assert person(service, made).channel == "none"
    client.post(f"/n/{token}", {})
    assert "Vi hör inte av oss mer." in client.text, "said twice is the same as once"
    client.post("/n/00000000000", {}, status=400)
    assert "Länken fungerar inte" in client.text


def test_no_other_site_can_press_the_buttons(app, service, made, token):
    for address in (f"/s/{token}", f"/n/{token}"):
        assert app.test_client().post(address, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert person(service, made).channel == "sms"


def test_the_short_address_leads_to_our_own(app):
    """The journey and its cookies live on one address; the link's own path goes along."""
    for path in ("/s/abc", "/n/abc"):
        reply = app.test_client().get(path, base_url="https://lst.example.se")
        assert (reply.status_code, reply.headers["Location"]) == (302, f"http://localhost{path}")
    assert app.test_client().get("/s/abc").status_code == 200


def test_text_messages_are_a_way_to_be_reached_where_they_are_on(client, service, made):
    """P7: a number that is no mobile is asked for, and nothing typed is lost."""
    come_to_contact(client, made)
    assert "Ett sms kan synas på skärmen fast telefonen är låst." in client.text
    client.fill(kontakt="sms")
    assert person(service, made).channel == "sms"
    other = make.make_person(service, name="Två", phone="+4690107000")
    come_to_contact(client, other)
    client.fill(kontakt="sms", status=400)
    assert "Ditt mobilnummer" in client.text
    client.fill(kontakt="sms", telefon="090-10 70 00", status=400)
    assert "Skriv ditt mobilnummer, till exempel 070-174 06 05" in client.text
    assert 'value="090-10 70 00"' in client.text
    client.fill(kontakt="sms", telefon="070 174 06 07")
    assert person(service, other).channel == "sms"


def test_the_code_for_a_copy_comes_by_text_message(client, service, made):
    come_to_contact(client, made)
    client.fill(kontakt="sms")
    client.get("/mina-uppgifter/kopia")
    assert "Skicka en kod med sms" in client.text
    client.fill(action="/mina-uppgifter/kopia/kod")
    assert "Vi skickar en kod med sms." in client.text

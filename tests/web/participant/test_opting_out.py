"""No to more messages by link: one button, one click of a mail client, and a scanner changes nothing (A3, RFC 8058)."""

import re

import pytest
from sqlalchemy import select

from kapabla.identity import opting_out
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityAudit
from kapabla.material.word_list import telling
from tests import factories as make
from tests.page_client import PageClient

RECEIPT = "Ditt val är sparat Vi hör inte av oss mer. Ändrar du dig kan du ringa oss på 010-000 00 00."


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def made(service):
    return make.make_person(service)


@pytest.fixture
def address(service, made):
    return opting_out.no_link(service.keys, "", made.id)


def channel_of(service, made):
    with service.vaults.reading() as work:
        return work.identity.get_one(Person, made.id).channel


def deeds(service):
    with service.vaults.reading() as work:
        return [(row.actor, row.action, row.at) for row in work.identity.scalars(select(IdentityAudit))]


def words(client):
    main = re.search(r"<main.*?</main>", client.text, re.S)[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split()).replace(" .", ".")


def test_the_button_says_no_and_the_receipt_says_how_to_change_it(service, client, made, address):
    client.get(address)
    client.fill()
    assert words(client) == RECEIPT
    assert channel_of(service, made) == "none"
    ((actor, action, at),) = deeds(service)
    assert (actor, action, at[10:]) == ("participant", "contact_change", ""), "the day alone"


def test_a_scanner_changes_nothing(service, app, made, address):
    before = dump(service)
    for _ in range(100):
        assert app.test_client().get(address).status_code == 200
        assert app.test_client().head(address).status_code == 200
    assert dump(service) == before
    assert channel_of(service, made) == "email"


def dump(service):
    found = []
    for engine in service.vaults.engines.values():
        with engine.connect() as connection:
            found.append(list(connection.connection.driver_connection.iterdump()))
    return found


def test_a_mail_client_says_no_in_one_click_from_nowhere(service, app, made, address):
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example.org"}
    for _ in range(2):
        reply = app.test_client().post(address, data={"List-Unsubscribe": "One-Click"}, headers=headers)
        assert reply.status_code == 200
    assert channel_of(service, made) == "none"
    assert len(deeds(service)) == 1


def test_the_address_holds_nobody_and_outlives_a_new_code(service, client, made, address):
    token = address.rsplit("/", 1)[1]
    assert made.id not in token
    assert made.number not in token
    assert opting_out.person_of(service.keys, token) == made.id
    assert opting_out.no_link(service.keys, "", made.id) != address


@pytest.mark.parametrize("token", ["finnsinte", "åäö", "A" * 59, "-_-"])
def test_what_we_have_not_made_is_shown_alike_and_changes_nothing(service, client, made, token):
    client.get(f"/avanmal/{token}")
    assert "Säg nej till fler meddelanden" in client.text
    client.fill(status=400)
    assert "Länken fungerar inte" in client.text
    assert channel_of(service, made) == "email"


def test_a_token_that_is_changed_in_one_place_is_not_ours(service, made, address):
    token = address.rsplit("/", 1)[1]
    for place in range(len(token) - 1):
        other = "A" if token[place] != "A" else "B"
        assert opting_out.person_of(service.keys, token[:place] + other + token[place + 1 :]) is None


def test_who_is_erased_is_told_the_same(service, client, made, address):
    with service.vaults.unit() as work:
        work.identity.delete(work.identity.get_one(Person, made.id))
    client.get(address)
    client.fill()
    assert words(client) == RECEIPT


@pytest.mark.parametrize(("tongue", "told"), [("sv_easy", "Ditt val är sparat"), ("en", "Your choice is saved")])
def test_both_pages_are_whole_in_every_language_and_neutral(app, address, tongue, told):
    client = PageClient(app)
    client.browser.set_cookie("sprak", tongue)
    client.get(address)
    heads = client.text.split("<body", 1)[0]
    client.fill()
    assert told in client.text
    assert telling(heads + client.text.split("<body", 1)[0]) == []


def test_who_has_said_no_is_reached_again_by_choosing_a_way(service, client, made, address):
    make.start_course(client, made, research="nej")
    PageClient(client.app).browser.post(address)
    assert channel_of(service, made) == "none"
    client.get("/start/kontakt")
    client.fill(kontakt="email")
    assert channel_of(service, made) == "email"

"""Text messages at the desk: shown before they go, tried on oneself, told apart from mail (A6, D06), off by default."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from kapabla.config import Sms
from kapabla.identity.messages import Message
from kapabla.identity.people import Person
from kapabla.jobs.runner import run_once
from tests.factories import make_cohort, make_person, sign_in_as
from tests.sms_provider import sms_served, with_sms

LIST = """namn;telefon;kommun;yrke
Anna Ek;070-174 06 08;Vindeln;frisör
Bo Al;090-10 70 00;Vindeln;frisör
"""
SMS = Sms("https://u:p@localhost/a1", "LstUtb", "https://lst.example.se")


@pytest.fixture
def config(config):
    return replace(config, sms=SMS)


@pytest.fixture
def cohort(service):
    return make_cohort(service)


@pytest.fixture
def made(service, cohort):
    return make_person(service, email=None, phone="+46701740605", channel="sms")


@pytest.fixture
def desk(client, made):
    sign_in_as(client, "officer")
    return client


def test_the_message_is_shown_and_counted_and_each_way_told_apart(service, desk, cohort):
    make_person(service)
    desk.get(f"/admin/omgangar/{cohort}/utskick")
    for words in ("Svenska, mejl", "Svenska, sms", "https://lst.example.se/s/…", "Texten går som 2 sms"):
        assert words in desk.text
    desk.fill(action=desk.path)
    assert "Lämnat till e-postservern eller sms-tjänsten" in desk.text
    desk.get(f"/admin/omgangar/{cohort}")
    assert "mejl och sms när de öppnar" in desk.text
    assert "Den som har fått brev eller koden för hand får ingen påminnelse" in desk.text


def test_a_trial_goes_to_the_officers_own_telephone_and_the_number_is_not_kept(service, desk, cohort):
    desk.get(f"/admin/omgangar/{cohort}/utskick")
    desk.fill(action=f"/admin/omgangar/{cohort}/utskick/prov", telefon_sv="090-10 70 00", status=400)
    assert "Skriv ditt mobilnummer, till exempel 070-174 06 05." in desk.text
    desk.fill(action=f"/admin/omgangar/{cohort}/utskick/prov", telefon_sv="073-174 06 09")
    assert "Ett prov är på väg till din telefon." in desk.text
    with sms_served() as provider:
        run_once(with_sms(service, provider))
    (form,) = provider.taken
    assert form["to"] == "+46731740609"
    assert "/s/prov" in form["message"]


def test_what_did_not_arrive_is_told_in_the_words_of_its_way(service, desk, cohort):
    desk.get(f"/admin/omgangar/{cohort}/utskick")
    desk.fill(action=desk.path)
    batch = desk.path
    for state, fault, told in (
        ("failed", "not_accepted", "Sms-tjänsten tog inte emot meddelandet."),
        ("unclear", "connection_lost", "Oklart om meddelandet kom fram"),
    ):
        with service.vaults.unit() as work:
            message = work.identity.scalars(select(Message)).one()
            message.state, message.fault = state, fault
        desk.get(batch)
        assert told in desk.text
    desk.get("/admin/omgangar")
    assert "Det är oklart om 1 inbjudan kom fram" in desk.text


def test_a_list_gives_text_messages_to_who_has_a_mobile_and_no_mail(service, desk, cohort):
    desk.get(f"/admin/omgangar/{cohort}/import")
    desk.fill(action=desk.path, klistrat=LIST)
    assert "Sms" in desk.text
    assert "Kod för hand" in desk.text
    desk.fill(action=desk.path)
    with service.vaults.reading() as work:
        assert sorted(work.identity.scalars(select(Person.channel))) == ["letter", "sms", "sms"]


def test_a_correction_to_text_messages_needs_a_mobile_that_nobody_else_has(service, desk, made):
    other = make_person(service, name="Två", email="b@example.com", phone="+4690107000")
    desk.get(f"/admin/deltagare/{other.number}")
    desk.fill(action=f"/admin/deltagare/{other.number}/kontakt", skal="hort-av-sig")
    desk.get(f"/admin/deltagare/{other.number}/ratta")
    address = f"/admin/deltagare/{other.number}/ratta"
    given = {"namn": "Två", "epost": "b@example.com", "kommun": "2404", "yrke": "driver", "kanal": "sms"}
    desk.fill(action=address, **given, telefon="090-10 70 00", status=400)
    assert "Skriv ett svenskt mobilnummer" in desk.text
    desk.fill(action=address, **given, telefon="070-174 06 05", status=400)
    assert f"{made.number} har samma nummer." in desk.text
    with service.vaults.unit() as work:
        work.identity.get_one(Person, other.id).address_broken = True
    desk.fill(action=address, **given, telefon="070-174 06 10")
    with service.vaults.reading() as work:
        found = work.identity.get_one(Person, other.id)
        assert (found.channel, found.address_broken) == ("sms", False), "another way has not been tried yet"


def test_off_it_is_offered_nowhere_and_who_waits_is_told_of(make_app, config, service, made, cohort):
    from tests.page_client import PageClient

    client = PageClient(make_app(replace(config, sms=None)))
    sign_in_as(client, "officer")
    client.get(f"/admin/omgangar/{cohort}/utskick")
    assert "Ingen sms-tjänst är inställd." in client.text
    assert "Ditt mobilnummer" not in client.text
    other = make_person(service, name="Två", email="b@example.com")
    client.get(f"/admin/deltagare/{other.number}")
    client.fill(action=f"/admin/deltagare/{other.number}/kontakt", skal="hort-av-sig")
    client.get(f"/admin/deltagare/{other.number}/ratta")
    assert 'value="letter"' in client.text
    assert 'value="sms"' not in client.text

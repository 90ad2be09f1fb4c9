"""Coming back, and how to be reached (P3, P4, P7, S08, S16)."""

import pytest
from sqlalchemy import select

from kapabla.identity import entry
from kapabla.identity.contact import read_contact
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityAudit
from tests import factories as make
from tests.page_client import PageClient


def person_of(service, made):
    with service.vaults.reading() as work:
        return work.identity.get_one(Person, made.id)


def at_contact(client, made, *, research="nej"):
    client.get(f"/k/{made.token}")
    client.fill()
    client.fill(telefon="delad")
    client.fill()
    client.get("/start/samtycke")
    client.fill(val1=research, val2="nej", val3="nej")
    assert client.path == "/start/kontakt"


def test_what_is_good_to_know_is_shown_once_a_person_and_who_comes_back_is_told_so(app, service):
    made = make.make_person(service)
    first = PageClient(app)
    first.get(f"/k/{made.token}")
    first.fill()
    assert "Välkommen tillbaka" not in first.text
    first.fill(telefon="delad")
    assert first.path == "/start/bra-att-veta"
    # Gone before the first pages were over: they are shown again.
    second = PageClient(app)
    make.start_course(second, made)
    third = PageClient(app)
    third.get(f"/k/{made.token}")
    third.fill()
    assert "Välkommen tillbaka. Vi fortsätter där du var." in third.text
    third.fill(telefon="delad")
    assert third.path == "/fragor/fore/0"
    third.get("/start/telefon")
    assert "Välkommen tillbaka" not in third.text
    third.fill(telefon="egen")
    assert third.path == "/mina-uppgifter"


@pytest.mark.parametrize(
    ("channel", "field", "typed", "kept", "wrong"),
    [
        ("email", "epost", "Testa@Example.com ", "testa@example.com", ["", "testa", "testa@", "19121212-1212"]),
        ("letter", "adress", "Byvägen 1, Vindeln", "Byvägen 1, Vindeln", ["", "By", "19121212-1212 Vindeln"]),
    ],
)  # fmt: skip
def test_an_address_that_we_lack_is_asked_for_once(any_client, any_app, channel, field, typed, kept, wrong):
    service = any_app.extensions["kapabla"]
    made = make.make_person(service, email="nagon@example.com" if channel != "email" else None, channel="letter")
    at_contact(any_client, made)
    any_client.fill(kontakt=channel, status=400)
    assert f'name="{field}"' in any_client.text
    assert "Vi har ingen sedan tidigare." in any_client.text
    assert "error-summary" not in any_client.text, "nobody has done anything wrong yet"
    for faulty in wrong:
        any_client.fill(kontakt=channel, status=400, **{field: faulty})
        assert f'href="#{field}"' in any_client.text
        assert not faulty or f'value="{faulty}"' in any_client.text
    any_client.fill(kontakt=channel, **{field: typed})
    assert any_client.path == "/delar"
    person = person_of(service, made)
    contact = read_contact(service.keys, person)
    assert kept in (contact.email, contact.phone, contact.address)
    assert person.channel == channel
    any_client.get("/start/kontakt")
    any_client.fill(kontakt=channel)
    assert any_client.path == "/mina-uppgifter"
    with service.vaults.reading() as work:
        actions = work.identity.scalars(select(IdentityAudit.action)).all()
    assert actions.count("contact_change") == 1


def test_protected_people_are_reached_by_nobody(client, service):
    made = make.make_person(service, email=None, municipality=None, is_protected=True, channel="none")
    at_contact(client, made)
    assert "Vi har inga kontaktuppgifter till dig." in client.text
    assert 'type="radio"' not in client.text
    client.fill(kontakt="email", epost="testa@example.com")
    assert client.path == "/delar"
    person = person_of(service, made)
    assert (person.channel, person.email_sealed) == ("none", None)


@pytest.mark.parametrize(("answer", "kept"), [("ja", True), ("nej", False), (None, False)])
def test_the_interview_is_a_question_of_its_own_kept_with_the_contact_alone(client, service, answer, kept):
    """B3: never among the answers."""
    made = make.make_person(service)
    at_contact(client, made, research="ja")
    assert "vill bli intervjuad?" in client.text
    assert "checked" not in client.text.split('name="intervju"', 1)[1]
    client.fill(kontakt="email", **({"intervju": answer} if answer else {}))
    assert person_of(service, made).interview is kept
    client.get("/start/kontakt")
    assert ("checked" in client.text.split('name="intervju"', 1)[1]) is kept


def test_who_is_not_in_the_research_is_not_asked_for_an_interview(client, service):
    at_contact(client, make.make_person(service), research="nej")
    assert "intervju" not in client.text


@pytest.mark.parametrize("device", entry.IDLE_SECONDS)
def test_the_warning_comes_while_there_is_time_to_stay(device):
    latest_end = entry.IDLE_SECONDS[device]
    earliest_end = latest_end - entry.seen_every(device)
    assert 0 < entry.warn_after(device) <= earliest_end - entry.WARN_SECONDS


def test_staying_keeps_the_session(client, service, clock):
    make.start_course(client, make.make_person(service))
    assert 'data-warn-after="780"' in client.text
    for _ in range(3):
        clock.tick(15 * 60)
        client.get("/kvar", status=204)
    client.get("/fragor/fore/0")
    assert client.path == "/fragor/fore/0"
    clock.tick(21 * 60)
    client.get("/kvar")
    assert client.path == "/k"

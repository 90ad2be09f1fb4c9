"""The right to see what is kept (B5): without answers by oneself, with them by way of the county, by nobody else."""

import json
import re

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, update

from kapabla.answers.sealed_copy import SealedCopy
from kapabla.audit import Event
from kapabla.identity import entry
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityOutbox
from kapabla.jobs.runner import run_once
from kapabla.keys import unseal
from kapabla.office.access import RIGHTS, can
from kapabla.office.staff import Staff
from tests import factories as make
from tests.integration.jobs.conftest import mail_server, with_mail  # noqa: F401  (the server is a fixture)
from tests.page_client import PageClient


@pytest.fixture
def service(any_app):
    return any_app.extensions["kapabla"]


# "Nej": what lies behind it is not asked.
GATE = "bet_0"


@pytest.fixture
def asked(any_client, service):
    """Somebody who has answered, with a comment of nobody's, and looks at the form."""
    made = make.make_person(service)
    make.start_course(any_client, made)
    any_client.get("/fragor/fore/1")
    any_client.fill(se_1="5", se_2="-94", anda="1")
    any_client.get("/fragor/fore/6")
    any_client.fill(**{GATE: "2"}, anda="1")
    any_client.get("/mina-uppgifter")
    any_client.get("/mina-uppgifter/kopia")
    return made


def digits_in(mail):
    return re.search(r"\b\d{6}\b", mail.get_payload(decode=True).decode()).group()


def test_the_digits_come_by_mail_and_open_a_page_and_a_file_without_answers(asked, any_client, service, mail_server):  # noqa: F811
    any_client.fill(action="/mina-uppgifter/kopia/kod")
    assert "Vi skickar en kod till din e-post." in any_client.text
    run_once(with_mail(service, mail_server))
    [(to, mail)] = mail_server.taken
    assert (to, mail["Subject"]) == ("testa@example.com", "Din kod")
    digits = digits_in(mail)
    any_client.fill(action="/mina-uppgifter/kopia", kod=f"{digits[:3]} {digits[3:]}", som="sida")
    for text in ("Testa Påhittsson", "testa@example.com", asked.number, "Vindeln", "Frisör"):
        assert text in any_client.text
    assert "lägga märke till tecken" not in any_client.text
    any_client.get("/mina-uppgifter/kopia")
    reply = any_client.fill(action="/mina-uppgifter/kopia", kod=digits, som="fil")
    assert reply.headers["Content-Disposition"] == 'attachment; filename="mina-uppgifter.json"'
    mine = json.loads(reply.data)
    assert mine["om dig"]["e-post"] == "testa@example.com"
    assert mine["i utbildningen"]["antal svar"] == 2
    assert [choice["svar"] for choice in mine["i utbildningen"]["val"]] == ["Ja", "Ja", "Nej"]
    assert "svar" not in mine["i utbildningen"]
    assert "lägga märke" not in reply.text


def test_the_code_of_the_own_letter_opens_it_and_that_of_another_does_not(asked, any_client, service):
    other = make.make_person(service, name="Prova Provlund", email="prova@example.com")
    any_client.fill(action="/mina-uppgifter/kopia", kod=other.code, som="sida", status=400)
    assert "Koden stämmer inte." in any_client.text
    any_client.fill(action="/mina-uppgifter/kopia", kod=f"{asked.code[:5]}-{asked.code[5:]}".lower(), som="sida")
    assert "testa@example.com" in any_client.text


@pytest.mark.parametrize(("typed", "words"), [("", "Skriv koden."), ("12", "Koden stämmer inte."), ("å" * 90, "Koden")])
def test_a_wrong_code_shows_nothing(asked, any_client, typed, words):
    any_client.fill(action="/mina-uppgifter/kopia", kod=typed, som="fil", status=400)
    assert words in any_client.text
    assert "testa@example.com" not in any_client.text


def test_guessing_ends_after_thirty_for_the_person_whatever_the_device(asked, any_client, any_app):
    for _ in range(entry.ATTEMPTS_ALLOWED):
        any_client.fill(action="/mina-uppgifter/kopia", kod="000000", status=400)
    other_device = PageClient(any_app)
    other_device.get(f"/k/{asked.token}")
    other_device.fill()
    other_device.get("/mina-uppgifter/kopia")
    other_device.fill(action="/mina-uppgifter/kopia", kod=asked.code, status=429)
    assert "Vänta en minut" in other_device.text


def test_the_digits_of_one_visit_are_not_those_of_another(asked, any_client, any_app, service, mail_server):  # noqa: F811
    any_client.fill(action="/mina-uppgifter/kopia/kod")
    run_once(with_mail(service, mail_server))
    digits = digits_in(mail_server.taken[0][1])
    other_device = PageClient(any_app)
    other_device.get(f"/k/{asked.token}")
    other_device.fill()
    other_device.get("/mina-uppgifter/kopia")
    other_device.fill(action="/mina-uppgifter/kopia", kod=digits, status=400)


def test_who_is_not_to_be_contacted_is_led_to_the_county(asked, any_client, service):
    with service.vaults.unit() as work:
        work.identity.execute(update(Person).values(channel="none"))
    any_client.get("/mina-uppgifter/kopia")
    assert "Du har valt att vi inte ska höra av oss." in any_client.text
    assert 'name="kod"' not in any_client.text
    any_client.get("/mina-uppgifter/avsluta")
    token = any_client.hidden(action="/mina-uppgifter/avsluta")["csrf"]
    any_client.post("/mina-uppgifter/kopia", {"csrf": token, "kod": asked.code}, status=404)


def test_no_mail_leaves_for_who_has_left_in_the_meantime(asked, any_client, service, mail_server):  # noqa: F811
    any_client.fill(action="/mina-uppgifter/kopia/kod")
    any_client.get("/mina-uppgifter/avsluta")
    any_client.fill(vad="allt", svar="kvar")
    run_once(with_mail(service, mail_server))
    assert mail_server.taken == []


def test_the_person_sees_who_has_looked_and_why(asked, any_client, any_app):
    any_client.get("/mina-uppgifter/vem-har-tittat")
    assert "Ingen har öppnat dina kontaktuppgifter." in any_client.text
    desk = PageClient(any_app)
    make.sign_in_as(desk, "officer")
    desk.get(f"/admin/deltagare/{asked.number}")
    desk.fill(action=f"/admin/deltagare/{asked.number}/kontakt", skal="hort-av-sig")
    any_client.get("/mina-uppgifter/vem-har-tittat")
    assert "2026-11-25: Handläggare. Såg dina kontaktuppgifter. Du hade hört av dig." in any_client.text


# --- With the answers ---


@pytest.fixture
def ordered(asked, any_app, service):
    """The county has checked who it is and ordered, and another has said the code."""
    desk = PageClient(any_app)
    make.sign_in_as(desk, "officer")
    desk.get(f"/admin/deltagare/{asked.number}")
    desk.fill(action=f"/admin/deltagare/{asked.number}/kopia", status=400)
    assert "Kontrollera först vem personen är" in desk.text
    desk.fill(action=f"/admin/deltagare/{asked.number}/kopia", kontrollerad="1")
    run_once(service)
    steward = PageClient(any_app)
    make.sign_in_as(steward, "steward")
    return make.told_copy_code(steward, asked)


def test_the_copy_with_answers_opens_with_link_and_spoken_code(asked, ordered, any_client):
    any_client.get("/mina-uppgifter/kopia")
    assert 'href="/mina-uppgifter/kopia/svar"' in any_client.text
    any_client.get("/mina-uppgifter/kopia/svar")
    any_client.fill(action="/mina-uppgifter/kopia/svar", kod="0000 0000", som="sida", status=400)
    assert "lägga märke" not in any_client.text
    any_client.fill(action="/mina-uppgifter/kopia/svar", kod=f"{ordered[:4]} {ordered[4:]}", som="sida")
    assert "Hur säker är du på att du kan … lägga märke till tecken" in any_client.text
    assert "Helt säker" in any_client.text
    assert "Vill inte svara" in any_client.text
    assert "Beställde en kopia av dina uppgifter till dig" in any_client.text
    any_client.get("/mina-uppgifter/kopia/svar")
    reply = any_client.fill(action="/mina-uppgifter/kopia/svar", kod=ordered, som="fil")
    answers = json.loads(reply.data)["i utbildningen"]["svar"]
    assert [answer["svar"] for answer in answers[:2]] == ["Helt säker", "Vill inte svara"]
    assert {answer["när"] for answer in answers} == {"Startfrågor"}
    assert answers[-1]["svar"] == "Nej", "what was not asked is not in it"
    assert not {"not_shown", "skipped", "declined"} & {answer["svar"] for answer in answers}


def test_nobody_has_both_the_code_and_a_link(asked, any_app, service):
    """B5, S18: with both the answers can be read. Who orders sees no code, who sees it has no way to anybody's link."""
    desk, steward = PageClient(any_app), PageClient(any_app)
    make.sign_in_as(desk, "officer")
    desk.get(f"/admin/deltagare/{asked.number}")
    desk.fill(action=f"/admin/deltagare/{asked.number}/kopia", kontrollerad="1")
    assert "I dag har ingen ett sådant konto." in desk.text
    receipt = desk.path
    make.sign_in_as(steward, "steward")
    code = make.told_copy_code(steward, asked)
    desk.get(receipt)
    assert "dataskyddsansvarig: Namn steward. Koppla samtalet dit" in desk.text
    assert 'class="copy"' not in desk.text
    desk.get(steward.path, status=404)
    desk.get(make.page_of_request(steward, asked))
    assert "Visa koden" not in desk.text
    desk.post(f"{desk.path}/kod", desk.hidden(action="/logga-ut"), status=403)
    assert code[:4] not in desk.text
    steward.get(f"/admin/deltagare/{asked.number}", status=403)
    # An officer who is made a steward may have the person's link on paper still.
    page = make.page_of_request(steward, asked)
    steward.get(page)
    form = steward.hidden(action=f"{page}/kod")
    with service.vaults.unit() as work:
        member = work.office.scalars(select(Staff).where(Staff.role == "steward")).one()
        event = Event(member.id, "officer", "letters_export", "cohort:x", reason="1 people")
        service.identity_chain.append(work.identity, event, at=service.clock())
    steward.post(f"{page}/kod", form)
    assert steward.path == page
    assert "Visa koden" not in steward.text
    assert "Du har tidigare tagit fram länkar eller koder till deltagare." in steward.text
    desk.get(receipt)
    assert "I dag har ingen ett sådant konto." in desk.text
    assert {role for role in RIGHTS if can(role, "tell_copy_code")} == {"steward"}
    assert not RIGHTS["steward"] & {"see_cohorts", "send_messages", "import_people", "see_contact", "hold_meetings"}


def test_the_code_is_there_as_long_as_the_copy(asked, any_app, clock, service):
    """And after a new order the former code is told to nobody: it opens nothing any more."""
    desk, steward = PageClient(any_app), PageClient(any_app)
    officers = make.sign_in_as(desk, "officer")
    address = f"/admin/deltagare/{asked.number}"
    desk.get(address)
    desk.fill(action=f"{address}/kopia", kontrollerad="1")
    stewards = make.sign_in_as(steward, "steward")
    first = make.told_copy_code(steward, asked)
    run_once(service)
    clock.tick(days=7)
    make.sign_in_with(steward, "steward", stewards)
    assert make.told_copy_code(steward, asked) == first
    page = make.page_of_request(steward, asked)
    make.sign_in_with(desk, "officer", officers)
    desk.get(address)
    desk.fill(action=f"{address}/kopia", kontrollerad="1")
    steward.get(page)
    assert "Visa koden" not in steward.text
    assert make.told_copy_code(steward, asked) != first
    run_once(service)
    clock.tick(days=8)
    make.sign_in_with(steward, "steward", stewards)
    steward.get(make.page_of_request(steward, asked))
    assert "Visa koden" not in steward.text


def test_neither_the_code_nor_the_answers_stand_readable_anywhere(asked, ordered, service):
    with service.vaults.reading() as work:
        body = work.answers.scalar(select(SealedCopy.body))
        payloads = json.dumps(work.identity.scalars(select(IdentityOutbox.payload)).all())
    assert ordered not in payloads
    assert b"testa@example.com" not in body
    # Whoever has the vault and the county's keys, but not the person's secret, has a code and no way to use it.
    with pytest.raises(InvalidTag):
        unseal(service.keys.get("sealing"), body[16:], f"sealed_copy.{asked.subject}")


def test_another_person_with_the_same_code_opens_nothing(ordered, service, any_app):
    other = make.make_person(service, name="Prova Provlund", email="prova@example.com")
    client = PageClient(any_app)
    client.get(f"/k/{other.token}")
    client.fill()
    client.get("/mina-uppgifter/kopia/svar", status=410)
    assert "Ingen kopia väntar" in client.text


def test_after_a_week_it_is_gone(asked, ordered, any_client, any_app, service, clock):
    clock.tick(days=7)
    fresh = PageClient(any_app)
    fresh.get(f"/k/{asked.token}")
    fresh.fill()
    fresh.get("/mina-uppgifter/kopia/svar")
    clock.tick(days=1)
    fresh.get(f"/k/{asked.token}")
    fresh.fill()
    fresh.get("/mina-uppgifter/kopia/svar", status=410)
    run_once(service)
    with service.vaults.reading() as work:
        assert work.answers.scalars(select(SealedCopy.subject)).all() == []


def test_who_has_left_everything_opens_it_by_the_link(asked, ordered, any_client, any_app):
    any_client.get("/mina-uppgifter/avsluta")
    any_client.fill(vad="allt", svar="kvar")
    later = PageClient(any_app)
    later.post(f"/k/{asked.token}", status=410)
    assert "Du är inte längre med" in later.text
    later.fill(kod="12345678", som="sida", status=400)
    assert "Koden stämmer inte." in later.text
    later.fill(kod=ordered, som="sida")
    assert "Helt säker" in later.text


def test_leaving_with_the_answers_removed_takes_the_copy(asked, ordered, any_client, service):
    any_client.get("/mina-uppgifter/avsluta")
    any_client.fill(vad="forskning", svar="bort")
    with service.vaults.reading() as work:
        assert work.answers.scalars(select(SealedCopy.subject)).all() == []


def test_what_somebody_has_changed_themselves_is_not_put_on_the_county(client, app):
    make.start_course(client, make.make_person(app.extensions["kapabla"]), research="nej")
    client.get("/start/kontakt")
    client.fill(kontakt="letter", adress="Byvägen 1, Vindeln")
    client.get("/mina-uppgifter/vem-har-tittat")
    assert "Du själv. Ändrade dina kontaktuppgifter." in client.text
    assert "2026-11-25: Länsstyrelsen" not in client.text
    client.get("/mina-uppgifter/kopia")
    assert "Koden i brevet från oss." in client.text
    assert "Sex siffror från mejlet" not in client.text


def test_somebody_with_protected_identity_is_told_so_and_asked_nothing_that_needs_an_address(client, app):
    made = make.make_person(app.extensions["kapabla"], is_protected=True, email=None, channel="none")
    make.start_course(client, made)
    client.get("/start/kontakt")
    assert 'name="intervju"' not in client.text
    client.get("/mina-uppgifter/kopia")
    assert "Vi har inga kontaktuppgifter till dig." in client.text
    assert "Du har valt att vi inte ska höra av oss" not in client.text

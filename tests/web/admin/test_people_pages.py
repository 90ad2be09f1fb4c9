"""One person on the county's desk: seen by number, named only with a reason (A9, A14, B8, D04, D09, D13)."""

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from kapabla.answers.placement import find_place
from kapabla.audit import Event
from kapabla.identity import entry
from kapabla.identity.cohorts import Cohort, Enrolment
from kapabla.identity.contact import erase_person, read_contact
from kapabla.identity.enrolling import access_of
from kapabla.identity.messages import Message
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityAudit, IdentityOutbox
from kapabla.jobs.runner import run_once
from kapabla.office.staff import Staff
from kapabla.web.admin import known_people
from tests.factories import make_cohort, make_person, sign_in_as, start_course
from tests.page_client import PageClient


@pytest.fixture
def made(service):
    return make_person(service)


@pytest.fixture
def desk(client, made):
    sign_in_as(client, "officer")
    client.get(f"/admin/deltagare/{made.number}")
    return client


def traces(service, action):
    with service.vaults.reading() as work:
        return list(work.identity.scalars(select(IdentityAudit).where(IdentityAudit.action == action)))


def show_contact(desk, made):
    desk.fill(action=f"/admin/deltagare/{made.number}/kontakt", skal="hort-av-sig")


def read(service, made):
    with service.vaults.reading() as work:
        person = work.identity.get(Person, made.id)
        return person, read_contact(service.keys, person) if person else None


def test_name_is_shown_only_after_a_reason_and_for_ten_minutes(service, desk, made, clock):
    """D04, B8."""
    assert "Testa Påhittsson" not in desk.text
    desk.fill(action=f"/admin/deltagare/{made.number}/kontakt", status=400)
    assert "Välj varför du behöver se uppgifterna." in desk.text
    assert traces(service, "contact_view") == []
    show_contact(desk, made)
    assert "Testa Påhittsson" in desk.text
    assert [row.object for row in traces(service, "contact_view")] == [f"person:{made.id}"]
    clock.tick(minutes=11)
    desk.get(f"/admin/deltagare/{made.number}")
    assert "Testa Påhittsson" not in desk.text


def test_reason_for_one_person_shows_nobody_else(service, desk, made):
    other = make_person(service, name="Någon Annan", email="annan@example.com")
    show_contact(desk, made)
    desk.get(f"/admin/deltagare/{other.number}")
    assert "Någon Annan" not in desk.text


def test_the_reason_is_one_of_ours_or_the_number_of_a_matter(service, desk, made):
    """B8: who, why, what. E5: what is typed may name somebody, so that nothing typed is kept but such a number."""
    form = f"/admin/deltagare/{made.number}/kontakt"
    for typed in ("", "Anna ringde", "19121212-1212", "070-1740605"):
        desk.fill(action=form, skal="arende", diarienummer=typed, status=400)
        assert "Skriv ärendets diarienummer så här: 1234-2026." in desk.text
        assert typed in desk.text
    desk.fill(action=form, skal="arende", diarienummer="Dnr  ks 2026/123")
    assert [row.reason for row in traces(service, "contact_view")] == ["matter KS 2026/123"]
    desk.get(f"/admin/deltagare/{made.number}")
    assert "Såg kontaktuppgifter (Ärende KS 2026/123), Namn officer" in desk.text


def test_trainer_sees_steps_and_never_the_name(client, made):
    """A8."""
    sign_in_as(client, "trainer")
    client.get(f"/admin/deltagare/{made.number}")
    assert "Startfrågor" in client.text
    assert "Visa kontaktuppgifter" not in client.text


def test_coordinator_of_another_municipality_finds_nobody(client, made):
    """A9: foreign and unknown look alike."""
    sign_in_as(client, "coordinator", municipality="2409")
    client.get(f"/admin/deltagare/{made.number}", status=404)
    client.get("/admin/deltagare/K-999999", status=404)


def test_coordinator_without_a_municipality_sees_nobody(client, made):
    """A9: a slip at the making of the account must not open the county."""
    sign_in_as(client, "coordinator")
    client.get(f"/admin/deltagare/{made.number}", status=404)
    client.get("/admin/omgangar")
    assert "Det finns inga omgångar än." in client.text


def test_telephone_advice_stands_beside_the_person(desk):
    """D15."""
    assert "Bekräfta aldrig för någon att en viss person är inbjuden" in desk.text


def test_withdrawal_by_telephone_is_pending_and_then_done(service, desk, made):
    """D09, B4."""
    desk.fill(
        action=f"/admin/deltagare/{made.number}/avsluta", hur="telefon", dag="2026-11-24", vad="allt", svar="kvar"
    )
    assert "Valet är sparat" in desk.text
    desk.get(f"/admin/deltagare/{made.number}")
    assert "väntar på att genomföras" in desk.text
    run_once(service)
    person, _ = read(service, made)
    assert (person.left, person.channel) == ("all", "none")
    desk.get(f"/admin/deltagare/{made.number}")
    assert "väntar på att genomföras" not in desk.text
    assert "ska inte kontaktas" in desk.text


def test_erasure_asks_for_the_number_and_keeps_what_was_chosen(service, desk, made):
    """D09: irreversible choices are typed."""
    address = f"/admin/deltagare/{made.number}/avsluta"
    second_tab = desk.hidden(action=f"/admin/deltagare/{made.number}/kopia")
    desk.fill(action=address, hur="brev", dag="2026-11-20", vad="allt", svar="bort")
    assert "Alla svar som personen kan ha lämnat tas bort." in desk.text
    desk.fill(action=address, nummer="K-1", status=400)
    assert "Svaren går inte att få tillbaka." in desk.text
    assert 'name="hur" value="brev"' in desk.text
    assert traces(service, "withdrawal_recorded") == []
    desk.fill(action=address, nummer=made.number.lower())
    assert "Här ser du när det är klart." in desk.text
    receipt = desk.path
    run_once(service)
    assert read(service, made) == (None, None)
    desk.get(receipt)
    assert f"{made.number} är borttaget." in desk.text
    desk.get(f"/admin/deltagare/{made.number}", status=410)
    assert f"<h1>{made.number} är borttaget</h1>" in desk.text
    desk.post(f"/admin/deltagare/{made.number}/kopia", second_tab, status=410)
    other = PageClient(desk.app)
    sign_in_as(other, "trainer")
    other.get(f"/admin/deltagare/{made.number}", status=404)
    assert f"Vi hittar inte {made.number}" in other.text


@pytest.mark.parametrize("day", ["2026-11-26", "2026-10-31", "20 november"])
def test_the_day_of_a_withdrawal_is_one_that_has_been_and_stands_in_the_log(service, desk, made, day):
    """D09: the county has to be able to show when it was told."""
    address = f"/admin/deltagare/{made.number}/avsluta"
    desk.fill(action=address, hur="telefon", dag=day, vad="allt", svar="kvar", status=400)
    assert f'value="{day}"' in desk.text
    assert traces(service, "withdrawal_recorded") == []
    desk.fill(action=address, hur="telefon", dag="2026-11-20", vad="allt", svar="kvar")
    assert [row.reason for row in traces(service, "withdrawal_recorded")] == ["all, phone, 2026-11-20"]


def test_nothing_chosen_is_answered_at_each_field(desk, made):
    desk.fill(action=f"/admin/deltagare/{made.number}/avsluta", status=400)
    assert "<title>Rätta: " in desk.text
    for sentence in (
        "Välj hur du fick veta det.",
        "Skriv dagen då du fick veta det så här",
        "Välj vad personen vill sluta med.",
        "Välj vad som ska hända",
    ):
        assert desk.text.count(sentence) == 2


def test_correction_changes_the_row_and_leaves_a_trace(service, desk, made):
    """A14."""
    show_contact(desk, made)
    desk.get(f"/admin/deltagare/{made.number}/ratta")
    desk.fill(
        action=desk.path, namn="Testa Rättsson", epost="ny@example.com", telefon="070-174 06 05", adress="Byvägen 1",
        kommun="2409", yrke="driver", kanal="email",
    )  # fmt: skip
    person, contact = read(service, made)
    assert (contact.name, contact.email, contact.phone) == ("Testa Rättsson", "ny@example.com", "+46701740605")
    assert (person.municipality, person.role) == ("2409", "driver")
    assert [row.object for row in traces(service, "contact_change")] == [f"person:{made.id}"]


def test_an_address_in_two_lines_is_shown_and_kept_in_two(service, desk, made):
    """Joined, the number of the house would run into the postcode, and the next letter go there."""
    show_contact(desk, made)
    desk.get(f"/admin/deltagare/{made.number}/ratta")
    given = {"namn": "Testa Påhittsson", "epost": "testa@example.com", "kommun": "2404", "kanal": "letter"}
    for yrke in ("hairdresser", "vet"):
        desk.fill(action=desk.path, **given, yrke=yrke, adress="  Byvägen 2\r\n\r\n922 31  Vindeln ")
        assert read(service, made)[1].address == "Byvägen 2\n922 31 Vindeln"
        desk.get(f"/admin/deltagare/{made.number}/ratta")
        assert "Byvägen 2\n922 31 Vindeln</textarea>" in desk.text


def test_the_language_of_a_person_is_chosen_by_form_shown_and_corrected(service, desk, made):
    """C10: easy Swedish too, which no list could say before."""
    cohort = make_cohort(service)
    desk.get(f"/admin/omgangar/{cohort}/person")
    desk.fill(action=desk.path, namn="Lätt Ek", epost="l@example.com", kommun="2404", yrke="vet", sprak="sv_easy")
    with service.vaults.reading() as work:
        assert sorted(work.identity.scalars(select(Person.language))) == ["sv", "sv_easy"]
    desk.get(f"/admin/deltagare/{made.number}")
    show_contact(desk, made)
    assert "<dt>Språk</dt><dd>Svenska</dd>" in desk.text
    desk.get(f"/admin/deltagare/{made.number}/ratta")
    assert re.search(r'name="sprak" id="sprak" value="sv" checked', desk.text)
    given = {"namn": "Testa", "epost": "t@example.com", "kommun": "2404", "yrke": "vet", "kanal": "email"}
    desk.fill(action=desk.path, **given, sprak="xx", status=400)
    assert 'href="#sprak"' in desk.text
    desk.fill(action=desk.path, **given, sprak="en")
    assert read(service, made)[0].language == "en"
    assert "<dt>Språk</dt><dd>Engelska</dd>" in desk.text


def test_correction_needs_the_contact_to_be_open(desk, made):
    desk.get(f"/admin/deltagare/{made.number}/ratta")
    assert desk.path == f"/admin/deltagare/{made.number}"


def test_correction_has_the_messages_of_a_row_and_keeps_what_was_typed(desk, made):
    """D13."""
    show_contact(desk, made)
    desk.get(f"/admin/deltagare/{made.number}/ratta")
    desk.fill(action=desk.path, namn="Testa", epost="saknar", kommun="", yrke="driver", kanal="email", status=400)
    assert "E-postadressen saknar @." in desk.text
    assert 'value="saknar"' in desk.text


def test_correction_from_a_stale_page_overwrites_nothing(service, desk, made):
    """D12."""
    show_contact(desk, made)
    desk.get(f"/admin/deltagare/{made.number}/ratta")
    with service.vaults.unit() as work:
        work.identity.get_one(Person, made.id).role = "vet"
    desk.fill(
        action=desk.path, namn="Ny", epost="ny@example.com", kommun="2404", yrke="driver", kanal="email", status=409
    )
    assert "Någon annan har ändrat sedan du öppnade sidan." in desk.text
    assert read(service, made)[0].role == "vet"


def test_correction_to_another_persons_address_is_told_at_the_field(service, desk, made):
    """D03: or the links of two people lie in one mailbox."""
    other = make_person(service, name="Maka", email="maka@example.com")
    show_contact(desk, made)
    desk.get(f"/admin/deltagare/{made.number}/ratta")
    given = {"namn": "Testa", "epost": "maka@example.com", "kommun": "2404", "yrke": "driver", "kanal": "email"}
    desk.fill(action=desk.path, **given, status=400)
    assert f"{other.number} har samma e-postadress." in desk.text
    assert 'value="maka@example.com"' in desk.text


def test_corrected_trade_follows_into_the_placement_within_a_job_cycle(service, desk, made, make_app):
    """A14; only where the person has started."""
    from kapabla import bridge

    with service.vaults.unit() as work:
        found = entry.find_by_person(work.identity, made.id)
        bridge.place(work, service.keys, found)
    show_contact(desk, made)
    desk.get(f"/admin/deltagare/{made.number}/ratta")
    desk.fill(action=desk.path, namn="Testa", epost="t@example.com", kommun="2409", yrke="vet", kanal="email")
    run_once(service)
    with service.vaults.reading() as work:
        place = find_place(work.answers, made.subject)
    assert (place.municipality, place.role) == ("2409", "vet")


def test_correction_of_somebody_who_has_not_started_makes_no_placement(service, desk, made):
    show_contact(desk, made)
    desk.get(f"/admin/deltagare/{made.number}/ratta")
    desk.fill(action=desk.path, namn="Testa", epost="t@example.com", kommun="2409", yrke="vet", kanal="email")
    run_once(service)
    with service.vaults.reading() as work:
        assert find_place(work.answers, made.subject) is None


def test_move_keeps_history(service, desk, made):
    """A7."""
    other = make_cohort(service, name="En annan omgång", arm="waitlist")
    shut = make_cohort(service, name="En stängd omgång")
    with service.vaults.unit() as work:
        work.identity.get_one(Cohort, shut).ends_on = date(2026, 11, 20)
    address = f"/admin/deltagare/{made.number}/flytta"
    desk.get(address)
    assert "Börjar genast, 2026-11-01–2026-11-20. Stängd för nya." in desk.text
    desk.get(f"{address}?omgang=", status=400)
    desk.get(f"{address}?omgang=finnsinte", status=404)
    desk.get(f"{address}?omgang={shut}")
    assert "Den som inte har börjat kommer inte in." in desk.text
    assert "byter grupp" not in desk.text
    assert "Till dess kommer personen inte in" not in desk.text
    ahead = make_cohort(service, name="En kommande omgång", starts_on=date(2026, 12, 1))
    desk.get(f"{address}?omgang={ahead}")
    assert "Omgången öppnar 1 december 2026. Till dess kommer personen inte in" in desk.text
    desk.get(f"{address}?omgang={other}")
    assert "Personen byter grupp, från ”Börjar genast” till ”" in desk.text
    desk.fill(action=address)
    assert "Personen har varit i:" in desk.text
    assert ">Omgång 1</a>, från 1 november 2026</li>" in desk.text
    assert "Flyttade till en annan omgång (Omgång 1 till En annan omgång), Namn officer" in desk.text
    desk.get(f"/admin/loggbok?nummer={made.number}")
    assert "Omgång 1 till En annan omgång" in desk.text
    with service.vaults.reading() as work:
        places = work.identity.scalars(select(Enrolment).where(Enrolment.person_id == made.id)).all()
    assert sorted(place.is_current for place in places) == [False, True]


def test_new_code_kills_the_old_link(service, desk, made):
    """A2."""
    desk.fill(action=f"/admin/deltagare/{made.number}/kod")
    assert "har en ny kod" in desk.text
    assert made.code not in desk.text.replace("-", "")
    from kapabla.identity.codes import token_hash

    with service.vaults.reading() as work:
        assert entry.find_by_token(work.identity, token_hash(made.token)) is None
    assert len(traces(service, "new_code")) == 1


def test_the_new_link_is_sent_by_email_once_and_told(service, desk, made):
    """Or who was invited by e-mail has no way in until the next reminder."""
    desk.fill(action=f"/admin/deltagare/{made.number}/kod")
    assert "Koden skrivs in på localhost/k." in desk.text
    address, receipt = f"/admin/deltagare/{made.number}/kod/mejl", desk.path
    form = desk.hidden(action=address)
    for _ in range(2):
        desk.post(address, form)
        assert "Den nya länken är på väg till personens e-post." in desk.text
    with service.vaults.unit() as work:
        message = work.identity.scalars(select(Message)).one()
        assert (message.state, work.identity.scalar(select(func.count()).select_from(IdentityOutbox))) == ("waiting", 1)
        message.state = "handed_over"
    desk.get(receipt)
    desk.fill(action=f"/admin/deltagare/{made.number}/kod/mejl")
    assert "<dt>Inbjudan</dt><dd>Väntar på att gå ut</dd>" in desk.text
    with service.vaults.unit() as work:
        work.identity.scalars(select(Message)).one().state = "handed_over"
    desk.post(address, form)
    assert "<dt>Inbjudan</dt><dd>Ja</dd>" in desk.text
    assert len(traces(service, "link_send")) == 2


def test_who_has_come_in_was_invited_however_that_was(service, desk, made):
    """As the list of the cohort says it, of whoever walked in or was handed a code too."""
    with service.vaults.unit() as work:
        entry.mark_over(work.identity, made.id, "opened")
    desk.get(f"/admin/deltagare/{made.number}")
    assert "<dt>Inbjudan</dt><dd>Ja</dd>" in desk.text


@pytest.mark.parametrize("values", [{"no_more_messages": True}, {"is_restricted": True}, {"channel": "none"}])
def test_the_page_says_that_somebody_is_not_to_be_contacted_and_never_why(service, desk, made, values):
    """D04, D05."""
    assert "<dt>Kontakt via</dt><dd>E-post</dd>" in desk.text
    assert "<dt>Inbjudan</dt><dd>Inte inbjuden</dd>" in desk.text
    with service.vaults.unit() as work:
        for name, value in values.items():
            setattr(work.identity.get_one(Person, made.id), name, value)
    desk.get(f"/admin/deltagare/{made.number}")
    assert "Kontaktas inte. Ring, mejla eller skriv inte till personen." in desk.text
    assert "<dt>Kontakt via</dt><dd>Kontaktas inte</dd>" in desk.text
    desk.fill(action=f"/admin/deltagare/{made.number}/kod")
    assert "Skicka den nya länken" not in desk.text


def test_one_person_by_form_gets_a_code_and_comes_once(service, desk):
    """A14."""
    address = f"/admin/omgangar/{make_cohort(service)}/person"
    given = {"namn": "Ny Person", "epost": "ny@example.com", "kommun": "2404", "yrke": "vet"}
    desk.get(address)
    desk.fill(action=address, **given)
    assert "är tillagd" in desk.text
    desk.get(address)
    desk.fill(action=address, **given, status=400)
    assert "Personen finns redan i omgången (K-" in desk.text


def test_a_namesake_of_somebody_erased_is_added_when_the_officer_says_so(service, desk):
    """B4 holds for the person alone."""
    address = f"/admin/omgangar/{make_cohort(service)}/person"
    gone = make_person(service, name="Ulla Öhman", email="ulla@example.com")
    with service.vaults.unit() as work:
        erase_person(work.identity, service.keys, gone.id, on=date(2026, 11, 20))
    same = {"namn": "Ulla Öhman", "kommun": "2404", "yrke": "vet"}
    desk.get(address)
    desk.fill(action=address, **same, epost="ulla@example.com", annan="1", status=400)
    assert "Personen är borttagen och läggs inte till igen." in desk.text
    desk.get(address)
    assert "Det är en annan person" not in desk.text
    desk.fill(action=address, **same, epost="namne@example.com", status=400)
    assert "Kryssa i om det är en annan person." in desk.text
    assert 'value="namne@example.com"' in desk.text
    desk.fill(action=address, **same, epost="namne@example.com", annan="1")
    assert "är tillagd" in desk.text
    assert [row.reason for row in traces(service, "known_asked")] == ["1 people", "1 people"]


def test_asking_after_one_neighbour_and_the_next_is_logged_and_ends(service, desk, made, clock):
    """B8: name to number, and name to "has left", are looks at who takes part."""
    address = f"/admin/omgangar/{make_cohort(service)}/person"
    known = {"namn": "Testa Påhittsson", "epost": "testa@example.com", "kommun": "2404", "yrke": "vet"}
    with service.vaults.unit() as work:
        me = work.office.scalars(select(Staff)).one()
        for _ in range(known_people.SHORT_A_DAY - 1):
            service.identity_chain.append(
                work.identity, Event(me.id, me.role, known_people.ASKED, "cohort:x"), at=clock()
            )
    desk.get(address)
    desk.fill(action=address, **known, status=400)
    assert f"Personen finns redan i omgången ({made.number})." in desk.text
    desk.fill(action=address, **known, status=400)
    assert made.number not in desk.text
    assert "Vänta till i morgon" in desk.text
    assert 'value="testa@example.com"' in desk.text
    assert len(traces(service, known_people.ASKED)) == known_people.SHORT_A_DAY


def test_of_an_archived_cohort_only_what_a_person_has_a_right_to_is_done(service, desk, made):
    with service.vaults.unit() as work:
        work.identity.scalars(select(Cohort)).one().is_archived = True
    held = desk.hidden(action=f"/admin/deltagare/{made.number}/kod")
    for path, given in (("kod", held), ("oppna", held | {"varfor": "teknik"}), ("kod/mejl", held)):
        desk.post(f"/admin/deltagare/{made.number}/{path}", given, status=409)
        assert "Omgången är arkiverad" in desk.text
    desk.get(f"/admin/deltagare/{made.number}")
    assert "Skapa ny kod" not in desk.text
    assert "Personen vill sluta vara med" in desk.text
    show_contact(desk, made)
    assert "Testa Påhittsson" in desk.text


def test_an_invitation_that_did_not_arrive_is_sent_again_from_the_persons_page(service, desk, made):
    with service.vaults.unit() as work:
        work.identity.add(Message(person_id=made.id, batch_id=None, step="start", channel="email", state="failed"))
    page = f"/admin/deltagare/{made.number}"
    desk.get(page)
    desk.fill(action=f"{page}/kod/mejl")
    with service.vaults.reading() as work:
        assert work.identity.scalars(select(Message.state)).all() == ["waiting"]
    desk.get(page)
    assert "Skicka inbjudan med e-post" not in desk.text


def test_a_code_that_was_handed_over_is_an_invitation(service, desk):
    """Whoever neither mail nor letter reaches is not "Inte inbjuden" for good."""
    by_hand = make_person(service, name="Bara Telefon", email=None, channel="letter")
    page = f"/admin/deltagare/{by_hand.number}"
    desk.get(page)
    assert "<dt>Kontakt via</dt><dd>Kod för hand</dd>" in desk.text
    for _ in range(2):
        desk.post(f"{page}/kod/lamnad", desk.hidden(action=f"{page}/kod"))
        assert "<dt>Inbjudan</dt><dd>Ja</dd>" in desk.text
        assert "Jag har lämnat koden" not in desk.text
    assert len(traces(service, "code_in_hand")) == 1


@pytest.mark.parametrize(
    ("typed", "day"), [("idag", "2026-11-25"), ("I går", "2026-11-24"), ("20 november 2026", "2026-11-20")]
)
def test_a_day_is_read_as_it_is_said_and_todays_is_filled_in(service, desk, made, typed, day):
    field = re.search(r'<input[^>]*name="dag"[^>]*>', desk.text)[0]
    assert 'value="2026-11-25"' in field
    desk.fill(action=f"/admin/deltagare/{made.number}/avsluta", hur="telefon", vad="allt", svar="kvar", dag=typed)
    assert [row.reason for row in traces(service, "withdrawal_recorded")] == [f"all, phone, {day}"]


def test_protected_identity_is_a_code_without_a_name(service, desk):
    """A14, S16: whatever was typed beside the box."""
    address = f"/admin/omgangar/{make_cohort(service)}/person"
    desk.get(address)
    desk.fill(action=address, namn="Hemlig Person", epost="hemlig@example.com", kommun="2404", skyddad="1")
    assert "Sedan går den inte att se igen." in desk.text
    with service.vaults.reading() as work:
        person = work.identity.scalars(select(Person).where(Person.is_protected.is_(True))).one()
        assert (person.name_sealed, person.email_sealed, person.municipality) == (None, None, None)


def test_form_with_nothing_in_it_says_what_is_needed(service, desk):
    address = f"/admin/omgangar/{make_cohort(service)}/person"
    desk.get(address)
    desk.fill(action=address, status=400)
    for sentence in ("Skriv personens namn.", "Skriv kommunen.", "Skriv minst ett sätt att nå personen"):
        assert sentence in desk.text


def test_staff_let_a_person_past_the_start_questions_with_a_reason(service, desk, made, client):
    """D5: logged, carried into the placement by the jobs, and never taken back; the course is open after it."""
    action = f"/admin/deltagare/{made.number}/oppna"
    desk.fill(action=action, status=400)
    assert "Välj varför personen ska få börja utan startfrågorna." in desk.text
    assert traces(service, "gate_override") == []
    guest = PageClient(client.app)
    start_course(guest, made)
    guest.get("/delar")
    assert guest.path == "/fragor/fore/0"
    desk.fill(action=action, varfor="mote")
    assert "Utbildningen är öppnad för personen även utan startfrågor." in desk.text
    assert action not in desk.text
    assert [(row.object, row.reason) for row in traces(service, "gate_override")] == [(f"person:{made.id}", "meeting")]
    run_once(service)
    with service.vaults.reading() as work:
        assert find_place(work.answers, made.subject).gate_overridden
    guest.get("/fortsatt")
    assert guest.path == "/delar"
    guest.get("/delar/1/1")
    assert guest.path == "/delar/1/1"


def links_of(service, made):
    with service.vaults.reading() as work:
        return access_of(work.identity, service.keys, [made.id])[made.id]


def code_on(desk):
    return re.search(r'<p class="copy">([^<]+)</p>', desk.text)[1].replace("-", "").replace(" ", "")


def test_a_new_code_is_made_once_however_often_it_is_pressed_or_loaded(service, desk, made, clock):
    """UX 2: POST, 303, GET. A third code would kill the one on the paper."""
    address = f"/admin/deltagare/{made.number}/kod"
    form = desk.hidden(action=address)
    desk.post(address, form)
    receipt, first = desk.path, code_on(desk)
    assert first != made.code
    for again in (lambda: desk.get(receipt), lambda: desk.post(address, form)):
        again()
        assert code_on(desk) == first
        assert links_of(service, made).code == first
    assert [row.reason for row in traces(service, "new_code")] == ["", "shown again"]
    clock.tick(minutes=11)
    desk.get(receipt, status=410)
    assert "Kvittot visas inte längre" in desk.text


def test_a_receipt_is_of_the_code_that_holds_and_for_who_made_it_alone(service, desk, made, app):
    address = f"/admin/deltagare/{made.number}/kod"
    desk.fill(action=address)
    receipt = desk.path
    desk.get(f"/admin/deltagare/{made.number}")
    desk.fill(action=address)
    desk.get(receipt, status=410)
    newest = PageClient(app)
    sign_in_as(newest, "steward")
    newest.get(receipt, status=404)
    desk.get("/admin/kvitto/00ff", status=404)


def test_one_person_is_added_once_however_often_it_is_pressed(service, desk):
    cohort = make_cohort(service)
    desk.get(f"/admin/omgangar/{cohort}/person")
    form = desk.hidden(action=desk.path) | {"skyddad": "1"}
    for _ in range(2):
        desk.post(f"/admin/omgangar/{cohort}/person", form)
        assert "är tillagd" in desk.text
    receipt, code = desk.path, code_on(desk)
    desk.get(receipt)
    assert code_on(desk) == code
    with service.vaults.reading() as work:
        assert work.identity.scalar(select(func.count()).select_from(Person).where(Person.is_protected)) == 1


def test_a_copy_that_is_ordered_twice_is_made_once(service, desk, made):
    address = f"/admin/deltagare/{made.number}/kopia"
    form = desk.hidden(action=address) | {"kontrollerad": "1"}
    for _ in range(2):
        desk.post(address, form)
        assert "Kopian är beställd" in desk.text
    with service.vaults.reading() as work:
        assert work.identity.scalar(select(func.count()).where(IdentityOutbox.kind == "make_copy")) == 1


def test_a_withdrawal_that_is_recorded_twice_is_shown_as_recorded(service, desk, made):
    address = f"/admin/deltagare/{made.number}/avsluta"
    form = desk.hidden(action=address) | {"hur": "telefon", "dag": "2026-11-25", "vad": "forskning", "svar": "kvar"}
    for _ in range(2):
        desk.post(address, form)
        assert desk.path.startswith("/admin/kvitto/")
    desk.get(desk.path)
    assert "Valet är sparat" in desk.text
    run_once(service)
    desk.get(desk.path)
    assert "Valet är genomfört" in desk.text


def test_the_form_of_one_person_speaks_of_a_person_and_not_of_a_list(service, desk):
    address = f"/admin/omgangar/{make_cohort(service)}/person"
    desk.get(address)
    desk.fill(action=address, namn="Ny 19800101-1234", epost="ny", kommun="2404", status=400)
    assert "Här står ett personnummer. Ta bort det." in desk.text
    assert "läs in raden" not in desk.text
    links = [link for link in re.findall(r'href="#(\w+)"', desk.text) if link in ("namn", "epost", "yrke")]
    assert links == ["namn", "epost", "yrke"]

"""Sending from the desk: the number in the button is what goes out, and nothing is called delivered (D06)."""

from datetime import date

import pytest
from sqlalchemy import select

from kapabla.clock import epoch
from kapabla.identity import sending
from kapabla.identity.cohorts import Cohort
from kapabla.identity.messages import Message, MessageBatch
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityAudit, IdentityOutbox
from kapabla.jobs.runner import run_once
from kapabla.office.records import OfficeOutbox
from tests.factories import make_cohort, make_person, sign_in_as


@pytest.fixture
def cohort(service):
    return make_cohort(service)


@pytest.fixture
def desk(service, client, cohort):
    for n in range(3):
        make_person(service, name=f"Person {n}", email=f"p{n}@example.com")
    sign_in_as(client, "officer")
    client.get(f"/admin/omgangar/{cohort}/utskick")
    return client


def rows(service, model):
    with service.vaults.reading() as work:
        return list(work.identity.scalars(select(model)))


def actions(service):
    return [row.action for row in rows(service, IdentityAudit)]


def set_state(service, state, fault=""):
    with service.vaults.unit() as work:
        for message in work.identity.scalars(select(Message)):
            message.state, message.fault = state, fault


def test_button_says_how_many_and_they_are_queued(service, desk):
    assert "Skicka 3 inbjudningar" in desk.text
    desk.fill(action=desk.path)
    assert "0 av 3" in desk.text
    assert len(rows(service, IdentityOutbox)) == 3
    assert "send" in actions(service)


def test_number_that_has_changed_sends_nothing(service, desk):
    make_person(service, name="Sen", email="sen@example.com")
    desk.fill(action=desk.path, status=409)
    assert "Den här gången har inget skickats." in desk.text
    assert "Skicka 4 inbjudningar" in desk.text
    assert rows(service, Message) == []


def test_pressed_twice_it_leads_to_the_same_batch(service, desk):
    address, form = desk.path, desk.hidden(action=desk.path)
    desk.post(address, form)
    batch = desk.path
    desk.post(address, form)
    assert desk.path == batch
    assert len(rows(service, Message)) == 3


def test_ordered_twice_invites_once(service, desk):
    address = desk.path
    desk.fill(action=address)
    desk.get(address)
    assert "redan har fått sin inbjudan" in desk.text
    assert len(rows(service, Message)) == 3


def test_preview_shows_the_words_and_nobody(desk):
    assert "bjuder in dig till en utbildning på nätet" in desk.text
    assert "Person 1" not in desk.text


def test_job_page_never_says_delivered(service, desk):
    desk.fill(action=desk.path)
    set_state(service, "handed_over")
    desk.get(desk.path)
    assert "Lämnat till e-postservern" in desk.text
    assert "3 av 3" in desk.text
    assert "evererat" not in desk.text


def test_rest_can_be_stopped(service, desk):
    desk.fill(action=desk.path)
    desk.fill(action=desk.path)
    assert {message.state for message in rows(service, Message)} == {"stopped"}
    assert "send_stop" in actions(service)


def test_a_sending_is_paused_and_goes_on_where_it_was(service, desk, clock):
    """The jobs do not look at it meanwhile; stopped, what was paused is done with."""
    desk.fill(action=desk.path)
    form = f"{desk.path}/pausa"
    desk.fill(action=form, paus="ja")
    assert "Utskicket är pausat." in desk.text
    clock.tick(minutes=5)
    run_once(service)
    assert {row.state for row in rows(service, Message)} == {"waiting"}
    desk.fill(action=form, paus="ja")
    assert {row.due for row in rows(service, IdentityOutbox) if row.kind == "send_message"} == {epoch(sending.NEVER)}
    desk.fill(action=form, paus="nej")
    assert "Utskicket är pausat." not in desk.text
    assert {row.due for row in rows(service, IdentityOutbox) if row.kind == "send_message"} == {epoch(clock.now)}
    assert [action for action in actions(service) if action.startswith("send_")] == ["send_pause", "send_resume"]
    desk.fill(action=form, paus="ja")
    desk.fill(action=form.removesuffix("/pausa"))
    assert {row.state for row in rows(service, Message)} == {"stopped"}
    run_once(service)
    assert {row.state for row in rows(service, IdentityOutbox) if row.kind == "send_message"} == {"done"}


def test_who_was_stopped_can_be_invited_again(service, desk, cohort):
    """A stop is for a fault that was seen in time: it must not shut anybody out."""
    address = desk.path
    desk.fill(action=address)
    stopped = desk.path
    desk.fill(action=stopped)
    assert "Bjud in dem som stoppades" in desk.text
    desk.get(f"/admin/omgangar/{cohort}")
    assert "3 inbjudningar stoppades innan de gick ut." in desk.text
    desk.get(address)
    assert "Skicka 3 inbjudningar" in desk.text
    desk.fill(action=address)
    assert "0 av 3" in desk.text
    assert {(message.state, message.batch_id) for message in rows(service, Message)} == {
        ("waiting", desk.path.rsplit("/", 1)[1])
    }
    desk.get(f"/admin/omgangar/{cohort}")
    assert "stoppades innan" not in desk.text


def test_what_failed_in_a_stopped_batch_is_tried_again(service, desk):
    desk.fill(action=desk.path)
    batch = desk.path
    with service.vaults.unit() as work:
        message = work.identity.scalars(select(Message)).first()
        message.state, message.fault = "failed", "server_away"
    desk.fill(action=batch)
    desk.fill(action=f"{batch}/igen")
    assert sorted(message.state for message in rows(service, Message)) == ["stopped", "stopped", "waiting"]
    assert [batch.is_stopped for batch in rows(service, MessageBatch)] == [False]


def test_unclear_message_waits_for_a_person_who_decides(service, desk):
    """A4."""
    desk.fill(action=desk.path)
    set_state(service, "unclear", "connection_lost")
    batch = desk.path
    desk.get(batch)
    assert "Kontakta inte personen för att fråga." in desk.text
    assert "får ändå en påminnelse 2 december 2026." in desk.text
    first, second, _ = [message.id for message in rows(service, Message)]
    desk.fill(action=f"{batch}/oklart", mejl=first)
    assert {message.state for message in rows(service, Message)} == {"unclear"}
    desk.fill(action=f"{batch}/oklart", mejl=first, kom_fram="ja")
    desk.fill(action=f"{batch}/oklart", mejl=second, kom_fram="nej")
    desk.fill(action=f"{batch}/oklart", mejl=first, kom_fram="nej", status=404)
    states = {message.id: message.state for message in rows(service, Message)}
    assert (states[first], states[second]) == ("handed_over", "waiting")
    assert len(rows(service, IdentityOutbox)) == 4


def test_only_what_failed_is_tried_again(service, desk):
    """D06."""
    desk.fill(action=desk.path)
    set_state(service, "handed_over")
    with service.vaults.unit() as work:
        message = work.identity.scalars(select(Message)).first()
        message.state, message.fault = "failed", "server_away"
    batch = desk.path
    desk.get(batch)
    assert "E-postservern svarade inte. Försök igen." in desk.text
    assert "Skicka 1 mejl igen" in desk.text
    desk.fill(action=f"{batch}/igen")
    assert sorted(message.state for message in rows(service, Message)) == ["handed_over", "handed_over", "waiting"]


def test_where_no_address_works_nothing_is_sent_again(service, desk):
    desk.fill(action=desk.path)
    set_state(service, "failed", "refused")
    with service.vaults.unit() as work:
        for person in work.identity.scalars(select(Person)):
            person.address_broken = True
    desk.get(desk.path)
    assert "/igen" not in desk.text
    assert "Ingen av adresserna fungerar." in desk.text


def test_batch_of_another_cohort_is_not_found(service, desk):
    desk.fill(action=desk.path)
    batch = desk.path.rsplit("/", 1)[1]
    desk.get(f"/admin/omgangar/{make_cohort(service, name='En annan')}/utskick/{batch}", status=404)


def test_codes_are_for_those_without_email_and_the_file_is_logged(service, desk, cohort):
    """A6, B8."""
    paper = make_person(service, name="Papper", email=None, channel="letter")
    make_person(service, name="Skyddad", email=None, channel="none", is_protected=True)
    text = desk.fill(action=f"/admin/omgangar/{cohort}/koder.csv").get_data().decode("utf-8-sig")
    lines = text.strip().split("\r\n")
    assert lines[0] == "Deltagarnummer;Länk;Kod"
    assert lines[1:] == [f"{paper.number};http://localhost/k/{paper.token};{paper.code[:5]}-{paper.code[5:]}"]
    everybody = desk.fill(action=f"/admin/omgangar/{cohort}/koder.csv", alla="1").get_data().decode("utf-8-sig")
    assert len(everybody.strip().split("\r\n")) == 5
    assert actions(service).count("links_export") == 2


def test_codes_are_not_given_for_a_get(desk, cohort):
    desk.get(f"/admin/omgangar/{cohort}/koder.csv", status=405)


@pytest.mark.parametrize("role", ["coordinator", "trainer", "researcher", "steward", "editor", "admin"])
def test_only_officers_send(client, cohort, role):
    """A8."""
    sign_in_as(client, role, municipality="2404" if role == "coordinator" else None)
    client.get(f"/admin/omgangar/{cohort}/utskick", status=403)


@pytest.mark.parametrize(("hour", "waits"), [(9, False), (20, True)])
def test_at_night_the_pages_say_until_when_mail_waits(service, client, cohort, clock, hour, waits):
    """D06."""
    clock.now = clock.now.replace(hour=hour)
    make_person(service)
    sign_in_as(client, "officer")
    client.get(f"/admin/omgangar/{cohort}/utskick")
    assert ("börjar skickas 2026-11-26 07.00" in client.text) is waits
    client.fill(action=client.path)
    assert ("börjar skickas 2026-11-26 07.00" in client.text) is waits


def test_a_closed_cohort_warns_before_it_sends(service, desk, cohort):
    with service.vaults.unit() as work:
        work.identity.get_one(Cohort, cohort).ends_on = date(2026, 11, 24)
    address = desk.path
    desk.get(address)
    assert "Omgången stängde 24 november 2026." in desk.text
    desk.fill(action=address, status=400)
    assert "<title>Rätta: " in desk.text
    assert rows(service, Message) == []
    desk.fill(action=address, stangd="1")
    assert len(rows(service, Message)) == 3


@pytest.fixture
def mixed(service, desk, cohort):
    """Three hairdressers in Vindeln (`desk`), and two in Robertsfors, one of whom reads English."""
    others = [
        make_person(service, name=f"Annan {n}", email=f"r{n}@example.com", municipality="2409", role="vet")
        for n in range(2)
    ]
    with service.vaults.unit() as work:
        work.identity.get_one(Person, others[1].id).language = "en"
    desk.get(f"/admin/omgangar/{cohort}/utskick")
    return others


def test_who_shall_get_the_mail_can_be_chosen_and_the_others_are_left(service, desk, cohort, mixed):
    """D06."""
    address = f"/admin/omgangar/{cohort}/utskick"
    assert "Skicka 5 inbjudningar" in desk.text
    assert "Robertsfors (2)" in desk.text
    assert "Frisör (3)" in desk.text
    desk.get(f"{address}?kommun=2409&yrke=hairdresser")
    assert "Ingen som ska bjudas in passar in på urvalet. Välj ett annat." in desk.text
    desk.get(f"{address}?kommun=2409")
    assert "2 av 5 deltagare" in desk.text
    desk.fill(action=address)
    assert "0 av 2" in desk.text
    assert {message.person_id for message in rows(service, Message)} == {made.id for made in mixed}
    desk.get(address)
    assert "Skicka 3 inbjudningar" in desk.text


def test_a_choice_of_which_the_number_has_changed_sends_nothing_and_is_kept(service, desk, cohort, mixed):
    address = f"/admin/omgangar/{cohort}/utskick"
    desk.get(f"{address}?kommun=2409")
    make_person(service, name="Sen", email="sen@example.com", municipality="2409")
    desk.fill(action=address, status=409)
    assert rows(service, Message) == []
    assert "Skicka 3 inbjudningar" in desk.text
    assert '<option value="2409" selected>' in desk.text


def test_the_preview_is_of_somebody_who_gets_it_in_each_language(desk, cohort, mixed):
    """D06: by number, and with nobody's way in."""
    assert f"1 deltagare. Så här blir det för {mixed[1].number}." in desk.text
    assert "invites you to a course online." in desk.text
    assert "bjuder in dig till en utbildning på nätet" in desk.text
    assert mixed[1].token not in desk.text
    desk.get(f"/admin/omgangar/{cohort}/utskick?yrke=hairdresser")
    assert "invites you" not in desk.text


def test_a_trial_goes_to_the_officer_once_however_often_it_is_pressed(service, desk, cohort, mixed):
    action = f"/admin/omgangar/{cohort}/utskick/prov"
    form = desk.hidden(action=action, nth=1)
    assert form["sprak"] == "en"
    for _ in range(2):
        desk.post(action, form)
        assert "Ett prov är på väg till officer@example.com." in desk.text
    assert actions(service).count("send_trial") == 1
    with service.vaults.reading() as work:
        jobs = list(work.office.scalars(select(OfficeOutbox)))
        assert [job.payload["language"] for job in jobs] == ["en"]
    assert rows(service, Message) == []
    desk.post(action, form | {"sprak": "xx"}, status=400)
    desk.post(action, form | {"nyckel": "x"}, status=400)

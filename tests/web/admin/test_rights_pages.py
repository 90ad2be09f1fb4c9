"""Restriction (Art. 18) and the list of what people have asked for, with its clock (`privacy.md` E3.4-5)."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from kapabla.answers.placement import Placement
from kapabla.identity.contact import erase_person
from kapabla.identity.people import Person, Tombstone
from kapabla.identity.records import IdentityAudit
from kapabla.identity.rights_requests import RightsRequest, add_request, open_requests, urgent_requests
from kapabla.jobs.runner import run_once
from kapabla.jobs.send import may_be_written_to
from kapabla.release.build import _choose
from tests import factories as make


@pytest.fixture
def made(service):
    found = make.make_person(service)
    make.take_part(service, found, on=date(2026, 11, 20))
    make.save_wave(service, found, "t0", on=date(2026, 11, 20))
    return found


@pytest.fixture
def desk(client, made):
    client.secret = make.sign_in_as(client, "officer")
    return client


def person_of(service, made):
    with service.vaults.reading() as work:
        return work.identity.get(Person, made.id)


def in_a_release(service, made):
    with service.vaults.reading() as work:
        chosen = _choose(work.answers, service.material.studies[make.STUDY], "evaluation", False)[0]
        return made.subject in {row.subject for row in chosen}


def requests_of(service):
    with service.vaults.reading() as work:
        return list(work.identity.scalars(select(RightsRequest).order_by(RightsRequest.came_on)))


def reasons(service, action):
    with service.vaults.reading() as work:
        return list(work.identity.scalars(select(IdentityAudit.reason).where(IdentityAudit.action == action)))


def restrict(desk, made, **given):
    desk.get(f"/admin/deltagare/{made.number}/begransa")
    desk.fill(
        action=f"/admin/deltagare/{made.number}/begransa",
        **{"skal": "stammer", "hur": "telefon", "dag": "2026-11-24"} | given,
    )


# --- Restriction ---


def test_who_is_restricted_is_in_no_release_and_gets_no_mail_and_nothing_is_lost(service, desk, made):
    """E3.4. And all is as before when it is lifted."""
    assert in_a_release(service, made)
    assert may_be_written_to(person_of(service, made))
    answers = make.saved_rows(service, made.subject, "t0")
    restrict(desk, made)
    run_once(service)
    assert person_of(service, made).is_restricted
    assert not in_a_release(service, made)
    assert not may_be_written_to(person_of(service, made))
    assert make.saved_rows(service, made.subject, "t0") == answers != {}
    desk.get(f"/admin/deltagare/{made.number}/begransa")
    desk.fill(action=f"/admin/deltagare/{made.number}/hav-begransning", varfor="avgjord", berattat="1")
    run_once(service)
    assert in_a_release(service, made)
    assert may_be_written_to(person_of(service, made))


def test_a_restriction_says_what_follows_asks_why_and_is_logged(service, desk, made):
    desk.get(f"/admin/deltagare/{made.number}")
    desk.get(f"/admin/deltagare/{made.number}/begransa")
    assert "Personen får inga fler meddelanden från oss." in desk.text
    desk.fill(action=f"/admin/deltagare/{made.number}/begransa", hur="brev", dag="2026-12-24", status=400)
    assert "Välj varför uppgifterna ska begränsas." in desk.text
    assert 'value="2026-12-24"' in desk.text
    assert not person_of(service, made).is_restricted
    restrict(desk, made)
    assert reasons(service, "restricted") == ["accuracy"]
    found = requests_of(service)
    assert [(row.kind, row.came_on, row.outcome) for row in found] == [
        ("restriction", date(2026, 11, 24), "carried_out")
    ]


def test_it_is_not_lifted_before_the_person_has_been_told(service, desk, made):
    """Art. 18.3."""
    restrict(desk, made)
    desk.get(f"/admin/deltagare/{made.number}/begransa")
    desk.fill(action=f"/admin/deltagare/{made.number}/hav-begransning", varfor="vill", status=400)
    assert "Berätta först för personen" in desk.text
    assert person_of(service, made).is_restricted


# --- The clock ---


def write_in(desk, **given):
    desk.get("/admin/begaran")
    desk.fill(action="/admin/begaran", **{"vad": "rattelse", "hur": "brev", "dag": "2026-11-25"} | given)


def test_a_letter_is_written_in_and_its_days_are_counted(service, desk, made, clock):
    """E3.5: thirty days from that on which it came, an alarm at twenty."""
    write_in(desk, nummer=made.number.lower())
    assert "30 dagar kvar" in desk.text
    for days, told in (
        (19, "11 dagar kvar"), (1, "Bråttom: 10 dagar kvar"), (9, "Bråttom: 1 dag kvar"), (3, "För sent: 2 dagar över")
    ):  # fmt: skip
        clock.tick(days=days)
        make.sign_in_with(desk, "officer", desk.secret)
        desk.get("/admin/begaran")
        assert f">{told}<" in desk.text
        assert ("En begäran är bråttom." in desk.text) == (days != 19)
        with service.vaults.reading() as work:
            assert bool(urgent_requests(work.identity, on=clock.now.date())) == (days != 19)


def test_it_ends_with_how_and_what_is_written_in_wrong_is_kept(service, desk, made):
    desk.get("/admin/begaran")
    desk.fill(action="/admin/begaran", vad="kopia", nummer="K-9999999", dag="sen", status=400)
    for told in ("Det finns ingen deltagare med det numret.", "Välj hur begäran kom.", "Skriv dagen då du fick"):
        assert told in desk.text
    assert 'value="K-9999999"' in desk.text
    write_in(desk)
    address = desk.path
    desk.fill(action=address, status=400)
    assert "Välj hur begäran slutade." in desk.text
    desk.fill(action=address, hur_gick_det="avslagen")
    assert desk.path == "/admin/begaran"
    assert "Avslagen 2026-11-25" in desk.text
    assert reasons(service, "request_done") == ["refused"]


def test_what_staff_do_for_a_person_is_written_in_and_done_by_itself(service, desk, made):
    """A copy with answers, a correction and an erasure: open until the job is done, and none says what of."""
    person = f"/admin/deltagare/{made.number}"
    desk.get(person)
    desk.fill(action=f"{person}/kopia", kontrollerad="1")
    write_in(desk, nummer=made.number, dag="2026-11-20")
    desk.get(person)
    desk.fill(action=f"{person}/kontakt", skal="hort-av-sig")
    desk.get(f"{person}/ratta")
    desk.fill(
        action=f"{person}/ratta", namn="Nytt Namn", epost="ny@example.com", kommun="2404", yrke="vet", kanal="email"
    )
    assert [(row.kind, row.outcome) for row in requests_of(service)] == [
        ("rectification", "carried_out"), ("access", "")
    ]  # fmt: skip
    run_once(service)
    assert {row.outcome for row in requests_of(service)} == {"carried_out"}


def test_an_erasure_asks_for_the_number_and_leaves_a_request_about_nobody(service, desk, made):
    """B6: the person, and all that stood under the subject, are gone; a tombstone is left, and that something was done
    in time."""
    person = f"/admin/deltagare/{made.number}"
    desk.get(person)
    choice = {"hur": "telefon", "dag": "2026-11-24", "vad": "allt", "svar": "bort"}
    desk.fill(action=f"{person}/avsluta", **choice)
    assert "Skriv deltagarnumret för att bekräfta" in desk.text
    assert requests_of(service) == []
    desk.fill(action=f"{person}/avsluta", **choice, nummer=made.number)
    with service.vaults.reading() as work:
        assert [row.number for row in open_requests(work.identity)] == [made.number]
    run_once(service)
    assert person_of(service, made) is None
    found = requests_of(service)
    assert [(row.person_id, row.kind, row.outcome) for row in found] == [(None, "erasure", "carried_out")]
    with service.vaults.reading() as work:
        assert work.identity.scalars(select(Tombstone)).first() is not None
        assert work.answers.get(Placement, made.subject) is None
    desk.get("/admin/begaran")
    assert made.number not in desk.text
    assert re.search(r"Radering</a></th><td[^>]*>–</td>", desk.text)


def test_who_erases_their_own_data_leaves_no_request_open(service, client, made):
    with service.vaults.unit() as work:
        add_request(work.identity, made.id, "access", way="phone", came_on=date(2026, 11, 1))
        erase_person(work.identity, service.keys, made.id, on=date(2026, 11, 25))
    assert [(row.person_id, row.outcome) for row in requests_of(service)] == [(None, "carried_out")]


def test_a_steward_sees_the_list_and_no_way_to_the_person(service, client, made):
    with service.vaults.unit() as work:
        add_request(work.identity, made.id, "objection", way="letter", came_on=date(2026, 11, 25))
    make.sign_in_as(client, "steward")
    client.get("/admin/begaran")
    client.get(re.findall(r"/admin/begaran/\w+", client.text)[0])
    assert made.number in client.text
    assert f"/admin/deltagare/{made.number}" not in client.text

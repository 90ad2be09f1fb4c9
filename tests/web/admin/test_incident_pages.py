"""E9: breaches with their 72 hours. The timeline is the steward's; who may be affected is the officer's alone."""

from datetime import date

import pytest
from sqlalchemy import select

from kapabla.identity.cohorts import Cohort
from kapabla.identity.records import IdentityAudit
from kapabla.office.incidents import unreported
from kapabla.office.records import OfficeAudit
from tests.factories import STUDY, make_person, sign_in_as, sign_in_with
from tests.page_client import PageClient

GIVEN = {"vad": "Lista till fel mottagare", "dag": "2026-11-25", "tid": "9.30", "studier": STUDY}


@pytest.fixture
def steward(client):
    client.secret = sign_in_as(client, "steward")
    return client


def write_in(steward):
    steward.get("/admin/incident")
    steward.fill(action="/admin/incident", **GIVEN)
    return steward.path


def test_the_clock_runs_from_when_it_was_noticed_until_it_is_reported(service, steward, clock):
    address = write_in(steward)
    assert "Anmäl inom 71 timmar" in steward.text
    assert "2026-11-28 09.30" in steward.text
    clock.tick(days=3)
    sign_in_with(steward, "steward", steward.secret)
    steward.get(address)
    assert "För sent: 1 timme över" in steward.text
    with service.vaults.reading() as work:
        assert len(unreported(work.office)) == 1
    steward.fill(action=address, text="Anmält med nummer 1.", lage="anmald")
    assert "Anmäld 2026-11-28 10.00" in steward.text
    with service.vaults.reading() as work:
        assert list(unreported(work.office)) == []


def test_the_timeline_is_added_to_with_who_and_when_and_is_logged_without_its_words(service, steward):
    address = write_in(steward)
    steward.fill(action=address, status=400)
    assert "Skriv vad som har hänt eller gjorts." in steward.text
    steward.fill(action=address, text="Mottagaren har raderat filen.")
    assert "2026-11-25 10.00, Namn steward" in steward.text
    assert "Mottagaren har raderat filen." in steward.text
    with service.vaults.reading() as work:
        rows = work.office.scalars(select(OfficeAudit).where(OfficeAudit.action.startswith("incident"))).all()
    assert [row.action for row in rows] == ["incident_add", "incident_entry"]
    assert all(row.reason == "" for row in rows)


def test_it_need_not_be_reported_only_with_why_and_is_closed_once_that_is_decided(service, steward):
    """Art. 33.1, 33.5."""
    address = write_in(steward)
    steward.fill(action=address, text="Klart.", lage="avslutad", status=400)
    assert "Välj först att den är anmäld, eller att den inte behöver anmälas." in steward.text
    assert "Klart." in steward.text
    steward.fill(action=address, text=" ", lage="undantag", status=400)
    assert "Skriv varför det är osannolikt att någon skadas." in steward.text
    steward.fill(action=address, text="Listan var krypterad.", lage="undantag")
    assert "Behöver inte anmälas, beslutat 2026-11-25 10.00" in steward.text
    assert "Listan var krypterad." in steward.text
    with service.vaults.reading() as work:
        assert list(unreported(work.office)) == []
    steward.fill(action=address, text="Klart.", lage="avslutad")
    assert "<dt>Avslutad</dt><dd>2026-11-25 10.00</dd>" in steward.text
    steward.get("/admin/loggbok/kontoret?vad=incidenter")
    assert "Beslutade att en incident inte behöver anmälas" in steward.text


def test_what_was_typed_wrong_is_told_and_kept(steward):
    steward.get("/admin/incident")
    steward.fill(action="/admin/incident", vad="Läcka", dag="2027-01-01", tid="halv tio", status=400)
    for told in ("Den kan inte ligga framåt i tiden.", "Skriv klockslaget så här: 14.30.", 'value="Läcka"', "halv tio"):
        assert told in steward.text


def test_who_may_be_affected_is_listed_for_the_officer_alone_and_logged(service, app, steward):
    made = make_person(service)
    with service.vaults.unit() as work:
        work.identity.add(
            Cohort(
                name="Annan", study="annan", course="kapabla", arm="direct", starts_on=date(2026, 1, 1),
                ends_on=date(2026, 2, 1),
            )
        )  # fmt: skip
    address = write_in(steward)
    assert "Ladda ned berörda" not in steward.text
    officer = PageClient(app)
    sign_in_as(officer, "officer")
    officer.get(address)
    assert "Spara händelsen" not in officer.text
    reply = officer.fill(action=f"{address}/berorda.csv")
    lines = reply.data.decode("utf-8-sig").split()
    assert lines == ["Deltagarnummer;Kommun", f"{made.number};Vindeln"]
    with service.vaults.reading() as work:
        row = work.identity.scalars(select(IdentityAudit).where(IdentityAudit.action == "affected_list")).one()
    assert row.reason == "1 people"

"""E4.3: one person's or one study's documents in a file, to assess secrecy: logged, and nothing automatic."""

from datetime import date

import pytest
from sqlalchemy import select

from kapabla.identity.records import IdentityAudit
from tests import factories as make

ADDRESS = "/admin/handlingar"


@pytest.fixture
def steward(client):
    make.sign_in_as(client, "steward")
    client.get(ADDRESS)
    return client


@pytest.fixture
def made(service):
    found = make.make_person(service)
    make.take_part(service, found, on=date(2026, 11, 20))
    make.save_wave(service, found, "t0", on=date(2026, 11, 20))
    make.make_person(service, name="Annan Person", email="annan@example.com")
    return found


def collect(steward, **given):
    steward.get(ADDRESS)
    return steward.fill(action=f"{ADDRESS}.json", **given)


def test_of_a_person_all_but_the_answers_and_nobody_else(service, steward, made):
    reply = collect(steward, nummer=made.number.lower(), diarienummer="Dnr 1-2026")
    assert reply.headers["Content-Disposition"] == 'attachment; filename="kapabla_handlingar_2026-11-25.json"'
    assert reply.json["namn"] == "Testa Påhittsson"
    assert reply.json["deltagarnummer"] == made.number
    for told in ("Annan Person", made.subject, "se_1", "samtycke"):
        assert told not in reply.text
    with service.vaults.reading() as work:
        row = work.identity.scalars(select(IdentityAudit).where(IdentityAudit.action == "documents_collected")).one()
    assert (row.object, row.reason) == (f"person:{made.id}", "matter 1-2026")


def test_of_a_study_what_is_registered_and_no_participant(service, steward, made):
    reply = collect(steward, studie=make.STUDY, diarienummer="2-2026")
    assert reply.json["antal deltagare"] == 2
    assert reply.json["studie"]["id"] == make.STUDY
    assert reply.json["analysplan"] is not None
    for told in ("Påhittsson", "Annan Person", made.number, made.subject):
        assert told not in reply.text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"nummer": "K-9999999", "diarienummer": "1-2026"}, "Det finns ingen deltagare med det numret."),
        ({"diarienummer": "1-2026"}, "Skriv ett deltagarnummer, eller välj en studie."),
        ({"studie": make.STUDY}, "Skriv begärans diarienummer så här: 1234-2026."),
        ({"studie": make.STUDY, "diarienummer": "Kalle"}, "Skriv begärans diarienummer så här: 1234-2026."),
    ],
)
def test_nothing_is_collected_without_whom_and_why(service, steward, given, told):
    collect(steward, **given, status=400)
    assert told in steward.text
    with service.vaults.reading() as work:
        query = select(IdentityAudit).where(IdentityAudit.action == "documents_collected")
        assert work.identity.scalars(query).all() == []

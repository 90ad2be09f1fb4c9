"""E5.3, A10: from a number in a release to the participant, by two people alone, told to all whom it concerns."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from kapabla.answers.placement import ReleaseInclusion
from kapabla.answers.records import AnswersAudit
from kapabla.errors import Refused
from kapabla.identity.own_copy import deeds_of_staff
from kapabla.identity.records import IdentityAudit
from kapabla.jobs.reidentifying import Asked, reidentify
from kapabla.jobs.runner import run_once
from kapabla.office import release_register, sign_in
from kapabla.office.access import ROLE_LABELS
from kapabla.office.approvals import Approval, SameAccount
from kapabla.office.records import OfficeAudit
from kapabla.release.pseudonyms import release_id
from tests import factories as make
from tests.integration.jobs.conftest import awake, with_mail

WHY = "Fel i filen kan skada någon"


@pytest.fixture
def made(service):
    found = make.make_person(service)
    make.take_part(service, found, on=date(2026, 11, 20))
    make.make_person(service, name="Annan", email="annan@example.com")
    return found


@pytest.fixture
def asked(service):
    for role in ("officer", "steward"):
        make.make_staff(service, role)
    with service.vaults.reading() as work:
        return Asked(*(sign_in.get_staff(work.office, f"{role}@example.com") for role in ("officer", "steward")), WHY)


@pytest.fixture
def release(service, made, asked):
    """Its register, its key and who is in it: all that the way back goes through."""
    with service.vaults.unit() as work:
        name = release_register.order_next(
            work.office, service.office_chain, study=make.STUDY, purpose="evaluation", is_test=False,
            by=asked.second, at=service.clock(),
        )  # fmt: skip
        release_register.get(work.office, name).state = "locked"
        work.answers.add(ReleaseInclusion(subject=made.subject, release=name))
    service.keys.make("release", name, date(2026, 11, 25))
    return name


def id_of(service, release, made):
    return release_id(service.keys.get("release", release), make.STUDY, made.subject)


def find(service, release, record_id, asked):
    with service.vaults.unit() as work:
        return reidentify(service, work, release, record_id, asked)


def rows(service, vault, model):
    with service.vaults.reading() as work:
        query = select(model).where(model.action == "reidentify").order_by(model.seq)
        return [(row.object, row.outcome) for row in getattr(work, vault).scalars(query)]


def test_two_people_find_the_number_of_the_participant_and_it_is_in_every_log(service, made, asked, release):
    assert find(service, release, id_of(service, release, made), asked) == made.number
    assert rows(service, "identity", IdentityAudit) == [(f"person:{made.id}", "done")] * 2
    assert rows(service, "office", OfficeAudit) == [(f"release:{release}", "done")] * 2
    assert rows(service, "answers", AnswersAudit) == [(f"release:{release}", "done")]
    with service.vaults.reading() as work:
        approval = work.office.scalars(select(Approval).where(Approval.kind == "reidentification")).one()
        assert (approval.state, approval.reason) == ("approved", WHY)
        assert {approval.first_by, approval.second_by} == {asked.first.id, asked.second.id}
        deeds = deeds_of_staff(work.identity, service.identity_chain, made.id, ROLE_LABELS)
        assert service.identity_chain.verify(work.identity) is None
    assert [(deed["vem"], deed["vad"]) for deed in deeds] == [
        ("Dataskyddsansvarig", "Tog reda på att ett nummer i en datautgåva är du"),
        ("Handläggare", "Tog reda på att ett nummer i en datautgåva är du"),
    ]


def test_a_single_person_is_refused_and_nothing_is_found(service, made, asked, release):
    with pytest.raises(SameAccount):
        find(service, release, id_of(service, release, made), replace(asked, second=asked.first))
    with pytest.raises(Refused, match="reason_too_short"):
        find(service, release, id_of(service, release, made), replace(asked, reason="därför"))
    assert rows(service, "identity", IdentityAudit) == rows(service, "office", OfficeAudit) == []


def test_who_asks_about_nobody_is_in_the_log_too(service, made, asked, release):
    assert find(service, release, "KP22222222222222", asked) is None
    assert rows(service, "office", OfficeAudit) == [(f"release:{release}", "nobody")] * 2
    assert rows(service, "identity", IdentityAudit) == []


@pytest.mark.parametrize("purpose", ["release", "study"])
def test_it_works_only_while_the_keys_live(service, made, asked, release, purpose):
    record_id = id_of(service, release, made)
    service.keys.destroy(purpose, release if purpose == "release" else make.STUDY)
    with pytest.raises(Refused, match="keys_gone"):
        find(service, release, record_id, asked)


def test_the_data_protection_officer_is_told_and_not_about_whom(service, made, asked, release, mail_server):
    find(service, release, id_of(service, release, made), asked)
    run_once(awake(with_mail(service, mail_server)))
    officer = service.material.organisation.data_protection_officer.email
    assert mail_server.recipients == [officer]
    text = mail_server.taken[0][1].get_payload(decode=True).decode()
    assert release in text
    for told in (made.number, made.id, id_of(service, release, made), "Testa"):
        assert told not in text

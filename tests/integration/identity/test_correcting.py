"""Correcting one person: no two links in one mailbox, nobody erased comes back, no address works by itself again."""

from datetime import date

import pytest

from kapabla.identity import correcting, sending
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact, erase_person, read_contact
from kapabla.identity.people import Person
from tests.factories import make_cohort, make_person


def correct(service, made, *, email="ny@example.com", role="vet", channel="email", phone=None):
    with service.vaults.unit() as work:
        person = work.identity.get_one(Person, made.id)
        correcting.correct_person(
            work.identity, service.keys, person, contact=Contact("Testa", email, phone), municipality="2404",
            role=role, language="sv", channel=channel, seen=correcting.version_of(person),
        )  # fmt: skip


def person_of(service, made):
    with service.vaults.reading() as work:
        person = work.identity.get_one(Person, made.id)
        return person, read_contact(service.keys, person)


def test_an_address_that_another_has_is_no_way_to_reach_by_email(any_service):
    """D03, D13: whoever reads the mailbox would have the other's link."""
    other = make_person(any_service, name="Maka", email="maka@example.com")
    made = make_person(any_service)
    with pytest.raises(correcting.AddressShared) as refused:
        correct(any_service, made, email="Maka@Example.com")
    assert refused.value.number == other.number
    assert person_of(any_service, made)[1].email == "testa@example.com"
    correct(any_service, made, email="maka@example.com", channel="letter")
    assert person_of(any_service, made)[0].channel == "letter"


def test_what_is_known_of_somebody_erased_does_not_come_back(any_service):
    """B4."""
    gone = make_person(any_service, name="Borta", email="borta@example.com")
    made = make_person(any_service)
    correct(any_service, gone, email="borta@example.com", phone="+46701740605")
    correct(any_service, made, email="ny@example.com", phone="+46701740605")
    with any_service.vaults.unit() as work:
        erase_person(work.identity, any_service.keys, gone.id, on=date(2026, 11, 25))
    with pytest.raises(correcting.AddressErased) as refused:
        correct(any_service, made, email="borta@example.com", channel="letter")
    assert refused.value.field == "email"
    # The telephone that both had is still the other's.
    correct(any_service, made, role="driver", phone="+46701740605")
    assert person_of(any_service, made)[0].role == "driver"


def test_an_address_is_tried_anew_when_it_is_another(any_service):
    made = make_person(any_service)
    with any_service.vaults.unit() as work:
        work.identity.get_one(Person, made.id).address_broken = True
    correct(any_service, made, email="testa@example.com", role="driver")
    assert person_of(any_service, made)[0].address_broken
    correct(any_service, made, email="ny@example.com")
    assert not person_of(any_service, made)[0].address_broken


def test_an_invitation_that_bounced_can_be_sent_to_the_corrected_address(any_service):
    """It counted as handed over: nobody could send it again."""
    made, at = make_person(any_service), any_service.clock()
    with any_service.vaults.unit() as work:
        cohort = work.identity.get_one(Cohort, make_cohort(any_service))
        batch = sending.order_invitations(work.identity, cohort, [made.id], by="", at=at)
        sending.first_message(work.identity, made.id).state = "handed_over"
        work.identity.get_one(Person, made.id).address_broken = True
    correct(any_service, made, email="ny@example.com")
    with any_service.vaults.unit() as work:
        assert [found.fault for found in sending.troubles_of(work.identity, batch)] == ["address_corrected"]
        assert sending.retry_failed(work.identity, batch, at=at) == 1

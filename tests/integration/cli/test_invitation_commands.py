"""Invitations from the command line: nobody is invited to a closed door unasked, and links say where they lead."""

import csv
import io
from datetime import date

import pypdf
import pytest
from sqlalchemy import func, select

from kapabla.config import DEFAULT_BASE_URL
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact, sealed_fields
from kapabla.identity.messages import Message
from kapabla.identity.people import Person
from tests.factories import make_cohort, make_person

WARNING = f"The links begin with {DEFAULT_BASE_URL}. Set KAPABLA_BASE_URL to the service's address.\n"


def cohort_ending(service, day):
    """The command has the clock of the machine, so the day is far from it."""
    cohort = make_cohort(service, starts_on=date(2020, 1, 1))
    with service.vaults.unit() as work:
        work.identity.get_one(Cohort, cohort).ends_on = day
    return cohort


@pytest.fixture
def cohort(service):
    return cohort_ending(service, date(2099, 12, 31))


@pytest.fixture
def closed(service):
    return cohort_ending(service, date(2020, 2, 1))


def messages(service):
    with service.vaults.reading() as work:
        return work.identity.scalar(select(func.count()).select_from(Message))


def test_a_closed_cohort_is_not_invited_unless_that_is_said(run, service, closed):
    """B9: who is invited after the cohort has closed meets a closed door."""
    make_person(service, cohort=closed)
    said = run("invitations", "send", "--cohort", closed)
    assert said.status == 1
    assert "The cohort closed on 2020-02-01: who is invited now is not let in. Nothing was sent." in said.err
    assert messages(service) == 0
    said = run("invitations", "send", "--cohort", closed, "--even-if-closed")
    assert said.status == 0
    assert said.out.startswith("1 invitations are waiting to be sent.")
    assert messages(service) == 1


def test_an_open_cohort_is_invited_without_a_word(run, service, cohort):
    make_person(service, cohort=cohort)
    assert run("invitations", "send", "--cohort", cohort).status == 0
    assert messages(service) == 1


@pytest.mark.parametrize(
    ("settings", "warning", "begins"),
    [
        ({}, WARNING, DEFAULT_BASE_URL),
        ({"KAPABLA_BASE_URL": "https://kapabla.example.se"}, "", "https://kapabla.example.se"),
    ],
)
def test_links_say_when_the_address_of_the_service_is_not_known(run, service, cohort, settings, warning, begins):
    """C2: on standard error, so that the list itself is a list."""
    made = make_person(service, email=None, channel="letter", cohort=cohort)
    said = run("invitations", "links", "--cohort", cohort, **settings)
    assert (said.status, said.err) == (0, warning)
    rows = list(csv.reader(io.StringIO(said.out)))
    assert rows == [["number", "link", "code"], [made.number, f"{begins}/k/{made.token}", rows[1][2]]]


def test_letters_are_a_pdf_and_are_made_once_unless_asked_for(run, service, cohort, tmp_path):
    made, out = make_person(service, email=None, channel="letter", cohort=cohort), tmp_path / "brev.pdf"
    with service.vaults.unit() as work:
        person = work.identity.get_one(Person, made.id)
        contact = Contact(name="Åsa Åkesson", address="Åvägen 1, 922 31 Vindeln")
        person.address_sealed = sealed_fields(service.keys, made.id, contact)["address_sealed"]
    command = ("invitations", "letters", "--cohort", cohort, "--out", str(out))
    assert run(*command).status == 0
    (page,) = pypdf.PdfReader(out).pages
    assert f"{made.code[:5]}-{made.code[5:]}" in page.extract_text()
    said = run(*command)
    assert (said.status, out.stat().st_size > 0) == (1, True)
    assert "There is nobody left to write to" in said.err
    assert run(*command, "--again").status == 0

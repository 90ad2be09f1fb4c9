"""Whom a researcher may ask for an interview (B3): one list, logged, told to each, and seen nowhere else (D05)."""

import csv
import io
import re

import pytest
from sqlalchemy import select

from kapabla.identity import entry
from kapabla.identity.contact import Contact, sealed_fields
from kapabla.identity.own_copy import deeds_of_staff
from kapabla.identity.people import Person
from kapabla.identity.records import IdentityAudit
from kapabla.office.access import ROLE_LABELS
from tests.factories import make_cohort, make_person, sign_in_as
from tests.page_client import PageClient


@pytest.fixture
def cohort(service):
    return make_cohort(service)


@pytest.fixture
def desk(client, cohort):
    sign_in_as(client, "officer")
    client.get(f"/admin/omgangar/{cohort}/intervjuer")
    return client


def says_yes(service, name, *, contact=None, **values):
    """Somebody with an address of every kind, so that only the way chosen decides which is told."""
    made = make_person(service, name=name)
    contact = contact or Contact(name, f"{made.number.lower()}@example.com", "+46701740605", "Åvägen 1, Vindeln")
    with service.vaults.unit() as work:
        person = work.identity.get_one(Person, made.id)
        columns = sealed_fields(service.keys, made.id, contact)
        for column, value in (columns | {"interview": True} | values).items():
            setattr(person, column, value)
        entry.mark_over(work.identity, made.id, entry.CONTACT_CHOSEN)
    return made


def make_list(desk, cohort, number="dnr 12-2026", **kwargs):
    return desk.fill(action=f"/admin/omgangar/{cohort}/intervjuer.csv", diarienummer=number, **kwargs)


def traces(service):
    with service.vaults.reading() as work:
        rows = work.identity.scalars(select(IdentityAudit).order_by(IdentityAudit.seq))
        return [(row.action, row.object, row.reason) for row in rows]


def deeds_of(service, made):
    with service.vaults.reading() as work:
        return deeds_of_staff(work.identity, service.identity_chain, made.id, ROLE_LABELS)


def test_each_is_listed_with_the_way_they_have_chosen_and_reads_of_it(service, desk, cohort):
    made = {
        "email": says_yes(service, "=1+1 Ask"), "sms": says_yes(service, "Bo Björk", channel="sms"),
        "letter": says_yes(service, "Cia Ceder", channel="letter"),
    }  # fmt: skip
    asked_no = says_yes(service, "Dan Dahl", interview=False)
    reply = make_list(desk, cohort)
    assert reply.headers["Content-Disposition"] == 'attachment; filename="kapabla_intervjuer_2026-11-25.csv"'
    told = [
        [made["email"].number, "1+1 Ask", "E-post", f"{made['email'].number.lower()}@example.com"],
        [made["sms"].number, "Bo Björk", "Sms", "070-174 06 05"],
        [made["letter"].number, "Cia Ceder", "Brev", "Åvägen 1, Vindeln"],
    ]
    read = list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig")), delimiter=";"))
    assert read == [["Deltagarnummer", "Namn", "Sätt", "Adress eller nummer"], *sorted(told)]
    # One row of the cohort, then one of each.
    listed, *named = traces(service)
    assert listed == ("interview_list", f"cohort:{cohort}", "matter 12-2026")
    people = {f"person:{person.id}" for person in made.values()}
    assert {row[1] for row in named} == people
    assert {row[::2] for row in named} == {("named_for_interview", "matter 12-2026")}
    assert deeds_of(service, asked_no) == []
    assert deeds_of(service, made["sms"]) == [
        {
            "dag": "2026-11-25", "vem": "Handläggare", "varför": "Ärendet har nummer 12-2026 hos oss",
            "vad": "Lämnade ditt namn till forskare som får fråga dig om en intervju",
        }
    ]  # fmt: skip


def test_nobody_else_is_listed_and_that_is_logged(service, desk, cohort):
    without = (
        {"left": "research"}, {"left": "all"}, {"is_protected": True}, {"is_restricted": True},
        {"no_more_messages": True}, {"channel": "none"}, {"address_broken": True}, {"interview": False},
        {"channel": "letter", "address_sealed": None},
    )  # fmt: skip
    for number, values in enumerate(without):
        says_yes(service, f"Person {number}", **values)
    make_person(service, name="Har sagt ja", cohort=make_cohort(service, name="En annan"))
    make_list(desk, cohort)
    assert "Ingen i omgången kan frågas just nu. Ingen fil har gjorts." in desk.text
    assert traces(service) == [("interview_list", f"cohort:{cohort}", "matter 12-2026")]


def test_no_list_is_made_without_the_number_of_a_matter(service, desk, cohort):
    says_yes(service, "Anna Ask")
    for typed in ("", "Anna", "19121212-1212"):
        make_list(desk, cohort, typed, status=400)
        assert "Skriv ärendets diarienummer så här: 1234-2026." in desk.text
        assert typed in desk.text
    assert traces(service) == []


def test_it_is_asked_who_sits_there(service, desk, cohort, clock):
    says_yes(service, "Anna Ask")
    clock.tick(minutes=16)
    make_list(desk, cohort)
    assert "Ask" not in desk.text
    assert 'name="bevis-kod"' in desk.text
    assert traces(service) == []


def test_the_yes_is_told_on_no_other_page_of_staff(service, desk, cohort):
    """D05: whoever said yes, and was listed, looks like whoever said no."""
    yes, no = says_yes(service, "Anna Ask"), says_yes(service, "Bo Björk", interview=False)
    make_list(desk, cohort)
    pages = []
    for person in (yes, no):
        shown = []
        for page in (f"/admin/deltagare/{person.number}", f"/admin/loggbok?nummer={person.number}"):
            desk.get(page)
            shown.append(desk.text.replace(person.number, "K"))
        pages.append(shown)
    assert pages[0] == pages[1]
    desk.get("/admin/loggbok")
    assert "Gjorde listan över dem som får frågas om en intervju" in desk.text
    assert "12-2026" in desk.text
    assert yes.number not in desk.text
    desk.get(f"/admin/omgangar/{cohort}")
    rows = [row.partition("</tr>")[0] for row in desk.text.split("<tr>")]
    told = [row.replace(one.number, "K") for row in rows for one in (yes, no) if f">{one.number}<" in row]
    assert len(told) == 2
    assert told[0] == told[1]


def test_no_number_is_told_beforehand_however_many_there_are(service, desk, cohort):
    """Read twice, also a rough one would tell of whoever came between."""

    def page():
        desk.get(f"/admin/omgangar/{cohort}/intervjuer")
        return re.sub(r'value="[^"]*"', "", desk.text)

    empty = page()
    for one in range(11):
        says_yes(service, f"Ja {one}")
        says_yes(service, f"Nej {one}", interview=False)
    assert page() == empty


def test_it_is_the_officers_alone(app, service, cohort):
    says_yes(service, "Anna Ask")
    address = f"/admin/omgangar/{cohort}"
    for role in ("coordinator", "trainer"):
        client = PageClient(app)
        sign_in_as(client, role, municipality="2404" if role == "coordinator" else None)
        client.get(address)
        assert "Intervjuer" not in client.text
        client.get(f"{address}/intervjuer", status=403)


def test_whoever_leaves_the_research_takes_the_yes_back(service):
    made = says_yes(service, "Anna Ask")
    with service.vaults.unit() as work:
        entry.set_left(work.identity, made.id, "research")
        entry.set_left(work.identity, made.id, "none")
    with service.vaults.reading() as work:
        assert work.identity.get_one(Person, made.id).interview is False

"""Whoever calls says the code of the letter, and the officer comes to the page (D15)."""

import pytest
from sqlalchemy import select

from kapabla.identity import cohort_view
from kapabla.identity.records import IdentityAudit
from tests.factories import make_person, sign_in_as


@pytest.fixture
def made(service):
    return make_person(service)


def find(client, typed, **settings):
    client.get("/admin/omgangar")
    client.fill(action="/admin/sok", vem=typed, **settings)


def test_the_code_is_checked_leads_to_the_page_and_leaves_a_trace(client, service, made):
    sign_in_as(client, "officer")
    find(client, f"{made.code[:5].lower()} {made.code[5:]}")
    assert "Koden stämmer" in client.text
    assert f'href="/admin/deltagare/{made.number}"' in client.text
    assert made.code not in client.text
    with service.vaults.reading() as work:
        rows = work.identity.scalars(select(IdentityAudit.object).where(IdentityAudit.action == "found_by_code"))
        assert list(rows) == [f"person:{made.id}"]


def test_a_number_leads_straight_to_the_page(client, made):
    sign_in_as(client, "officer")
    find(client, made.number.lower())
    assert client.path == f"/admin/deltagare/{made.number}"


@pytest.mark.parametrize("typed", ["", "K-", "ABCDE-FGHJK", "'; --", "x" * 500])
def test_nobody_is_found_by_anything_else_and_what_to_do_is_said(client, made, typed):
    sign_in_as(client, "officer")
    find(client, typed, status=400)
    assert "Vi hittar ingen." in client.text


def test_the_link_of_the_mail_is_as_good_as_the_code(client, made):
    sign_in_as(client, "officer")
    for typed in (f"http://localhost/k/{made.token}", made.token):
        find(client, typed)
        assert "Koden stämmer" in client.text
        assert made.token not in client.text


@pytest.mark.parametrize("typed", ["K 1269", "k1269", "1269"])
def test_a_number_is_one_however_it_is_typed(typed):
    assert cohort_view.as_number(typed) == "K-1269"


def test_an_address_asks_why_is_logged_and_does_not_say_that_it_is_them(client, service, made):
    """B8: nobody learns for the asking who takes part."""
    sign_in_as(client, "officer")
    find(client, " Testa@Example.com ")
    assert made.number not in client.text
    client.fill(action="/admin/sok", status=400)
    assert "Välj varför du söker personen." in client.text
    client.fill(action="/admin/sok", skal="hort-av-sig")
    assert "Koden stämmer" not in client.text
    why = {"bekraftat": "1", "skal": "hort-av-sig"}
    assert f'href="/admin/deltagare/{made.number}"' in client.text
    client.post("/admin/sok", client.hidden(action="/logga-ut") | {"vem": "070-174 06 05"} | why)
    assert "Vi hittar ingen." in client.text
    with service.vaults.reading() as work:
        rows = work.identity.scalars(select(IdentityAudit).where(IdentityAudit.action == "found_by_address"))
        assert [(row.object, row.reason) for row in rows] == [
            (f"person:{made.id}", "asked"), ("search", "0 people")
        ]  # fmt: skip


def test_a_coordinator_finds_nobody_of_another_municipality(client, made):
    sign_in_as(client, "coordinator", municipality="2409")
    for typed in (made.code, made.number, made.token):
        find(client, typed, status=400)
        assert made.number not in client.text
    find(client, "testa@example.com")
    client.fill(action="/admin/sok", skal="hort-av-sig")
    assert made.number not in client.text

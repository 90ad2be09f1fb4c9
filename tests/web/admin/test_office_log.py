"""The office's own log, and whether the logs are whole (E5, H6)."""

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from kapabla.audit import Event
from kapabla.jobs.audit_heads import heads
from kapabla.jobs.runner import run_once
from kapabla.office.releases import ApiToken, ReleaseRecord
from kapabla.office.staff import Staff
from kapabla.web.admin import office_log
from tests.factories import make_person, make_staff, sign_in_as
from tests.page_client import PageClient

ADDRESS = "/admin/loggbok/kontoret"


@pytest.fixture
def steward(client):
    sign_in_as(client, "steward")
    return client


def add(service, action, object_, *, reason="", outcome="done", role=""):
    with service.vaults.unit() as work:
        service.office_chain.append(
            work.office, Event("cli", role, action, object_, outcome, reason), at=service.clock()
        )  # fmt: skip


def told(client):
    body = client.text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in body.split("<tr>")[1:]]


def test_it_tells_sign_ins_accounts_releases_and_gallring(service, steward):
    add(service, "release_order", "release:2026-11-25-1", reason="evaluation")
    add(service, "purge", "study:kapabla-2026", reason="answers 12, decision 1-2038")
    add(service, "something_new", "x:y", reason="Testa Påhittsson")
    steward.get(ADDRESS)
    assert [row[1:] for row in told(steward)[:3]] == [
        ["Kommandoraden", "–", "Annan händelse", "–", "Gjort"],
        ["Kommandoraden", "–", "Gallrade", "kapabla-2026", "Gjort. Svar: 12, beslut 1-2038"],
        ["Kommandoraden", "–", "Beställde en utgåva", "2026-11-25-1", "Gjort"],
    ]
    assert told(steward)[3][1:4] == ["Namn steward", "Dataskyddsansvarig", "Loggade in"]
    assert "Påhittsson" not in steward.text
    steward.get(f"{ADDRESS}?vad=gallring&vem=cli")
    assert [row[3] for row in told(steward)] == ["Gallrade"]
    steward.get(f"{ADDRESS}?fran=2027-01-01")
    assert "Inget i loggboken passar in på urvalet." in steward.text
    steward.get(f"{ADDRESS}?fran=igår", status=400)
    assert "Skriv dagen så här: 2026-09-12." in steward.text


def test_a_refused_page_tells_whose_it_is_and_who_can_help_and_leaves_a_row(service, client, app):
    """D12, E5.2: a page and a form, by which page alone; never whose."""
    made, admin = make_person(service), PageClient(app)
    sign_in_as(admin, "admin")
    sign_in_as(client, "trainer")
    client.get("/admin")
    assert client.path == "/admin/omgangar"
    client.get("/admin/omgangar/ny", status=403)
    assert "Den är för den som har rollen handläggare." in client.text
    assert "Fråga Namn admin, som ger behörighet." in client.text
    client.post(f"/admin/deltagare/{made.number}/kontakt", client.hidden(action="/logga-ut"), status=403)
    assert "handläggare eller samordnare" in client.text
    admin.get(f"{ADDRESS}?vad=inloggning")
    assert [row[3:] for row in told(admin)[:2]] == [
        ["Nekades en sida", "/admin/deltagare/&lt;number&gt;/kontakt", "Nekat"],
        ["Nekades en sida", "/admin/omgangar/ny", "Nekat"],
    ]
    assert made.number not in admin.text


def test_a_call_of_the_api_is_told_by_key_and_rows(service, steward):
    with service.vaults.unit() as work:
        holder = work.office.scalars(select(Staff)).first()
        work.office.add(
            ReleaseRecord(
                id="2026-11-25-1",
                study="kapabla-2026",
                purpose="evaluation",
                is_test=True,
                state="locked",
                ordered_by=holder.id,
            )
        )
        work.office.flush()
        work.office.add(
            ApiToken(
                id="k1", staff_id=holder.id, release="2026-11-25-1", token_hash=b"x", name="Till R",
                expires_on=date(2027, 1, 1),
            )
        )  # fmt: skip
    add(service, "api_record", "token:k1", reason="rows=42 bytes=999 content,format")
    add(service, "api_other", "token:k1", outcome="refused", reason="status=400 content")
    steward.get(ADDRESS)
    assert [row[3:] for row in told(steward)[:2]] == [
        ["Hämtade med en API-nyckel (other)", "Nyckeln Till R till 2026-11-25-1", "Nekat"],
        ["Hämtade med en API-nyckel (record)", "Nyckeln Till R till 2026-11-25-1", "Gjort. 42 rader"],
    ]


def test_what_was_found_is_taken_along_as_a_file_and_that_is_logged(service, steward):
    add(service, "staff_role_change", "staff:x", reason="officer to trainer")
    add(service, "sign_in", "staff:x")
    steward.get(f"{ADDRESS}?vad=konton")
    reply = steward.post(f"{ADDRESS}.csv", steward.hidden(action=f"{ADDRESS}.csv"))
    assert reply.mimetype == "text/csv"
    heads, row = list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig")), delimiter=";"))
    assert heads == list(office_log.HEADINGS)
    assert row[3:] == ["Bytte roll på ett konto", "–", "Gjort. Handläggare till Utbildare"]
    steward.get(f"{ADDRESS}?vad=uttag")
    assert [row[3] for row in told(steward)] == ["Laddade ned kontorets loggbok"]
    steward.post(f"{ADDRESS}.csv", steward.hidden(action=f"{ADDRESS}.csv") | {"till": "x"}, status=400)


def test_verify_says_that_all_is_whole_or_the_first_row_that_is_not(service, steward):
    make_person(service)
    for number in range(4):
        add(service, "sign_in", f"staff:{number}")
    steward.get("/admin/loggbok/kontroll")
    assert "Loggböckerna är hela" in steward.text
    with service.vaults.unit() as work:
        last = service.office_chain.head(work.office)[0]
        work.office.execute(text("DROP TRIGGER audit_no_update"))
        work.office.execute(text("UPDATE audit SET actor = 'annan' WHERE seq = :seq"), {"seq": last - 1})
    steward.get("/admin/loggbok/kontroll")
    assert f"Rad {last - 1} stämmer inte. Allt före den är orört." in steward.text
    assert "En loggbok är inte hel." in steward.text


@pytest.mark.parametrize("role", ["officer", "researcher", "coordinator"])
def test_others_do_not_read_it(client, role):
    sign_in_as(client, role)
    for address in (ADDRESS, "/admin/loggbok/kontroll"):
        client.get(address, status=403)


def test_the_end_of_every_log_is_told_once_a_day(service, clock, tmp_path):
    """E5.1: a tail that is cut off here still stands there."""
    make_staff(service, "steward")
    told_there = replace(service, config=replace(service.config, audit_heads_to=str(tmp_path / "ut")))
    add(service, "sign_in", "staff:1")
    run_once(service)
    assert not (tmp_path / "ut").exists()
    run_once(told_there)
    run_once(told_there)
    file = tmp_path / "ut" / "kapabla-loggar-2026-11-25.txt"
    with service.vaults.reading() as work:
        assert file.read_text("utf-8") == heads(service, work)
        seq, hash_ = service.office_chain.head(work.office)
    assert f"office {seq} {hash_} whole\n" in file.read_text("utf-8")
    clock.now += timedelta(days=1)
    run_once(told_there)
    assert len(list((tmp_path / "ut").iterdir())) == 2

"""The log that stewards and administrators read (B8, D10): who, when, what, whom by number, and nobody's choice."""

import ast
import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from kapabla.audit import Event
from kapabla.identity import sending
from kapabla.identity.cohorts import Cohort
from kapabla.identity.records import IdentityAudit
from kapabla.web.admin import log
from tests.factories import make_cohort, make_person, sign_in_as
from tests.page_client import PageClient

ADDRESS = "/admin/loggbok"


@pytest.fixture
def steward(client):
    sign_in_as(client, "steward")
    return client


@pytest.fixture
def officer(app):
    found = PageClient(app)
    sign_in_as(found, "officer")
    return found


def look_at(officer, made):
    officer.get(f"/admin/deltagare/{made.number}")
    officer.fill(action=f"/admin/deltagare/{made.number}/kontakt", skal="hort-av-sig")


def add(service, action, object_="log", *, actor="x", role="officer", reason="", at=None):
    with service.vaults.unit() as work:
        event = Event(actor, role, action, object_, reason=reason)
        service.identity_chain.append(work.identity, event, at=at or service.clock())


def rows_on(client):
    """The cells of each row of the table, as a reader meets them."""
    body = client.text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in body.split("<tr>")[1:]]


def test_a_look_at_contact_details_is_told_by_who_when_and_number(service, steward, officer):
    made = make_person(service)
    look_at(officer, made)
    steward.get(ADDRESS)
    assert rows_on(steward) == [
        [
            "2026-11-25 10.00",
            "Namn officer",
            "Handläggare",
            "Såg kontaktuppgifter",
            made.number,
            "Personen har hört av sig",
        ]
    ]
    assert "Testa" not in steward.text
    assert "Anna" not in steward.text


def test_what_a_participant_did_and_how_somebody_left_is_not_in_it(service, steward, officer):
    """D05: a withdrawal of the research alone would tell who had said yes."""
    made = make_person(service)
    for action in ("contact_change", "withdrawal"):
        add(service, action, f"person:{made.id}", actor="participant", role="participant")
    add(service, "withdrawal", f"person:{made.id}", actor="staff", role="staff")
    steward.get(ADDRESS)
    assert "Inget i loggboken passar in på urvalet." in steward.text
    officer.get(f"/admin/deltagare/{made.number}")
    officer.fill(
        action=f"/admin/deltagare/{made.number}/avsluta", hur="telefon", dag="2026-11-25", vad="forskning", svar="kvar"
    )
    steward.get(ADDRESS)
    assert [row[3:] for row in rows_on(steward)] == [["Sparade att någon vill sluta vara med", made.number, "–"]]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_slip_in_a_year_is_told(steward, day):
    steward.get(f"/admin/loggbok?fran={day}&till={day}", status=400)
    assert "Kontrollera årtalet." in steward.text
    assert f'value="{day}"' in steward.text


def test_it_is_filtered_by_deed_person_account_and_day(service, steward, officer):
    made, other = make_person(service), make_person(service, name="B", email="b@example.com")
    for person in (made, other):
        look_at(officer, person)
    add(service, "links_export", f"cohort:{make_cohort(service)}", actor="cli", role="", reason="2 people")
    late = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)  # already the 27th in Västerbotten
    add(service, "person_add", f"person:{made.id}", at=late)
    steward.get(ADDRESS)
    assert len(rows_on(steward)) == 4
    for query, expected in (
        ("vad=visat", [other.number, made.number]),
        (f"nummer={made.number.lower()}", [made.number, made.number]),
        ("nummer=K-9999999", []),
        ("vem=cli", ["Omgång 1"]),
        ("vad=uttag&vem=cli", ["Omgång 1"]),
        ("vad=utskick", []),
        ("fran=2026-11-27", [made.number]),
        ("till=2026-11-26", ["Omgång 1", other.number, made.number]),
        ("fran=2026-11-26&till=2026-11-26", []),
    ):
        steward.get(f"{ADDRESS}?{query}")
        assert [row[4] for row in rows_on(steward)] == expected, query
    steward.get(f"{ADDRESS}?fran=igår&nummer=K-1", status=400)
    assert "Skriv dagen så här: 2026-09-12." in steward.text
    assert 'value="K-1"' in steward.text


def test_the_details_say_how_many_in_swedish(service, steward):
    cohort = make_cohort(service)
    add(service, "links_export", f"cohort:{cohort}", actor="cli", role="", reason="12 people")
    add(service, "import", f"cohort:{cohort}", reason="created 3")
    add(service, "gate_override", "person:gone", reason="technical")
    add(service, "person_move", "person:gone", reason="cohort:abc")
    steward.get(ADDRESS)
    assert [row[4:] for row in rows_on(steward)] == [
        ["Borttagen person", "–"], ["Borttagen person", "Frågorna gick inte att öppna"], ["Omgång 1", "3 nya"],
        ["Omgång 1", "12 personer"],
    ]  # fmt: skip


def test_it_has_pages_that_keep_the_filter(service, steward):
    for _ in range(51):
        add(service, "meeting_open")
    steward.get(f"{ADDRESS}?vad=andrat")
    assert "Visar 1–50 av 51." in steward.text
    steward.get(f"{ADDRESS}?sida=2&vad=andrat")
    assert "Visar 51–51 av 51." in steward.text
    assert "?sida=1&amp;vad=andrat" in steward.text
    steward.get(f"{ADDRESS}?sida=90")
    assert len(rows_on(steward)) == 1


def test_what_was_found_is_taken_along_as_a_file_and_that_is_logged(service, steward, officer):
    made = make_person(service)
    for person in (made, make_person(service, name="B", email="b@example.com")):
        look_at(officer, person)
    add(service, "person_add", f"person:{made.id}")
    steward.get(f"{ADDRESS}?vad=visat")
    reply = steward.fill(action=f"{ADDRESS}.csv")
    read = list(csv.reader(io.StringIO(reply.data.decode("utf-8-sig")), delimiter=";"))
    assert tuple(read[0]) == log.HEADINGS
    assert [row[3] for row in read[1:]] == ["Såg kontaktuppgifter"] * 2
    assert reply.headers["Content-Disposition"] == 'attachment; filename="kapabla_loggbok_2026-11-25.csv"'
    with service.vaults.reading() as work:
        last = work.identity.scalars(select(IdentityAudit).order_by(IdentityAudit.seq.desc())).first()
    assert (last.action, last.reason) == ("log_export", "2 rows")
    steward.get(ADDRESS)
    assert rows_on(steward)[0][3:] == ["Laddade ned loggboken", "–", "2 rader"]
    steward.post(f"{ADDRESS}.csv", steward.hidden(action=f"{ADDRESS}.csv") | {"till": "x"}, status=400)


def test_an_officer_reads_what_the_office_has_done_and_takes_no_file(service, officer):
    """D10. The other logs, and the file, are those of who watches over it."""
    add(service, "send", f"cohort:{make_cohort(service)}", reason="12 invitations")
    officer.get(ADDRESS)
    assert rows_on(officer)[0][3:] == ["Skickade inbjudningar", "Omgång 1", "12 inbjudningar"]
    assert f'href="{ADDRESS}"' in officer.text
    assert "kontoret" not in officer.text
    assert "CSV" not in officer.text
    officer.post(f"{ADDRESS}.csv", officer.hidden(action="/logga-ut"), status=403)


def test_the_latest_stands_on_the_page_of_the_cohort_and_of_the_person(service, officer):
    """D04: what a colleague has done, for those who read the log."""
    made, other = make_person(service), make_cohort(service, name="En annan")
    cohort = make_cohort(service)
    add(service, "import", f"cohort:{cohort}", reason="created 40")
    add(service, "import", f"cohort:{other}", reason="created 7")
    add(service, "withdrawal_recorded", f"person:{made.id}", reason="all erase, phone, 2026-11-20")
    with service.vaults.unit() as work:
        group = work.identity.get_one(Cohort, cohort)
        batch = sending.order_invitations(work.identity, group, [made.id], by="Kim", at=service.clock())
    add(service, "send", f"batch:{batch}", reason="1 invitations")
    officer.get(f"/admin/omgangar/{cohort}")
    events = re.findall(r'<li><span class="muted">[^<]*</span> ([^<]*)</li>', officer.text)
    assert events == ["Skickade inbjudningar (1 inbjudningar), –", "Importerade en lista (40 nya), –"]
    officer.get(f"/admin/deltagare/{made.number}")
    events = re.findall(r'<li><span class="muted">[^<]*</span> ([^<]*)</li>', officer.text)
    assert events == ["Sparade att någon vill sluta vara med, –"]
    trainer = PageClient(officer.app)
    sign_in_as(trainer, "trainer")
    for page in (f"/admin/omgangar/{cohort}", f"/admin/deltagare/{made.number}"):
        trainer.get(page)
        assert "Senaste händelser" not in trainer.text


@pytest.mark.parametrize("role", ["coordinator", "trainer", "researcher", "editor"])
def test_nobody_else_reads_it(client, role):
    sign_in_as(client, role, municipality="2404" if role == "coordinator" else None)
    client.get(ADDRESS, status=403)


def names_in(node):
    """A name, or one of two where it depends on what was pressed."""
    return [*names_in(node.body), *names_in(node.orelse)] if isinstance(node, ast.IfExp) else [node.value]


def test_everything_that_staff_leave_a_trace_of_has_a_name_in_the_log():
    """B8: a row that the page does not know would not be shown."""
    left = set()
    for path in Path(log.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "leave_trace":
                left |= set(names_in(node.args[0]))
    known = {action for group in log.DEEDS.values() for action in group}
    assert left - known == set()
    assert known - left == {"allocate", "purge", "reidentify"}  # by commands alone
    assert "contact_view" in left

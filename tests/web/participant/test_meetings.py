"""At a meeting: the enrolled say that they are there (D14), whoever is not enrolled comes along (A13)."""

import re
from datetime import date

import pytest
from sqlalchemy import event, func, select

from kapabla.answers.attendance import Attendance
from kapabla.answers.placement import Placement
from kapabla.identity import meetings, walk_ins
from kapabla.identity.cohorts import Enrolment
from kapabla.identity.contact import read_contact
from kapabla.identity.meetings import Meeting
from kapabla.identity.people import Person
from kapabla.identity.sessions import CodeAttempt
from kapabla.vaults import table_of
from tests import factories as make
from tests.page_client import PageClient
from tests.web.participant.test_budgets import STATEMENTS, Scales

TODAY = date(2026, 11, 25)
# What a meeting has added to, or added.
PAGES_OF_MEETINGS = ("/k", "/mote", "/start/kod", "/start/bra-att-veta", "/delar", "/mina-uppgifter")


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


@pytest.fixture
def code(service):
    return make.make_meeting(service)[1]


@pytest.fixture
def open_code(service):
    return make.make_meeting(service, takes_walk_ins=True)[1]


def rows(service, vault, model):
    with service.vaults.reading() as work:
        return getattr(work, vault).execute(select(table_of(model))).all()


def attendance(service):
    return [tuple(row) for row in rows(service, "answers", Attendance)]


def came(service):
    with service.vaults.reading() as work:
        return work.identity.scalar(select(func.sum(Meeting.came)))


def close(service):
    with service.vaults.unit() as work:
        meetings.close_meeting(work.identity, work.identity.scalars(select(Meeting)).one())


def begin(client, made):
    """From the link to the end of the start pages that every session meets."""
    client.get(f"/k/{made.token}")
    client.fill()
    client.fill(telefon="delad")
    client.fill()


def walk_in(client, code, *, status=200, **fields):
    client.get(f"/mote/{code}/ny")
    client.fill(**({"kommun": "2404", "yrke": "vet", "kontakt": "none"} | fields), status=status)


# --- Who is enrolled ---


def test_the_code_is_asked_for_after_ones_own_on_the_day_of_a_meeting(client, service, code):
    made = make.make_person(service)
    begin(client, made)
    assert client.path == "/mote"
    client.fill(mote=code.lower())
    assert "Nu är det sparat att du är på mötet." in client.text
    assert "Sitt så att ingen annan ser din skärm." in client.text
    assert attendance(service) == [(made.subject, TODAY, "room")]
    client.get("/fortsatt")
    assert client.path == "/start/om"


def test_nobody_is_asked_without_a_meeting_or_when_it_is_known(client, service, code):
    made = make.make_person(service)
    close(service)
    begin(client, made)
    assert client.path == "/start/om"
    client.get("/lamna", follow=False, status=303)
    code = make.make_meeting(service)[1]
    begin(client, made)
    assert client.path == "/mote"
    client.fill(mote=code)
    client.get("/lamna", follow=False, status=303)
    begin(client, made)
    assert client.path == "/start/om"


def test_the_code_may_be_typed_among_the_modules(client, service, code):
    made = make.make_person(service)
    make.start_course(client, made, research="nej")
    client.get("/delar")
    client.fill(action="/mote", mote=f"{code[:3]} {code[3:]}")
    assert attendance(service) == [(made.subject, TODAY, "room")]
    client.get("/delar")
    assert "mötets kod" not in client.text
    client.get("/mina-uppgifter")
    assert "<dt>Möten</dt><dd>25 november 2026</dd>" in client.text


def test_a_qr_leads_to_ones_own_code_and_then_to_the_meeting(client, service, code):
    made = make.make_person(service)
    client.get(f"/mote/{code}")
    client.fill(action="/k", kod="KB47R-T9MXX", status=400)
    client.fill(action="/k", kod=made.code)
    assert client.path == "/mote"
    assert f'value="{code[:3]}-{code[3:]}"' in client.text
    client.fill(mote=code)
    assert attendance(service) == [(made.subject, TODAY, "room")]
    # Signed in already, the QR leads straight there.
    client.get(f"/mote/{code}")
    assert client.path == "/mote"


def test_the_short_code_typed_at_the_door_leads_to_the_meeting(client, code):
    client.get("/k")
    client.fill(kod=f" {code.lower()[:3]}-{code[3:]}")
    assert client.path == f"/mote/{code}"


def test_the_door_of_a_meeting_looks_nothing_up(client, app, code):
    """Whoever tries addresses learns nothing: each page is the same, whether there is a meeting or not."""
    pages = []
    for tried in (code, "KB47RM"):
        client.get(f"/mote/{tried}")
        pages.append(client.text.replace(tried, ""))
    assert pages[0] == pages[1]
    client.get("/mote/KB47RK", status=404)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Skriv mötets kod. Den står på skärmen."),
        ("KB47RK", "Det verkar vara ett skrivfel i koden."),
        ("KB47RM", "Vi hittar inget öppet möte med den koden."),
    ],
)
def test_a_code_that_does_not_open_is_said_and_stands(client, service, code, typed, said):
    begin(client, make.make_person(service))
    client.fill(mote=typed, status=400)
    assert said in client.text
    assert "<title>Rätta: Mötet" in client.text
    assert not typed or f'value="{typed}"' in client.text
    assert attendance(service) == []


def test_a_closed_meeting_and_an_unknown_one_are_answered_alike(client, service, code):
    begin(client, make.make_person(service))
    close(service)
    pages = []
    for typed in (code, "KB47RM"):
        client.get("/mote")
        client.fill(mote=typed, status=400)
        pages.append(client.text.replace(typed, ""))
    assert pages[0] == pages[1]


def test_a_meeting_is_over_when_its_day_is(client, service, code, clock):
    begin(client, make.make_person(service))
    clock.now = clock.now.replace(hour=22, minute=50)
    begin(client, make.make_person(service, name="Prova", email="p@example.com"))
    clock.tick(minutes=15)
    client.fill(mote=code, status=400)
    assert attendance(service) == []


def test_guesses_are_counted_with_wrong_codes_of_the_same_address(client, service, code):
    begin(client, make.make_person(service))
    client.get("/mote")
    form = client.hidden(action="/mote")
    for _ in range(30):
        client.post("/mote", form | {"mote": "KB47RM"}, status=400)
    client.post("/mote", form | {"mote": code}, status=429)
    assert "Vänta en minut" in client.text
    assert attendance(service) == []


def test_no_page_of_staff_says_who_came(client, service, code):
    """D05: the cohort's page and the person's are the same before and after."""
    made = make.make_person(service)
    begin(client, made)
    desk = PageClient(client.app)
    make.sign_in_as(desk, "officer")
    pages = []
    for typed in ("KB47RM", code):
        client.get("/mote")
        client.fill(mote=typed, status=200 if typed == code else 400)
        pages.append([])
        for path in (f"/admin/omgangar/{make.make_cohort(service)}", f"/admin/deltagare/{made.number}"):
            desk.get(path)
            pages[-1].append(re.sub(r'name="csrf" value="[^"]*"', "", desk.text))
    assert pages[0] == pages[1]
    assert came(service) == 1


def test_identity_keeps_no_trace_of_who_was_there(client, service, code):
    """No date of what a person did stands in identity: the only change is a number."""
    made = make.make_person(service)
    begin(client, made)
    before = dump(service)
    client.fill(mote=code)
    after = dump(service)
    assert {table for table in before if before[table] != after[table]} == {"meeting"}
    changed = [(a, b) for a, b in zip(before["meeting"][0], after["meeting"][0], strict=True) if a != b]
    assert changed == [(0, 1)]


def dump(service):
    from kapabla import tables

    with service.vaults.reading() as work:
        return {
            table.name: [tuple(row) for row in work.identity.execute(select(table))]
            for table in tables.METADATA["identity"].sorted_tables
        }


# --- Who is not enrolled ---


def test_whoever_walks_in_gets_a_code_and_is_placed(client, service, open_code):
    client.get(f"/mote/{open_code}")
    assert f'href="/mote/{open_code}/ny"' in client.text
    walk_in(client, open_code)
    assert client.path == "/start/kod"
    shown = re.search(r'<p class="copy code">([A-Z0-9]{5}-[A-Z0-9]{5})</p>', client.text)[1]
    assert 'role="img" aria-label="QR-kod som leder till din plats"' in client.text
    client.fill()
    assert client.path == "/start/telefon"
    assert len(attendance(service)) == 1
    (placement,) = rows(service, "answers", Placement)
    assert (placement.municipality, placement.role) == ("2404", "vet")
    (person,) = rows(service, "identity", Person)
    assert (person.channel, person.name_sealed, person.email_sealed) == ("none", None, None)
    # The session gives the code away once; the code lets them in again on another telephone.
    client.get("/start/kod")
    assert client.path != "/start/kod"
    other = PageClient(client.app)
    other.get("/k")
    other.fill(kod=shown)
    assert other.path == "/start/telefon"


def test_the_whole_way_of_a_walk_in_asks_for_nothing_twice(client, service, open_code):
    """A11: neither how to be reached nor whether one is at the meeting."""
    walk_in(client, open_code)
    client.fill()
    client.fill(telefon="delad")
    client.fill()
    assert client.path == "/start/om"
    client.get("/start/samtycke")
    client.fill(val1="nej")
    assert client.path == "/delar"
    assert "mötets kod" not in client.text


def test_no_other_page_opens_before_the_code_is_kept(client, open_code):
    walk_in(client, open_code)
    for path in ("/delar", "/fortsatt", "/mina-uppgifter", "/mote"):
        client.get(path)
        assert client.path == "/start/kod"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"kontakt": "email", "epost": " Prova@Example.com "}, ("prova@example.com", None)),
        ({"kontakt": "none", "epost": "prova@example.com"}, (None, None)),
    ],
)
def test_a_way_to_be_reached_is_kept_only_if_wanted(client, service, open_code, given, kept):
    walk_in(client, open_code, **given)
    with service.vaults.reading() as work:
        person = work.identity.scalars(select(Person)).one()
        contact = read_contact(service.keys, person)
    assert (contact.email, contact.phone) == kept
    assert person.channel == given["kontakt"]


def test_what_is_missing_is_said_and_what_was_typed_stands(client, service, open_code):
    walk_in(client, open_code, kommun="", kontakt="email", epost="prova", status=400)
    assert "Välj kommun." in client.text
    assert "Skriv din e-postadress så här: namn@example.com" in client.text
    assert 'value="prova"' in client.text
    assert '<option value="vet" selected>' in client.text
    client.fill(kommun="9999", yrke="kung", kontakt="sms", status=400)
    for said in ("Välj kommun.", "Välj yrke eller roll.", "Välj hur vi ska höra av oss, eller ”Inte alls”."):
        assert said in client.text
    assert rows(service, "identity", Person) == []


def test_the_day_that_somebody_walked_in_is_not_the_day_they_were_enrolled(client, service, open_code):
    walk_in(client, open_code)
    (enrolment,) = rows(service, "identity", Enrolment)
    assert enrolment.enrolled_on == date(2026, 11, 1)


def test_a_meeting_for_the_enrolled_takes_nobody_else(client, service, code):
    walk_in(client, code, status=400)
    assert "Mötet är för den som redan har en egen kod." in client.text
    assert '<option value="vet" selected>' in client.text
    assert rows(service, "identity", Person) == []


def test_a_closed_meeting_takes_nobody(client, service, open_code):
    """Closed by the trainer."""
    close(service)
    walk_in(client, open_code, status=400)
    assert "Vi hittar inget öppet möte med den koden." in client.text
    assert rows(service, "identity", Person) == []


def test_the_same_form_sent_twice_makes_one_person(client, service, open_code):
    """B07: the browser itself may repeat a POST; both replies lead to the same code."""
    client.get(f"/mote/{open_code}/ny")
    form = client.hidden() | {"kommun": "2404", "yrke": "vet", "kontakt": "none"}
    shown = []
    for _ in range(2):
        client.post(f"/mote/{open_code}/ny", form)
        shown.append(re.search(r'<p class="copy code">([^<]*)</p>', client.text)[1])
    assert shown[0] == shown[1]
    assert len(rows(service, "identity", Person)) == 1
    client.fill()
    # Once the code is kept, the form of somebody who was here opens nothing.
    other = PageClient(client.app)
    other.post(f"/mote/{open_code}/ny", form)
    assert other.path == "/k"
    assert len(rows(service, "identity", Person)) == 1
    assert came(service) == 1


def test_too_many_at_once_wait_a_minute_and_a_meeting_has_a_ceiling(client, service, open_code, clock):
    """Counted in the database, so a second server counts on."""
    with service.vaults.reading() as work:
        meeting = meetings.find_open(work.identity, service.keys.get("invitation"), open_code, on=TODAY)
    for n in range(walk_ins.PER_MEETING):
        if n % walk_ins.PER_MINUTE == 0:
            clock.tick(seconds=61)
        with service.vaults.unit() as work:
            walk_ins.admit(work.identity, service.keys.get("session"), meeting, at=clock())
        if n == walk_ins.PER_MINUTE - 1:
            walk_in(client, open_code, status=429)
            assert "Många börjar samtidigt. Vänta en minut och försök igen." in client.text
            assert '<option value="vet" selected>' in client.text
    clock.tick(minutes=5)
    walk_in(client, open_code, status=400)
    assert "Fler kan inte börja med den här koden." in client.text
    assert rows(service, "identity", Person) == []
    assert len(rows(service, "identity", CodeAttempt)) == walk_ins.PER_MEETING


def test_the_pages_of_a_meeting_keep_to_their_statements(app, service):
    open_code = make.make_meeting(service, takes_walk_ins=True)[1]
    made = make.make_person(service)
    scales = Scales(app.wsgi_app)
    app.wsgi_app = scales
    for engine in app.extensions["kapabla"].vaults.engines.values():
        event.listen(engine, "before_cursor_execute", scales.note)
    client = PageClient(app)
    client.get(f"/mote/{open_code}")
    client.fill(action="/k", kod=made.code)
    client.fill(mote=open_code)
    client.get("/fortsatt")
    client.fill(telefon="delad")
    client.fill()
    walker = PageClient(app)
    walk_in(walker, open_code, kontakt="email", epost="p@example.com")
    walker.fill()
    walker.fill(telefon="egen")
    walker.fill()
    walker.get("/start/samtycke")
    walker.fill(val1="nej")
    walker.get("/delar")
    walker.get("/mina-uppgifter")
    asked = {key: n for key, n in scales.statements.items() if key[1].startswith(PAGES_OF_MEETINGS)}
    assert len(asked) >= 10
    assert {key: n for key, n in asked.items() if n > STATEMENTS[key[0]]} == {}

"""Importing a list: look first, write when told to, keep what was typed (A1, D02, D03)."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from kapabla.identity import drafts
from kapabla.identity.cohorts import Enrolment
from kapabla.identity.contact import read_contact
from kapabla.identity.invitations import Invitation
from kapabla.identity.messages import Message
from kapabla.identity.people import Person, StepOver, Tombstone
from kapabla.identity.records import IdentityAudit
from kapabla.identity.sessions import ImportDraft
from tests.factories import make_cohort, make_person, sign_in_as

GOOD = "namn;e-post;telefon;adress;kommun;yrke\nAnna Ask;anna@example.com;;;Vindeln;frisör\n"
BAD = GOOD + "Bo Björk;bo.example.com;;;Vindeln;jägare\nCia Ceder;cia@example.com;;;Vindeln;frissa\n"


@pytest.fixture
def cohort(service):
    return make_cohort(service)


@pytest.fixture
def desk(client, cohort):
    sign_in_as(client, "officer")
    client.get(f"/admin/omgangar/{cohort}/import")
    return client


def count(service, model):
    with service.vaults.reading() as work:
        return work.identity.scalar(select(func.count()).select_from(model))


def upload(desk, text, **kwargs):
    return desk.fill(
        action=desk.path, fil=(io.BytesIO(text.encode()), "lista.csv"), content_type="multipart/form-data", **kwargs
    )


def test_preview_says_what_would_happen_and_writes_nobody(service, desk):
    """A1."""
    desk.fill(action=desk.path, klistrat=BAD)
    assert "1 rad kan importeras, 2 behöver rättas, 0 finns redan" in desk.text
    assert "Rad 3: E-postadressen saknar @." in desk.text
    assert "Rad 4: Vi känner inte igen yrket ”frissa”. Välj ett yrke i listan." in desk.text
    assert count(service, Person) == 0


def test_confirmed_list_is_written_once_and_leaves_a_trace(service, desk):
    """A1, B8."""
    desk.fill(action=desk.path, klistrat=GOOD)
    address = desk.path
    desk.fill(action=address)
    assert "1 deltagare är importerad" in desk.text
    assert count(service, Person) == 1
    with service.vaults.reading() as work:
        row = work.identity.scalars(select(IdentityAudit).where(IdentityAudit.action == "import")).one()
        assert row.role == "officer"
        assert "Anna" not in row.reason
    assert desk.path == address
    form = desk.hidden(action="/logga-ut")
    for _ in range(2):
        desk.post(address, form)
        desk.get(address)
        assert "1 deltagare är importerad" in desk.text
    assert count(service, Person) == 1


def test_only_the_good_rows_when_that_was_chosen(service, desk):
    """E10: all or the good rows, never by itself."""
    desk.fill(action=desk.path, klistrat=BAD)
    address = desk.path
    desk.fill(action=address, status=400)
    assert "<title>Rätta: " in desk.text
    assert count(service, Person) == 0
    desk.fill(action=address, bara_ratta="1")
    assert count(service, Person) == 1
    assert "Raderna 3 och 4 behöver rättas och är inte med." in desk.text


def mended_file(desk, text):
    desk.fill(action=desk.path, klistrat=text)
    reply = desk.fill(action=f"{desk.path}/rader")
    assert reply.mimetype == "text/csv"
    return reply.get_data().decode("utf-8-sig")


def test_rows_to_mend_can_be_mended_in_the_file_and_read_again(service, desk, cohort):
    """D02: the rows as they stood, with the reason beside; that column is not read, and nothing is said of it."""
    text = mended_file(desk, BAD)
    assert "Bo Björk;bo.example.com;;;Vindeln;jägare;Rad 3: E-postadressen saknar @." in text
    assert "Anna Ask" not in text
    desk.get(f"/admin/omgangar/{cohort}/import")
    desk.fill(action=desk.path, klistrat=text.replace("bo.example", "bo@example").replace("frissa", "frisör"))
    assert "2 rader kan importeras, 0 behöver rättas" in desk.text
    assert "används inte" not in desk.text


def test_rows_to_mend_repeat_no_personal_number_nobody_protected_and_no_formula(desk):
    head = "namn;e-post;kommun;yrke;skyddad\n"
    rows = (
        "Cia 1980-01-01-1231;cia@example.com;Vindeln;frisör;\n"
        "Dan Dold;dan@example.com;Vindeln;frisör;ja\n"
        "=HYPERLINK(1);eva@example.com;Vindeln;frisör;\n"
    )
    text = mended_file(desk, head + rows)
    assert "cia@example.com" in text
    for hidden in ("1231", "Dan", "dan@", ";=", "\n="):
        assert hidden not in text
    assert "HYPERLINK(1);eva@example.com" in text


def test_the_trades_stand_where_they_are_asked_for_and_there_is_a_list_to_fill_in(desk):
    assert "<li>Frisör</li>" in desk.text or "<li>frisör</li>" in desk.text
    address = desk.path
    reply = desk.get("/admin/import/mall.csv")
    assert reply.get_data().decode("utf-8-sig") == "Namn;E-post;Telefon;Adress;Postnummer;Ort;Kommun;Yrke;Språk\r\n"
    desk.get(address)
    desk.fill(action=address, klistrat=BAD)
    assert "Yrken som vi känner igen" in desk.text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Filen är tom."),
        ("%PDF-1.7 something", "Spara listan som xlsx eller csv"),
        (
            "namn;kommun;yrke\nA;Vindeln;frisör\n",
            "Kolumnen ”e-post, telefon eller adress” saknas bland rubrikerna på rad 1.",
        ),
        ("hej\nhopp\n", "Vi hittar ingen rubrikrad på de tio första raderna."),
    ],
)
def test_each_unreadable_list_is_answered_with_what_to_do(service, desk, text, sentence):
    desk.fill(action=desk.path, klistrat=text, status=400)
    assert sentence in desk.text
    assert "<title>Rätta: " in desk.text
    assert count(service, ImportDraft) == 0


def test_what_was_pasted_is_kept_when_it_cannot_be_read(desk):
    desk.fill(action=desk.path, klistrat="hej\nhopp", status=400)
    assert "hej\nhopp</textarea>" in desk.text


def test_too_large_file_says_how_large_it_may_be(desk):
    token = re.search(r'name="csrf" value="([^"]+)"', desk.text)[1]
    part = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n{}\r\n'
    # Written by hand: the test client leaves the temporary file of a body of this size open.
    body = part.format("csrf", "", token) + part.format("fil", '; filename="a.csv"', "x" * (10 * 1024 * 1024 + 1))
    desk.post(desk.path, (body + "--x--\r\n").encode(), content_type="multipart/form-data; boundary=x", status=400)
    assert "Filen är större än 10 MB." in desk.text


def test_uploaded_file_is_kept_sealed_and_gone_within_the_hour(service, desk, clock):
    """E10: the list waits for its preview; nothing of it can be read in the database."""
    upload(desk, GOOD)
    address = desk.path
    with service.vaults.reading() as work:
        draft = work.identity.scalars(select(ImportDraft)).one()
        assert b"Anna" not in draft.sealed
        assert draft.filename == ""
    clock.tick(minutes=61)
    desk.get(address, status=410)
    assert "Listan är inte kvar" in desk.text


def test_household_is_offered_paper_and_known_people_are_named_by_number(service, desk, cohort):
    """A1, D03."""
    made = make_person(service, name="Dan Dunge", email="dan@example.com")
    rows = "Ej Ask;anna@example.com;;;Vindeln;jägare\nDan Dunge;dan@example.com;;;Vindeln;frisör\n"
    desk.fill(action=desk.path, klistrat=GOOD + rows)
    assert "Rad 3: Samma e-post eller telefon som rad 2. Delar de adress? Låt raden stå" in desk.text
    assert f"Rad 4: Finns redan i omgången ({made.number})." in desk.text


def test_either_row_of_a_household_can_be_mended_in_the_page(desk):
    """D03: a shared address is a household, or a slip of the pen in one of the two rows."""
    desk.fill(action=desk.path, klistrat=GOOD + "Ej Ask;anna@example.com;;;Vindeln;jägare\n")
    mend(desk, r2_email="anna.ask@example.com")
    assert "Samma e-post" not in desk.text
    assert rows_shown(desk)[1] == ["3", "Ej Ask", "Jägare eller jaktledare", "Vindeln", "Svenska", "E-post"]


def rows_shown(desk):
    """The cells of the good rows."""
    table = desk.text.partition("Så har vi läst raderna")[2].partition("</table>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in table.split("<tr")[2:]]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def test_the_good_rows_are_shown_as_they_were_understood(desk):
    """D02: also who gets mail, who a letter, and whom a code can only be handed."""
    rows = "Bo Ek;;;Byvägen 1, 922 31 Vindeln;Umeå;handlare\nCia Ceder;;070-174 06 05;;Vindeln;jägare\n"
    desk.fill(action=desk.path, klistrat=GOOD + rows)
    assert [row[0] for row in rows_shown(desk)] == ["2", "3", "4"]
    assert [row[1] for row in rows_shown(desk)] == ["Anna Ask", "Bo Ek", "Cia Ceder"]
    assert [row[3] for row in rows_shown(desk)] == ["Vindeln", "Umeå", "Vindeln"]
    assert [row[5] for row in rows_shown(desk)] == ["E-post", "Brev", "Kod för hand"]


def test_a_preview_that_finds_people_is_logged_and_others_are_not(service, desk):
    """B8: how many, never who. Looking at it again is no new look."""
    make_person(service, name="Anna Ask", email="anna@example.com")
    upload(desk, GOOD)
    desk.get(desk.path)
    with service.vaults.reading() as work:
        rows = work.identity.scalars(select(IdentityAudit).where(IdentityAudit.action == "known_asked")).all()
    assert [(row.object.partition(":")[0], row.reason) for row in rows] == [("cohort", "1 people")]
    desk.get(desk.path.rsplit("/", 1)[0])
    upload(desk, GOOD.replace("Anna Ask;anna", "Bo Björk;bo"))
    assert count(service, IdentityAudit) == 1


def test_the_same_name_and_municipality_twice_is_a_question(service, desk):
    """Somebody on two lists, by e-mail in one and by address in the other, would be two people."""
    made = make_person(service, name="Bo Björk", email="bo@example.com", municipality="2404")
    upload(desk, GOOD + "Anna Ask;;;Byvägen 1, 922 31 Vindeln;Vindeln;frisör\nBo Björk;;070-174 06 05;;Vindeln;vet\n")
    assert "Rad 3: Samma namn och kommun som rad 2." in desk.text
    assert f"Rad 4: Samma namn och kommun som {made.number}." in desk.text
    assert "Importera 3 deltagare" in desk.text


def test_a_file_and_pasted_rows_at_once_are_asked_about(desk):
    file = (io.BytesIO(GOOD.encode()), "lista.csv")
    desk.fill(action=desk.path, fil=file, klistrat=BAD, content_type="multipart/form-data", status=400)
    assert "Välj en fil eller klistra in rader, inte båda." in desk.text
    assert "bo.example.com" in desk.text


def test_personal_number_column_is_dropped_and_said_so(desk):
    """E10."""
    desk.fill(
        action=desk.path,
        klistrat="namn;e-post;kommun;yrke;personnummer\nAnna Ask;a@example.com;Vindeln;frisör;811228-9874\n",
    )
    assert "Vi har inte läst in kolumnen med personnummer" in desk.text
    assert "9874" not in desk.text


@pytest.mark.parametrize("role", ["coordinator", "trainer", "researcher", "steward", "editor", "admin"])
def test_only_officers_import(client, cohort, role):
    """A8."""
    sign_in_as(client, role, municipality="2404" if role == "coordinator" else None)
    client.get(f"/admin/omgangar/{cohort}/import", status=403)


def test_who_has_the_list_can_tell_which_number_is_which_row(service, desk):
    """C2: a code on paper finds its person by the officer's own list; no name stands beside a number."""
    desk.fill(
        action=desk.path, klistrat=BAD + "Dan Dunge;;;Storgatan 1, Vindeln;Vindeln;vet\n".replace("vet", "jägare")
    )
    desk.fill(action=desk.path, bara_ratta="1")
    text = desk.fill(action=f"{desk.path}/nummer").get_data().decode("utf-8-sig")
    with service.vaults.reading() as work:
        people = {read_contact(service.keys, p).name: p.number for p in work.identity.scalars(select(Person))}
        traces = work.identity.scalars(select(IdentityAudit.reason).where(IdentityAudit.action == "numbers_export"))
        assert list(traces) == ["2 people"]
    assert text == f"Rad;Deltagarnummer\r\n2;{people['Anna Ask']}\r\n5;{people['Dan Dunge']}\r\n"


def mend(desk, **texts):
    """The form of the rows to mend, with some cells written over; `r3_email` is the e-mail of row 3."""
    shown = dict(re.findall(r'name="(\d+\.\w+)" id="[^"]*"(?: value="([^"]*)")?', desk.text))
    shown |= dict(re.findall(r'<select name="(\d+\.\w+)".*?<option value="([^"]*)" selected', desk.text, re.S))
    written = {name[1:].replace("_", ".", 1): text for name, text in texts.items()}
    assert written.keys() <= shown.keys(), shown
    desk.fill(action=f"{desk.path}/ratta", **(shown | written))


def test_rows_are_mended_in_the_page_and_nothing_typed_is_lost(service, desk):
    """D02: fixable inline. What is still wrong stays as it was typed."""
    desk.fill(action=desk.path, klistrat=BAD)
    mend(desk, r3_email="bo@example.com", r4_role="frissör", r4_email="cia.ceder@example.com")
    assert "2 rader kan importeras, 1 behöver rättas" in desk.text
    assert 'value="cia.ceder@example.com"' in desk.text
    assert "Vi känner inte igen yrket ”frissör”" in desk.text
    mend(desk, r4_role="Frisör")
    assert "3 rader kan importeras, 0 behöver rättas" in desk.text
    desk.fill(action=desk.path)
    with service.vaults.reading() as work:
        found = {read_contact(service.keys, p).email for p in work.identity.scalars(select(Person))}
    assert found == {"anna@example.com", "bo@example.com", "cia.ceder@example.com"}


def test_a_row_of_another_width_is_mended_by_its_columns(desk):
    desk.fill(action=desk.path, klistrat=GOOD + "Bo Björk;bo@example.com;Vindeln\n")
    assert "Raden har färre kolumner än rubrikraden." in desk.text
    mend(desk, r3_address="", r3_municipality="Vindeln", r3_role="Frisör", r3_phone="")
    assert "2 rader kan importeras, 0 behöver rättas" in desk.text


def test_a_personal_number_is_never_shown_and_who_is_protected_is_not_mended_here(desk):
    rows = "Cia 19800101-1231;cia@example.com;Vindeln;frisör;\nDan Dold;dan@example.com;Vindeln;frisör;ja\n"
    desk.fill(action=desk.path, klistrat="namn;e-post;kommun;yrke;skyddad\n" + rows)
    assert 'name="2.name"' in desk.text
    assert "1231" not in desk.text
    assert 'name="3.' not in desk.text
    assert "Dan" not in desk.text
    mend(desk, r2_name="Cia 19800101-1231")
    assert "1231" not in desk.text
    mend(desk, r2_name="Cia Ceder")
    assert "1 rad kan importeras, 1 behöver rättas" in desk.text


def imported(desk, text=GOOD):
    desk.fill(action=desk.path, klistrat=text)
    desk.fill(action=desk.path)
    return desk.path


def test_an_import_is_undone_within_a_day_and_can_be_made_again(service, desk, cohort):
    """D02: found from the cohort too; nothing of the people is left, and no tombstone keeps them out."""
    receipt = imported(desk)
    desk.get(f"/admin/omgangar/{cohort}")
    assert f'href="{receipt}"' in desk.text
    desk.get(f"{receipt}/angra")
    assert "1 deltagare tas bort ur omgången" in desk.text
    token = desk.hidden(action=f"{receipt}/angra")
    for _ in range(2):
        desk.post(f"{receipt}/angra", token)
        assert "Importen är ångrad" in desk.text
    assert [count(service, table) for table in (Person, Enrolment, Invitation, Tombstone)] == [0, 0, 0, 0]
    desk.get(f"/admin/omgangar/{cohort}")
    assert receipt not in desk.text
    with service.vaults.reading() as work:
        rows = work.identity.scalars(select(IdentityAudit.reason).where(IdentityAudit.action == "import_undone"))
        assert list(rows) == ["removed 1"]
    desk.get(f"/admin/omgangar/{cohort}/import")
    desk.fill(action=desk.path, klistrat=GOOD)
    assert "1 rad kan importeras, 0 behöver rättas, 0 finns redan" in desk.text


@pytest.mark.parametrize("reached", ["message", "opened", "moved", "left", "lot"])
def test_an_import_whose_people_were_reached_is_not_undone(service, desk, cohort, reached):
    """All or nobody: one who has been reached keeps them all."""
    receipt = imported(desk, GOOD + "Bo Björk;bo@example.com;;;Vindeln;jägare\n")
    desk.get(f"{receipt}/angra")
    token = desk.hidden(action=f"{receipt}/angra")
    with service.vaults.unit() as work:
        person = work.identity.scalars(select(Person)).first()
        reach(work.identity, person, reached)
    desk.post(f"{receipt}/angra", token)
    assert "Importen går inte att ångra längre" in desk.text
    desk.get(f"{receipt}/angra")
    assert desk.path == receipt
    assert count(service, Person) == 2
    desk.get(f"/admin/omgangar/{cohort}")
    assert receipt not in desk.text


def reach(session, person, how):
    if how == "message":
        session.add(Message(person_id=person.id, step="start", number=0, channel="email", state="handed_over"))
    elif how == "opened":
        session.add(StepOver(person_id=person.id, step="opened"))
    elif how == "moved":
        place = session.scalars(select(Enrolment).where(Enrolment.person_id == person.id)).one()
        session.add(Enrolment(person_id=person.id, cohort_id=place.cohort_id, enrolled_on=place.enrolled_on))
        place.is_current = False
    elif how == "left":
        person.left = "research"
    else:
        person.allocation_id = "lista"


def test_a_waiting_message_goes_with_the_person(service, desk):
    receipt = imported(desk)
    with service.vaults.unit() as work:
        person = work.identity.scalars(select(Person)).one()
        work.identity.add(Message(person_id=person.id, step="start", number=0, channel="email", state="waiting"))
    desk.get(f"{receipt}/angra")
    desk.fill(action=f"{receipt}/angra")
    assert (count(service, Person), count(service, Message)) == (0, 0)


def test_the_receipt_is_there_for_a_day_and_the_list_for_an_hour_at_a_time(service, desk, clock):
    desk.fill(action=desk.path, klistrat=BAD)
    clock.tick(minutes=59)
    mend(desk, r3_email="bo@example.com")
    clock.tick(minutes=59)
    desk.fill(action=desk.path, bara_ratta="1")
    with service.vaults.reading() as work:
        draft = work.identity.scalars(select(ImportDraft)).one()
        whose = {"cohort_id": draft.cohort_id, "staff_id": draft.staff_id}
        for hours in (23, 24):
            assert drafts.recent_imports(work.identity, service.keys, **whose, at=clock() + timedelta(hours=hours))
        late = clock() + timedelta(hours=24, seconds=1)
        assert not drafts.recent_imports(work.identity, service.keys, **whose, at=late)
        with pytest.raises(drafts.DraftGone):
            drafts.read_draft(work.identity, service.keys, draft.id, **whose, at=late)


def test_an_address_in_two_lines_is_mended_in_two(service, desk):
    desk.fill(action=desk.path, klistrat=GOOD + 'Bo Björk;bo.example.com;;"Byvägen 2\n922 31 Vindeln";Vindeln;jägare\n')
    assert "Byvägen 2\n922 31 Vindeln</textarea>" in desk.text

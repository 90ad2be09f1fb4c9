"""Material without Git: upload, faults, pages as a participant sees them, difference, two people, and the store."""

import csv
import io
import re
import zipfile
from dataclasses import replace

import pyotp
import pytest
from sqlalchemy import select

from kapabla.cli.checkup import check_up
from kapabla.jobs.runner import run_once
from kapabla.material import default_root
from kapabla.material.instruments.loader import to_toml
from kapabla.material.instruments.redcap_dictionary import write_dictionary
from kapabla.office.records import OfficeAudit
from kapabla.office.uploads import MaterialUpload
from tests.factories import make_person, sign_in_as, start_course
from tests.material_once import our_material
from tests.page_client import PageClient

HOME = "/admin/utbildning"
MATERIAL = our_material()
TIL = MATERIAL.instruments["til", 1]


def toml(instrument=TIL, **changes):
    return to_toml(instrument.model_copy(update={"version": 2} | changes), whole=True).encode()


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def course_files(version=2):
    folder = default_root() / "courses/kapabla/v1"
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    files["course.toml"] = files["course.toml"].replace(b"version = 1", f"version = {version}".encode())
    return files


@pytest.fixture
def editor(client):
    client.secret = sign_in_as(client, "editor")
    return client


def upload(client, body, name="til.toml", status=200, **fields):
    client.get(HOME)
    given = {"fil": (io.BytesIO(body), name)} | fields
    token = client.hidden(action=HOME)
    return client.post(HOME, token | given, status=status, content_type="multipart/form-data")


@pytest.fixture
def other(app):
    def sign_in(role):
        client = PageClient(app)
        client.secret = sign_in_as(client, role)
        return client

    return sign_in


def decide(client, clock, address, *, status=200, decision="godkann", code=None, **fields):
    clock.tick(31)  # a code works once
    client.get(address)
    given = pyotp.TOTP(client.secret).at(clock()) if code is None else code
    return client.fill(action=f"{address}/godkann", status=status, kod=given, beslut=decision, **fields)


def published(editor, other, clock, service, body, name="til.toml"):
    upload(editor, body, name)
    address = editor.path
    editor.fill(action=f"{address}/be-om-publicering")
    for client in (editor, other("steward")):
        decide(client, clock, address)
    run_once(service)
    return address


# --- Who may ---


def test_only_an_editor_uploads(client):
    sign_in_as(client, "steward")
    client.get(HOME)
    assert "Ladda upp" not in client.text
    assert "Tillit" not in client.text


# --- Upload and faults ---


def test_an_upload_is_kept_and_waits(editor, service):
    upload(editor, toml())
    assert re.fullmatch(rf"{HOME}/[a-z0-9-]+", editor.path)
    assert "Vi hittar inga fel i filen." in editor.text
    assert "Versionen säger detsamma som version 1." in editor.text
    assert ("til", 2) not in service.material.instruments


def test_every_fault_of_an_upload_is_told_in_swedish_at_once(editor):
    bad = toml().replace(b"min_answered = 3", b"min_answered = 8").replace(b'code = "til_5"', b'code = "til_5_"', 1)
    upload(editor, bad)
    assert "Skriv ett tal från 1 till 5." in editor.text
    assert "REDCap tar inte emot dubbelt understreck" in editor.text
    assert "fråga til_5_" in editor.text
    assert "Be om publicering" not in editor.text


def test_a_file_that_cannot_be_read_at_all_is_told_where_it_breaks(editor, service):
    upload(editor, toml().replace(b"version = 2", b"version = tva"), status=400)
    assert "rad 2, kolumn 11" in editor.text
    assert "Värdet går inte att läsa." in editor.text
    with service.vaults.reading() as work:
        assert work.office.scalar(select(MaterialUpload.id)) is None


def test_what_is_no_upload_is_answered_with_what_to_do(editor, service):
    """Each reason is tried in `tests/unit/material/test_material_uploads.py`."""
    editor.get(HOME)
    editor.fill(action=HOME, status=400)
    assert "Välj en fil." in editor.text
    for body, name, sentence in (
        (b"%PDF-1.7", "til.pdf", "Välj ett frågeformulär som toml eller csv"),
        (zipped({"../../etc/passwd.toml": b"x"}), "kurs.zip", "inte går att använda: ../../etc/passwd.toml"),
        (zipped({"modules/m/a.sv.md": b""}), "kurs.zip", "Filen saknas. Skriv den, med kursens id, version och delar."),
    ):
        upload(editor, body, name, status=400)
        assert sentence in editor.text
        assert "<title>Rätta: " in editor.text
    with service.vaults.reading() as work:
        assert work.office.scalar(select(MaterialUpload.id)) is None


def test_a_file_of_fifty_megabytes_is_not_read(editor):
    """The reply comes from the stated length: nothing of it is taken in."""
    editor.get(HOME)
    editor.post(
        HOME, None, status=413, content_type="multipart/form-data; boundary=x", input_stream=io.BytesIO(b"--x"),
        environ_overrides={"CONTENT_LENGTH": str(50 * 1024 * 1024)},
    )  # fmt: skip
    assert "Filen är för stor" in editor.text


def test_a_data_dictionary_becomes_a_questionnaire_and_tells_what_was_left(editor):
    text = write_dictionary(MATERIAL.instruments["bet", 1]).replace("bet_", "ny_")
    rows = list(csv.reader(io.StringIO(text)))
    rows[2][12] = "y"
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    upload(editor, out.getvalue().encode(), "ny.csv", id="ny", version="3", titel="Ny", mater="handling")
    assert "Granska frågeformuläret ny, version 3" in editor.text
    assert "rad 3, Required Field?" in editor.text
    assert "Inga svar krävs här." in editor.text
    assert "Det finns ingen tidigare version." in editor.text


def test_a_dictionary_with_faults_is_told_by_row_and_what_was_typed_is_kept(editor):
    upload(
        editor,
        b"field_name,form_name,field_type,field_label\nq,f,calc,Summa\n",
        "ny.csv",
        status=400,
        id="ny",
        titel="Ny",
    )
    assert "rad 2, Field Type" in editor.text
    assert "Poäng räknas med skalor här." in editor.text
    assert 'value="ny"' in editor.text


@pytest.mark.parametrize("version", ["abc", "-1", "2.0", "0"])
def test_a_version_that_is_no_number_is_told_where_it_was_typed(editor, version):
    upload(editor, b"field_name\n", "ny.csv", status=400, id="ny", version=version)
    assert f"Versionen ”{version}” är inget nummer. Skriv ett heltal från 1" in editor.text
    assert f'value="{version}"' in editor.text
    assert 'href="#version"' in editor.text


# --- As a participant sees it ---


def strip(text):
    """The page without what belongs to one person or to the frame of the preview."""
    text = re.sub(r'<aside class="demo" lang="sv".*?</aside>\n?', "", text, flags=re.S)
    text = re.sub(r'<p class="stay".*?</p>\n?', "", text)
    text = re.sub(r'<(form|div)(?: method="post" action="/sprak")? class="languages">.*?</\1>\n?', "", text, flags=re.S)
    text = re.sub(r'name="(csrf|nyckel|gjord|sida|kurs)" value="[^"]*"', r'name="\1"', text)
    text = re.sub(r"\n+", "\n", text)
    return text[text.index(">", text.index("<body")) :]


def test_a_page_of_questions_is_drawn_as_for_a_participant(editor, service, app, other):
    """The same bytes, but for the frame, the addresses and the name of the wave."""
    person = PageClient(app)
    start_course(person, make_person(service, role="other_local"))
    person.get("/fragor/fore/1")
    upload(
        editor, to_toml(MATERIAL.instruments["se", 1].model_copy(update={"version": 2}), whole=True).encode(), "se.toml"
    )
    base = f"{editor.path}/granska/sv/other_local"
    editor.get(f"{base}/1")
    title = MATERIAL.instruments["se", 1].title.sv
    seen = strip(editor.text).replace(base, "/fragor/fore").replace(title, "Startfrågor")
    met = strip(person.text).replace(title, "Startfrågor")
    assert re.sub(r"sida 1 av \d+", "sida 1", seen) == re.sub(r"sida 1 av \d+", "sida 1", met)


def test_a_step_of_a_course_is_drawn_as_for_a_participant(editor, service, app):
    person = PageClient(app)
    start_course(person, make_person(service), research="nej")
    upload(editor, zipped(course_files()), "kurs.zip")
    base = f"{editor.path}/granska/sv/hairdresser"
    for step in (1, 2, 5, 6):
        person.get(f"/delar/1/{step}")
        editor.get(f"{base}/1/{step}")
        assert strip(editor.text).replace(base, "/delar") == strip(person.text)


def test_each_language_that_an_upload_is_whole_in_can_be_looked_at(editor):
    upload(editor, zipped(course_files()), "kurs.zip")
    address = editor.path
    for tongue, words in (("sv", "Mål."), ("sv_easy", "Mål."), ("en", "Goal.")):
        assert f"{address}/granska/{tongue}/other_local/1/1" in editor.text
        page = editor.browser.get(f"{address}/granska/{tongue}/other_local/1/2").get_data(as_text=True)
        assert words in page
        assert '<html lang="en">' in page if tongue == "en" else '<html lang="sv">' in page
    editor.get(f"{address}/granska/fi/other_local/1/1", status=404)


def test_answering_in_a_preview_tells_faults_and_saves_nothing(editor, service, config):
    trial = load_material_of_trial()
    upload(editor, trial, "prov.toml")
    base = f"{editor.path}/granska/sv/vet"
    editor.get(f"{base}/2")
    editor.fill(action=f"{base}/2", prov_number="många", status=400)
    assert "Skriv ett tal med siffror, till exempel 12." in editor.text
    editor.fill(action=f"{base}/2", prov_number="3")
    assert "Du har hoppat över" in editor.text
    editor.fill(action=f"{base}/2", prov_number="3", anda="1")
    assert editor.path == f"{base}/3"
    editor.get(f"{base}/4")
    assert "Läs vidare" in editor.text
    with service.vaults.reading() as work:
        from kapabla.answers.submissions import Submission

        assert work.answers.scalar(select(Submission.subject)) is None


def load_material_of_trial():
    from tests.trial import TRIAL

    return (TRIAL / "prov/v1.toml").read_bytes()


def test_a_story_can_be_walked_in_a_preview(editor):
    upload(editor, zipped(course_files()), "kurs.zip")
    base = f"{editor.path}/granska/sv/other_local"
    editor.get(f"{base}/1/5")
    editor.fill(action=f"{base}/1/5", gor="valj", status=400)
    editor.fill(action=f"{base}/1/5", gor="valj", val="ga_dit")
    assert "Du vet inte vem som öppnar." in editor.text
    editor.fill(action=f"{base}/1/5", gor="klar")
    assert editor.path == f"{base}/1/6"
    editor.fill(action=f"{base}/1/6", gor="svara")
    editor.fill(action=f"{base}/1/6", gor="klar")
    assert editor.path == f"{base}/1/klar"
    assert "Fortsätt med del 2" in editor.text


# --- The difference ---


def test_the_difference_is_told_item_by_item_in_old_and_new_words(editor):
    first, *rest = TIL.items
    changed = first.model_copy(update={"text": first.text.model_copy(update={"sv": "polisen i din kommun"})})
    upload(editor, toml(items=(changed, *rest), title=TIL.title.model_copy(update={"en": "Reliance"})))
    assert "fråga til_1, text (Svenska)" in editor.text
    assert "polisen i din kommun" in editor.text
    assert first.text.sv in editor.text
    assert "titel (English)" in editor.text


def test_the_difference_of_a_course_names_the_page(editor):
    files = course_files()
    page = "modules/01-din-roll/01-en-medmanniska.sv.md"
    files[page] = files[page].replace(b"Du", b"Ni", 1)
    upload(editor, zipped({f"min-kurs/{name}": body for name, body in files.items()}), "kurs.zip")
    assert "del din-roll, steg 01-en-medmanniska, titel (Svenska)" in editor.text


# --- Two people ---


def test_two_people_publish_and_a_running_process_reads_it_within_a_minute(editor, other, clock, service, app):
    address = published(editor, other, clock, service, toml())
    assert ("til", 2) not in app.extensions["kapabla"].material.instruments
    clock.tick(61)
    assert app.extensions["kapabla"].material.instruments["til", 2].status == "published"
    editor.get(address)
    assert "Publicerad" in editor.text
    editor.get(HOME)
    assert "frågeformuläret til, version 2" in editor.text
    with service.vaults.reading() as work:
        trail = work.office.scalars(select(OfficeAudit.action).where(OfficeAudit.action.startswith("material_"))).all()
    assert sorted(trail) == ["material_approve", "material_approve", "material_ask", "material_upload"]


def test_a_course_is_published_whole_and_a_new_process_starts_with_it(editor, other, clock, service, open_any, config):
    published(editor, other, clock, service, zipped(course_files()), "kurs.zip")
    course = open_any(config).material.courses["kapabla", 2]
    assert course.modules == MATERIAL.courses["kapabla", 1].modules


def test_the_same_person_cannot_approve_twice(editor, clock, service):
    upload(editor, toml())
    address = editor.path
    editor.fill(action=f"{address}/be-om-publicering")
    decide(editor, clock, address)
    assert "Väntar på ett godkännande" in editor.text
    assert "Den andra personen måste vara någon annan." in editor.text
    token = editor.hidden(action="/logga-ut")
    clock.tick(31)
    code = pyotp.TOTP(editor.secret).at(clock())
    editor.post(f"{address}/godkann", token | {"kod": code, "beslut": "godkann"}, status=409)
    assert "Du har redan godkänt versionen." in editor.text
    run_once(service)
    with service.vaults.reading() as work:
        assert work.office.scalars(select(MaterialUpload.state)).all() == ["approved_once"]


def test_a_decision_takes_a_code_that_is_right_and_new(editor, other, clock, service):
    upload(editor, toml())
    address = editor.path
    editor.fill(action=f"{address}/be-om-publicering")
    decide(editor, clock, address, code="000000", status=400)
    assert "Koden stämmer inte." in editor.text
    decide(editor, clock, address)
    spent = pyotp.TOTP(editor.secret).at(clock())
    steward = other("steward")
    steward.get(address)
    steward.fill(action=f"{address}/godkann", kod=spent, beslut="godkann", status=400)
    for _ in range(8):
        decide(steward, clock, address, code="111111", status=400)
    assert "För många försök." in steward.text


def test_a_refusal_needs_a_reason_and_closes_the_matter(editor, other, clock, service):
    upload(editor, toml())
    address = editor.path
    editor.fill(action=f"{address}/be-om-publicering")
    steward = other("steward")
    decide(steward, clock, address, decision="avsla", status=400)
    assert "Skriv varför versionen inte ska publiceras." in steward.text
    decide(steward, clock, address, decision="avsla", skal="Fel ton på sida 1.")
    assert "Versionen är avslagen: Fel ton på sida 1." in steward.text
    editor.get(address)
    editor.fill(action=f"{address}/ta-bort")
    assert "Ingenting är uppladdat än." in editor.text


def test_a_version_that_exists_is_refused(editor, other, clock, service):
    upload(editor, toml(version=1))
    assert "Versionen finns redan och kan inte ersättas." in editor.text
    assert "Be om publicering" not in editor.text
    token = editor.hidden(action="/logga-ut")
    editor.post(f"{editor.path}/be-om-publicering", token, status=409)
    published(editor, other, clock, service, toml())
    upload(editor, toml(construct_name="something"))
    assert "Version 2 är redan publicerad från en annan fil och kan inte ersättas." in editor.text


def test_of_two_files_for_one_version_one_is_asked_for(editor, other, clock):
    upload(editor, toml())
    first = editor.path
    upload(editor, toml(construct_name="something"))
    second = editor.path
    editor.fill(action=f"{second}/be-om-publicering")
    editor.get(first)
    assert "En annan fil för samma version väntar på att bli publicerad." in editor.text
    assert f'href="{second}"' in editor.text
    assert "/be-om-publicering" not in editor.text
    token = editor.hidden(action="/logga-ut")
    editor.post(f"{first}/be-om-publicering", token, status=409)
    assert "Den måste avslås först." in editor.text
    decide(other("steward"), clock, second, decision="avsla", skal="Fel fil.")
    editor.get(first)
    editor.fill(action=f"{first}/be-om-publicering")
    assert "Väntar på två godkännanden" in editor.text


def test_a_file_whose_version_another_has_become_is_shown_as_overtaken(editor, other, clock, service):
    """Asked for before one file kept another back, or at the same moment."""
    upload(editor, toml(construct_name="something"))
    late = editor.path
    winner = published(editor, other, clock, service, toml())
    with service.vaults.unit() as work:
        work.office.get_one(MaterialUpload, late.rsplit("/", 1)[1]).state = "asked"
    editor.get(HOME)
    assert editor.text.count("Överhunnen av en annan fil") == 1
    editor.get(late)
    assert "Version 2 är redan publicerad från en annan fil och kan inte ersättas." in editor.text
    assert "Skriv nästa versionsnummer i filen och ladda upp den igen." in editor.text
    assert f'href="{winner}"' in editor.text
    assert "Godkänn versionen" not in editor.text
    assert "Avslå versionen" in editor.text
    assert "Väntar på två godkännanden" not in editor.text


def test_what_has_become_faulty_since_is_not_published(editor, other, clock, service):
    """Two uploads with the same code, both approved: the second is told why it was not published."""
    files = [toml(id="a", version=1, **renamed("a")), toml(id="b", version=1, **renamed("a"))]
    addresses = []
    for body in files:
        upload(editor, body)
        addresses.append(editor.path)
        editor.fill(action=f"{editor.path}/be-om-publicering")
    steward = other("steward")
    for address in addresses:
        for client in (editor, steward):
            decide(client, clock, address)
    run_once(service)
    states = {}
    for address in addresses:
        editor.get(address)
        states[address] = "Kunde inte publiceras" in editor.text
    assert sorted(states.values()) == [False, True]


def renamed(prefix):
    """The same questions by other codes, so that no code is another instrument's."""
    new = {item.code: f"{prefix}_{number}" for number, item in enumerate(TIL.items, start=1)}
    return {
        "items": tuple(item.model_copy(update={"code": new[item.code]}) for item in TIL.items),
        "pages": tuple(page.model_copy(update={"items": tuple(new[c] for c in page.items)}) for page in TIL.pages),
        "scales": (),
    }


# --- The store ---


def test_a_published_file_that_was_changed_is_read_by_nobody_and_told_by_doctor(
    editor, other, clock, service, config, open_any
):
    published(editor, other, clock, service, toml())
    finding = {found.what: found for found in check_up(replace(config, demo=True))}["published material"]
    assert finding.ok
    (path,) = (config.release_dir / "files").rglob("*/*")
    path.write_bytes(path.read_bytes().replace(b"min_answered = 3", b"min_answered = 2"))
    assert ("til", 2) not in open_any(config).material.instruments
    finding = {found.what: found for found in check_up(replace(config, demo=True))}["published material"]
    assert not finding.ok
    assert "is not what two people approved; mirror the store anew, or restore it from a backup." in finding.detail


def test_a_file_of_the_folder_that_says_otherwise_wins_and_is_told(
    editor, other, clock, service, config, open_any, tmp_path
):
    published(editor, other, clock, service, toml())
    from shutil import copytree

    root = copytree(default_root(), tmp_path / "course_material")
    (root / "instruments/til/v2.toml").write_bytes(toml(construct_name="something"))
    both = replace(config, material_dir=root, demo=True)
    assert open_any(both).material.instruments["til", 2].construct_name == "something"
    finding = {found.what: found for found in check_up(both)}["published material"]
    assert "instruments/til/v2.toml lies in the folder as another file" in finding.detail


def test_an_upload_that_somebody_changed_in_the_database_is_not_published(editor, other, clock, service):
    upload(editor, toml())
    address = editor.path
    editor.fill(action=f"{address}/be-om-publicering")
    for client in (editor, other("steward")):
        decide(client, clock, address)
    with service.vaults.unit() as work:
        row = work.office.scalars(select(MaterialUpload)).one()
        row.files = {place: text.replace("min_answered = 3", "min_answered = 2") for place, text in row.files.items()}
    run_once(service)
    editor.get(address)
    assert "Filen är inte den som godkändes." in editor.text
    assert not (service.config.release_dir / "files").exists()

"""The page of a release and the register of downloads (R09, E6, F10): every file that leaves makes one row, under an
agreement that lasts."""

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from kapabla.cli.opening import Opening
from kapabla.cli.releases import retire as retire_command
from kapabla.errors import Refused
from kapabla.office import agreements, release_register, sign_in
from kapabla.office.access import NotAllowed
from kapabla.office.releases import DataAgreement, Download
from kapabla.office.staff_sessions import start_session
from kapabla.release import package, published
from kapabla.store import Store
from tests import factories as make
from tests import served
from tests.page_client import SAME_ORIGIN, PageClient
from tests.unit.release.samples import ABOUT, make_dataset
from tests.unit.release.test_release_difference import MANIFEST, REPORT
from tests.web.test_language import lang, main_of, swedish_in

NAME = ABOUT.release
ADDRESS = f"/forskning/data/{NAME}"
LONG = make_dataset(12)
FILES = package.sealed(package.files_of(LONG, ABOUT), {"title": ABOUT.title}, ABOUT)
SHAPES = package.shapes_of(LONG, FILES)

COUNTED = {
    "k_before": 2, "k_after": 5, "unique_before": 1, "unique_after": 0, "below_k_before": 3, "below_k_after": 0,
    "l_before": 3, "l_after": 3, "people_without_values": 0,
}  # fmt: skip


@pytest.fixture
def service(app):
    return app.extensions["kapabla"]


def member_of(work, role):
    return sign_in.get_staff(work.office, f"{role}@example.com")


@pytest.fixture
def released(service, client):
    """A small locked release, and the researcher signed in."""
    make.sign_in_as(client, "researcher")
    store = Store(service.config.release_dir)
    store.put_index(
        NAME,
        {
            "title": ABOUT.title, "is_test": True, "citation": ABOUT.citation,
            "citation_en": ABOUT.citations["en"], "conditions": [words["sv"] for words in ABOUT.conditions],
            "conditions_en": [words["en"] for words in ABOUT.conditions],
            "files": [
                {"name": name, "sha256": store.put(body), "size": len(body), "shape": SHAPES.get(name)}
                for name, body in sorted(FILES.items())
            ],
        },
    )  # fmt: skip
    with service.vaults.unit() as work:
        record = release_register.order(
            work.office, service.office_chain, release=NAME, study=make.STUDY, purpose="evaluation", is_test=True,
            by=member_of(work, "researcher"), at=service.clock(),
        )  # fmt: skip
        record.manifest = MANIFEST | {"title": ABOUT.title, "people": "test", "disclosure": REPORT | COUNTED}
        record.state, record.people, record.built_on = "locked", 12, ABOUT.built_on
        record.manifest_hash = hashlib.sha256(FILES["manifest.json"]).hexdigest()
    return NAME


def rows(service):
    with service.vaults.reading() as work:
        return work.office.scalars(select(Download).order_by(Download.file)).all()


def say_purpose(service, role="researcher", purpose="Delstudie 2"):
    with service.vaults.unit() as work:
        record, by = release_register.get(work.office, NAME), member_of(work, role)
        release_register.say_purpose(work.office, record=record, by=by, purpose=purpose, at=service.clock())


def set_end(service, ends_on):
    with service.vaults.unit() as work:
        agreements.record(
            work.office, service.office_chain, member=member_of(work, "researcher"), number="Avtal 1", ends_on=ends_on,
            actor="cli", at=service.clock(),
        )  # fmt: skip


def test_an_account_that_waits_is_told_so_instead_of_being_shown_buttons(released, service, app):
    make.make_staff(service, "steward")
    steward = PageClient(app)
    with service.vaults.unit() as work:
        token = start_session(work.office, member_of(work, "steward"), stage="full", at=service.clock())
    steward.browser.set_cookie("s", token)
    steward.get(ADDRESS)
    assert "Ladda ned alla filer" in steward.text
    with service.vaults.unit() as work:
        member_of(work, "steward").let_in_on = date(2026, 11, 25)
    steward.get(ADDRESS)
    assert "Du kan godkänna utgåvor och hämta filer från och med 2 december 2026." in steward.text
    assert "Ladda ned alla filer" not in steward.text


def test_the_page_tells_size_rows_conditions_citation_and_hash_of_each_file(client, released):
    """R09."""
    client.get(ADDRESS)
    for name, body in FILES.items():
        assert f">{name}</th>" in client.text
        assert hashlib.sha256(body).hexdigest() in client.text
    # A file a card where the screen is narrow, and its hash beside the table.
    assert re.search(r'<table class="cards">\s*<caption>Filer i utgåvan', client.text)
    assert f"{len(LONG)} × {len(LONG.columns)}" in client.text
    assert f"{len(LONG.people)} × {SHAPES['data_wide.csv'][1]}" in client.text
    assert "färre än 5 personer" in client.text
    assert f'value="{ABOUT.citation} SHA-256 för manifest.json: ' in client.text
    assert 'data-copy="hanvisning"' in client.text
    assert "Du har inte laddat ned något av utgåvan." in client.text


def test_a_researcher_who_reads_english_gets_to_a_file_in_english(client, released):
    """R09, R10: each page whole in English, and every way between them keeps it, also by a form and its error."""
    names = {
        "/forskning/data": "Data releases", "/forskning/nedladdningar": "Downloads",
        "/forskning/api-nycklar": "API keys",
    }  # fmt: skip
    for path in (*names, ADDRESS):
        client.get(path)
        assert f'href="{path}' in client.text.partition("<main")[2].partition('hreflang="en"')[0]
        client.get(f"{path}?sprak=en")
        assert lang(client) == "en"
        assert not swedish_in(main_of(client).replace("Ålder (en)", ""))
        ways = re.findall(r'(?:href|action)="(/forskning/[^"]*)"', main_of(client))
        assert {way for way in ways if "sprak=en" not in way} <= {path}, "Swedish again"
        menu = client.text.partition('<nav class="main"')[2].partition("</nav>")[0]
        assert re.findall(r'aria-current="page">([^<]*)', menu) == ([names[path]] if path in names else [])
        assert 'lang="sv"' not in menu
    assert "fewer than 5 people" in client.text
    assert f'value="{ABOUT.citations["en"]} SHA-256 of manifest.json: ' in client.text
    action = f"{ADDRESS}/fil/data_long.csv?sprak=en"
    client.fill(action=action, andamal=" ", status=400)
    assert lang(client) == "en"
    assert "Write what you will use the data for." in client.text
    client.fill(action=action, andamal="Substudy 2")
    assert lang(client) == "en"
    assert "Thank you, it is saved." in client.text
    assert not swedish_in(main_of(client).replace("Ålder (en)", ""))
    assert client.fill(action=action).data == FILES["data_long.csv"]


@pytest.mark.parametrize(("state", "is_told"), [("locked", True), ("built", False), ("approved_once", False)])
def test_how_many_there_are_is_told_when_the_release_is_locked(client, service, released, state, is_told):
    """C5.5: two counts can be subtracted, so the page says that, and tells none of what nobody has approved."""
    with service.vaults.unit() as work:
        release_register.take(work.office, NAME).state = state
    client.get(ADDRESS)
    assert ("<dt>Personer</dt>" in client.text) is is_told
    assert ("Grupper av personer med samma uppgifter" in client.text) is is_told
    assert "så att ingen kan se om en enskild person" not in client.text
    client.get("/forskning/data")
    assert (">12<" in client.text) is is_told


def test_every_format_makes_exactly_one_row_that_says_all(client, service, released):
    """E6: who, agreement, release, format, sha256, time, rows."""
    say_purpose(service)
    client.get(ADDRESS)
    for name in sorted(FILES):
        action = f"{ADDRESS}/fil/{name}"
        # Not as a page: the codebook is one, and none of ours.
        reply = client.browser.post(action, data=client.hidden(action=action), headers=SAME_ORIGIN)
        assert reply.data == FILES[name]
    found = rows(service)
    assert [row.file for row in found] == sorted(FILES)
    for row in found:
        assert row.sha256 == hashlib.sha256(FILES[row.file]).hexdigest()
        assert (row.agreement, row.release) == ("Avtal 1", NAME)
        assert row.rows == (SHAPES[row.file][0] if row.file in SHAPES else None)
    formats = {row.file: row.format for row in found}
    assert formats["data_long_excel.csv"] == "csv-excel"
    assert {formats[f"data_wide.{ending}"] for ending in ("csv", "xlsx", "sav", "dta", "parquet")} == {
        "csv", "xlsx", "sav", "dta", "parquet"
    }  # fmt: skip
    client.get(ADDRESS)
    assert client.text.count("Avtal 1") == len(FILES)


def test_the_purpose_is_asked_once_and_no_file_leaves_without_it(client, service, released):
    """R09: whatever is fetched first; nothing typed is lost, and it stands in the register and its table."""
    for what in ("fil/README.txt", "alla", "rapport"):
        client.get(ADDRESS)
        client.fill(action=f"{ADDRESS}/{what}")
        assert "Vad ska du använda uppgifterna till?" in client.text
        assert "Skriv vad du ska använda uppgifterna till." not in client.text
        client.fill(action=f"{ADDRESS}/{what}", andamal="  ", status=400)
        assert "Skriv vad du ska använda uppgifterna till." in client.text
    client.fill(action=f"{ADDRESS}/rapport", andamal="Å" * 201, status=400)
    assert "Skriv högst 200 tecken." in client.text
    assert f'value="{"Å" * 201}"' in client.text
    assert rows(service) == []
    client.get(ADDRESS)
    client.fill(action=f"{ADDRESS}/fil/README.txt")
    # The field has the focus: it is what the page is for. Then the button has it, back at the release.
    assert re.search(r'<input [^>]*name="andamal"[^>]* autofocus>', client.text)
    client.fill(action=f"{ADDRESS}/fil/README.txt", andamal=" Delstudie 2 ")
    assert client.path == ADDRESS
    assert "Tack, det är sparat." in client.text
    assert "autofocus>Ladda ned README.txt</button>" in client.text
    assert rows(service) == []
    assert client.fill(action=f"{ADDRESS}/fil/README.txt").data == FILES["README.txt"]
    client.get(ADDRESS)
    assert "Tack, det är sparat." not in client.text
    assert client.fill(action=f"{ADDRESS}/fil/missing.csv").data == FILES["missing.csv"]
    assert [row.purpose for row in rows(service)] == ["Delstudie 2"] * 2
    client.get("/forskning/nedladdningar")
    assert "Delstudie 2" in client.text
    assert {row["Används till"] for row in table(client)} == {"Delstudie 2"}


def test_the_address_of_a_reply_leads_back_to_the_release(client, released):
    """Kept as a bookmark, or gone to anew, it was 405."""
    for what in ("alla", "rapport", "godkann", "fil/README.txt"):
        client.get(f"{ADDRESS}/{what}?sprak=en")
        assert (client.path, lang(client)) == (ADDRESS, "en")
        client.get(f"/forskning/data/2026-11-25-9/{what}", status=404)


def test_why_a_release_was_not_built_is_told_by_what_can_be_done(client, service, released):
    """Whoever waits for people where a key is missing waits for ever."""
    told = {
        "k_not_reached": "Vänta tills fler har svarat.", "former_key_gone": "nyckeln ska läggas tillbaka",
        "former_files_gone": "filerna ska läggas tillbaka", "wrong_type": "Felet ligger i systemet",
    }  # fmt: skip
    for reason, words in told.items():
        with service.vaults.unit() as work:
            record = release_register.take(work.office, NAME)
            record.state, record.reason = "failed", reason
        client.get(ADDRESS)
        assert [shown for shown in told.values() if shown in client.text] == [words]


def test_a_release_that_an_earlier_one_is_cut_off_from_has_files_and_no_figures(client, service, released):
    """Decision 114: the page says why, and there is no report."""
    store = Store(service.config.release_dir)
    page = {"figures": [], "in_short": None, "cut_off": ["2026-11-20-1"]}
    store.put_index(NAME, store.index(NAME) | {"figures": store.put(json.dumps(page).encode())})
    say_purpose(service)
    client.get(ADDRESS)
    assert "Nyckeln till utgåva 2026-11-20-1 är förstörd" in client.text
    assert f"{ADDRESS}/rapport" not in client.text
    client.post(f"{ADDRESS}/rapport", client.hidden(action=f"{ADDRESS}/alla"), status=409)
    client.get("/forskning/resultat")
    assert "Utgåvan visar inga siffror." in client.text


def test_an_order_that_lacks_something_keeps_the_rest(client, service, released):
    """R09: whoever ticks what the error asks for must not order a release of real people."""
    client.get("/forskning/data")
    client.fill(action="/forskning/data", studie=make.STUDY, testpersoner="1", status=400)
    assert re.search(r'name="studie"[^>]* checked', client.text)
    assert re.search(r'name="testpersoner"[^>]* checked', client.text)
    assert '<a href="#syfte">Välj syfte.</a>' in client.text
    assert "Välj studie." not in client.text
    client.fill(action="/forskning/data", syfte="sharing", status=400)
    assert '<a href="#studie">Välj studie.</a>' in client.text
    assert re.search(r'name="syfte"[^>]* value="sharing" checked', client.text)


@pytest.mark.parametrize("state", ["built", "approved_once", "approved"])
def test_who_approves_may_look_at_the_files_of_a_release_that_waits(steward, client, app, service, released, state):
    """A steward answers for the data and sees it; an administrator sees no person, a researcher waits (A8)."""
    admin = PageClient(app)
    make.sign_in_as(admin, "admin")
    client.get(ADDRESS)
    form = client.hidden(action=f"{ADDRESS}/fil/missing.csv")
    with service.vaults.unit() as work:
        release_register.take(work.office, NAME).state = state
    for member in (client, admin):
        member.get(ADDRESS)
        assert "/fil/" not in member.text
    client.post(f"{ADDRESS}/fil/missing.csv", form, status=404)
    steward.get(ADDRESS)
    assert f"{ADDRESS}/rapport" not in steward.text
    steward.fill(action=f"{ADDRESS}/fil/missing.csv", andamal="Granskning")
    reply = steward.fill(action=f"{ADDRESS}/fil/missing.csv")
    assert reply.data == FILES["missing.csv"]
    assert [row.purpose for row in rows(service)] == ["Granskning"]


def test_an_agreement_that_has_ended_closes_the_figures_too(client, service, released):
    """E6: pages, tables and drawings; the list of releases says why. The county's own have none."""
    set_end(service, service.clock().date() - timedelta(days=1))
    for path in ("/forskning/resultat", f"/forskning/resultat/{NAME}/flow.csv", f"/forskning/resultat/{NAME}/flow.svg"):
        client.get(path, status=403)
    client.get("/forskning/resultat", status=403)
    assert "Ditt avtal Avtal 1 har gått ut, så du kan inte läsa resultat" in client.text
    client.get("/forskning/planering")


def test_an_agreement_has_a_number_that_fits_and_a_day_that_can_be(service, released):
    with service.vaults.unit() as work:
        member, given = member_of(work, "researcher"), {"chain": service.office_chain, "actor": "cli"}
        today = service.clock().date()
        for number, ends_on, fault in [
            ("9" * 61, date(2027, 1, 1), "agreement_number"), ("Avtal\n2", date(2027, 1, 1), "agreement_number"),
            ("Avtal 2", date(9999, 12, 31), "agreement_day"), ("Avtal 2", today - timedelta(days=1), "agreement_day"),
        ]:  # fmt: skip
            with pytest.raises(Refused, match=fault):
                agreements.record(
                    work.office, member=member, number=number, ends_on=ends_on, at=service.clock(), **given
                )
        # One that is there can be ended earlier.
        agreements.record(
            work.office, member=member, number="Avtal 1", ends_on=today - timedelta(days=1), at=service.clock(), **given
        )


def test_all_files_at_once_carry_the_id_of_the_download_in_name_and_note(client, service, released):
    """E6: the mark stands in name and note, never in the data."""
    say_purpose(service)
    client.get(ADDRESS)
    reply = client.fill(action=f"{ADDRESS}/alla")
    [row] = rows(service)
    assert (row.format, row.rows, row.sha256) == ("zip", len(LONG), hashlib.sha256(reply.data).hexdigest())
    assert reply.headers["Content-Disposition"] == (
        f'attachment; filename="kapabla_{make.STUDY}_{NAME}_2026-11-25_{row.id}.zip"'
    )
    with zipfile.ZipFile(io.BytesIO(reply.data)) as archive:
        inside = f"kapabla_{make.STUDY}_{NAME}_2026-11-25"
        assert json.loads(archive.read(f"{inside}/download.json")) == {"download": row.id, "release": NAME}
        assert {name: archive.read(f"{inside}/{name}") for name in FILES} == FILES
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_last_day_of_an_agreement_counts_and_the_day_after_nothing_leaves(client, service, released):
    """E6: expired is 403, on the page and for who posts all the same; nothing is written down."""
    today = service.clock().date()
    set_end(service, today)
    say_purpose(service)
    client.get(ADDRESS)
    hidden = client.hidden(action=f"{ADDRESS}/fil/README.txt")
    client.fill(action=f"{ADDRESS}/fil/README.txt")
    assert len(rows(service)) == 1
    set_end(service, today - timedelta(days=1))
    client.get(ADDRESS)
    assert "Ditt avtal Avtal 1 har gått ut" in client.text
    assert f"{ADDRESS}/fil/" not in client.text
    for action in (f"{ADDRESS}/fil/README.txt", f"{ADDRESS}/alla"):
        client.post(action, hidden, status=403)
        assert "har gått ut" in client.text
    assert len(rows(service)) == 1
    set_end(service, today + timedelta(days=30))
    client.get(ADDRESS)
    client.fill(action=f"{ADDRESS}/alla")
    assert len(rows(service)) == 2


def test_without_an_agreement_nothing_leaves(client, service, released):
    """E6."""
    client.get(ADDRESS)
    hidden = client.hidden(action=f"{ADDRESS}/alla")
    with service.vaults.unit() as work:
        work.office.delete(work.office.scalars(select(DataAgreement)).one())
    client.post(f"{ADDRESS}/alla", hidden, status=403)
    assert "när det finns ett avtal om data" in client.text
    assert rows(service) == []


def test_of_two_agreements_the_one_that_lasts_is_written_down(service, client, released):
    with service.vaults.unit() as work:
        agreements.record(
            work.office, service.office_chain, member=member_of(work, "researcher"), number="Avtal 2",
            ends_on=date(2030, 1, 1), actor="cli", at=service.clock(),
        )  # fmt: skip
    set_end(service, date(2020, 1, 1))
    say_purpose(service)
    client.get(ADDRESS)
    client.fill(action=f"{ADDRESS}/fil/README.txt")
    assert rows(service)[0].agreement == "Avtal 2"


def test_the_countys_own_need_no_agreement_and_get_none(service, released):
    make.make_staff(service, "steward")
    with service.vaults.unit() as work:
        steward = member_of(work, "steward")
        assert agreements.check_agreement(work.office, steward, on=date(2026, 11, 25)) == ""
        with pytest.raises(Refused, match="agreement_for_researchers"):
            agreements.record(
                work.office, service.office_chain, member=steward, number="Avtal 1", ends_on=date(2030, 1, 1),
                actor="cli", at=service.clock(),
            )  # fmt: skip


@pytest.fixture
def steward(app):
    """Signed in before there is a release: the first page would be its results."""
    client = PageClient(app)
    make.sign_in_as(client, "steward")
    return client


def test_researchers_see_their_own_and_the_county_sees_all(steward, client, service, released):
    """E6, F10."""
    say_purpose(service)
    client.get(ADDRESS)
    client.fill(action=f"{ADDRESS}/fil/missing.csv")
    say_purpose(service, "steward")
    steward.get(ADDRESS)
    steward.fill(action=f"{ADDRESS}/fil/ddi.xml")
    client.get("/forskning/nedladdningar")
    assert "missing.csv" in client.text
    assert "ddi.xml" not in client.text
    assert "Gäller till och med" not in client.text
    steward.get("/forskning/nedladdningar")
    for words in ("missing.csv", "ddi.xml", "Namn researcher", "Avtal 1", "31 maj 2027", "Visar 1–2 av 2."):
        assert words in steward.text
    steward.get("/forskning/nedladdningar?sida=2", status=404)
    [own] = table(client)
    assert (own["Fil"], own["Rader"], own["Avtal"]) == ("missing.csv", str(SHAPES["missing.csv"][0]), "Avtal 1")
    assert {row["Fil"]: row["Avtal"] for row in table(steward)} == {"ddi.xml": "", "missing.csv": "Avtal 1"}


def test_what_a_command_fetched_is_nobodys(steward, client, service, released):
    with service.vaults.unit() as work:
        record = release_register.get(work.office, NAME)
        release_register.record_export(
            work.office, service.office_chain, record=record, what="csv", rows=3, by=None, at=service.clock()
        )
    steward.get("/forskning/nedladdningar")
    assert "Kommando" in steward.text
    [row] = table(steward)
    assert (row["Vem"], row["E-post"], row["Används till"], row["Fil"]) == ("Kommando", "", "kommando", f"{NAME}/csv")
    assert table(client) == []


def table(client):
    body = client.get("/forskning/nedladdningar.csv").data
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))


def test_the_register_is_taken_along_for_the_record_of_processing(client, service, released):
    """E6, attack 25: with approvals and purpose; what begins as a formula is text in Excel."""
    make.make_staff(service, "steward")
    with service.vaults.unit() as work:
        member_of(work, "researcher").name = "=HYPERLINK(1)"
    say_purpose(service)
    client.get(ADDRESS)
    client.fill(action=f"{ADDRESS}/fil/data_long.sav")
    [row] = table(client)
    assert row["Vem"] == "'=HYPERLINK(1)"
    assert (row["Tid"], row["Utgåva"], row["Syfte"], row["Format"]) == ("2026-11-25 10.00", NAME, "Utvärdering", "sav")
    assert row["SHA-256"] == hashlib.sha256(FILES["data_long.sav"]).hexdigest()
    assert row["Hämtningens id"] == rows(service)[0].id


def test_nothing_has_been_fetched_yet(client, released):
    client.get("/forskning/nedladdningar")
    assert "Ingen fil har laddats ned än." in client.text


def test_the_list_of_releases_says_what_is_new(client, released):
    """R09."""
    client.get("/forskning/data")
    assert "Första utgåvan av sitt slag" in client.text


def test_a_release_from_before_shapes_were_kept_is_shown(client, service, released):
    store = Store(service.config.release_dir)
    index = store.index(NAME)
    for file in index["files"]:
        del file["shape"]
    del index["citation"], index["conditions"]
    store.put_index(NAME, index)
    client.get(ADDRESS)
    assert "Villkor" not in client.text
    assert f"Länsstyrelsen Västerbotten (2026). {ABOUT.title}." in client.text
    assert published.files(service.config.release_dir, NAME)[0].rows is None


def test_a_release_that_is_taken_back_is_handed_out_no_more(client, service, released, config):
    """C3.5: by somebody who may approve; pages and keys refuse, and it is told who has it."""
    opening = Opening({"KAPABLA_DATA_DIR": str(config.data_dir), "KAPABLA_KEY_DIR": str(config.key_dir)})
    with service.vaults.unit() as work:
        for role in ("steward", "officer"):
            # Of a demo account no code is asked for.
            sign_in.add_staff(
                work.office, email=f"{role}@demo.example.com", name="Dana", role=role, ends_on=date(2099, 1, 1),
                at=service.clock(), is_demo=True,
            )  # fmt: skip

    def retire(role):
        return CliRunner().invoke(retire_command, [NAME, "--by", f"{role}@demo.example.com"], obj=opening)

    token = served.make_token(service, release=NAME)
    say_purpose(service)
    client.get(ADDRESS)
    client.fill(action=f"{ADDRESS}/fil/missing.csv")
    client.get(ADDRESS)
    form = client.hidden(action=f"{ADDRESS}/fil/missing.csv")
    assert isinstance(retire("officer").exception, NotAllowed)
    said = retire("steward")
    assert said.output == f"{NAME}: retired\nIt has been fetched by researcher@example.com. Ask them to delete it.\n"
    for what in ("fil/missing.csv", "alla", "rapport"):
        client.post(f"{ADDRESS}/{what}", form, status=404)
    client.get(ADDRESS)
    assert "Utgåvan är indragen." in client.text
    assert "/fil/" not in client.text
    calling = client.app.test_client().post("/api/", data={"token": token.token, "content": "version"})
    assert calling.status_code == 403
    assert retire("steward").exception.code == "wrong_state"


def test_a_release_for_sharing_is_not_taken_for_the_results_of_the_study(client, app):
    """Pages that are asked about no release take the newest for the evaluation; purpose stands beside each."""
    service = app.extensions["kapabla"]
    make.sign_in_as(client, "researcher")
    for role in ("steward", "admin"):
        make.make_staff(service, role)
    store = Store(service.config.release_dir)
    book = store.put(FILES["codebook.json"])
    for name, purpose in (("2026-11-25-1", "evaluation"), ("2026-11-25-2", "sharing")):
        served.lock_release(service, LONG, name=name, purpose=purpose)
        store.put_index(name, {"files": [{"name": "codebook.json", "sha256": book, "size": 1}]})
    client.get("/forskning/kodbok")
    assert "Datautgåva 2026-11-25-1. Syfte: utvärdering." in client.text
    assert "2026-11-25-2 (delning)" in client.text
    client.get("/forskning/kodbok?utgava=2026-11-25-2")
    assert "Datautgåva 2026-11-25-2. Syfte: delning." in client.text
    # What nobody answered is not said to stand as it was answered, and a number has its range.
    cards = {card[0]: card[1] for card in re.findall(r'<th scope="row">(\w+)</th>(.*?)</tr>', client.text, re.S)}
    assert "KP och 14 tecken" in cards["record_id"]
    assert "nytt i varje utgåva" in cards["record_id"]
    assert "som det är" in cards["wave"]
    assert ">1–5<" in cards["se_mean"]

"""What somebody tries who knows browsers and protocols rather than us: a session that was planted, a page in a frame,
a page taken for a file, an address that leads elsewhere, another host's name, a way out of a folder, an archive that
bursts, an entity, the time that an answer takes, a key in what we keep."""

import io
import zipfile
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from urllib.parse import unquote

import pytest
from argon2 import PasswordHasher, Type
from sqlalchemy import event, select

from kapabla.identity import entry
from kapabla.identity.codes import derive_code
from kapabla.identity.enrolling import new_access
from kapabla.identity.list_reading import ListRefused
from kapabla.identity.list_reading.workbook import MAX_UNPACKED, read_workbook
from kapabla.identity.people import Person
from kapabla.keys import Keyring
from tests import factories as make
from tests.conventions.test_addresses import ACCESS, address, method, rules
from tests.page_client import PageClient

PLANTED = "planterad-av-nagon-annan-0123456789"
EVIL = "ond.example"
# Meant to be shown on the pages of others: it has nothing that can be pressed.
IN_FRAMES = {"public.promises_as_piece"}


@pytest.fixture
def inside(client, service):
    """Somebody who has come in, on the pages of the course."""
    make.start_course(client, make.make_person(service), research="nej")
    return client


def test_a_session_that_was_planted_in_the_browser_is_none_and_is_replaced(client, service):
    """Fixation: whoever planted it would be signed in with the person."""
    made = make.make_person(service)
    client.browser.set_cookie("k", PLANTED)
    make.start_course(client, made, research="nej")
    assert client.browser.get_cookie("k").value != PLANTED
    other = PageClient(client.app)
    other.browser.set_cookie("k", PLANTED)
    assert other.browser.get("/delar").status_code == 303


def test_a_planted_session_of_staff_is_none_before_and_after_the_sign_in(client, service):
    client.browser.set_cookie("s", PLANTED)
    make.sign_in_as(client, "officer")
    assert client.browser.get_cookie("s").value != PLANTED
    other = PageClient(client.app)
    other.browser.set_cookie("s", PLANTED)
    assert other.browser.get("/admin/omgangar").status_code == 303


def test_no_page_can_be_laid_in_a_frame_under_somebodys_hand(app):
    """Clickjacking: every address, whatever it answers."""
    framed = set()
    for rule in rules(app):
        reply = app.test_client().open(address(rule), method=method(rule))
        if "frame-ancestors 'none'" not in reply.headers.get("Content-Security-Policy", ""):
            framed.add(rule.endpoint)
    assert framed <= IN_FRAMES


def test_every_reply_carries_what_browsers_obey(config, make_app):
    """Whatever it answers, on https: pages, files, faults, what is for machines."""
    app = make_app(replace(config, base_url="https://kapabla.example.se"))
    for rule in rules(app):
        reply = app.test_client().open(address(rule), method=method(rule))
        policy = reply.headers["Content-Security-Policy"]
        assert {"default-src 'none'", "base-uri 'none'"} <= set(policy.split("; ")), rule
        assert "unsafe" not in policy
        assert reply.headers["X-Content-Type-Options"] == "nosniff", rule
        assert reply.headers["Referrer-Policy"] == "no-referrer", rule
        assert reply.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains", rule
        assert "Access-Control-Allow-Origin" not in reply.headers, rule


ENDINGS = ("/x.css", ".css", ";x.css", "%2fx.css", "%00.css", "/..%2fx.js", "%3f.jpg")


def test_no_page_of_somebodys_is_taken_for_a_file_by_a_cache_on_the_way(inside):
    """Cache deception: a server before us that keeps what ends in .css must never get a page of a person."""
    with inside.app.extensions["kapabla"].vaults.reading() as work:
        number = work.identity.scalar(select(Person.number))
    for page, ending in product(("/delar", "/mina-uppgifter", "/delar/1/1"), ENDINGS):
        reply = inside.browser.get(page + ending)
        assert reply.status_code in (303, 308, 404), (page, ending)
        assert reply.headers["Cache-Control"] == "no-store", (page, ending)
        assert number not in reply.text


AWAY = [
    f"//{EVIL}", f"//{EVIL}/delar", f"/\\{EVIL}", f"/%2f{EVIL}", f"/%5c{EVIL}", f"/@{EVIL}",
    f"/%0d%0aLocation:%20//{EVIL}",
]  # fmt: skip


def test_no_address_of_ours_leads_elsewhere(client):
    """Open redirect, by path or by what is asked for, and no header is written by an address."""
    for where in AWAY:
        # As it stands in the request line: the client of the tests would take it for a host.
        reply = client.browser.get("/", environ_overrides={"PATH_INFO": unquote(where), "RAW_URI": where})
        assert EVIL not in reply.headers.get("Location", "").partition("?")[0]
        asked = dict.fromkeys(("mal", "next", "vidare", "till", "tillbaka", "url"), where)
        for page in ("/logga-in", "/k", "/lamna", "/sprak", "/fortsatt"):
            found = client.browser.get(page, query_string=asked).headers.get("Location", "")
            assert not found.startswith(("//", "/\\", "http://" + EVIL, "https://" + EVIL)), (page, where)


def test_what_the_visitor_says_of_our_name_is_believed_nowhere(inside, app):
    """Host header: links and addresses come from the settings."""
    for headers in ({"Host": EVIL}, {"Host": "localhost", "X-Forwarded-Host": EVIL}, {"Host": f"localhost@{EVIL}"}):
        for rule in rules(app):
            if method(rule) == "GET" and ACCESS[rule.endpoint] in ("public", "participant"):
                reply = inside.browser.get(address(rule), headers=headers)
                assert EVIL not in reply.text, rule
                assert EVIL not in "".join(reply.headers.values()), rule


WAYS_OUT = (
    "../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "....//....//etc/passwd",
    "/etc/passwd", "..\\..\\etc\\passwd", "%252e%252e%252fetc%252fpasswd", "app.css/../../../config.py",
)  # fmt: skip


def test_no_name_of_a_file_leads_out_of_its_folder(client):
    """Path traversal, at everything whose address ends in a name."""
    folders = ("/static/", "/paket/", "/intyg/", "/medborgarloften/", "/forskning/datautgavor/r1/")
    for folder, way in product(folders, WAYS_OUT):
        reply = client.browser.get(folder + way)
        assert reply.status_code in (303, 308, 400, 404), folder
        assert "root:" not in reply.text
        assert "PREFIX" not in reply.text


def workbook(sheet, extra=""):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELS)
        archive.writestr(
            "xl/workbook.xml", f'<?xml version="1.0"?>{extra}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )  # fmt: skip
        archive.writestr("xl/_rels/workbook.xml.rels", _BOOK_RELS)
        with archive.open("xl/worksheets/sheet1.xml", "w") as file:
            for piece in sheet:
                file.write(piece)
    return body.getvalue()


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELS = (
    f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)
_BOOK_RELS = (
    f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_OFFICE}/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>'
)


def sheet(cell, *, doctype=""):
    text = (
        f'<?xml version="1.0"?>{doctype}<worksheet xmlns="{_MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is>'
        f'<t>namn</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>{cell}</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    return [text.encode()]


def test_a_workbook_that_bursts_is_refused_before_it_is_unpacked():
    """Zip bomb: a hundred megabytes in a hundred kilobytes."""
    pieces = [b" " * (1024 * 1024)] * (MAX_UNPACKED // 1024**2 + 1)
    bomb = workbook(pieces)
    assert len(bomb) < 300_000
    with pytest.raises(ListRefused) as refused:
        read_workbook(bomb)
    assert refused.value.code == "too_large"


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "hahahahahaha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
FILE = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [LAUGHS, FILE], ids=["that laughs", "of a file"])
def test_no_entity_of_a_workbook_is_followed(doctype):
    for data in (workbook(sheet("&i;", doctype=doctype)), workbook(sheet("Anna"), extra=doctype)):
        try:
            found = repr(read_workbook(data))
        except ListRefused:
            continue
        assert "root:" not in found
        assert "haha" not in found


@contextmanager
def statements(service, vault):
    found = []

    def note(_connection, _cursor, statement, *_rest):
        found.append(statement)

    engine = service.vaults.engines[vault]
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def test_a_code_that_never_was_costs_what_a_code_of_somebody_costs_who_has_left_or_has_another(app, service):
    """The same answer, by the same statements: time tells nothing that the page does not."""
    left, other = make.make_person(service), make.make_person(service, email="b@example.com")
    with service.vaults.unit() as work:
        entry.set_left(work.identity, left.id, "all")
        new_access(work.identity, service.keys, work.identity.get_one(Person, other.id))
    seen = []
    for code in (left.code, other.code, derive_code(bytes(32), bytes(32), 1)):
        client = PageClient(app)
        client.get("/k")
        with statements(app.extensions["kapabla"], "identity") as found:
            reply = client.browser.post("/k", data={"kod": code}, headers={"Sec-Fetch-Site": "same-origin"})
        seen.append((reply.status_code, reply.text.replace(code, ""), found))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0] == 400


def test_an_address_that_nobody_has_is_thought_about_as_long_as_one_of_staff(app, service, monkeypatch):
    """The hash of the password is what takes time: it is computed in both."""
    make.make_staff(service, "officer")
    computed, verify = [], PasswordHasher.verify

    def counted(self, *args):
        computed.append(1)
        return verify(self, *args)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    work_done = []
    for email in ("officer@example.com", "ingen@example.com"):
        client = PageClient(app)
        client.get("/logga-in")
        computed.clear()
        with statements(app.extensions["kapabla"], "office") as found:
            client.fill(status=400, email=email, losenord="inte mitt losenord alls")
        work_done.append((len(computed), [line.split()[0] for line in found]))
    assert work_done[0] == work_done[1]
    assert work_done[0][0] == 1


def test_no_key_stands_in_a_vault_or_in_what_is_answered(inside, app, service, config):
    """Secret scan of what is kept and shown; the files of the repository are scanned by the conventions."""
    keyring = Keyring(config.key_dir)
    keys = [keyring.get(key.purpose, key.id) for key in keyring.list()]
    written = [
        path.read_text("utf-8").split('key = "')[1].split('"')[0].encode() for path in config.key_dir.glob("*.key")
    ]
    kept = [path.read_bytes() for path in config.data_dir.rglob("*") if path.is_file()]
    shown = [inside.browser.get(page).data for page in ("/delar", "/mina-uppgifter", "/k", "/logga-in", "/readyz")]
    assert len(keys) == len(written) > 9
    for secret in (*keys, *written):
        assert not any(secret in body or secret.hex().encode() in body for body in (*kept, *shown))


def test_a_password_takes_long_to_guess(shipped_hasher):
    """OWASP's least for Argon2id on one lane: 19 MiB and two passes."""
    assert shipped_hasher.type is Type.ID
    assert shipped_hasher.memory_cost >= 19 * 1024
    assert shipped_hasher.time_cost >= 2

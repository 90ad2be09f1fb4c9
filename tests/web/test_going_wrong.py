"""What people meet when something outside fails: a page in Swedish, nothing half-written, no trace of the inside."""

from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from kapabla.answers.submissions import Submission
from kapabla.identity.contact import read_contact
from kapabla.identity.people import Person
from kapabla.identity.sessions import ImportDraft
from kapabla.vaults import Work
from tests import factories as make
from tests.page_client import PageClient

CLOSED = "Sidan är stängd en kort stund"


@pytest.fixture
def as_in_production(any_config, make_app):
    """With `testing`, faults are raised to the test instead of being answered."""
    return make_app(replace(any_config, testing=False))


def count(service, vault, model):
    with service.vaults.reading() as work:
        return getattr(work, vault).scalar(select(func.count()).select_from(model))


@contextmanager
def stopped(databases, vault):
    """The database of one vault ends every connection and takes no new one, as a server does that is shut down."""
    url = make_url(databases.urls[vault])
    kept = databases._open[vault].info.backend_pid
    with psycopg.connect(databases.server_uri, autocommit=True) as server:
        name = sql.Identifier(url.database)
        server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
            [url.database, kept],
        )
        try:
            yield
        finally:
            server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


@pytest.mark.postgres
@pytest.mark.parametrize("vault", ["answers", "identity"])
def test_a_database_that_stops_is_told_and_the_page_can_be_sent_when_it_is_back(pg_config, make_app, databases, vault):
    app = make_app(replace(pg_config, testing=False))
    service, client = app.extensions["kapabla"], PageClient(app)
    made = make.make_person(service)
    make.start_course(client, made)
    client.get("/fragor/fore/1")
    data = client.hidden() | make.answers_on(client.text)
    with stopped(databases, vault):
        client.post("/fragor/fore/1", data, status=503)
        assert CLOSED in client.text
        assert (
            "Just nu kan vi inte spara. Det du har skrivit finns kvar på sidan. Försök igen om en stund." in client.text
        )
        client.get("/delar", status=503)
        assert "Just nu kan vi inte spara. Försök igen om några minuter." in client.text
        client.get("/stod")
        assert client.browser.get("/healthz").status_code == 200
        assert client.browser.get("/readyz").json == {"status": "database_away"}
    client.post("/fragor/fore/1", data)
    assert client.path == "/fragor/fore/2"
    assert count(service, "answers", Submission) == 1


def test_a_database_that_stops_at_the_commit_is_told_as_any_other(as_in_production, monkeypatch):
    service, client = as_in_production.extensions["kapabla"], PageClient(as_in_production)
    make.start_course(client, make.make_person(service))
    client.get("/fragor/fore/1")
    data = client.hidden() | make.answers_on(client.text)

    def away(_self):
        raise OperationalError("COMMIT", {}, Exception("away"))

    with monkeypatch.context() as patch:
        patch.setattr(Work, "commit", away)
        client.post("/fragor/fore/1", data, status=503)
    assert CLOSED in client.text
    assert ">Försök igen</button>" in client.text
    assert count(service, "answers", Submission) == 0
    # The button sends what was sent: nothing has to be filled in again.
    client.fill(action="/fragor/fore/1")
    assert client.path == "/fragor/fore/2"
    assert count(service, "answers", Submission) == 1


def test_a_fault_of_ours_gives_the_form_back_and_never_a_code(as_in_production, monkeypatch):
    service, client = as_in_production.extensions["kapabla"], PageClient(as_in_production)
    make.start_course(client, make.make_person(service))
    client.get("/fragor/fore/1")
    data = client.hidden() | make.answers_on(client.text)
    client.get("/mina-uppgifter/kopia")
    copy = client.hidden(action="/mina-uppgifter/kopia") | {"kod": "482913"}

    def fail(_self):
        raise ZeroDivisionError("secret words")

    with monkeypatch.context() as patch:
        patch.setattr(Work, "commit", fail)
        patch.setattr(Work, "rollback", fail)
        client.post("/fragor/fore/1", data, status=500)
        assert "Något gick fel hos oss" in client.text
        assert client.hidden(action="/fragor/fore/1") == data
        client.post("/mina-uppgifter/kopia", copy, status=500)
        assert "482913" not in client.text
        client.post("/k", {"kod": "KB47RT9MXV"}, status=500)
        assert "KB47RT9MXV" not in client.text


def test_a_database_file_that_goes_while_the_service_runs_is_not_made_empty_in_its_place(config, make_app):
    client = PageClient(make_app(replace(config, testing=False)))
    (config.data_dir / "identity.db").unlink()
    client.post("/k", {"kod": "KB47R-T9MXV"}, status=503)
    assert CLOSED in client.text
    assert client.browser.get("/readyz").json == {"status": "database_away"}
    assert not (config.data_dir / "identity.db").exists()


@pytest.mark.parametrize("how", ["gone", "broken"])
def test_a_key_that_is_away_while_the_service_runs_is_told_as_a_database_that_is(as_in_production, any_config, how):
    key = any_config.key_dir / "invitation-1.key"
    key.unlink() if how == "gone" else key.write_text("x")
    client = PageClient(as_in_production)
    client.post("/k", {"kod": "KB47R-T9MXV"}, status=503)
    assert CLOSED in client.text
    assert "invitation" not in client.text


def test_characters_that_no_key_gives_are_gone_from_every_field(any_client, any_app):
    service = any_app.extensions["kapabla"]
    make.sign_in_as(any_client, "officer")
    any_client.get("/admin/omgangar/ny")
    any_client.fill(
        action=any_client.path, namn="Hös\0ten \x1b[31m", start="2026-09-12", slut="2026-12-01", studie="kapabla-2026"
    )
    assert "<h1>Hösten [31m</h1>" in any_client.text
    any_client.get(f"{any_client.path}/person")
    any_client.fill(
        action=any_client.path,
        namn="Åsa\0 Ek\a",
        epost="asa@example.com",
        kommun="2404",
        yrke="hairdresser",
        kanal="email",
    )
    with service.vaults.reading() as work:
        person = work.identity.scalars(select(Person)).one()
        assert read_contact(service.keys, person).name == "Åsa Ek"


@pytest.mark.parametrize(
    "path", ["/k/a%00b", "/admin/omgangar?sok=%00", "/admin/deltagare/K-%00", "/forskning/data/%00", "/intyg/%0d%0a%00"]
)
def test_an_address_with_such_characters_is_a_page_that_we_do_not_have(as_in_production, path):
    client = PageClient(as_in_production)
    make.sign_in_as(client, "researcher" if path.startswith("/forskning") else "officer")
    client.get(path, status=200 if "?" in path else 404)


def test_a_page_past_the_last_is_the_last(client, service):
    made = make.make_person(service)
    make.sign_in_as(client, "officer")
    for wanted in ("2", "90", "9" * 30):
        client.get(f"/admin/omgangar/{make.make_cohort(service)}?sida={wanted}")
        assert made.number in client.text


STAFF_FRAME, PARTICIPANT_FRAME = '<body class="staff">', "data-exit"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/admin/finns-inte", 404), ("/admin/omgangar/finns-inte", 404), ("/forskning/data", 403),
        ("/admin/deltagare/K-0000/kontakt", 405),
    ],
)  # fmt: skip
def test_what_goes_wrong_for_staff_is_told_in_their_own_frame_and_in_swedish(client, service, path, status):
    make.sign_in_as(client, "officer")
    client.browser.set_cookie("sprak", "en")
    client.get(path, status=status)
    assert STAFF_FRAME in client.text
    assert PARTICIPANT_FRAME not in client.text
    assert "Till utbildningen" not in client.text
    assert 'lang="sv"' in client.text


def test_what_goes_wrong_for_others_is_told_in_the_frame_with_the_way_out(client):
    client.get("/finns-inte", status=404)
    assert STAFF_FRAME not in client.text
    assert PARTICIPANT_FRAME in client.text
    assert '<a href="/fortsatt">Till utbildningen</a>' in client.text


def test_an_upload_of_fifty_megabytes_is_refused_before_it_is_read(client, service):
    cohort = make.make_cohort(service)
    make.sign_in_as(client, "officer")
    address = f"/admin/omgangar/{cohort}/import"
    client.get(address)
    client.post(
        address, data=b"--x\r\n", content_type="multipart/form-data; boundary=x", status=413,
        environ_overrides={"CONTENT_LENGTH": str(50 * 1024 * 1024)},
    )  # fmt: skip
    assert "Välj en mindre fil, högst 10 MB, och försök igen." in client.text
    assert count(service, "identity", ImportDraft) == count(service, "identity", Person) == 0

"""Attack 26 against the database itself: whoever takes over a process has its role in PostgreSQL, and no more.

The same code under the same roles serves every page of research, the API, the pages where texts are read, and the
public report: what they need is what they have.
"""

import re
import secrets
from dataclasses import replace
from datetime import date

import psycopg
import pyotp
import pytest
from psycopg import errors, sql
from sqlalchemy import create_engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from kapabla import grants
from kapabla.jobs.runner import run_once
from kapabla.office import release_register, sign_in
from kapabla.office.releases import AccessibilityReport
from kapabla.tables import METADATA
from tests import factories as make
from tests import postgres
from tests.page_client import PageClient

pytestmark = pytest.mark.postgres
PREFIX = f"kapabla_{secrets.token_hex(3)}"
PASSWORD = secrets.token_hex(16)
ROLES = {process: f"{PREFIX}_{process}" for process in grants.PROCESSES}
# With which a statement is refused before it is asked whether its row would do.
TRIES = {
    "SELECT": "SELECT * FROM {table} LIMIT 0",
    "INSERT": "INSERT INTO {table} DEFAULT VALUES",
    "DELETE": "DELETE FROM {table} WHERE false",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def roles(databases):
    """As `kapabla database roles --apply` makes them, in the databases of this worker."""
    for vault, url in databases.urls.items():
        with psycopg.connect(plain(url), autocommit=True) as owner:
            for statement in grants.statements(vault, make_url(url).database, PREFIX):
                owner.execute(statement.encode())
            for role in ROLES.values():
                owner.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(PASSWORD)))
    yield
    for url in databases.urls.values():
        with psycopg.connect(plain(url), autocommit=True) as owner:
            for role in ROLES.values():
                owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
    with psycopg.connect(databases.server_uri, autocommit=True) as owner:
        for role in ROLES.values():
            owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def plain(url):
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def as_role(url, process):
    return make_url(url).set(username=ROLES[process], password=PASSWORD).render_as_string(hide_password=False)


def may(connection, statement):
    """Whether the database lets it through; what the statement does is taken back."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.encode())
    except errors.InsufficientPrivilege as refused:
        # The verb is allowed where it is the row that is not.
        return "row-level security" in str(refused)
    except errors.IntegrityError:
        return True
    return True


@pytest.mark.parametrize("vault", postgres.VAULTS)
@pytest.mark.parametrize("process", grants.PROCESSES)
def test_sql_as_each_role_is_refused_wherever_its_process_has_nothing_to_do(databases, process, vault):
    """C7.26, C2.1: every table, every verb."""
    rights, address = grants.rights_of(process, vault), plain(as_role(databases.urls[vault], process))
    if not rights:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(address)
        return
    with psycopg.connect(address) as connection:
        for name in [*METADATA[vault].tables, "alembic_version"]:
            own = rights.get(name, {})
            whole = {verb for verb in TRIES if verb in own and not own[verb]}
            assert {verb for verb, how in TRIES.items() if may(connection, how.format(table=name))} == whole, name
        for table in METADATA[vault].tables.values():
            own = rights.get(table.name, {})
            for verb, how in (("SELECT", 'SELECT "{c}" FROM {t} LIMIT 0'), ("UPDATE", 'UPDATE {t} SET "{c}" = NULL')):
                allowed = own.get(verb, None if verb not in own else ())
                for column in table.c:
                    expected = allowed is not None and (not allowed or column.name in allowed)
                    found = may(connection, how.format(c=column.name, t=table.name))
                    assert found == (expected and not refused_by_trigger(table.name, verb)), (column, verb)
        assert not may(connection, "CREATE TABLE mine (x int)")


def refused_by_trigger(table, verb):
    return table == "audit" and verb == "UPDATE"


def test_the_roles_are_as_narrow_as_the_design_says():
    """C2.1, E5.1: said once more by hand, so that a right that is added in code is thought about."""
    for process in ("research", "public"):
        assert not grants.rights_of(process, "identity")
        assert not grants.rights_of(process, "answers")
    assert not grants.rights_of("review", "identity")
    assert not grants.rights_of("participant", "office")
    assert not grants.rights_of("admin", "answers")
    assert grants.rights_of("public", "office").keys() == {"accessibility_report", "alembic_version"}
    assert set(grants.rights_of("review", "answers")) == {
        "alembic_version", "audit", "audit_head", "consent", "free_texts", "placement", "wave_state",
    }  # fmt: skip
    assert not {"municipality", "role", "cohort"} & set(grants.rights_of("review", "answers")["placement"]["SELECT"])
    assert not {"role", "email", "ends_on", "municipality"} & set(
        grants.NARROW["research"]["office"]["staff"]["UPDATE"]
    )
    for process in grants.PROCESSES:
        for vault in postgres.VAULTS:
            assert not {"UPDATE", "DELETE"} & grants.rights_of(process, vault).get("audit", {}).keys()


def accounts_seen(databases, process):
    with psycopg.connect(plain(as_role(databases.urls["office"], process))) as connection:
        return {row[0] for row in connection.execute("SELECT role FROM staff")}


def test_how_the_countys_people_sign_in_is_not_there_to_be_read(databases, pg_config, open_any):
    """Decision 35: research and review sign staff in, and the database shows them those whose pages they have."""
    service = open_any(pg_config)
    for role in ("officer", "editor", "researcher", "steward", "admin"):
        make.make_staff(service, role)
    assert accounts_seen(databases, "research") == {"researcher", "steward", "admin"}
    assert accounts_seen(databases, "review") == {"steward"}
    assert accounts_seen(databases, "admin") >= {"officer", "editor"}
    with psycopg.connect(plain(as_role(databases.urls["office"], "research"))) as connection:
        change = "UPDATE staff SET password_hash = 'x' WHERE email = 'officer@example.com'"
        assert connection.execute(change).rowcount == 0
        connection.rollback()
    with psycopg.connect(plain(databases.urls["office"]), autocommit=True) as owner:
        owner.execute("ALTER TABLE staff DISABLE ROW LEVEL SECURITY")
        # The mutant, and --check says so.
        assert "officer" in accounts_seen(databases, "research")
        assert {grant.privilege for grant in differences(databases, "office")[1]} == {"ROWS OF"}
        owner.execute("ALTER TABLE staff ENABLE ROW LEVEL SECURITY")
    assert differences(databases, "office") == (set(), set())


def differences(databases, vault):
    engine = create_engine(databases.urls[vault], poolclass=NullPool)
    with engine.connect() as connection:
        found, wanted = grants.found_in(connection), grants.wanted(vault, PREFIX)
    return found - wanted, wanted - found


@pytest.mark.parametrize(
    ("vault", "given", "told"),
    [
        ("answers", "GRANT SELECT ON submission TO {research}", "SELECT on submission to {research}"),
        ("answers", "GRANT SELECT (municipality) ON placement TO {review}", "SELECT (municipality) on placement to {review}"),  # noqa: E501
        ("office", "GRANT UPDATE (role) ON staff TO {research}", "UPDATE (role) on staff to {research}"),
        ("office", "GRANT DELETE ON audit TO {jobs}", "DELETE on audit to {jobs}"),
        ("identity", "GRANT SELECT ON person TO PUBLIC", "SELECT on person to PUBLIC"),
        ("identity", 'GRANT CONNECT ON DATABASE "{database}" TO {research}', "CONNECT on the database to {research}"),
    ],
)  # fmt: skip
def test_a_grant_too_many_is_found(databases, vault, given, told):
    """The mutant: `kapabla database roles --check` says which, and the next --apply takes it back."""
    names = {**ROLES, "database": make_url(databases.urls[vault]).database}
    assert differences(databases, vault) == (set(), set())
    with psycopg.connect(plain(databases.urls[vault]), autocommit=True) as owner:
        owner.execute(given.format(**names).encode())
        assert {str(grant) for grant in differences(databases, vault)[0]} == {told.format(**names)}
        for statement in grants.statements(vault, names["database"], PREFIX):
            owner.execute(statement.encode())
    assert differences(databases, vault) == (set(), set())


# --- What the pages need, they have ---


@pytest.fixture
def under(pg_config, make_app):
    """`under("research")`: the application of that audience alone, with its own role at every vault that it opens."""

    def open_as(audience, **changed):
        vaults = {
            f"{vault}_url": as_role(getattr(pg_config, f"{vault}_url"), audience)
            if grants.rights_of(audience, vault) else None
            for vault in postgres.VAULTS
        }  # fmt: skip
        return make_app(replace(pg_config, audiences=(audience,), **vaults, **changed))

    return open_as


@pytest.fixture
def built(simulated, under, pg_config, open_any):
    """Research under its role, with accounts and the two releases of the simulation, which nobody has approved here."""
    owner = open_any(pg_config)
    app = under("research", release_dir=simulated.service.config.release_dir)
    phones = {role: make.make_staff(owner, role) for role in ("researcher", "steward", "admin")}
    with simulated.service.vaults.reading() as made, owner.vaults.unit() as work:
        by = sign_in.get_staff(work.office, "researcher@example.com")
        for name in ("r1", "r2"):
            known = release_register.get(made.office, name)
            record = release_register.order(
                work.office, owner.office_chain, release=name, study=known.study, purpose=known.purpose, is_test=True,
                by=by, at=owner.clock(),
            )  # fmt: skip
            release_register.built(
                work.office, record, people=known.people, manifest=known.manifest, at=owner.clock(),
                manifest_hash=known.manifest_hash, on=known.built_on,
            )  # fmt: skip

    def signed_in(role):
        client = PageClient(app)
        make.sign_in_with(client, role, phones[role])
        return client

    return owner, signed_in


def test_every_page_of_research_and_every_call_of_the_api_works_under_its_role(built):
    """C2.5: orders, approval and refusal, every page, files, keys, the register and the API; and the log is whole."""
    owner, signed_in = built
    client = signed_in("researcher")
    client.get("/forskning/data")
    client.fill(action="/forskning/data", studie=make.STUDY, syfte="evaluation", testpersoner="1")
    for role in ("steward", "admin"):
        second = signed_in(role)
        second.get("/forskning/data/r1")
        second.fill(action="/forskning/data/r1/godkann", beslut="godkann")
    with owner.vaults.unit() as work:
        release_register.lock(work.office, "r1")
    second.get("/forskning/data/r2")
    second.fill(action="/forskning/data/r2/godkann", beslut="avsla", skal="Inte den här.")
    pages = {rule.rule for rule in client.app.url_map.iter_rules() if rule.rule.startswith("/forskning")}
    for page in sorted(page for page in pages if "<" not in page and client.app.url_map.bind("").test(page, "GET")):
        client.get(page)
    client.get("/forskning/data/r1")
    client.fill(action="/forskning/data/r1/alla", andamal="Delstudie 2")
    for what in ("fil/missing.csv", "alla"):
        client.get("/forskning/data/r1")
        client.fill(action=f"/forskning/data/r1/{what}")
    second.get("/forskning/nedladdningar")
    client.get("/forskning/api-nycklar")
    client.fill(action="/forskning/api-nycklar", namn="x", syfte="y", utgava="r1", tid="90", sprak="sv")
    key = re.search(r'id="api-nyckel" value="([0-9a-f]{32})"', client.text)[1]
    app = client.app.test_client()
    calls = [(key, "record", 200), (key, "metadata", 200), ("0" * 32, "record", 403), (key, "nej", 400)]
    assert [app.post("/api/", data={"token": token, "content": what}).status_code for token, what, _ in calls] == [
        status for _, _, status in calls
    ]
    client.get("/forskning/api-nycklar")
    client.fill(action=re.search(r"/forskning/api-nycklar/\w+/aterkalla", client.text)[0])
    client.post("/logga-ut", client.hidden(action="/logga-ut"))
    assert app.get("/readyz").status_code == 200
    with owner.vaults.reading() as work:
        assert owner.office_chain.verify(work.office) is None
        assert release_register.get(work.office, "r2").state == "refused"
        assert len(release_register.downloads(work.office)) == 3


def test_an_account_is_opened_and_a_wrong_code_counted_under_the_role(under, pg_config, open_any):
    """The pages of sign-in that every process of staff has."""
    owner, client = open_any(pg_config), PageClient(under("research"))
    with owner.vaults.unit() as work:
        _, token = sign_in.add_staff(
            work.office, email="ny@example.com", name="Ny", role="researcher", ends_on=date(2027, 1, 1),
            at=owner.clock(),
        )  # fmt: skip
    client.get(f"/logga-in/konto/{token}")
    secret = re.search(r'class="copy">([A-Z2-7]{32})<', client.text)[1]
    code = pyotp.TOTP(secret).at(owner.clock())
    client.fill(losenord=make.PASSWORD, losenord2=make.PASSWORD, kod=code)
    recovery = re.search(r"\d{4}-\d{4}-\d{4}-\d{4}", client.text)[0]
    client.get("/logga-in")
    client.fill(email="ny@example.com", losenord="inte detta heller", status=400)
    client.fill(email="ny@example.com", losenord=make.PASSWORD)
    client.fill(action="/logga-in/kod", kod=code, status=400)
    client.fill(action="/logga-in/kod", kod=recovery)
    assert client.path.startswith("/forskning")


def test_texts_are_read_and_decided_under_the_role_of_review(under, pg_config, texts_root, open_any):
    """B9: and the log of both vaults is written."""
    owner = open_any(replace(pg_config, material_dir=texts_root))
    made = make.make_person(owner, name="Tuva Granlöv", email="tuva@example.com")
    make.take_part(owner, made, on=owner.clock().date())
    make.write_comment(owner, made, "Prata med Malin Zakrisson.")
    run_once(owner)
    client = PageClient(under("review", material_dir=texts_root))
    make.sign_in_with(client, "steward", make.make_staff(owner, "steward"))
    client.get("/granskning")
    client.fill(action="/granskning/texter")
    [text_id] = re.findall(r'name="text" value="([^"]+)"', client.text)
    client.fill(action="/granskning/beslut", **{f"beslut-{text_id}": "hall"})
    with owner.vaults.reading() as work:
        assert owner.answers_chain.verify(work.answers) is None
        assert [row["action"] for row in owner.answers_chain.latest(work.answers, 1)] == ["text_review"]


def test_the_public_process_leaves_its_one_row_under_its_role(under, pg_config, open_any):
    app = under("public")
    assert app.test_client().get("/readyz").status_code == 200
    client = PageClient(app)
    client.get("/tillganglighet/meddela")
    client.fill(vad="Knappen syns inte", sida="/delar", svar="anna@example.com")
    with open_any(pg_config).vaults.reading() as work:
        assert [row.page for row in work.office.scalars(select(AccessibilityReport))] == ["/delar"]
    with pytest.raises(ProgrammingError, match="permission denied"), app.extensions["kapabla"].vaults.reading() as work:
        work.office.execute(select(AccessibilityReport))

"""The roles of the processes from the command line (attack 26): printed, carried out, compared."""

import secrets

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from kapabla import grants


@pytest.fixture
def prefix(pg_config):
    """Roles belong to the server, not to a database: what this test makes it takes away."""
    made = f"kapabla_{secrets.token_hex(3)}"
    yield made
    for url in pg_config.vault_urls.values():
        with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(False)) as owner:
            for process in grants.PROCESSES:
                role = sql.Identifier(f"{made}_{process}")
                owner.execute(sql.SQL("DROP OWNED BY {}").format(role))
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(False)) as owner:
        for process in grants.PROCESSES:
            owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(f"{made}_{process}")))


@pytest.fixture
def on_postgres(run, pg_config):
    settings = {f"KAPABLA_{vault.upper()}_DATABASE_URL": url for vault, url in pg_config.vault_urls.items()}
    return lambda *words: run("database", "roles", *words, **settings)


@pytest.mark.postgres
def test_roles_are_carried_out_and_a_grant_too_many_is_named(on_postgres, prefix, pg_config):
    whole = "".join(f"{vault}: the roles have what they need and no more.\n" for vault in pg_config.vault_urls)
    before = on_postgres("--prefix", prefix, "--check")
    assert before.status == 1
    assert f"office: missing: SELECT on release to {prefix}_research" in before.out
    for _ in range(2):
        done = on_postgres("--prefix", prefix, "--apply")
        assert (done.status, done.out) == (0, whole)
    assert on_postgres("--prefix", prefix, "--check").out == whole
    with psycopg.connect(make_url(pg_config.answers_url).set(drivername="postgresql").render_as_string(False)) as owner:
        owner.execute(f"GRANT SELECT ON submission TO {prefix}_research".encode())
    after = on_postgres("--prefix", prefix, "--check")
    assert after.status == 1
    assert f"answers: too much: SELECT on submission to {prefix}_research\n" in after.out


@pytest.mark.postgres
def test_what_is_printed_is_what_is_carried_out(on_postgres, pg_config):
    said = on_postgres("--prefix", "prov")
    assert said.status == 0
    for vault, url in pg_config.vault_urls.items():
        database = make_url(url).database
        assert f'-- {vault}\n\\connect "{database}"\n' in said.out
        assert all(f"{line};\n" in said.out for line in grants.statements(vault, database, "prov"))


def test_what_cannot_have_roles_is_told_in_a_sentence(run):
    said = run("database", "roles")
    assert said.status == 1
    assert "SQLite" in said.err


@pytest.mark.postgres
def test_a_name_that_cannot_be_a_role_is_refused(on_postgres):
    said = on_postgres("--prefix", 'x"; DROP')
    assert said.status == 1
    assert "cannot begin the name of a role" in said.err

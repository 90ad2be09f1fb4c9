"""One history for three databases: one head, no difference to the models, and the audit log guarded by the database."""

import os
import signal
from contextlib import contextmanager
from dataclasses import replace

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kapabla import tables
from kapabla.audit import Event
from kapabla.migrating import (
    FOLDER,
    MigrationNeeded,
    check_at_head,
    current_head,
    migration_app,
    unmake,
    upgrade,
    version_of,
)
from kapabla.service import open_engines
from kapabla.vaults import db
from tests.factories import make_person

VAULTS = ("identity", "answers", "office")


def test_one_head_and_the_file_names_it():
    assert ScriptDirectory(str(FOLDER)).get_heads() == [current_head()]


@pytest.mark.parametrize("vault", VAULTS)
def test_a_migrated_database_equals_the_models(any_service, vault):
    with any_service.vaults.engines[vault].connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        assert compare_metadata(context, tables.METADATA[vault]) == []


def test_upgrading_twice_is_the_same_as_once(any_config, any_service):
    upgrade(any_config)
    check_at_head(any_service.vaults.engines)


def test_what_is_taken_out_whole_can_be_made_from_nothing(any_config, any_service):
    make_person(any_service)
    unmake(any_service.vaults.engines)
    assert [version_of(engine) for engine in any_service.vaults.engines.values()] == [None] * 3
    upgrade(any_config)
    check_at_head(any_service.vaults.engines)
    with any_service.vaults.reading() as work:
        assert work.identity.scalar(text("SELECT count(*) FROM person")) == 0


def test_an_old_database_is_refused(any_service):
    engine = any_service.vaults.engines["answers"]
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        with pytest.raises(MigrationNeeded, match="answers"):
            check_at_head(any_service.vaults.engines)
    finally:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": current_head()})
    assert version_of(engine) == current_head()


@pytest.mark.parametrize("vault", VAULTS)
@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_the_log(any_service, vault, statement):
    chain = getattr(any_service, f"{vault}_chain")
    with any_service.vaults.unit() as work:
        chain.append(getattr(work, vault), Event("a", "b", "c", "d"), at=any_service.clock())
    with pytest.raises(DBAPIError, match="append-only"), any_service.vaults.engines[vault].begin() as connection:
        connection.execute(text(statement))
    with any_service.vaults.reading() as work:
        assert chain.verify(getattr(work, vault)) is None


@pytest.mark.parametrize("vault", VAULTS)
def test_a_new_database_has_its_chain_ready(any_service, vault):
    with any_service.vaults.engines[vault].connect() as connection:
        assert connection.execute(text("SELECT id, seq, length(hash) FROM audit_head")).all() == [(1, 0, 32)]


@contextmanager
def before(config, revision, vault):
    """A database as it stood at an earlier revision, to be filled; it is brought to this version afterwards."""
    app = migration_app(config)
    with app.app_context():
        flask_migrate.upgrade(directory=str(FOLDER), revision=revision)
        with db.engines[vault].begin() as connection:
            yield connection
        for engine in db.engines.values():
            engine.dispose()
    upgrade(config)


def rows_after(config, vault, query):
    engines = open_engines(config)
    try:
        with engines[vault].connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]
    finally:
        for engine in engines.values():
            engine.dispose()


@pytest.fixture
def empty(tmp_path, config):
    return replace(config, **{f"{vault}_url": f"sqlite:///{tmp_path / vault}.db" for vault in VAULTS})


def test_0002_keeps_placements_and_calls_none_of_them_confirmed(empty):
    """H2, in small: a row from before is there after."""
    with before(empty, "0001", "answers") as connection:
        connection.execute(
            text(
                "INSERT INTO placement (subject, study, municipality, role, cohort_label, arm, form_order, mode,"
                " is_test, is_protected, is_restricted, \"left\") VALUES ('s', 'k', '2404', 'vet', 'c', 'a', 'ABA',"
                " 'web', false, false, false, 'none')"
            )
        )
    rows = rows_after(empty, "answers", "SELECT subject, role, is_confirmed FROM placement")
    assert rows == [("s", "vet", 0)]


def test_0005_tells_from_the_days_which_answers_came_after_the_course_had_begun(empty):
    """E5: of what was saved before the flag was kept."""
    with before(empty, "0004", "answers") as connection:
        for number, day in ((1, "2026-11-01"), (2, "2026-11-02"), (3, "2026-11-03")):
            connection.execute(
                text(
                    "INSERT INTO submission (subject, number, idempotency_key, wave, page, instrument,"
                    ' instrument_version, "values", missing, seed, language, mode, device, was_online, saved_on)'
                    " VALUES ('s', :number, :number, 't0', 1, 'se', 1, '{}', '{}', 0, 'sv', 'web', 'phone', true, :day)"
                ),
                {"number": number, "day": day},
            )
        connection.execute(
            text(
                "INSERT INTO learning_event (subject, number, idempotency_key, kind, course, course_version, module,"
                " step, node, choice, happened_on)"
                " VALUES ('s', 1, 'k', 'read', 'kapabla', 1, 1, 1, '', '', '2026-11-02')"
            )
        )
    rows = rows_after(empty, "answers", "SELECT number, course_had_begun FROM submission ORDER BY number")
    assert rows == [(1, 0), (2, 0), (3, 1)]


def test_0003_leaves_each_subject_one_valid_certificate_a_course(empty):
    """Of those made at the same moment the first stays; what was revoked stays as it was."""
    with before(empty, "0002", "answers") as connection:
        for subject, serial, course, revoked in (
            ("s", "a", "k", "2026-11-01"), ("s", "b", "k", None), ("s", "c", "k", None), ("s", "d", "other", None),
            ("t", "e", "k", None), ("t", "f", "k", None), ("t", "g", "k", None),
        ):  # fmt: skip
            connection.execute(
                text("INSERT INTO certificate VALUES (:subject, :serial, :course, '2026-11-25', :revoked)"),
                {"subject": subject, "serial": serial, "course": course, "revoked": revoked},
            )
    rows = rows_after(empty, "answers", "SELECT serial, course_version, revoked_on FROM certificate ORDER BY serial")
    revoked = {serial: day for serial, version, day in rows if version == 1}
    assert revoked == dict.fromkeys("bde") | dict.fromkeys("cfg", "2026-11-25") | {"a": "2026-11-01"}


def test_0011_keeps_free_texts_held_and_calls_none_of_them_screened(empty):
    """B9: what was written before the guard is looked at by it, and by a person, as what comes after."""
    with before(empty, "0010", "answers") as connection:
        connection.execute(text("INSERT INTO free_texts VALUES ('s', 'i', 't1', 'kurs_comment', 'Bra kurs', 'held')"))
    rows = rows_after(
        empty, "answers", "SELECT text, state, findings, hidden, screened_on, reviewed_on FROM free_texts"
    )
    assert rows == [("Bra kurs", "held", None, None, None, None)]


def test_0014_keeps_every_row_and_forgets_the_order_in_which_they_came(empty):
    """Attack 5: two people in the order of arrival before, in that of their subjects after; keys hold as they did."""
    later, earlier = "f" * 64, "a" * 64
    insert = "INSERT INTO attendance (subject, attended_on, mode) VALUES (:subject, '2026-11-25', 'room')"
    with before(empty, "0013", "answers") as connection:
        for subject in (later, earlier):
            connection.execute(text(insert), {"subject": subject})
        assert [row[0] for row in connection.execute(text("SELECT subject FROM attendance ORDER BY rowid"))] == [
            later,
            earlier,
        ]
    assert rows_after(empty, "answers", "SELECT subject FROM attendance") == [(earlier,), (later,)]
    with pytest.raises(DBAPIError, match="rowid"):
        rows_after(empty, "answers", "SELECT rowid FROM attendance")
    assert rows_after(empty, "answers", "SELECT name FROM sqlite_master WHERE name LIKE 'former%'") == []
    indexes = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = 'uq_certificate_valid'"
    assert rows_after(empty, "answers", indexes) == [(1,)]


def test_a_migration_that_is_killed_leaves_the_former_version_and_is_given_again(empty):
    """H2: killed when the first vault has been migrated and the others have not."""
    app = migration_app(empty)
    with app.app_context():
        flask_migrate.upgrade(directory=str(FOLDER), revision="0021")
        for engine in db.engines.values():
            engine.dispose()
    child = os.fork()
    if child == 0:
        whole, count = MigrationContext.run_migrations, []

        def killed(self, **options):
            count.append(1)
            if len(count) == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            whole(self, **options)

        MigrationContext.run_migrations = killed
        upgrade(empty)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    for vault in VAULTS:
        assert rows_after(empty, vault, "SELECT version_num FROM alembic_version") == [("0021",)]
    upgrade(empty)
    for vault in VAULTS:
        assert rows_after(empty, vault, "SELECT version_num FROM alembic_version") == [(current_head(),)]

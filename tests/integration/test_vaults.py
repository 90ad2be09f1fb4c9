"""The unit of work over three databases: a fixed order of commits, what is left after a failure, nothing forgotten."""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, func, make_url, select
from sqlalchemy.exc import IntegrityError, OperationalError

from kapabla.answers.placement import Placement
from kapabla.answers.submissions import WaveState
from kapabla.identity.people import StepOver, Tombstone
from kapabla.office.staff import StaffAttempt
from kapabla.vaults import VaultClosed, Vaults
from kapabla.web.unit_of_work import LeftUncommitted, work
from tests.page_client import SAME_ORIGIN

SUBJECT = "a" * 64


def wave_state():
    return WaveState(subject=SUBJECT, wave="t0", state="sent", reached_on=date(2026, 11, 25))


def attempt():
    return StaffAttempt(id="one", who_hash=bytes(32), at=1)


def count(service, vault, model):
    with service.vaults.reading() as unit:
        return getattr(unit, vault).scalar(select(func.count()).select_from(model))


def test_commits_go_answers_identity_office(service, monkeypatch):
    """An answer is never lost for a bookkeeping row: answers first, office last, whatever was opened first."""
    order = []
    with service.vaults.unit() as unit:
        unit.office.add(attempt())
        unit.identity.add(StepOver(person_id="p", step="fore"))
        unit.answers.add(wave_state())
        for name in ("office", "identity", "answers"):
            session = getattr(unit, name)
            monkeypatch.setattr(
                session, "commit", lambda name=name, commit=session.commit: (order.append(name), commit())
            )
    assert order == ["answers", "identity", "office"]


def test_an_error_in_the_unit_leaves_nothing_in_any_vault(any_service):
    def write_and_fail():
        with any_service.vaults.unit() as unit:
            unit.answers.add(wave_state())
            unit.answers.flush()
            unit.identity.add(StepOver(person_id="p", step="fore"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert count(any_service, "answers", WaveState) == 0
    assert count(any_service, "identity", StepOver) == 0


def test_a_failing_identity_commit_keeps_answers_and_drops_office(any_service):
    """No transaction over two vaults: what was committed stays, the rest is rolled back, the step is repeated."""

    def write_to_three():
        with any_service.vaults.unit() as unit:
            unit.office.add(attempt())
            unit.office.flush()
            unit.answers.add(wave_state())
            unit.identity.add(Tombstone(hash=bytes(32), erased_on=date(2026, 11, 25)))

    with any_service.vaults.unit() as unit:
        unit.identity.add(Tombstone(hash=bytes(32), erased_on=date(2026, 11, 25)))
    with pytest.raises(IntegrityError):
        write_to_three()
    assert count(any_service, "answers", WaveState) == 1
    assert count(any_service, "office", StaffAttempt) == 0


def test_a_vault_that_the_process_was_not_given_is_closed(service):
    only_office = Vaults({"office": service.vaults.engines["office"]})
    with pytest.raises(VaultClosed), only_office.reading() as unit:
        _ = unit.answers


def test_a_reading_unit_keeps_nothing(any_service):
    with any_service.vaults.reading() as unit:
        unit.answers.add(wave_state())
        unit.answers.flush()
        assert unit.has_uncommitted
    assert count(any_service, "answers", WaveState) == 0


def test_two_writers_wait_for_one_another(any_service):
    """SQLite takes the write lock at once, so a reader-turned-writer is never refused."""
    with any_service.vaults.unit() as first:
        first.answers.add(wave_state())
        first.answers.flush()
        with any_service.vaults.reading() as second:
            assert second.answers.scalar(select(func.count()).select_from(Placement)) == 0
    assert count(any_service, "answers", WaveState) == 1


@pytest.fixture
def app_with_views(app):
    @app.post("/test/spara/<int:status>")
    def save(status):
        work().answers.add(wave_state())
        work().answers.flush()
        return "", status

    return app


@pytest.mark.parametrize(("status", "rows"), [(200, 1), (303, 1), (400, 0), (409, 0)])
def test_a_reply_below_400_commits_and_any_other_rolls_back(app_with_views, status, rows):
    assert app_with_views.test_client().post(f"/test/spara/{status}", headers=SAME_ORIGIN).status_code == status
    assert count(app_with_views.extensions["kapabla"], "answers", WaveState) == rows


def test_what_is_written_after_the_commit_is_a_fault(app):
    """A hook that writes too late would lose what it wrote: tests catch it."""

    def write_late(response):
        work().answers.add(wave_state())
        work().answers.flush()
        return response

    app.after_request_funcs[None].insert(0, write_late)
    with pytest.raises(LeftUncommitted):
        app.test_client().get("/healthz")
    assert count(app.extensions["kapabla"], "answers", WaveState) == 0


def test_failed_statement_does_not_carry_what_was_saved(any_service):
    """Somebody's answer would otherwise stand in a log. (What PostgreSQL adds as DETAIL is cut by whoever logs.)"""

    def save():
        with any_service.vaults.unit() as unit:
            unit.answers.add(WaveState(subject=SUBJECT, wave="t0", state="hemligt", reached_on=None))

    with pytest.raises(IntegrityError) as fault:
        save()
    assert "hemligt" not in str(fault.value).split("DETAIL")[0]
    assert SUBJECT not in str(fault.value).split("DETAIL")[0]


def test_fault_after_the_view_is_logged_by_kind_and_place_alone(app, monkeypatch, capsys, caplog):
    """H10."""

    @app.post("/test/spara")
    def save():
        work().answers.add(wave_state())
        return ""

    def fail(_work):
        raise ValueError("Karin skrev hemligt")

    app.testing = False
    monkeypatch.setattr("kapabla.vaults.Work.commit", fail)
    reply = app.test_client().post("/test/spara")
    written = capsys.readouterr()
    told = written.out + written.err + caplog.text
    assert reply.status_code == 500
    assert "ValueError" in told
    assert "hemligt" not in told
    assert "hemligt" not in reply.text
    assert count(app.extensions["kapabla"], "answers", WaveState) == 0


def files_of(service, vault):
    """Everything on disk of a SQLite vault, its log too."""
    path = Path(make_url(getattr(service.config, f"{vault}_url")).database)
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def test_what_was_deleted_stands_in_no_file_while_others_have_the_vault_open(service, open_any):
    """B6: the log is folded in and emptied when a row goes, not when the last connection happens to close."""
    marker = b"MARKER-" + bytes(24)
    with service.vaults.unit() as unit:
        unit.identity.add(Tombstone(hash=marker, erased_on=date(2026, 11, 25)))
    other = open_any(service.config)
    assert count(other, "identity", Tombstone) == 1
    assert marker in files_of(service, "identity")
    with service.vaults.unit() as unit:
        unit.identity.execute(delete(Tombstone))
    assert marker not in files_of(service, "identity")
    assert count(other, "identity", Tombstone) == 0


def test_a_vault_that_was_replaced_is_opened_anew_and_one_that_is_gone_is_away(service):
    """A restore puts another file in its place; what waits in the pool belongs to the former."""
    path = Path(make_url(service.config.office_url).database)
    with service.vaults.unit() as unit:
        unit.office.add(attempt())
    former = path.with_suffix(".former")
    service.vaults.engines["office"].dispose()
    shutil.copy(path, former)
    with service.vaults.unit() as unit:
        unit.office.execute(delete(StaffAttempt))
    assert count(service, "office", StaffAttempt) == 0
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    former.replace(path)
    assert count(service, "office", StaffAttempt) == 1
    path.unlink()
    with pytest.raises(OperationalError):
        count(service, "office", StaffAttempt)


def test_a_child_opens_its_own_connections_and_leaves_its_parents_alone(service):
    assert count(service, "office", StaffAttempt) == 0
    child = os.fork()
    if not child:
        try:
            assert service.vaults.engines["office"].pool.checkedin() == 0
            with service.vaults.unit() as unit:
                unit.office.add(attempt())
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert count(service, "office", StaffAttempt) == 1
    assert service.vaults.engines["office"].pool.checkedin() == 1

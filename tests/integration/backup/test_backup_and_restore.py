"""A backup brings back all, under a key for each vault, into SQLite and PostgreSQL; half a one brings back nothing."""

import os
import signal
from contextlib import suppress
from threading import Event, Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from kapabla import bridge
from kapabla.backup import container, folder, restoring, scratch
from kapabla.backup.restoring import RestoreUnfinished, check_no_restore_is_unfinished
from kapabla.backup.sealing import BackupUnsound, SealedWriter
from kapabla.errors import Refused
from kapabla.identity.messages import Message
from kapabla.identity.sessions import ParticipantSession
from kapabla.installing import make_installation
from kapabla.jobs.simulation import trail_of
from kapabla.keys import Keyring
from kapabla.migrating import MigrationNeeded, check_at_head, current_head
from kapabla.service import open_engines
from kapabla.store import Store
from tests import factories as make
from tests.page_client import PageClient

# A restore leaves those that waited as unclear.
MESSAGES = {("identity", "message"): None}


def fill(service):
    """Somebody invited by the county's own hand, with names that no file may hold in the clear."""
    make.make_staff(service, "officer")
    person = make.make_person(service, name="Åsa Återställd", email="asa@example.com")
    Store(service.config.release_dir).put(b"what has been released")
    return person


def answer(service, person):
    make.take_part(service, person, on=service.clock().date())
    make.save_wave(service, person, "t0", on=service.clock().date())
    make.write_comment(service, person, "Jag såg Åsa.")


def test_what_was_saved_comes_back_whole_and_nothing_is_sent_twice(embedded, service, app):
    """H3: rows, links and files; nobody is signed in, and what waited may have left since."""
    person, client = fill(service), PageClient(app)
    answer(service, person)
    client.get(f"/k/{person.token}")
    client.fill()
    with service.vaults.unit() as work:
        work.identity.add(Message(person_id=person.id, step="start", channel="email"))
        work.identity.add(Message(person_id=person.id, step="efter", channel="email"))
        assert work.identity.scalar(select(func.count()).select_from(ParticipantSession)) == 1
    before = embedded.tallies()
    embedded.back_up()
    embedded.lose()
    done = embedded.restore()
    assert embedded.tallies() | MESSAGES == before | MESSAGES
    assert done.rows["answers"] > 0
    assert (done.broken, done.files) == ([], 1)
    assert PageClient(app).get(f"/k/{person.token}").status_code == 200
    with service.vaults.reading() as work:
        assert service.identity_chain.verify(work.identity) is None
        assert service.answers_chain.latest(work.answers, 1)[0]["action"] == "restore"
        assert work.identity.scalar(select(func.count()).select_from(ParticipantSession)) == 0
        found = {message.step: (message.state, message.fault) for message in work.identity.scalars(select(Message))}
    assert found == {"start": ("unclear", "restored"), "efter": ("done", "")}


def test_a_drill_touches_nothing_and_a_vault_that_holds_something_is_never_overwritten(embedded, service):
    """Beside a service that goes on, and whatever has come since."""
    fill(service)
    embedded.back_up()
    make.make_person(service, email="ny@example.com")
    before = embedded.tallies()
    assert embedded.restore(only_try=True).rows["identity"] > 0
    with pytest.raises(Refused, match="vault_not_empty"):
        embedded.restore()
    assert embedded.tallies() == before


@pytest.mark.postgres
def test_an_installation_moves_from_sqlite_to_postgresql(embedded, service, pg_config):
    """From the office's laptop to the county's server; row for row the same."""
    person = fill(service)
    answer(service, person)
    before = embedded.tallies()
    embedded.back_up()
    embedded.restore(config=pg_config)
    assert embedded.tallies(pg_config) == before


def test_who_leaves_while_the_backup_begins_is_waited_for(site, any_service):
    """The line is in the journal and the vaults are not committed: counted as saved, it would never be replayed."""
    person = fill(any_service)
    entrant = make.entrant_of(any_service, person)
    written, saved = Event(), Event()

    def leave():
        with any_service.vaults.unit() as work:
            bridge.withdraw(
                work, any_service.keys, trail_of(any_service), entrant, scope="all", erase=True, at=any_service.clock()
            )
            written.set()
            assert not saved.wait(0.3)

    leaving = Thread(target=leave)
    leaving.start()
    written.wait()
    site.back_up()
    saved.set()
    leaving.join()
    (stamp,) = folder.stamps(site.folder, "identity")
    key = Keyring(site.config.key_dir).get("backup", "identity")
    header, lines = container.read(folder.path_of(site.folder, "identity", stamp), key, "identity")
    assert header.facts["journal"]["lines"] == 1
    assert not any(person.id in line for line in lines)


def test_no_backup_shows_what_it_holds_and_each_opens_with_its_own_key_alone(embedded, service):
    """E8.1: whoever has one stolen backup, and even its key, has one half."""
    person = fill(service)
    embedded.back_up()
    paths = [path for path in embedded.folder.rglob("*") if path.is_file()]
    assert len(paths) == 6
    marks = ("Återställd", "asa@example", person.subject, person.number, "what has been released")
    assert not any(mark.encode() in path.read_bytes() for path in paths for mark in marks)
    assert {path.stat().st_mode & 0o077 for path in paths} == {0}
    (stamp,) = folder.stamps(embedded.folder, "answers")
    key = Keyring(embedded.config.key_dir).get("backup", "identity")
    with pytest.raises(BackupUnsound):
        container.read(folder.path_of(embedded.folder, "answers", stamp), key, "answers")
    lines = list(container.read(folder.path_of(embedded.folder, "identity", stamp), key, "identity")[1])
    assert any(person.number in line for line in lines)
    assert not any(person.subject in line for line in lines)


@pytest.mark.parametrize("harm", ["cut", "changed", "of another vault", "lengthened"])
def test_what_is_not_whole_is_refused_and_nothing_is_changed(embedded, service, elsewhere, harm):
    fill(service)
    embedded.back_up()
    (stamp,) = folder.stamps(embedded.folder, "identity")
    path = folder.path_of(embedded.folder, "identity", stamp)
    body = bytearray(path.read_bytes())
    if harm == "cut":
        body = body[:-40]
    elif harm == "changed":
        body[len(body) // 2] ^= 1
    elif harm == "lengthened":
        body += body[-100:]
    else:
        body = folder.path_of(embedded.folder, "office", stamp).read_bytes()
    path.write_bytes(body)
    with pytest.raises(BackupUnsound):
        embedded.restore(config=elsewhere)
    assert not list(elsewhere.data_dir.rglob("*.db*"))
    assert not (elsewhere.data_dir / restoring.MARKER).exists()


def killed_at(call, moment, what):
    """Do it in a child that dies when the call has been made so many times. True when it died."""
    child = os.fork()
    if child == 0:
        owner, name = call
        original, count = getattr(owner, name), [0]

        def counted(*args, **kwargs):
            if count[0] == moment:
                os.kill(os.getpid(), signal.SIGKILL)
            count[0] += 1
            return original(*args, **kwargs)

        setattr(owner, name, counted)
        with suppress(BaseException):
            what()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_a_backup_that_was_killed_is_none(embedded, service):
    """Killed before any of its pieces: what was whole before is what is brought back, and the next run clears away."""
    fill(service)
    embedded.back_up()
    (whole,) = folder.stamps(embedded.folder, "answers")
    assert all(killed_at((SealedWriter, "_seal"), moment, embedded.back_up) for moment in range(6))
    for part in (*folder.VAULTS, folder.STORE):
        for stamp in folder.stamps(embedded.folder, part):
            key = Keyring(embedded.config.key_dir).get("backup", part)
            assert list(container.read(folder.path_of(embedded.folder, part, stamp), key, part)[1])
    assert list(embedded.folder.rglob("*.part"))
    embedded.back_up()
    assert not list(embedded.folder.rglob("*.part"))
    assert embedded.restore(only_try=True, stamp=whole).stamp == whole


# One vault is back; all are back, and nobody has said so.
KILLED = [((scratch._File, "put_in_place"), 1), ((restoring, "_say_it_is_done"), 0)]


def test_a_restore_that_was_killed_is_given_again_and_nothing_is_served_meanwhile(embedded, service):
    fill(service)
    before = embedded.tallies()
    embedded.back_up()
    for call, moment in KILLED:
        embedded.lose()
        assert killed_at(call, moment, embedded.restore), (call, moment)
        with pytest.raises(RestoreUnfinished):
            make_installation(embedded.config)
        if call[1] != "_say_it_is_done":
            with pytest.raises((MigrationNeeded, OperationalError)):
                check_at_head(open_engines(embedded.config))
        embedded.restore()
        assert embedded.tallies() == before, (call, moment)
        check_no_restore_is_unfinished(embedded.config)


def test_a_backup_of_a_newer_version_waits_for_it(embedded, service, monkeypatch):
    fill(service)
    embedded.back_up()
    embedded.lose()
    monkeypatch.setattr(restoring, "knows_version", lambda version: version != current_head())
    with pytest.raises(Refused) as refused:
        embedded.restore()
    assert refused.value.code == "backup_newer"


def test_backups_are_kept_for_so_many_days_and_the_last_whole_one_always(embedded, service, clock):
    """E8.2: an erasure is complete when the last backup from before it is gone."""
    fill(service)
    embedded.back_up()
    clock.tick(days=34)
    embedded.back_up()
    assert len(folder.stamps(embedded.folder, "identity")) == 2
    clock.tick(days=2)
    embedded.back_up()
    assert len(folder.stamps(embedded.folder, "identity")) == len(folder.stamps(embedded.folder, "answers")) == 2

"""Attack 28: a withdrawal is undone by an older backup, or lives on in an older release.

There is no `restore` yet: what it has to do, replay the journals before anything opens, is done here by hand with what
it will be made of. That a release's old token answers 403 belongs to the research API.
"""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from kapabla import bridge
from kapabla.answers.placement import Placement
from kapabla.answers.submissions import Submission
from kapabla.identity.people import Person, Tombstone
from kapabla.jobs.simulation import trail_of
from kapabla.journals import Journal
from tests import factories as make

VAULTS = ("identity", "answers")


def backup(service, folder):
    """The files of both vaults, as they lie."""
    folder.mkdir(exist_ok=True)
    for vault in VAULTS:
        with service.vaults.engines[vault].connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        service.vaults.engines[vault].dispose()
        path = make_url(getattr(service.config, f"{vault}_url")).database
        shutil.copy(path, folder / vault)


def put_back(service, folder):
    """In the place of what is there, which is found out also by who has it open still."""
    for vault in VAULTS:
        path = Path(make_url(getattr(service.config, f"{vault}_url")).database)
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        Path(shutil.copy(folder / vault, path.with_suffix(".new"))).replace(path)


def replay(service):
    for entry in Journal(service.config.data_dir, "answers").entries():
        with service.vaults.unit() as work:
            bridge.apply_to_answers(work, entry["who"], entry["kind"])
    for entry in Journal(service.config.data_dir, "identity").entries():
        with service.vaults.unit() as work:
            on = service.clock().date()
            bridge.apply_to_identity(work, service.keys, entry["who"], entry["kind"], on=on)


def traces(service, made):
    with service.vaults.reading() as work:
        placement = work.answers.get(Placement, made.subject)
        return {
            "person": work.identity.get(Person, made.id) is not None,
            "left": placement.left if placement else None,
            "answers": len(
                work.answers.scalars(select(Submission.page).where(Submission.subject == made.subject)).all()
            ),
            "tombstones": len(work.identity.scalars(select(Tombstone.hash)).all()) > 0,
        }


@pytest.fixture
def left(service, client, tmp_path):
    """Somebody who has answered, a backup, a withdrawal, and the backup put back."""

    def leave(scope, *, erase):
        made = make.make_person(service)
        make.start_course(client, made)
        make.answer_wave(client, "fore")
        assert traces(service, made)["answers"] > 0
        backup(service, tmp_path / "backup")
        with service.vaults.unit() as work:
            bridge.withdraw(
                work, service.keys, trail_of(service), make.entrant_of(service, made), scope=scope, erase=erase,
                at=service.clock(),
            )  # fmt: skip
        gone = traces(service, made)
        put_back(service, tmp_path / "backup")
        return made, gone

    return leave


@pytest.mark.parametrize(("scope", "erase"), [("all", True), ("research", True), ("research", False), ("all", False)])
def test_who_has_left_is_gone_again_when_the_journals_are_replayed(service, left, scope, erase):
    """C7.28, E2.4."""
    made, gone = left(scope, erase=erase)
    assert traces(service, made) != gone
    replay(service)
    assert traces(service, made) == gone
    replay(service)
    assert traces(service, made) == gone


def test_without_the_journals_the_backup_brings_everything_back(service, left):
    """The mutant: a restore that only copies files."""
    made, _ = left("all", erase=True)
    assert traces(service, made) == {
        "person": True,
        "left": "none",
        "answers": traces(service, made)["answers"],
        "tombstones": False,
    }
    assert traces(service, made)["answers"] > 0


def test_who_left_between_two_releases_is_in_the_second_by_no_content(simulated):
    """C7.28, E2.3: fewer people by as many as left, and the first keeps its bytes."""
    first, second = (simulated.manifest(name) for name in ("r1", "r2"))
    assert 0 < first["n_people"] - second["n_people"] <= 8
    assert simulated.part("r1", "data_long.csv")

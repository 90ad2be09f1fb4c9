"""`kapabla backup` and `kapabla restore` as a technician types them, and the backup that `init` makes by itself."""

import json

from sqlalchemy import text

from kapabla.backup import folder
from kapabla.installing import before_upgrade
from kapabla.keys import Keyring
from kapabla.service import open_engines
from tests.factories import make_person


def set_version(config, version):
    for engine in open_engines(config).values():
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
        engine.dispose()


def test_from_backup_to_restore_by_the_commands_alone(run, config, service, tmp_path):
    make_person(service)
    run("init")
    said = run("backup", tmp_path / "b", "--json")
    assert said.status == 0
    assert [part["part"] for part in json.loads(said.out)] == ["answers", "identity", "office", "store"]
    assert run("backup", tmp_path / "b", "--journals").status == 0
    drill = run("restore", tmp_path / "b", "--verify")
    assert (drill.status, drill.out.splitlines()[-1]) == (0, "The backup is whole. Nothing has been changed.")
    (kept,) = (config.data_dir / "restore-drills").iterdir()
    assert json.loads(kept.read_text())["rows"]["identity"] > 0
    refused = run("restore", tmp_path / "b")
    assert refused.status == 1
    assert refused.err.startswith("The database of identity holds something, which a restore would replace.")
    for path in config.data_dir.glob("*.db*"):
        path.unlink()
    said = run("restore", tmp_path / "b")
    assert said.status == 0, said.err
    assert "who has left since has left again" in said.out
    assert run("audit", "verify").status == 0


def test_what_cannot_be_restored_is_one_sentence(run, config, service, tmp_path):
    run("init")
    (tmp_path / "b").mkdir()
    assert "has no whole backup of answers, identity, office, store" in run("restore", tmp_path / "b").err
    run("backup", tmp_path / "b")
    assert "Whole ones: " in run("restore", tmp_path / "b", "--at", "20200101T000000Z").err
    Keyring(config.key_dir).destroy("backup", "answers")
    assert "The key backup-answers.key is missing" in run("backup", tmp_path / "b").err


def test_init_saves_what_there_is_before_it_is_migrated_and_a_failed_migration_leaves_all_as_it_was(
    run, config, service, monkeypatch
):
    """H2: an interrupted migration is started again, and what was before it lies in a backup."""
    make_person(service)
    assert run("init").status == 0
    assert not before_upgrade(config).exists()
    set_version(config, "0021")
    from alembic.runtime.migration import MigrationContext

    whole, count = MigrationContext.run_migrations, []

    def broken_off(self, **options):
        count.append(1)
        if len(count) == 3:
            raise OSError("no space left")
        whole(self, **options)

    monkeypatch.setattr(MigrationContext, "run_migrations", broken_off)
    assert run("init").status == 1
    monkeypatch.undo()
    engines = open_engines(config)
    with engines["identity"].connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0021"
    assert len(folder.stamps(before_upgrade(config), "identity")) == 1

"""A vault that is lost, and one that stands empty in its place, on both databases."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from kapabla.backup import rows
from kapabla.backup.making import back_up
from kapabla.backup.restoring import restore
from kapabla.installing import BACKUP_KEYS, make_keys
from kapabla.service import open_engines

# What every restore ends or adds of its own accord.
OF_THE_RESTORE = {"audit", "audit_head", "participant_session", "staff_session"}


class Site:
    """An installation, its backups, and the time of day."""

    def __init__(self, config, folder, clock, emptied):
        self.config, self.folder, self._clock, self._emptied = config, folder, clock, emptied

    def back_up(self, **options):
        self._clock.tick(60)
        return back_up(self.config, self.folder, at=self._clock(), **options)

    def restore(self, *, stamp=None, only_try=False, config=None):
        return restore(config or self.config, self.folder, at=self._clock(), stamp=stamp, only_try=only_try)

    def lose(self):
        """The disk of the databases is gone; new ones are empty."""
        self._emptied()

    def tallies(self, config=None):
        found = {}
        for vault, engine in open_engines(config or self.config).items():
            with engine.connect() as connection:
                tallies = rows.tally(connection)
            engine.dispose()
            found |= {(vault, name): tally for name, tally in tallies.items() if name not in OF_THE_RESTORE}
        return found


def remove_files(config):
    for url in config.vault_urls.values():
        for ending in ("", "-wal", "-shm"):
            Path(f"{make_url(url).database}{ending}").unlink(missing_ok=True)


@pytest.fixture
def site(any_config, vault_kind, request, tmp_path, clock):
    make_keys(any_config, list(BACKUP_KEYS), clock().date())
    if vault_kind == "sqlite":
        return Site(any_config, tmp_path / "backups", clock, lambda: remove_files(any_config))
    return Site(any_config, tmp_path / "backups", clock, request.getfixturevalue("databases").empty)


@pytest.fixture
def embedded(config, tmp_path, clock):
    """On SQLite alone, for what does not turn on the database."""
    make_keys(config, list(BACKUP_KEYS), clock().date())
    return Site(config, tmp_path / "backups", clock, lambda: remove_files(config))


@pytest.fixture
def elsewhere(config, tmp_path):
    """Another computer: the same keys, nothing else."""
    data = tmp_path / "elsewhere"
    urls = {f"{vault}_url": f"sqlite:///{data / vault}.db" for vault in ("identity", "answers", "office")}
    return replace(config, data_dir=data, release_dir=data / "releases", **urls)

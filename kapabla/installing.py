"""Making an installation: vaults at this version, keys where they are missing. Safe to repeat."""

import os
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from kapabla.backup.folder import STORE, VAULTS
from kapabla.backup.making import back_up
from kapabla.backup.restoring import check_no_restore_is_unfinished
from kapabla.clock import local_date, system_clock
from kapabla.config import Config
from kapabla.errors import KapablaError
from kapabla.identity.enrolling import fill_short_links
from kapabla.keys import Keyring
from kapabla.material import Material, load_material
from kapabla.migrating import MigrationNeeded, check_at_head, current_head, upgrade, version_of
from kapabla.service import material_root, open_engines, published_files
from kapabla.vaults import Vaults

# The keys that every installation has; a study's own is made with it (`<purpose>`, `<id>`).
_KEYS = (
    ("invitation", "1"), ("certificate", "1"), ("sealing", "1"), ("session", "1"), ("tombstone", "1"),
    ("offline", "1"),
    ("audit", "identity"), ("audit", "answers"), ("audit", "office"),
)  # fmt: skip

# Only who makes or brings back a backup needs these.
BACKUP_KEYS = tuple(("backup", part) for part in (*VAULTS, STORE))

# Lies in the data folder of a demo, and holds what its passwords and codes come from.
DEMO_KEY = "demo.key"


class PlaceholdersLeft(KapablaError):
    code = "placeholders_left"

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(names=", ".join(names))

    def __str__(self) -> str:
        return (
            f"organisation.toml has made-up entries: {self.context['names']}. Write your own values in "
            "their place and take `placeholder = true` away. Only the demo may show made-up ones."
        )


def make_installation(config: Config) -> Path | None:
    """Migrate the vaults, make missing keys, check the course material. Safe to repeat.

    Returns where what was there has been saved, if it was migrated.
    """
    check_no_restore_is_unfinished(config)
    today = local_date(system_clock())
    material = load_material(material_root(config), published_files(config))
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    config.release_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_keys(config, [*wanted_keys(material), *BACKUP_KEYS], today)
    if is_at_head(config):
        return None
    saved = _save_before_upgrade(config)
    upgrade(config)
    _fill_in(config)
    return saved


def _fill_in(config: Config) -> None:
    """What a migration cannot, since it has no keys."""
    engines = open_engines(config)
    if "identity" in engines:
        with Vaults(engines).unit() as work:
            fill_short_links(work.identity, Keyring(config.key_dir))
    for engine in engines.values():
        engine.dispose()


def before_upgrade(config: Config) -> Path:
    return config.data_dir / "before-upgrade"


def _save_before_upgrade(config: Config) -> Path | None:
    """The vaults that stand at an earlier version; where nobody has made one yet there is nothing to lose."""
    engines, behind = open_engines(config), set[str]()
    for vault, engine in engines.items():
        if _is_there(engine) and version_of(engine) not in (None, current_head()):
            behind.add(vault)
        engine.dispose()
    if not behind:
        return None
    urls = {vault: config.vault_urls[vault] for vault in behind}
    back_up(config.with_vaults(urls), before_upgrade(config), at=system_clock())
    return before_upgrade(config)


def wanted_keys(material: Material | None) -> list[tuple[str, str]]:
    """Every key that the whole of an installation reads; without material those of its studies are not known."""
    studies = material.studies if material else ()
    return [*_KEYS, *(("study", study) for study in studies)]


def check_keys(config: Config, material: Material) -> None:
    """Before the first request: a key that is missing or broken would be found out by a participant."""
    keyring = Keyring(config.key_dir)
    for purpose, key_id in wanted_keys(material):
        if not keyring.is_given_up(purpose, key_id):
            keyring.get(purpose, key_id)


def check_organisation(material: Material) -> None:
    """Somebody in distress may ring the number on the page: it must be real wherever real people are served."""
    if material.organisation.placeholders:
        raise PlaceholdersLeft(material.organisation.placeholders)


def is_demo(config: Config) -> bool:
    """For commands, which are not told whether the installation that they look at is the demo's."""
    return config.demo or (config.data_dir / DEMO_KEY).exists()


def make_keys(config: Config, wanted: list[tuple[str, str]], on: date) -> None:
    keyring = Keyring(config.key_dir)
    for purpose, key_id in wanted:
        if not keyring.has(purpose, key_id) and not keyring.is_given_up(purpose, key_id):
            keyring.make(purpose, key_id, on)


def is_at_head(config: Config) -> bool:
    """One SELECT a vault: the migration tool itself takes seconds to load."""
    engines = open_engines(config)
    try:
        if not all(map(_is_there, engines.values())):
            return False
        check_at_head(engines)
    except MigrationNeeded:
        return False
    finally:
        for engine in engines.values():
            engine.dispose()
    return True


def _is_there(engine: Engine) -> bool:
    """A file that nobody has made is no database that is away."""
    return engine.dialect.name != "sqlite" or os.path.exists(engine.url.database or "")

"""What one process holds: settings, clock, keys, the vaults it was given, the course material. Made once at start and
handed to views, commands and jobs. With `app.py` the only module that may see both the hall and a wing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine, create_engine

from kapabla.audit import Chain
from kapabla.clock import Clock, system_clock
from kapabla.config import Config
from kapabla.keys import Keyring
from kapabla.material import Material, default_root, load_material
from kapabla.material.library import Library
from kapabla.material.published import read_published
from kapabla.vaults import Vaults, engine_options, never_create, prepare_engine


@dataclass(frozen=True)
class Service:
    config: Config
    clock: Clock
    keys: Keyring
    vaults: Vaults
    library: Library

    @property
    def material(self) -> Material:
        """The folder and what has been published since, looked for once a minute."""
        return self.library.material(self.clock())

    @cached_property
    def identity_chain(self) -> Chain:
        from kapabla.identity.records import IdentityAudit, IdentityAuditHead

        return Chain(IdentityAudit, IdentityAuditHead, self.keys.get("audit", "identity"))

    @cached_property
    def answers_chain(self) -> Chain:
        from kapabla.answers.records import AnswersAudit, AnswersAuditHead

        return Chain(AnswersAudit, AnswersAuditHead, self.keys.get("audit", "answers"))

    @cached_property
    def office_chain(self) -> Chain:
        from kapabla.office.records import OfficeAudit, OfficeAuditHead

        return Chain(OfficeAudit, OfficeAuditHead, self.keys.get("audit", "office"))


def open_service(config: Config, *, clock: Clock = system_clock, engines: dict[str, Engine] | None = None) -> Service:
    """Open what this process was given. Commands and tests may bring their own engines and clock."""
    if engines is None:
        engines = open_engines(config)
    return Service(
        config=config,
        clock=clock,
        keys=Keyring(config.key_dir),
        vaults=Vaults(engines),
        library=open_library(config),
    )


def open_library(config: Config) -> Library:
    root = material_root(config)

    def load(added: Mapping[str, bytes]) -> Material:
        return load_material(root, added) if added else load_material(root)

    return Library(root, config.release_dir, load)


def published_files(config: Config) -> Mapping[str, bytes]:
    """What stands beside the folder of material, for commands that read it themselves."""
    return read_published(config.release_dir, material_root(config)).files


def open_engines(config: Config) -> dict[str, Engine]:
    engines = {}
    for name, url in config.vault_urls.items():
        options = engine_options(url)
        engines[name] = create_engine(options.pop("url"), **options)
        prepare_engine(engines[name])
        never_create(engines[name])
    return engines


def material_root(config: Config) -> Path:
    return config.material_dir or default_root()

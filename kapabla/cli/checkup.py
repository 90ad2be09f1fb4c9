"""What `kapabla doctor` looks at."""

import shutil
import smtplib
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from kapabla.config import Config
from kapabla.errors import KapablaError
from kapabla.installing import wanted_keys
from kapabla.keys import Keyring
from kapabla.material import Material, MaterialFaults, load_material
from kapabla.migrating import current_head, version_of
from kapabla.service import material_root, open_engines

MIN_FREE_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    what: str
    ok: bool
    detail: str


def check_up(config: Config) -> list[Finding]:
    material, found = _material(config)
    return [found, *_keys(config, material), *_vaults(config), _disk(config), _mail(config)]


def _material(config: Config) -> tuple[Material | None, Finding]:
    try:
        return load_material(material_root(config)), Finding("course material", True, "no faults")
    except MaterialFaults as error:
        first, count = error.faults[0], len(error.faults)
        told = f"{first}" if count == 1 else f"{first} ({count} faults; run `kapabla material check`)"
        return None, Finding("course material", False, told)


def _keys(config: Config, material: Material | None) -> list[Finding]:
    keyring, findings = Keyring(config.key_dir), []
    for purpose, key_id in wanted_keys(material):
        name = f"key {purpose}-{key_id}"
        if keyring.is_given_up(purpose, key_id):
            findings.append(Finding(name, True, "given up"))
            continue
        try:
            keyring.get(purpose, key_id)
            findings.append(Finding(name, True, "readable"))
        except KapablaError as error:
            findings.append(Finding(name, False, str(error)))
    return findings


def _vaults(config: Config) -> list[Finding]:
    findings = []
    for name, engine in open_engines(config).items():
        try:
            version = version_of(engine)
        except SQLAlchemyError:
            findings.append(Finding(f"vault {name}", False, "does not answer"))
            continue
        right = version == current_head()
        findings.append(
            Finding(f"vault {name}", right, f"version {version}" + ("" if right else ", run `kapabla init`"))
        )
        engine.dispose()
    return findings


def _disk(config: Config) -> Finding:
    free = shutil.disk_usage(config.data_dir if config.data_dir.exists() else config.data_dir.parent).free
    return Finding("disk", free >= MIN_FREE_BYTES, f"{free // 1024**2} MB free")


def _mail(config: Config) -> Finding:
    if not config.smtp_url:
        return Finding("mail", config.demo, "KAPABLA_SMTP_URL is not set: no e-mail is sent")
    parts = urlsplit(config.smtp_url)
    try:
        with smtplib.SMTP(parts.hostname or "", parts.port or 25, timeout=5) as server:
            server.noop()
    except OSError:
        return Finding("mail", False, "the mail server does not answer")
    return Finding("mail", True, "the mail server answers")

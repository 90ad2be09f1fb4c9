"""What `kapabla doctor` looks at."""

import shutil
import smtplib
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from kapabla.config import Config
from kapabla.errors import KapablaError
from kapabla.keys import Keyring
from kapabla.material import MaterialFaults, load_material
from kapabla.migrating import current_head, version_of
from kapabla.service import material_root, open_engines

MIN_FREE_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    what: str
    ok: bool
    detail: str


def check_up(config: Config) -> list[Finding]:
    return [*_material(config), *_keys(config), *_vaults(config), _disk(config), _mail(config)]


def _material(config: Config) -> list[Finding]:
    try:
        load_material(material_root(config))
    except MaterialFaults as faults:
        return [Finding("course material", False, f"{len(faults.faults)} faults; run `kapabla material check`")]
    return [Finding("course material", True, "no faults")]


def _keys(config: Config) -> list[Finding]:
    keyring, findings = Keyring(config.key_dir), []
    for purpose in ("invitation", "sealing", "session", "certificate", "tombstone"):
        try:
            keyring.get(purpose)
            findings.append(Finding(f"key {purpose}", True, "readable"))
        except KapablaError as error:
            findings.append(Finding(f"key {purpose}", False, str(error)))
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

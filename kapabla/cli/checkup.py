"""What `kapabla doctor` looks at."""

import smtplib
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from kapabla import watching
from kapabla.clock import local_date, system_clock
from kapabla.config import Config
from kapabla.errors import KapablaError
from kapabla.installing import PlaceholdersLeft, check_organisation, is_demo, wanted_keys
from kapabla.jobs.mail import Temporary
from kapabla.jobs.mailbox import MailboxAway, open_mailbox
from kapabla.jobs.sms import SmsProvider
from kapabla.keys import Keyring
from kapabla.material import Material, MaterialFaults, check_material, load_material, plan_hash
from kapabla.material.promise_editions import read_editions
from kapabla.material.published import Shelved, read_published
from kapabla.migrating import current_head, version_of
from kapabla.office import accounts
from kapabla.office.plans import state_of
from kapabla.service import material_root, open_engines

MIN_FREE_BYTES = 500 * 1024 * 1024
STALE_BACKUP_SECONDS = 2 * 24 * 3600


@dataclass(frozen=True)
class Finding:
    what: str
    ok: bool
    detail: str


def check_up(config: Config) -> list[Finding]:
    shelved = read_published(config.release_dir, material_root(config))
    material, found = _material(config, shelved)
    return [
        found,
        *([_organisation(config, material)] if material else []),
        _published(config, shelved),
        _promises(config),
        *_keys(config, material),
        *_vaults(config),
        *_plans(config, material),
        *_accounts(config),
        *_watched(config),
        _disk(config),
        _mail(config),
        _bounces(config),
        _sms(config),
    ]


def _material(config: Config, shelved: Shelved) -> tuple[Material | None, Finding]:
    try:
        return load_material(material_root(config), shelved.files), Finding("course material", True, "no faults")
    except MaterialFaults as error:
        first, count = error.faults[0], len(error.faults)
        told = f"{first}" if count == 1 else f"{first} ({count} faults; run `kapabla material check`)"
        return None, Finding("course material", False, told)


def _published(config: Config, shelved: Shelved) -> Finding:
    """What has been published by upload is whole, and fits with all else."""
    faults = [
        *shelved.faults,
        *(f for f in check_material(material_root(config), shelved.files) if f.file in shelved.files),
    ]
    if faults:
        return Finding("published material", False, f"{faults[0]}" + (f" ({len(faults)} faults)" if faults[1:] else ""))
    return Finding("published material", True, f"{len(shelved.files)} files, as two people approved them")


def _promises(config: Config) -> Finding:
    """What municipality and police signed is in the store as they signed it."""
    editions, damaged = read_editions(config.release_dir)
    if damaged:
        return Finding("published promises", False, f"{damaged[0]} is not what was signed; mirror the store anew")
    return Finding("published promises", True, f"{len(editions)} editions, as both signed them")


def _organisation(config: Config, material: Material) -> Finding:
    try:
        check_organisation(material)
    except PlaceholdersLeft as left:
        told = "made-up entries, which the demo may have" if is_demo(config) else str(left)
        return Finding("organisation", is_demo(config), told)
    return Finding("organisation", True, "no made-up entries")


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
            findings.append(Finding(f"vault {name}", False, "does not answer, or nobody has made it (`kapabla init`)"))
            continue
        right = version == current_head()
        findings.append(
            Finding(f"vault {name}", right, f"version {version}" + ("" if right else ", run `kapabla init`"))
        )
        engine.dispose()
    return findings


def _plans(config: Config, material: Material | None) -> list[Finding]:
    """A plan that has changed since it was frozen is told: its outcomes were not named before the data any more."""
    if material is None or not material.plans:
        return []
    engine = open_engines(config)["office"]
    try:
        with Session(engine) as session:
            states = {
                study: state_of(session, study, plan_hash(material.studies[study], material))
                for study in material.plans
            }
    except SQLAlchemyError:
        return []
    finally:
        engine.dispose()
    return [
        Finding(f"analysis plan {study}", not state.is_changed, f"{state.word}, {state.hash[:12]}")
        for study, state in states.items()
    ]


def _accounts(config: Config) -> list[Finding]:
    """A county with one administrator locks itself out with a lost phone, and accounts end without anybody noticing."""
    if "office" not in config.vault_urls:
        return []
    engine, on = open_engines(config)["office"], local_date(system_clock())
    try:
        with Session(engine) as session:
            count, soon = accounts.administrators(session, on=on), accounts.ending_soon(session, on=on)
    except SQLAlchemyError:
        return []
    finally:
        engine.dispose()
    told = ", ".join(f"{member.email} on {member.ends_on}" for member in soon)
    only = f"{count} can let others in" + (": add another, one lost phone locks everybody out" if count < 2 else "")
    return [
        Finding("administrators", count > 1 or is_demo(config), only),
        Finding(
            "accounts", not soon or is_demo(config), f"ending soon: {told}" if soon else "none ends within a month"
        ),
    ]


def _watched(config: Config) -> list[Finding]:
    """Jobs that have stopped or wait for nobody, answers that are gone, and how old the last backup is."""
    at, found = system_clock(), list[Finding]()
    for vault, engine in open_engines(config).items():
        jobs = watching.jobs_in(engine, at) if vault != "answers" else None
        if jobs is not None:
            told = f"{jobs.waiting} wait, {jobs.dead} have stopped, the oldest is {jobs.late_seconds} s late"
            found.append(Finding(f"jobs {vault}", not jobs.dead and jobs.late_seconds < watching.LATE_SECONDS, told))
        missing = watching.answers_missing(engine) if vault == "answers" else None
        if missing is not None:
            told = f"{missing} missing; `kapabla answers counts` says where" if missing else "none missing"
            found.append(Finding("answers", not missing, told))
        engine.dispose()
    age = watching.backup_age(config, at)
    told = "none made from here" if age is None else f"the last whole one is {age // 3600} hours old"
    fresh = age is not None and age < STALE_BACKUP_SECONDS
    return [*found, Finding("backup", fresh or is_demo(config), told)]


def _disk(config: Config) -> Finding:
    free = watching.free_bytes(config.data_dir)
    return Finding("disk", free >= MIN_FREE_BYTES, f"{free // 1024**2} MB free")


def _mail(config: Config) -> Finding:
    if not config.smtp_url:
        return Finding("mail", is_demo(config), "KAPABLA_SMTP_URL is not set: no e-mail is sent")
    parts = urlsplit(config.smtp_url)
    try:
        with smtplib.SMTP(parts.hostname or "", parts.port or 25, timeout=5) as server:
            server.noop()
    except OSError:
        return Finding("mail", False, "the mail server does not answer")
    return Finding("mail", True, "the mail server answers")


def _sms(config: Config) -> Finding:
    if config.sms is None:
        return Finding("sms", True, "KAPABLA_SMS_URL is not set: no text messages are sent")
    try:
        list(SmsProvider(config.sms.url, config.sms.sender).since(system_clock()))
    except Temporary:
        return Finding("sms", False, "the provider of text messages does not answer, or does not let us in")
    return Finding("sms", True, "the provider of text messages answers")


def _bounces(config: Config) -> Finding:
    if not config.bounce_mailbox_url:
        told = "KAPABLA_BOUNCE_MAILBOX_URL is not set: what a mail server reports afterwards is not read"
        return Finding("bounces", True, told)
    try:
        with open_mailbox(config.bounce_mailbox_url) as box:
            box.unread()
    except MailboxAway:
        return Finding("bounces", False, "the mailbox of what did not arrive cannot be read")
    return Finding("bounces", True, "the mailbox of what did not arrive is read")

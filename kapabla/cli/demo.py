"""The demo of `./dev run`: an empty installation is filled once, through the real services; what is needed to try it is
printed at every start."""

import base64
import fcntl
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pyotp
from sqlalchemy import func, select

from kapabla.audit import Event
from kapabla.cli.demo_promises import EDITOR, PLACE, SIGNATORIES, make_promises
from kapabla.cli.demo_surveys import fill_surveys, open_slug
from kapabla.clock import local_date
from kapabla.config import Config
from kapabla.errors import KapablaError
from kapabla.identity import meetings
from kapabla.identity.codes import derive_meeting_code, format_code
from kapabla.identity.cohorts import Cohort
from kapabla.identity.contact import Contact
from kapabla.identity.enrolling import NewPerson, access_of, create_cohort, enrol
from kapabla.identity.people import Person, StepOver
from kapabla.ids import new_id, new_secret
from kapabla.installing import DEMO_KEY, make_installation
from kapabla.jobs.population import make_population
from kapabla.jobs.releases import build_release
from kapabla.jobs.simulation import DEFAULT_ATTRITION, DEFAULT_EFFECT
from kapabla.jobs.withdrawal_notices import lock_or_give_up
from kapabla.keys import keyed_hash
from kapabla.material import frozen_document
from kapabla.material.instruments.loader import to_toml
from kapabla.material.pieces import sha256_of_files
from kapabla.material.uploads import read_upload
from kapabla.migrating import unmake
from kapabla.office import agreements, api_tokens, plans, release_register, sign_in, uploads
from kapabla.office.releases import ReleaseRecord
from kapabla.office.staff import Staff
from kapabla.service import Service, open_service
from kapabla.store import Store
from kapabla.vaults import Work

PEOPLE, SEED, STUDY = 240, 2026, "kapabla-2026"
COHORT = "Exempel: prova själv"
AGREEMENT = "Exempelavtal 1"
RESEARCHER, TOKEN = "forskare@example.se", "Exemplets nyckel"
CHANGED, IN_OTHER_WORDS = "til", ("i din kommun", "där du bor")
APPROVERS = ("dataskydd@example.se", "admin@example.se")
STAFF = (
    ("handlaggare@example.se", "Hanna Exempel", "officer"),
    ("samordnare@example.se", "Sven Exempel", "coordinator"),
    ("utbildare@example.se", "Ulla Exempel", "trainer"),
    (RESEARCHER, "Frans Exempel", "researcher"),
    ("dataskydd@example.se", "Disa Exempel", "steward"),
    ("admin@example.se", "Alva Exempel", "admin"),
    (EDITOR, "Rut Exempel", "editor"),
    *SIGNATORIES,
)


class NotOnlyDemo(KapablaError):
    code = "not_only_demo"

    def __str__(self) -> str:
        return (
            "The demo in KAPABLA_DATA_DIR was interrupted when it was made, and others than its made-up people have "
            "been added since. Nothing has been changed. Choose another folder with KAPABLA_DATA_DIR."
        )


def prepare_demo(config: Config) -> None:
    """Make the installation, fill it if it is empty, and say what is needed to try it."""
    with _alone(config):
        make_installation(config)
        service, secret = open_service(config), _demo_secret(config)
        try:
            _make_whole(service, secret)
            _print(service, config, secret)
        finally:
            for engine in service.vaults.engines.values():
                engine.dispose()


def _make_whole(service: Service, secret: bytes) -> None:
    if _is_half(service):
        print("Exemplet blev inte färdigt förra gången. Det görs om från början.", flush=True)
        unmake(service.vaults.engines)
        make_installation(service.config)
    if _is_empty(service):
        print("Fyller exemplet (en gång; på en långsam dator tar det några minuter) ...", flush=True)
        _fill(service, secret)


@contextmanager
def _alone(config: Config) -> Iterator[None]:
    """Of two first starts at once one makes the demo, and the other waits for it. The lock goes with its process."""
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (config.data_dir / "demo.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_empty(service: Service) -> bool:
    with service.vaults.reading() as work:
        return not work.office.scalar(select(func.count()).select_from(Staff))


def _is_half(service: Service) -> bool:
    """A demo ends with a release that is locked: without one it was interrupted. Real people are never taken away."""
    with service.vaults.reading() as work:
        demo_staff = work.office.scalar(select(Staff.id).where(Staff.is_demo.is_(True)).limit(1))
        locked = ReleaseRecord.state.in_(("locked", "retired"))
        if demo_staff is None or work.office.scalar(select(ReleaseRecord.id).where(locked).limit(1)):
            return False
        others = (
            work.office.scalar(select(Staff.id).where(Staff.is_demo.is_(False)).limit(1)),
            work.identity.scalar(select(Person.id).where(Person.is_test.is_(False)).limit(1)),
        )
        if any(others):
            raise NotOnlyDemo()
        return True


def _demo_secret(config: Config) -> bytes:
    """The demo's own secret: its passwords and codes come from it, so that a later start prints the same."""
    path = config.data_dir / DEMO_KEY
    if not path.exists():
        path.write_bytes(base64.b64encode(new_secret()))
        path.chmod(0o600)
    return base64.b64decode(path.read_bytes())


def demo_secret(config: Config) -> bytes | None:
    """The same where a demo lies in the data folder, for commands that show what only a demo may; None elsewhere."""
    return _demo_secret(config) if (config.data_dir / DEMO_KEY).exists() else None


def demo_token(secret: bytes, token_id: str) -> str:
    """A key to the research API that can be printed again: whoever has the demo's folder has its made-up data too."""
    return keyed_hash(secret, b"token", token_id.encode()).hex()[:32]


def _password(secret: bytes) -> str:
    return "exempel-" + keyed_hash(secret, b"password").hex()[:8]


def _totp(secret: bytes, email: str) -> str:
    return base64.b32encode(keyed_hash(secret, b"totp", email.encode())[:20]).decode()


def _fill(service: Service, secret: bytes) -> None:
    at = service.clock()
    today = local_date(at)
    with service.vaults.unit() as work:
        for email, name, role in STAFF:
            member, _ = sign_in.add_staff(
                work.office, email=email, name=name, role=role, ends_on=today + timedelta(days=365), at=at,
                is_demo=True, municipality=PLACE if role == "coordinator" or role.startswith("signatory") else None,
            )  # fmt: skip
            totp = _totp(secret, email)
            # The step before: the code that is printed at the first start has not been used.
            earlier = at - timedelta(seconds=sign_in.TOTP_SECONDS)
            sign_in.complete_sign_up(
                work.office, member, password=_password(secret), totp_secret=totp,
                code=pyotp.TOTP(totp).at(earlier), sealing_key=service.keys.get("sealing"), at=earlier,
            )  # fmt: skip
        agreements.record(
            work.office, service.office_chain, member=sign_in.get_staff(work.office, "forskare@example.se"),
            number=AGREEMENT, ends_on=today + timedelta(days=365), actor="cli", at=at,
        )  # fmt: skip
    _freeze_plan(service)
    _ask_for_a_version(service)
    make_promises(service)
    make_population(
        service, people=PEOPLE, seed=SEED, study=STUDY, today=today, effect=DEFAULT_EFFECT, attrition=DEFAULT_ATTRITION
    )
    fill_surveys(service, editor=EDITOR, approvers=APPROVERS)
    _release(service)


def _freeze_plan(service: Service) -> None:
    """By two, before the first answer: as in earnest."""
    digest = Store(service.config.release_dir).put(frozen_document(service.material.studies[STUDY], service.material))
    for email in (RESEARCHER, "dataskydd@example.se"):
        with service.vaults.unit() as work:
            member = sign_in.get_staff(work.office, email)
            plans.freeze(
                work.office, service.office_chain, study=STUDY, plan_hash=digest, has_answers=False, by=member,
                at=service.clock(),
            )  # fmt: skip


def _ask_for_a_version(service: Service) -> None:
    """One word changed in the newest version of a questionnaire, uploaded and asked for: it waits for two people."""
    versions = service.material.instruments
    newest = versions[CHANGED, max(version for name, version in versions if name == CHANGED)]
    clearer = tuple(
        item.model_copy(update={"text": item.text.model_copy(update={"sv": item.text.sv.replace(*IN_OTHER_WORDS)})})
        for item in newest.items
    )
    written = newest.model_copy(update={"version": newest.version + 1, "items": clearer})
    name = f"{CHANGED}.toml"
    piece = read_upload(name, to_toml(written, whole=True).encode()).piece
    with service.vaults.unit() as work:
        editor, at = sign_in.get_staff(work.office, EDITOR), service.clock()
        upload = uploads.keep(
            work.office, service.office_chain, place=piece.place, file=name, files=piece.files,
            sha256=sha256_of_files(piece.files), losses=(), by=editor, at=at,
        )  # fmt: skip
        uploads.ask(work.office, service.office_chain, upload, by=editor, at=at)


def _release(service: Service) -> None:
    """Ordered by the researcher, built by the jobs, approved by two demo approvers: as in earnest."""
    at, name = service.clock(), f"{local_date(service.clock()).isoformat()}-1"
    with service.vaults.unit() as work:
        researcher = sign_in.get_staff(work.office, RESEARCHER)
        release_register.order(
            work.office, service.office_chain, release=name, study=STUDY, purpose="evaluation", is_test=True,
            by=researcher, at=at,
        )  # fmt: skip
    with service.vaults.unit() as work:
        build_release(service, work, name)
    for email in APPROVERS:
        with service.vaults.unit() as work:
            member = sign_in.get_staff(work.office, email)
            release_register.approve(work.office, service.office_chain, release=name, by=member, at=at)
            lock_or_give_up(service, work, name)


def _cohort(service: Service, work: Work) -> Cohort:
    """The one that whoever tries the demo belongs to."""
    known = work.identity.scalar(select(Cohort).where(Cohort.name == COHORT))
    if known is not None:
        return known
    study, today = service.material.studies[STUDY], local_date(service.clock())
    return create_cohort(
        work.identity, name=COHORT, study=study, arm=study.arms[0].code, starts_on=today,
        ends_on=today + timedelta(days=365), responsible="Exempel",
    )  # fmt: skip


def _meeting_code(service: Service, work: Work) -> str:
    """Of the meeting that is open today; where there is none, one is opened."""
    cohort, today, key = _cohort(service, work), local_date(service.clock()), service.keys.get("invitation")
    known = next((found for found in meetings.meetings_of(work.identity, cohort) if found.is_open(today)), None)
    found = known or meetings.open_meeting(
        work.identity, key, cohort, held_on=today, mode=meetings.ROOM, takes_walk_ins=True, today=today
    )
    return format_code(derive_meeting_code(key, found.id))


def _unused_invitation(service: Service, work: Work) -> tuple[str, str]:
    """Link and code of a test person who has not begun; a new one is made when the former is used."""
    session, cohort, today = work.identity, _cohort(service, work), local_date(service.clock())
    opened = select(StepOver.person_id).where(StepOver.step == "opened")
    name = "Provia Påhittsson"
    person_id = session.scalar(
        select(Person.id)
        .where(Person.is_test.is_(True), Person.language == "sv", Person.number.is_not(None))
        .where(Person.id.not_in(opened), Person.channel == "letter")
        .limit(1)
    )
    if person_id is None:
        new = NewPerson(
            contact=Contact(name=name, address="Exempelvägen 1"), municipality="2404", role="hairdresser",
            channel="letter", is_test=True,
        )  # fmt: skip
        person_id = enrol(session, service.keys, cohort, [new], on=today)[0]
    access = access_of(session, service.keys, [person_id])[person_id]
    return access.link(service.config.base_url), format_code(access.code)


def _research_token(service: Service, work: Work, secret: bytes) -> str:
    """Of the researcher and the newest release of test people; a new one is made where none works any longer."""
    at, holder = service.clock(), sign_in.get_staff(work.office, RESEARCHER)
    for key in api_tokens.all_tokens(work.office, holder):
        if api_tokens.works(key, at=at) and key.token.name == TOKEN:
            return demo_token(secret, key.token.id)
    release = next((found for found in release_register.locked(work.office) if found.is_test), None)
    if release is None:
        return "-"
    id_ = new_id()
    api_tokens.add(
        work.office, service.office_chain, id_=id_, token=demo_token(secret, id_), holder=holder, release=release,
        days=api_tokens.MAX_DAYS, name=TOKEN, purpose="Prova forskarnas API", at=at,
        by=Event(holder.id, holder.role, "token_add", f"token:{id_}", reason=release.id),
    )  # fmt: skip
    return demo_token(secret, id_)


def _command(config: Config) -> str:
    """How the command is reached from where the demo was started: it lies beside the interpreter, on few paths."""
    beside = Path(sys.executable).with_name("kapabla")
    found, here = shutil.which("kapabla"), Path.cwd()
    shown = beside.relative_to(here) if beside.is_relative_to(here) else beside
    command = "kapabla" if found and Path(found) == beside else str(shown)
    moved = config.data_dir != Path("instance").resolve()
    return f"KAPABLA_DATA_DIR={config.data_dir} {command}" if moved else command


def _print(service: Service, config: Config, secret: bytes) -> None:
    with service.vaults.unit() as work:
        token = _research_token(service, work, secret)
        link, invitation = _unused_invitation(service, work)
        meeting = _meeting_code(service, work)
        survey = open_slug(work, local_date(service.clock()))
        present = set(work.office.scalars(select(Staff.email).where(Staff.is_demo.is_(True))))
    lines = [
        "",
        f"{config.project_name}: exempel med påhittade personer. Använd det aldrig för riktiga: nycklar och data",
        "ligger i samma mapp, så det som hålls isär i drift hålls inte isär här.",
        "",
        f"  Startsida         {config.base_url}/",
        f"  Delta med länk    {link}",
        f"  eller med kod     {invitation}   ({config.base_url}/k)",
        f"  Möte i dag, kod   {meeting}       ({config.base_url}/k)",
        f"  Medborgarlöften   {config.base_url}/medborgarloften",
        f"  Öppen enkät       {config.base_url}/enkat/{survey}",
        f"  Enkätsvar         {config.base_url}/enkatsvar",
        f"  Personal          {config.base_url}/logga-in   lösenord {_password(secret)}",
    ]
    for email, _, role in STAFF:
        if email not in present:  # a demo that an older version made
            continue
        code = pyotp.TOTP(_totp(secret, email)).at(service.clock())
        lines.append(f"    {role:22} {email:24} engångskod just nu {code}")
    lines.append(f"  Ny engångskod     {_command(config)} staff code E-POSTADRESS")
    lines.append(f"  Forskarnas API    {config.base_url}/api/   nyckel {token}")
    print("\n".join(lines), flush=True)

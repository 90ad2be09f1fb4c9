"""Settings, read once from the environment into a frozen object. An unknown `KAPABLA_` name is an error."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from kapabla.errors import KapablaError
from kapabla.quiet_hours import DEFAULT_QUIET_HOURS, QuietHours
from kapabla.settings import SETTINGS

PREFIX = "KAPABLA_"
DEFAULT_BASE_URL = "http://127.0.0.1:8000"
PROJECT_NAME = "Kapabla"
AUDIENCES = ("participant", "admin", "research", "public", "review")
# Settings that belong to the tools around the application, not to it.
_TOOLS = {"CHROMIUM", "MATRIX", "PICTURES", "TEST_PG_URL"}

# The smallest cell that may be shown (`privacy.md` C5): settings can raise these, never lower them.
MIN_CELL = 5
MIN_CELL_PUBLIC = 10

# What one key of the research API may ask for: calls a minute in the long run, and saved up at most; a client of R
# reads a whole release in about 900. Then how many wrong keys an address may try in a minute.
API_PER_MINUTE, API_BURST, API_WRONG_PER_MINUTE = 300, 2_000, 100

# Nobody guesses a token of so many characters; no installation has more servers in a row before this one.
LEAST_TOKEN, MOST_PROXIES = 24, 5


class BadSetting(KapablaError):
    """A setting is unknown, missing or unsafe. The message is for whoever runs the installation."""

    code = "bad_setting"

    def __init__(self, message: str) -> None:
        super().__init__(message=message)
        self.message = message

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class GivenRole:
    """What the organisation's sign-in says of somebody, and the role that it gives here."""

    value: str
    role: str
    municipality: str | None = None


@dataclass(frozen=True)
class Oidc:
    """The organisation's own sign-in. `only`: there is no other way in."""

    issuer: str
    client_id: str
    client_secret: str
    roles: tuple[GivenRole, ...]
    name: str
    scope: str
    role_claim: str
    email_claim: str
    account_days: int
    only: bool


@dataclass(frozen=True)
class Sms:
    """The interface of 46elks, whose name stands on the messages, and what the short links in them begin with."""

    url: str
    sender: str
    link_url: str


@dataclass(frozen=True)
class Config:
    data_dir: Path
    key_dir: Path
    release_dir: Path
    identity_url: str | None
    answers_url: str | None
    office_url: str | None
    audiences: tuple[str, ...] = AUDIENCES
    base_url: str = DEFAULT_BASE_URL
    smtp_url: str | None = None
    mail_from: str = "utbildning@example.se"
    bounce_address: str | None = None
    bounce_mailbox_url: str | None = None
    sms: Sms | None = None
    quiet_hours: QuietHours = DEFAULT_QUIET_HOURS
    neutral_exit_url: str = "https://www.smhi.se/"
    min_cell: int = MIN_CELL
    min_cell_public: int = MIN_CELL_PUBLIC
    api_per_minute: int = API_PER_MINUTE
    api_burst: int = API_BURST
    api_wrong_per_minute: int = API_WRONG_PER_MINUTE
    project_name: str = PROJECT_NAME
    material_dir: Path | None = None
    # To whom the end of every log is told each day: an address of e-mail, or a folder.
    audit_heads_to: str | None = None
    # Whoever runs the service, told by e-mail when something has stopped.
    operator_email: str | None = None
    # By which `/metrics` is read from elsewhere than this machine.
    metrics_token: str | None = None
    # How many proxies of our own stand before this process: the address of a visitor is what the last of them says.
    proxies: int = 0
    oidc: Oidc | None = None
    demo: bool = False
    testing: bool = False

    @property
    def vault_urls(self) -> dict[str, str]:
        """Only the vaults that this process was given (`KAPABLA_AUDIENCES` decides what it may open)."""
        given = {"answers": self.answers_url, "identity": self.identity_url, "office": self.office_url}
        return {name: url for name, url in given.items() if url}

    def with_vaults(self, urls: Mapping[str, str]) -> "Config":
        """The same settings, and these vaults alone."""
        return replace(
            self, identity_url=urls.get("identity"), answers_url=urls.get("answers"), office_url=urls.get("office")
        )  # fmt: skip

    @property
    def secure_cookies(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"

    @property
    def has_local_accounts(self) -> bool:
        """Passwords, one-time codes and passkeys of our own let somebody in."""
        return self.oidc is None or not self.oidc.only


# Which vaults an audience opens (`architecture.md`, the table of processes).
VAULTS_OF_AUDIENCE = {
    "participant": {"identity", "answers"},
    "admin": {"identity", "office"},
    "research": {"office"},
    "public": {"office"},
    # Reads what was said in words, and can reach nobody: never beside the names (docs/decisions/0029).
    "review": {"answers", "office"},
}

_NAMES = {name for setting in SETTINGS for name in setting.names}


def load_config(env: Mapping[str, str], *, demo: bool = False) -> Config:
    """A pure function of the environment. Raises `BadSetting` with a sentence that says what to write."""
    given = {key[len(PREFIX) :]: value for key, value in env.items() if key.startswith(PREFIX)}
    unknown = sorted(set(given) - _NAMES - _TOOLS)
    if unknown:
        raise BadSetting(f"Unknown setting {PREFIX}{unknown[0]}. The known ones are in docs/settings.md.")
    data_dir = Path(given.get("DATA_DIR", "instance")).resolve()
    audiences = _audiences(given.get("AUDIENCES", ""))
    wanted = set().union(*(VAULTS_OF_AUDIENCE[name] for name in audiences))
    return Config(
        data_dir=data_dir,
        key_dir=Path(given.get("KEY_DIR", data_dir / "keys")).resolve(),
        release_dir=Path(given.get("RELEASE_DIR", data_dir / "releases")).resolve(),
        identity_url=_vault_url(given, "identity", data_dir, wanted),
        answers_url=_vault_url(given, "answers", data_dir, wanted),
        office_url=_vault_url(given, "office", data_dir, wanted),
        audiences=audiences,
        base_url=given.get("BASE_URL", DEFAULT_BASE_URL).rstrip("/"),
        smtp_url=given.get("SMTP_URL"),
        mail_from=given.get("MAIL_FROM", "utbildning@example.se"),
        bounce_address=_bounce_address(given),
        bounce_mailbox_url=_bounce_mailbox(given),
        sms=_sms(given),
        quiet_hours=_quiet_hours(given),
        # The demo leaves to a page of its own, so that nobody needs the network to try the button.
        neutral_exit_url=given.get("NEUTRAL_EXIT_URL", "/vader" if demo else "https://www.smhi.se/"),
        min_cell=_at_least(given, "MIN_CELL", MIN_CELL),
        min_cell_public=_at_least(given, "MIN_CELL_PUBLIC", MIN_CELL_PUBLIC),
        api_per_minute=_count(given, "API_PER_MINUTE", API_PER_MINUTE),
        api_burst=_count(given, "API_BURST", API_BURST),
        api_wrong_per_minute=_count(given, "API_WRONG_PER_MINUTE", API_WRONG_PER_MINUTE),
        project_name=given.get("PROJECT_NAME", PROJECT_NAME),
        material_dir=Path(given["MATERIAL_DIR"]) if "MATERIAL_DIR" in given else None,
        audit_heads_to=given.get("AUDIT_HEADS_TO") or None,
        operator_email=_operator(given),
        metrics_token=_metrics_token(given),
        proxies=_proxies(given),
        oidc=_oidc(given),
        demo=demo,
    )


def for_all_audiences(env: Mapping[str, str]) -> dict[str, str]:
    """The same settings for who acts as every process, whatever is served here: the jobs, and the making of a demo."""
    return {name: value for name, value in env.items() if name != f"{PREFIX}AUDIENCES"}


def check_production(config: Config, env: Mapping[str, str]) -> None:
    """Refuse to start a service for real people with settings that would not protect them."""
    if f"{PREFIX}BASE_URL" not in env:
        raise BadSetting("Set KAPABLA_BASE_URL to the address of the service, for example https://kapabla.example.se.")
    if not config.secure_cookies:
        raise BadSetting("KAPABLA_BASE_URL must begin with https: cookies and links of real people travel on it.")
    if config.key_dir.is_relative_to(config.data_dir):
        raise BadSetting(
            "KAPABLA_KEY_DIR lies inside KAPABLA_DATA_DIR. Keys and data must be kept apart: move the keys."
        )
    if not config.smtp_url:
        raise BadSetting("Set KAPABLA_SMTP_URL, for example smtp://mail.example.se:587.")


def _audiences(text: str) -> tuple[str, ...]:
    chosen = tuple(part.strip() for part in text.split(",") if part.strip()) or AUDIENCES
    for name in chosen:
        if name not in AUDIENCES:
            raise BadSetting(f"KAPABLA_AUDIENCES knows {', '.join(AUDIENCES)}, not {name}.")
    return chosen


def _vault_url(given: Mapping[str, str], vault: str, data_dir: Path, wanted: set[str]) -> str | None:
    if vault not in wanted:
        return None
    name = f"{vault.upper()}_DATABASE_URL"
    url = given.get(name) or f"sqlite:///{data_dir / vault}.db"
    if not _is_address(url):
        # Without what was written, which may hold a password.
        raise BadSetting(f"{PREFIX}{name} is written as postgresql://user:password@host:5432/name, or sqlite:////path.")
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _is_address(url: str) -> bool:
    try:
        _ = urlsplit(url).port  # raises where it is no number
    except ValueError:
        return False
    return url.startswith(("postgresql://", "postgresql+psycopg://", "sqlite:///"))


def _bounce_address(given: Mapping[str, str]) -> str | None:
    text = given.get("BOUNCE_ADDRESS")
    if text is not None and not re.fullmatch(r"[^@\s+]+@[^@\s]+", text):
        raise BadSetting("KAPABLA_BOUNCE_ADDRESS is an address without a plus sign, for example studs@example.se.")
    return text


def _bounce_mailbox(given: Mapping[str, str]) -> str | None:
    url = given.get("BOUNCE_MAILBOX_URL")
    if url is None:
        return None
    if not url.startswith(("imap://", "imaps://", "maildir:///")):
        # Without what was written, which may hold a password.
        raise BadSetting(
            "KAPABLA_BOUNCE_MAILBOX_URL is written as imaps://user:password@host/INBOX or maildir:///path."
        )
    return url


def _sms(given: Mapping[str, str]) -> Sms | None:
    """Off until the interface of the provider is set."""
    if "SMS_URL" not in given:
        return None
    if not _is_provider(given["SMS_URL"]):
        # Without what was written, which holds a password.
        raise BadSetting("KAPABLA_SMS_URL is written as https://<user>:<password>@api.46elks.com/a1.")
    sender = given.get("SMS_FROM", "")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{2,10}|\+[1-9][0-9]{6,14}", sender):
        raise BadSetting(
            "KAPABLA_SMS_FROM is who a text message is from: a name of 3 to 11 letters a-z and digits, or a number "
            "of the provider's like +46766861234."
        )
    if given.get("PROJECT_NAME", PROJECT_NAME).casefold() in sender.casefold():
        raise BadSetting("KAPABLA_SMS_FROM names the project: a search on the name shows what it is about.")
    link_url = given.get("SMS_LINK_URL", given.get("BASE_URL", DEFAULT_BASE_URL)).rstrip("/")
    if "SMS_LINK_URL" in given and not re.fullmatch(r"https://[a-z0-9.-]+", link_url):
        raise BadSetting("KAPABLA_SMS_LINK_URL is a short address of this service, for example https://lst.example.se.")
    return Sms(given["SMS_URL"].rstrip("/"), sender, link_url)


def _is_provider(url: str) -> bool:
    """With a name and a password, which go over TLS; a stand-in on this machine needs none."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1"))
    return bool(is_safe and parts.hostname and parts.username and parts.password)


def _operator(given: Mapping[str, str]) -> str | None:
    text = given.get("OPERATOR_EMAIL")
    if text is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise BadSetting("KAPABLA_OPERATOR_EMAIL is an address, for example drift@example.se.")
    return text


def _metrics_token(given: Mapping[str, str]) -> str | None:
    text = given.get("METRICS_TOKEN")
    if text is not None and len(text) < LEAST_TOKEN:
        raise BadSetting(f"KAPABLA_METRICS_TOKEN has at least {LEAST_TOKEN} characters that nobody can guess.")
    return text


def _proxies(given: Mapping[str, str]) -> int:
    text = given.get("PROXIES", "0")
    if not text.isdigit() or int(text) > MOST_PROXIES:
        raise BadSetting(f"KAPABLA_PROXIES is how many servers of your own stand before this one, 0 to {MOST_PROXIES}.")
    return int(text)


def _quiet_hours(given: Mapping[str, str]) -> QuietHours:
    text, weekends = given.get("QUIET_HOURS", "20-7"), given.get("SEND_ON_WEEKENDS", "no")
    if weekends not in ("yes", "no"):
        raise BadSetting("KAPABLA_SEND_ON_WEEKENDS is yes or no.")
    found = re.fullmatch(r"(\d\d?)-(\d\d?)", "0-0" if text == "none" else text)
    if found is None or max(int(found[1]), int(found[2])) > 23:
        raise BadSetting("KAPABLA_QUIET_HOURS is two hours of the day, for example 20-7, or none.")
    return QuietHours(int(found[1]), int(found[2]), on_weekends=weekends == "yes")


def _oidc(given: Mapping[str, str]) -> Oidc | None:
    if "OIDC_ISSUER" not in given:
        return None
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_ROLES"):
        if not given.get(name):
            raise BadSetting(f"Set {PREFIX}{name} too: without it nobody can sign in by KAPABLA_OIDC_ISSUER.")
    issuer = urlsplit(given["OIDC_ISSUER"])
    if issuer.scheme != "https" and issuer.hostname not in ("localhost", "127.0.0.1"):
        raise BadSetting("KAPABLA_OIDC_ISSUER must begin with https: who somebody is travels on it.")
    if given.get("OIDC_ONLY", "no") not in ("yes", "no"):
        raise BadSetting("KAPABLA_OIDC_ONLY is yes or no.")
    return Oidc(
        issuer=given["OIDC_ISSUER"], client_id=given["OIDC_CLIENT_ID"], client_secret=given["OIDC_CLIENT_SECRET"],
        roles=tuple(_given_role(part.strip()) for part in given["OIDC_ROLES"].split(",")),
        name=given.get("OIDC_NAME", "Organisationen"), scope=given.get("OIDC_SCOPE", "openid email profile"),
        role_claim=given.get("OIDC_ROLE_CLAIM", "groups"), email_claim=given.get("OIDC_EMAIL_CLAIM", "email"),
        account_days=_count(given, "OIDC_ACCOUNT_DAYS", 365), only=given.get("OIDC_ONLY") == "yes",
    )  # fmt: skip


def _given_role(text: str) -> GivenRole:
    found = re.fullmatch(r"([^=]+)=([a-z_]+)(?:/(\d{4}))?", text)
    if found is None:
        raise BadSetting("KAPABLA_OIDC_ROLES is written as group=officer,other-group=coordinator/2404.")
    return GivenRole(found[1].strip(), found[2], found[3])


def _count(given: Mapping[str, str], name: str, usual: int) -> int:
    text = given.get(name, str(usual))
    if not text.isdigit() or int(text) == 0:
        raise BadSetting(f"{PREFIX}{name} must be a whole number of at least 1.")
    return int(text)


def _at_least(given: Mapping[str, str], name: str, floor: int) -> int:
    text = given.get(name, str(floor))
    if not text.isdigit() or int(text) < floor:
        raise BadSetting(f"{PREFIX}{name} must be a whole number of at least {floor}: it can be raised, never lowered.")
    return int(text)

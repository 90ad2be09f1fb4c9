"""Every setting, what it is when nobody sets it, and what it means: what `load_config` knows, and what the page of
settings is made of (`python -m tests.conventions.settings_page`)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """`default` and `meaning` are Markdown. Several names share a row where they are set together."""

    names: tuple[str, ...]
    default: str
    meaning: str


SETTINGS = (
    Setting(("DATA_DIR",), "`instance`", "the embedded databases and the journals"),
    Setting(
        ("KEY_DIR",),
        "`<DATA_DIR>/keys`",
        "one file a key. In production outside `DATA_DIR`, or the service does not start",
    ),
    Setting(("RELEASE_DIR",), "`<DATA_DIR>/releases`", "the published store"),
    Setting(("IDENTITY_DATABASE_URL",), "SQLite in `DATA_DIR`", "the vault of who"),
    Setting(("ANSWERS_DATABASE_URL",), "SQLite in `DATA_DIR`", "the vault of what was said"),
    Setting(("OFFICE_DATABASE_URL",), "SQLite in `DATA_DIR`", "the county's desk"),
    Setting(
        ("AUDIENCES",),
        "`participant,admin,research,public,review`",
        "what this process serves; it opens only what those need",
    ),
    Setting(
        ("BASE_URL",),
        "`http://127.0.0.1:8000`",
        "the address in links, and whether cookies are `Secure`. Required in production, on https",
    ),
    Setting(
        ("SMTP_URL",),
        "none",
        "the mail server, `smtp://host:587`. Required in production; without it messages wait",
    ),
    Setting(
        ("MAIL_FROM",),
        "`utbildning@example.se`",
        "sender of messages. Choose one that names neither project nor topic",
    ),
    Setting(
        ("BOUNCE_ADDRESS",),
        "none",
        "return address of messages, `studs@example.se`, of a mailbox of its own. The mail server must deliver "
        "`studs+anything@example.se` to it (plus addressing); where it does not, the report is still found by its"
        " Message-ID",
    ),
    Setting(
        ("BOUNCE_MAILBOX_URL",),
        "none",
        "that mailbox, read every other minute: `imaps://user:password@host[:993]/INBOX`, `imap://` with STARTTLS"
        " where it is offered, or `maildir:///path`. Reports that were taken in are removed, since they hold "
        "addresses; all else is marked as read and left",
    ),
    Setting(
        ("SMS_URL",),
        "none",
        "the interface of 46elks for text messages, `https://<user>:<password>@api.46elks.com/a1`; without it none are "
        "sent and none are offered ([why so](decisions/0077-text-messages-by-46elks.md))",
    ),
    Setting(
        ("SMS_FROM",),
        "none, needed with the former",
        "who text messages are from: a name of 3 to 11 letters a-z and digits that does not name the project, "
        '`LstUtb`, or a number of the provider\'s, `+46766860000`, which people can answer "stopp"',
    ),
    Setting(
        ("SMS_LINK_URL",),
        "`KAPABLA_BASE_URL`",
        "what links in text messages begin with: an address of the same service whose host has at most ten characters, "
        "or each message is two ([the arithmetic](decisions/0076-short-links-in-text-messages.md)). It must not name "
        "the project",
    ),
    Setting(
        ("QUIET_HOURS",),
        "`20-7`",
        "from which hour to which no invitation leaves, by Swedish time; it waits. `none`: at any hour",
    ),
    Setting(("SEND_ON_WEEKENDS",), "`no`", "`yes`: messages leave on Saturdays and Sundays too"),
    Setting(("NEUTRAL_EXIT_URL",), "the national weather service; `/vader` in the demo", 'where "Lämna sidan" leads'),
    Setting(("MIN_CELL",), "5", "smallest group shown to staff and researchers. Can be raised, never lowered"),
    Setting(("MIN_CELL_PUBLIC",), "10", "the same for the public"),
    Setting(("API_PER_MINUTE",), "300", "calls a minute that one key of the research API may make in the long run"),
    Setting(
        ("API_BURST",),
        "2000",
        "calls that a rested key may make at once: a client of R reads a whole release in about 900",
    ),
    Setting(
        ("API_WRONG_PER_MINUTE",),
        "100",
        "wrong keys that one address may try in a minute before it is asked to wait",
    ),
    Setting(
        ("AUDIT_HEADS_TO",),
        "none",
        "an e-mail address or a folder: where the end of every log (rows, hash, whole or not) is told once a day,"
        " to a second authority. Whoever cuts off rows here cannot take that back",
    ),
    Setting(
        ("OPERATOR_EMAIL",),
        "none",
        "whoever runs the service: told by e-mail when a job has stopped, answers are missing or backups are old,"
        " at most once a day for the same",
    ),
    Setting(
        ("METRICS_TOKEN",),
        "none",
        "by which `/metrics` is read from another machine (`Authorization: Bearer …`), at least 24 characters; "
        "without it only from this one",
    ),
    Setting(
        ("PROXIES",),
        "0",
        "how many servers of your own stand before this one and add to `X-Forwarded-For`; 1 behind nginx. With "
        "too few, everybody has the proxy's address, and thirty wrong codes lock all out; with too many, visitors"
        " choose their address",
    ),
    Setting(("PROJECT_NAME",), "`Kapabla`", "the name on screen"),
    Setting(("MATERIAL_DIR",), "`course_material/` beside the package", "the authored files"),
    Setting(("RATELIMIT_STORAGE_URL",), "none", "reserved, not used yet"),
    Setting(
        ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"),
        "none",
        "sign-in by the organisation's own accounts, below",
    ),
    Setting(
        ("OIDC_ROLES",),
        "none",
        "which groups give which role: `kapabla-handlaggare=officer,kapabla-vindeln=coordinator/2404`. The first "
        "that fits counts",
    ),
    Setting(("OIDC_ROLE_CLAIM", "OIDC_EMAIL_CLAIM"), "`groups`, `email`", "where in the ID token they stand"),
    Setting(("OIDC_SCOPE",), "`openid email profile`", "what is asked for"),
    Setting(("OIDC_NAME",), "`Organisationen`", 'on the button: "Logga in hos Länsstyrelsen"'),
    Setting(("OIDC_ACCOUNT_DAYS",), "365", "how long an account made at the first sign-in lasts"),
    Setting(("OIDC_ONLY",), "`no`", "`yes`: passwords, one-time codes and passkeys of our own let nobody in"),
)

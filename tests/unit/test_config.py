"""Settings: read once, unknown ones refused, and nothing unsafe for real people."""

from datetime import datetime
from pathlib import Path

import pytest

from kapabla.clock import LOCAL
from kapabla.config import AUDIENCES, VAULTS_OF_AUDIENCE, BadSetting, check_production, load_config
from kapabla.quiet_hours import QuietHours
from tests.conventions.settings_page import PAGE, settings_page

SECRET = "hemligt"
SAFE = {
    "KAPABLA_DATA_DIR": "/srv/kapabla/data", "KAPABLA_KEY_DIR": "/srv/kapabla/keys",
    "KAPABLA_BASE_URL": "https://kapabla.example.se", "KAPABLA_SMTP_URL": "smtp://mail.example.se:587",
}  # fmt: skip


def test_nothing_set_is_an_embedded_installation_beside_the_caller():
    config = load_config({})
    assert config.data_dir == Path("instance").resolve()
    assert config.key_dir == config.data_dir / "keys"
    assert config.release_dir == config.data_dir / "releases"
    assert config.identity_url == f"sqlite:///{config.data_dir}/identity.db"
    assert config.audiences == AUDIENCES
    assert not config.demo
    assert not config.testing


@pytest.mark.parametrize("name", ["KAPABLA_DATA_DIRR", "KAPABLA_SECRET_KEY", "KAPABLA_data_dir", "KAPABLA_"])
def test_unknown_setting_is_an_error_that_names_it(name):
    with pytest.raises(BadSetting) as fault:
        load_config({name: "x"})
    assert name in str(fault.value)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("BOUNCE_ADDRESS", "studs"),
        ("BOUNCE_ADDRESS", "studs+x@example.se"),
        ("BOUNCE_MAILBOX_URL", f"pop3://anna:{SECRET}@example.se"),
        ("BOUNCE_MAILBOX_URL", "maildir://relative"),
    ],
)
def test_a_mailbox_that_cannot_be_is_refused_without_its_password(name, wrong):
    with pytest.raises(BadSetting, match=name) as fault:
        load_config({f"KAPABLA_{name}": wrong})
    assert SECRET not in str(fault.value)
    right = {"BOUNCE_ADDRESS": "studs@example.se", "BOUNCE_MAILBOX_URL": f"imaps://anna:{SECRET}@example.se/INBOX"}[
        name
    ]
    assert load_config({f"KAPABLA_{name}": right})


def test_settings_of_others_are_not_ours_to_judge():
    load_config({"PORT": "9000", "FLASK_DEBUG": "1", "KAPABLAX": "x"})


def test_settings_of_the_tools_around_it_are_known():
    load_config({"KAPABLA_CHROMIUM": "/usr/bin/chromium", "KAPABLA_TEST_PG_URL": "postgresql://x/y"})


@pytest.mark.parametrize("audience", AUDIENCES)
def test_process_is_given_only_the_vaults_of_its_audience(audience):
    """Also when all the addresses are set: a mistake in the environment opens nothing."""
    every = {f"KAPABLA_{vault}_DATABASE_URL": "postgresql://db/x" for vault in ("IDENTITY", "ANSWERS", "OFFICE")}
    config = load_config(every | {"KAPABLA_AUDIENCES": audience})
    assert set(config.vault_urls) == VAULTS_OF_AUDIENCE[audience]


def test_audiences_are_a_list_and_may_be_spaced():
    assert load_config({"KAPABLA_AUDIENCES": " admin , research,"}).audiences == ("admin", "research")
    assert set(load_config({"KAPABLA_AUDIENCES": "admin,public"}).vault_urls) == {"identity", "office"}


def test_unknown_audience_is_refused():
    with pytest.raises(BadSetting, match="staff"):
        load_config({"KAPABLA_AUDIENCES": "admin,staff"})


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgresql://u@h/d?host=/run/x", "postgresql+psycopg://u@h/d?host=/run/x"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:////srv/identity.db", "sqlite:////srv/identity.db"),
    ],
)
def test_database_addresses_are_read_with_the_driver_we_have(given, read):
    assert load_config({"KAPABLA_IDENTITY_DATABASE_URL": given}).identity_url == read


@pytest.mark.parametrize(("name", "floor"), [("MIN_CELL", 5), ("MIN_CELL_PUBLIC", 10)])
def test_smallest_cell_can_be_raised_and_never_lowered(name, floor):
    assert getattr(load_config({f"KAPABLA_{name}": str(floor + 1)}), name.lower()) == floor + 1
    assert getattr(load_config({}), name.lower()) == floor
    for bad in (str(floor - 1), "0", "-1", "", "many", "5.5", "1e3"):
        with pytest.raises(BadSetting, match=name):
            load_config({f"KAPABLA_{name}": bad})


def test_cookies_are_secure_by_the_scheme_of_the_address():
    assert load_config({"KAPABLA_BASE_URL": "https://kapabla.example.se/"}).secure_cookies
    assert not load_config({}).secure_cookies


def test_address_has_no_slash_at_its_end():
    assert load_config({"KAPABLA_BASE_URL": "https://kapabla.example.se/"}).base_url == "https://kapabla.example.se"


def test_demo_leaves_to_a_page_of_its_own():
    assert load_config({}, demo=True).neutral_exit_url == "/vader"
    assert load_config({}).neutral_exit_url.startswith("https://")


def test_safe_settings_start_production():
    check_production(load_config(SAFE), SAFE)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"KAPABLA_BASE_URL": None}, "KAPABLA_BASE_URL"),
        ({"KAPABLA_BASE_URL": "http://kapabla.example.se"}, "https"),
        ({"KAPABLA_KEY_DIR": "/srv/kapabla/data/keys"}, "kept apart"),
        ({"KAPABLA_KEY_DIR": "/srv/kapabla/data"}, "kept apart"),
        ({"KAPABLA_KEY_DIR": None}, "kept apart"),
        ({"KAPABLA_KEY_DIR": "/srv/kapabla/other/../data/keys"}, "kept apart"),
        ({"KAPABLA_SMTP_URL": None}, "KAPABLA_SMTP_URL"),
    ],
)
def test_production_refuses_what_would_not_protect_people(changed, told):
    env = {name: value for name, value in (SAFE | changed).items() if value is not None}
    with pytest.raises(BadSetting, match=told):
        check_production(load_config(env), env)


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(AttributeError):
        load_config({}).min_cell = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({}, QuietHours(20, 7)),
        ({"QUIET_HOURS": "22-6", "SEND_ON_WEEKENDS": "yes"}, QuietHours(22, 6, on_weekends=True)),
        ({"QUIET_HOURS": "none"}, QuietHours(0, 0)),
    ],
)
def test_quiet_hours_are_settings(given, read):
    assert load_config({f"KAPABLA_{name}": value for name, value in given.items()}).quiet_hours == read


@pytest.mark.parametrize("given", [{"QUIET_HOURS": "night"}, {"QUIET_HOURS": "20-24"}, {"SEND_ON_WEEKENDS": "maybe"}])
def test_quiet_hours_that_are_none_are_refused(given):
    with pytest.raises(BadSetting):
        load_config({f"KAPABLA_{name}": value for name, value in given.items()})


@pytest.mark.parametrize(
    ("quiet", "at", "until"),
    [
        (QuietHours(), "2026-11-25T19:59", None),
        (QuietHours(), "2026-11-25T20:00", "2026-11-26T07:00"),
        (QuietHours(), "2026-11-26T06:59", "2026-11-26T07:00"),
        (QuietHours(), "2026-11-26T07:00", None),
        (QuietHours(), "2026-11-28T12:00", "2026-11-30T07:00"),
        (QuietHours(on_weekends=True), "2026-11-28T12:00", None),
        (QuietHours(0, 0), "2026-11-28T12:00", "2026-11-30T00:00"),
        (QuietHours(0, 0), "2026-11-26T03:00", None),
        (QuietHours(1, 5), "2026-11-26T03:00", "2026-11-26T05:00"),
    ],
)
def test_what_may_not_leave_now_waits_for_the_next_hour_that_is_open(quiet, at, until):
    found = quiet.wait_until(datetime.fromisoformat(at).replace(tzinfo=LOCAL))
    assert found == (datetime.fromisoformat(until).replace(tzinfo=LOCAL) if until else None)


def test_text_messages_are_off_until_a_provider_is_set():
    assert load_config({}).sms is None
    given = {"KAPABLA_SMS_URL": f"https://u1:{SECRET}@api.46elks.com/a1/", "KAPABLA_SMS_FROM": "LstUtb"}
    sms = load_config({**SAFE, **given}).sms
    assert (sms.url, sms.sender) == (f"https://u1:{SECRET}@api.46elks.com/a1", "LstUtb")
    assert sms.link_url == "https://kapabla.example.se"
    more = {"KAPABLA_SMS_FROM": "+46766860000", "KAPABLA_SMS_LINK_URL": "https://lst.ac.se/"}
    sms = load_config({**SAFE, **given, **more}).sms
    assert (sms.link_url, sms.sender) == ("https://lst.ac.se", "+46766860000")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("URL", f"http://u1:{SECRET}@api.46elks.com/a1"),
        ("URL", "https://api.46elks.com/a1"),
        ("FROM", ""),
        ("FROM", "Länsstyrelsen"),
        ("FROM", "070-1740605"),
        ("FROM", "KapablaLst"),
        ("LINK_URL", "http://lst.ac.se"),
        ("LINK_URL", "https://lst.ac.se/x"),
    ],
)
def test_a_setting_of_text_messages_that_cannot_be_says_how_it_is_written(name, value):
    given = {"KAPABLA_SMS_URL": f"https://u1:{SECRET}@api.46elks.com/a1", "KAPABLA_SMS_FROM": "LstUtb"}
    with pytest.raises(BadSetting, match=f"KAPABLA_SMS_{name}") as refused:
        load_config({**SAFE, **given, f"KAPABLA_SMS_{name}": value})
    assert SECRET not in str(refused.value)


def test_the_page_of_settings_is_made_of_what_is_known():
    assert PAGE.read_text(encoding="utf-8") == settings_page()


@pytest.mark.parametrize(
    ("name", "wrong"), [("OPERATOR_EMAIL", "drift"), ("METRICS_TOKEN", "kort"), ("PROXIES", "6"), ("PROXIES", "-1")]
)
def test_what_the_one_who_runs_it_sets_is_checked(name, wrong):
    with pytest.raises(BadSetting, match=name):
        load_config({f"KAPABLA_{name}": wrong})
    right = {"OPERATOR_EMAIL": "drift@example.se", "METRICS_TOKEN": "x" * 24, "PROXIES": "1"}[name]
    assert load_config({f"KAPABLA_{name}": right})

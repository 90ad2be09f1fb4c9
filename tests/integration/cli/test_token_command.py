"""Keys to the research API from the command line, and the one that the demo prints."""

import json
import re
from datetime import date

import pytest

from kapabla.app import create_app
from kapabla.cli import demo
from kapabla.office import sign_in
from kapabla.vaults import db
from tests import served

RELEASE = "2026-11-25-1"
WHO = ("--release", RELEASE, "--for", served.HOLDER)


@pytest.fixture
def released(service):
    served.make_approvers(service)
    served.lock_release(service, served.make_dataset(6))


def listed(run):
    return json.loads(run("token", "list", "--json").out)


def test_a_key_is_printed_once_and_listed_without_itself(run, released):
    made = json.loads(run("token", "add", *WHO, "--days", "90", "--json").out)
    assert re.fullmatch("[0-9a-f]{32}", made["token"])
    assert set(made) == {"id", "for", "release", "expires_on", "token"}
    assert (made["for"], made["release"]) == (served.HOLDER, RELEASE)
    assert (date.fromisoformat(made["expires_on"]) - date.today()).days in (89, 90, 91)  # noqa: DTZ011
    assert listed(run) == [made | {"token": None}]
    plain = run("token", "list").out
    assert made["id"] in plain
    assert made["token"] not in plain
    assert run("token", "add", *WHO, "--days", "1").out.strip() != made["token"]


def test_a_key_that_is_taken_back_is_not_listed(run, released):
    made = json.loads(run("token", "add", *WHO, "--days", "90", "--json").out)
    assert run("token", "revoke", made["id"]).status == 0
    assert listed(run) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--release", "nej", "--for", served.HOLDER, "--days", "9"), "There is no release nej."),
        (("--release", RELEASE, "--for", "nej@example.com", "--days", "9"), "No account has that address."),
        (("--release", RELEASE, "--for", "admin@example.com", "--days", "9"), "may not do this. These may: researcher"),
        ((*WHO, "--days", "366"), "A key lasts from 1 to 365 days."),
        ((*WHO, "--days", "9", "--network", "umu.se"), "umu.se is no network."),
    ],
)
def test_why_no_key_was_made(run, released, words, told):
    said = run("token", "add", *words)
    assert said.status == 1
    assert told in said.err
    assert listed(run) == []


def test_a_key_that_is_not_there_cannot_be_taken_back(run):
    said = run("token", "revoke", "nej")
    assert (said.status, said.err) == (1, "There is no key nej. `kapabla token list` shows the id of each.\n")


def test_the_demo_prints_a_key_that_opens_its_release_and_the_same_the_next_time(monkeypatch, config, run, capsys):
    """`interfaces.md`: a research token of the demo release; `token list` shows the keys of a demo."""
    monkeypatch.setattr(demo, "PEOPLE", 24)
    demo.prepare_demo(config)
    first = capsys.readouterr().out
    demo.prepare_demo(config)
    keys = [re.search(r"Forskarnas API    http://localhost/api/   nyckel ([0-9a-f]{32})\n", out)[1]
            for out in (first, capsys.readouterr().out)]  # fmt: skip
    assert keys[0] == keys[1]
    (shown,) = listed(run)
    assert shown["token"] == keys[0]
    app = create_app(config)
    reply = app.test_client().post("/api/", data={"token": keys[0], "content": "project", "format": "json"})
    assert reply.json["project_notes"].startswith("Exempeldata: test people only.")
    wanted = ("--release", shown["release"], "--for", demo.RESEARCHER, "--days", "9", "--json")
    made = json.loads(run("token", "add", *wanted).out)
    assert {row["token"] for row in listed(run)} == {keys[0], made["token"]}
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def test_a_key_of_somebody_real_is_never_shown_again_beside_a_demo(config, run, service, released):
    (config.data_dir / "demo.key").write_bytes(b"A" * 44)
    made = json.loads(run("token", "add", *WHO, "--days", "9", "--json").out)
    assert listed(run) == [made | {"token": None}]
    with service.vaults.reading() as work:
        assert not sign_in.get_staff(work.office, served.HOLDER).is_demo

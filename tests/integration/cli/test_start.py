"""What is broken is told before anything is served: one sentence that says what to mend, and no traceback."""

import os
import shutil
import socket

import pytest

from kapabla.material import default_root
from tests.integration.cli.conftest import free_port


@pytest.fixture(scope="module")
def own_material(tmp_path_factory):
    """The course material when the organisation has written its own contact data."""
    root = shutil.copytree(default_root(), tmp_path_factory.mktemp("own") / "course_material")
    file = root / "organisation.toml"
    file.write_text(file.read_text("utf-8").replace(", placeholder = true", ""), "utf-8")
    return root


@pytest.fixture
def environment(config, own_material):
    """Sound settings of a service for real people."""
    return {
        "KAPABLA_MATERIAL_DIR": str(own_material),
        "KAPABLA_DATA_DIR": str(config.data_dir),
        "KAPABLA_KEY_DIR": str(config.key_dir),
        "KAPABLA_BASE_URL": "https://kapabla.example.se",
        "KAPABLA_SMTP_URL": "smtp://127.0.0.1:1",
        "PORT": str(free_port()),
    }


@pytest.fixture
def broken_material(tmp_path):
    root = shutil.copytree(default_root(), tmp_path / "course_material")
    file = root / "roles.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n[[role\n", encoding="utf-8")
    return root


@pytest.fixture
def nobody_answers():
    """The address of a PostgreSQL that has been stopped."""
    return f"postgresql://kapabla:hemligt@127.0.0.1:{free_port()}/answers"


def test_a_port_that_is_taken_is_told_before_anything_is_started(run, started):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = run("serve", PORT=str(port))
    assert said.status == 1
    assert (
        said.err
        == f"Something else serves at 127.0.0.1:{port}. Stop it, or choose another port with PORT= or --port.\n"
    )
    assert started == []


def test_a_sound_installation_starts(run, started):
    assert run("serve", KAPABLA_AUDIENCES="research").status == 0
    assert len(started) == 1
    command, env = started[0]
    assert command[-1] == f"--parent={os.getpid()}"
    # The jobs act for every process, whatever this one serves.
    assert "KAPABLA_AUDIENCES" not in env


@pytest.mark.parametrize("command", ["serve", "doctor", "init"])
def test_broken_toml_is_told_with_its_file_and_line(run, started, broken_material, command):
    said = run(command, KAPABLA_MATERIAL_DIR=str(broken_material))
    assert said.status == 1
    assert "roles.toml" in said.out + said.err
    assert "line" in said.out + said.err
    assert started == []


@pytest.mark.parametrize("name", ["session-1", "study-kapabla-2026", "audit-answers"])
@pytest.mark.parametrize("how", ["missing", "broken"])
def test_a_key_that_cannot_be_read_is_named(run, started, config, name, how):
    key = config.key_dir / f"{name}.key"
    key.unlink() if how == "missing" else key.write_text("not a key")
    for command in ("serve", "doctor"):
        said = run(command)
        assert said.status == 1
        assert f"The key {name}.key is {'missing' if how == 'missing' else 'too short'}" in said.out + said.err
    assert started == []


def test_made_up_contact_data_are_named_and_nothing_is_served_with_them(run, started):
    for command in ("serve", "doctor"):
        said = run(command, KAPABLA_MATERIAL_DIR=str(default_root()))
        assert said.status == 1
        assert "organisation.toml has made-up entries: telephone, switchboard, " in said.out + said.err
        assert "researcher.email. Write your own values" in said.out + said.err
    assert started == []


def test_doctor_has_nothing_against_contact_data_of_ones_own(run):
    assert "ok   organisation: no made-up entries" in run("doctor").out


def test_doctor_finds_nothing_wrong_with_a_demo(run, config):
    (config.data_dir / "demo.key").write_text("x")
    said = run("doctor", KAPABLA_MATERIAL_DIR=str(default_root()), KAPABLA_SMTP_URL="")
    assert "ok   organisation: made-up entries, which the demo may have" in said.out
    assert "ok   mail: " in said.out
    assert said.status == 0


def test_a_setting_that_is_left_out_is_asked_for(run, started, environment):
    del environment["KAPABLA_SMTP_URL"]
    said = run("serve")
    assert said.status == 2
    assert said.err == "Set KAPABLA_SMTP_URL, for example smtp://mail.example.se:587.\n"
    assert started == []


@pytest.mark.parametrize("command", [("serve",), ("cohorts", "list"), ("jobs", "run")])
def test_a_database_that_is_down_at_the_start_is_told_without_its_password(run, started, nobody_answers, command):
    said = run(*command, KAPABLA_ANSWERS_DATABASE_URL=nobody_answers, KAPABLA_IDENTITY_DATABASE_URL=nobody_answers)
    assert said.status == 1
    assert said.err.startswith("A database does not answer")
    assert "hemligt" not in said.err
    assert started == []


def test_doctor_says_which_database_is_down(run, nobody_answers):
    said = run("doctor", KAPABLA_ANSWERS_DATABASE_URL=nobody_answers)
    assert "FAIL vault answers: does not answer" in said.out
    assert "ok   vault identity" in said.out


def test_no_command_makes_a_database_where_one_has_gone(run, started, config):
    (config.data_dir / "identity.db").unlink()
    for command in (("serve",), ("cohorts", "list"), ("doctor",)):
        assert run(*command).status == 1
    assert not (config.data_dir / "identity.db").exists()
    assert run("init").status == 0
    assert run("cohorts", "list").status == 0


def test_a_database_that_nobody_has_made_is_told(run, started, tmp_path):
    said = run("serve", KAPABLA_DATA_DIR=str(tmp_path / "new"))
    assert said.status == 1
    assert said.err.startswith("A database does not answer, or nothing is in it yet.")
    assert started == []

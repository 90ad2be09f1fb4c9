"""`docs/operations.md` and `deploy/` say what the code does: every command that is named exists with its options, every
unit is told of, and the example of settings starts a service."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from kapabla.cli import kapabla
from kapabla.config import check_production, load_config

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
PROGRAM = "/opt/kapabla/.venv/bin/kapabla"


def typed_commands():
    """What stands in a block of commands after `kapabla` or its short form `k`, and in units after the program."""
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.S):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] in ("k", "kapabla"):
                yield words[1:]
    for unit in UNITS:
        for line in re.findall(rf"^ExecStart={PROGRAM} (.*)$", unit.read_text("utf-8"), re.M):
            yield shlex.split(line)


def named_options():
    """Of the list of commands: the words of a cell before its first argument, and every option that stands in it."""
    table = PAGE[PAGE.index("\n## Commands\n") :].split("\n## ", 2)[1]
    for cell in re.findall(r"^\| (`.*?`) \|", table, re.M):
        for code in re.findall(r"`([^`]+)`", cell):
            yield code, re.findall(r"--[a-z-]+", code)


def find(words):
    """The command that the words lead to, and what is left of them."""
    command, rest = kapabla, list(words)
    while isinstance(command, click.Group) and rest:
        found = command.get_command(click.Context(command), rest[0])
        if found is None:
            break
        command, rest = found, rest[1:]
    return command, rest


@pytest.mark.parametrize("words", list(typed_commands()), ids=" ".join)
def test_every_command_that_is_to_be_typed_is_one(words):
    command, rest = find(words)
    assert not isinstance(command, click.Group), words
    command.make_context("kapabla", ["." if word == "DIR" or word.startswith("/") else word for word in rest])


def test_the_list_of_commands_names_options_that_exist():
    known = {
        option for name in kapabla.list_commands(click.Context(kapabla)) for option in options_below(find([name])[0])
    }
    named = {option for _, options in named_options() for option in options}
    assert len(named) > 20
    assert named <= known


def options_below(command):
    if isinstance(command, click.Group):
        context = click.Context(command)
        return {o for name in command.list_commands(context) for o in options_below(command.get_command(context, name))}
    return {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}


def test_every_command_of_the_product_is_in_the_list():
    table = PAGE[PAGE.index("\n## Commands\n") :]
    missing = [name for name in kapabla.list_commands(click.Context(kapabla)) if f"`{name}" not in table]
    assert missing == []


def test_the_page_tells_of_every_unit_and_enables_every_timer():
    timers = {unit.name for unit in UNITS if unit.suffix == ".timer"}
    services = {unit.name for unit in UNITS if unit.suffix == ".service"}
    assert {timer.replace(".timer", ".service") for timer in timers} <= services
    enabled = set(re.findall(r"kapabla[a-z-]*\.(?:service|timer)", "".join(re.findall(r"enable --now .*", PAGE))))
    assert enabled == timers | {"kapabla.service", "kapabla-jobs.service"}
    assert all(f"| `{unit}` |" in PAGE for unit in enabled)


def test_what_runs_as_a_unit_may_write_nowhere_but_where_its_data_lie():
    for unit in UNITS:
        text = unit.read_text("utf-8")
        if PROGRAM in text:
            hardened = {"ProtectSystem=strict", "NoNewPrivileges=yes", "User=kapabla", "UMask=0077"}
            assert hardened <= set(text.splitlines())
            (paths,) = re.findall(r"^ReadWritePaths=(.*)$", text, re.M)
            assert set(paths.split()) <= {"/var/lib/kapabla", "/var/backups/kapabla"}
    for name in ("kapabla.service", "kapabla-jobs.service"):
        assert "Restart=always" in (DEPLOY / "systemd" / name).read_text("utf-8")


def test_systemd_has_nothing_against_the_units(tmp_path):
    """Where there is one; its judgement of names and values is nobody else's."""
    if shutil.which("systemd-analyze") is None:
        return
    for unit in UNITS:
        text = unit.read_text("utf-8").replace(PROGRAM, sys.executable).replace("/usr/bin/systemctl", sys.executable)
        (tmp_path / unit.name).write_text(text.replace("User=kapabla", "User=root").replace("Group=kapabla", ""))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, tmp_path.iterdir())],
        capture_output=True, text=True,
    )  # fmt: skip
    assert [line for line in done.stderr.splitlines() if "kapabla" in line] == []


def test_the_example_of_settings_starts_a_service_for_real_people():
    lines = [
        line for line in (DEPLOY / "kapabla.env.example").read_text("utf-8").splitlines() if line and line[0] != "#"
    ]
    env = dict(line.split("=", 1) for line in lines)
    config = load_config(env)
    check_production(config, env)
    assert config.proxies == 1
    assert all(name in PAGE + (ROOT / "docs" / "settings.md").read_text("utf-8") for name in env)


def test_the_server_before_us_hides_what_is_for_the_machine_and_logs_nobody():
    conf = (DEPLOY / "nginx" / "kapabla.conf").read_text("utf-8")
    assert conf.count("access_log off;") == conf.count("server {")
    assert "location = /metrics { return 404; }" in conf
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in conf
    assert "$proxy_add_x_forwarded_for" not in conf


def test_no_data_and_no_key_gets_into_the_image():
    ignored = (ROOT / ".containerignore").read_text("utf-8").split()
    assert {".git", "instance", "**/*.key", "**/*.db"} <= set(ignored)
    container = (DEPLOY / "Containerfile").read_text("utf-8")
    assert "USER kapabla" in container
    assert not re.search(r"(?i)password|secret|KAPABLA_\w+_URL", container)

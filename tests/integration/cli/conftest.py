"""The command as it is called: its own environment in, exit status and what it printed out."""

import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from kapabla import cli
from kapabla.cli import serving
from tests.material_once import unchanged_parts_once

__all__ = ["unchanged_parts_once"]


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


@pytest.fixture
def environment(config) -> dict[str, str]:
    return {"KAPABLA_DATA_DIR": str(config.data_dir), "KAPABLA_KEY_DIR": str(config.key_dir)}


@pytest.fixture
def run(environment, monkeypatch, capsys) -> Callable[..., Said]:
    """`run("participants", "import", …)`. Whatever fails, nobody is shown a traceback."""

    def call(*words: object, **settings: str) -> Said:
        for name in [name for name in os.environ if name.startswith("KAPABLA_")]:
            monkeypatch.delenv(name)
        for name, value in (environment | settings).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["kapabla", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return Said(int(ended.value.code or 0), printed.out, printed.err)

    return call


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str]]]:
    """Serving itself is left out: a job runner that was started is what must not happen."""
    found = []

    def popen(command, *, env):
        found.append((command, env))
        raise SystemExit(0)

    monkeypatch.setattr(serving.subprocess, "Popen", popen)
    return found

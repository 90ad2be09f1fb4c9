"""The command as it is called: its own environment in, exit status and what it printed out."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from kapabla import cli


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

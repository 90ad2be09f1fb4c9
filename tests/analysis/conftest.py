import json

import pytest

from analysis.cli import main


@pytest.fixture
def csv_file(tmp_path):
    """Write a file from text (UTF-8) or bytes and return its path."""

    def write(content, name="data.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def run(capsys):
    """Run a command in process: exit code, the JSON object (None without one) and what was said on stderr."""

    def call(*argv):
        code = main([str(part) for part in (*argv, "--json")])
        out, err = capsys.readouterr()
        return code, json.loads(out, parse_constant=_not_strict) if out else None, err

    return call


def _not_strict(name):
    raise AssertionError(f"{name} is not strict JSON")

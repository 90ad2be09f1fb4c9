"""Rules of the code that no tool of ours checks: who may commit, what a module may be called, what a process loads."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import kapabla

PACKAGE = Path(kapabla.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE.parent) for path in PACKAGE.rglob("*.py"))
COMMITTING = ("kapabla/web/unit_of_work.py", "kapabla/vaults.py", "kapabla/cli/", "kapabla/jobs/")
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "shared", "lib"}
# Everything that only a release or an analysis needs.
RESEARCH_LIBRARIES = {"pandas", "numpy", "scipy", "plotly", "duckdb", "pyreadstat", "alembic"}


def calls(tree, name):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
            yield node.lineno


def read(path):
    return ast.parse((PACKAGE.parent / path).read_text(encoding="utf-8"))


def test_nothing_commits_but_the_unit_of_work():
    found = [
        f"{path}:{line}"
        for path in MODULES
        if not str(path).startswith(COMMITTING)
        for line in calls(read(path), "commit")
    ]
    assert found == []


def test_no_view_opens_a_transaction_of_its_own():
    """`vaults.unit()` in the web is for marking a session as seen, and nothing else."""
    allowed = {"kapabla/web/auth/guard.py", "kapabla/web/participant/session.py"}
    found = {str(path) for path in MODULES if str(path).startswith("kapabla/web/") for _ in calls(read(path), "unit")}
    assert found <= allowed


def test_no_module_is_called_by_a_name_that_says_nothing():
    assert [str(path) for path in MODULES if NAMELESS & {part.removesuffix(".py") for part in path.parts}] == []


def test_no_clock_is_read_outside_the_clock():
    """Time is an argument; `now()` of a request and the service's clock are where it comes from."""
    found = []
    for path in MODULES:
        if str(path) == "kapabla/clock.py":
            continue
        for name in ("utcnow", "today"):
            found += [f"{path}:{line} {name}" for line in calls(read(path), name)]
        for node in ast.walk(read(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("datetime.now", "datetime.datetime.now"):
                found.append(f"{path}:{node.lineno}")
    assert found == []


def test_nothing_prints_but_the_commands():
    found = []
    for path in MODULES:
        if str(path).startswith("kapabla/cli/"):
            continue
        for node in ast.walk(read(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                found.append(f"{path}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize(
    ("audience", "strangers"),
    [
        ("participant", RESEARCH_LIBRARIES | {"kapabla.release", "kapabla.jobs", "kapabla.web.auth", "argon2"}),
        ("admin", RESEARCH_LIBRARIES | {"kapabla.answers", "kapabla.bridge", "kapabla.release.build"}),
        ("research", {"kapabla.answers", "kapabla.identity", "kapabla.bridge", "pandas", "scipy", "alembic"}),
        ("review", RESEARCH_LIBRARIES | {"kapabla.identity", "kapabla.bridge", "kapabla.release", "kapabla.jobs"}),
        ("public", RESEARCH_LIBRARIES | {"kapabla.answers", "kapabla.identity", "kapabla.bridge"}),
    ],
)
def test_a_process_loads_only_what_its_audience_needs(config, audience, strangers):
    """A fault in a participant's page cannot reach a library or a wing that was never loaded."""
    script = (
        "import sys\n"
        "from dataclasses import replace\n"
        "from kapabla.config import load_config\n"
        "import os\n"
        "from kapabla.app import create_app\n"
        "app = create_app(load_config(os.environ))\n"
        "app.test_client().get('/healthz')\n"
        "print('\\n'.join(sys.modules))\n"
    )
    env = {name: value for name, value in os.environ.items() if not name.startswith("KAPABLA_")} | {
        "KAPABLA_DATA_DIR": str(config.data_dir),
        "KAPABLA_KEY_DIR": str(config.key_dir),
        "KAPABLA_AUDIENCES": audience,
    }
    run = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    loaded = set(run.stdout.split())
    assert {name for name in strangers if name in loaded} == set()


def test_a_process_opens_only_the_vaults_of_its_audience(config):
    from kapabla.config import VAULTS_OF_AUDIENCE, load_config

    for audience, vaults in VAULTS_OF_AUDIENCE.items():
        env = {"KAPABLA_DATA_DIR": str(config.data_dir), "KAPABLA_AUDIENCES": audience}
        assert set(load_config(env).vault_urls) == vaults

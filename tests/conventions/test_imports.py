"""The import contracts, and that each process runs with its own vaults and keys alone (`architecture.md`)."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kapabla.config import VAULTS_OF_AUDIENCE
from kapabla.keys import KeyMissing
from tests import factories as make
from tests.page_client import PageClient

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for top in ("kapabla", "analysis") for path in (ROOT / top).rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """Every call in a file: the last part of what is called, and the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute):
                yield called.attr, node.lineno
            elif isinstance(called, ast.Name):
                yield called.id, node.lineno


def called_outside(names: set[str], allowed: tuple[str, ...]) -> list[str]:
    return [
        f"{name_of(path)}:{line} {called}"
        for path in SOURCES
        if not name_of(path).startswith(allowed)
        for called, line in calls(path)
        if called in names
    ]


def test_import_contracts_are_kept():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_only_disclosure_makes_what_may_be_shown():
    assert called_outside({"ReleasableTable", "Estimate"}, ("kapabla/release/disclosure/",)) == []


def test_every_module_says_what_it_owns():
    silent = [name_of(p) for p in SOURCES if p.read_text().strip() and not ast.get_docstring(ast.parse(p.read_text()))]
    assert silent == []


# --- A process opens only what its audience needs ---


def keep_keys(config, *names):
    for path in config.key_dir.glob("*.key"):
        if path.stem not in names:
            path.unlink()


# What each process is given (the table of processes).
KEYS_OF = {
    "participant": ("study-kapabla-2026", "invitation-1", "certificate-1", "sealing-1", "session-1", "tombstone-1",
                    "audit-identity", "audit-answers"),
    "admin": ("invitation-1", "sealing-1", "session-1", "tombstone-1", "audit-identity", "audit-office"),
    "research": ("session-1", "sealing-1", "audit-office"),
    "public": ("session-1",),
    "review": ("session-1", "sealing-1", "audit-answers", "audit-office"),
}  # fmt: skip


def only(config, audience):
    keep_keys(config, *KEYS_OF[audience])
    wanted = VAULTS_OF_AUDIENCE[audience]
    closed = {f"{name}_url": None for name in ("identity", "answers", "office") if name not in wanted}
    return replace(config, audiences=(audience,), **closed)


def test_research_runs_without_the_settings_and_keys_of_identity_and_answers(config, make_app):
    app = make_app(only(config, "research"))
    assert set(app.extensions["kapabla"].vaults.engines) == {"office"}
    client = PageClient(app)
    make.sign_in_as(client, "researcher")
    client.get("/forskning/resultat")
    assert client.path == "/forskning/resultat"


def test_admin_runs_without_the_answers_vault_and_the_study_key(config, make_app):
    app = make_app(only(config, "admin"))
    assert set(app.extensions["kapabla"].vaults.engines) == {"identity", "office"}
    client = PageClient(app)
    make.sign_in_as(client, "officer")
    client.get("/admin/omgangar")
    assert client.path == "/admin/omgangar"
    with pytest.raises(KeyMissing):
        app.extensions["kapabla"].keys.get("study", "kapabla-2026")


def test_participants_are_served_without_the_office(config, make_app, open_any):
    made = make.make_person(open_any(config))
    app = make_app(only(config, "participant"))
    assert set(app.extensions["kapabla"].vaults.engines) == {"identity", "answers"}
    client = PageClient(app)
    make.start_course(client, made)
    client.get("/logga-in", status=404)
    client.get("/mina-uppgifter/avsluta")
    client.fill(vad="allt", svar="bort")
    PageClient(app).post(f"/k/{made.token}", status=410)


def test_free_text_is_read_without_the_names_and_the_study_key(config, make_app):
    """B9, A10: what was said in words and the key of one's phone, and nothing that says who."""
    app = make_app(only(config, "review"))
    assert set(app.extensions["kapabla"].vaults.engines) == {"answers", "office"}
    client = PageClient(app)
    make.sign_in_as(client, "steward")
    client.get("/granskning")
    assert client.path == "/granskning"
    for purpose in ("study", "invitation"):
        with pytest.raises(KeyMissing):
            app.extensions["kapabla"].keys.get(purpose, make.STUDY if purpose == "study" else "1")


def test_public_pages_are_served_without_a_vault_of_people(config, make_app):
    app = make_app(only(config, "public"))
    assert set(app.extensions["kapabla"].vaults.engines) == {"office"}
    PageClient(app).get("/")

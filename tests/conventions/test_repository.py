"""What may not stand in a file that others get: a secret, a path of one machine, the address of somebody's registry."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
THIS = Path(__file__).relative_to(ROOT).as_posix()

SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a key file of ours": r"^key = \"[A-Za-z0-9_-]{43}=\"$",
    "a password in an address": r"[a-z+]+://[^\s/:@\"'{}<>]+:[^\s/@\"'{}<>]+@[a-z0-9.-]+\.[a-z]{2,}",
    "a cloud key": r"\bAKIA[0-9A-Z]{16}\b",
    "a token of a code host": r"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bglpat-[A-Za-z0-9_-]{20}\b",
}  # fmt: skip


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        # An unpacked archive has no history: then everything but what is made here is what others got.
        made = (".venv/", "instance/", ".mypy_cache/", ".ruff_cache/", ".hypothesis/")
        found = (path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file())
        return [name for name in found if not name.startswith(made) and "__pycache__" not in name]
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts():
    for name in tracked():
        body = (ROOT / name).read_bytes()
        if name != THIS and b"\0" not in body[:4000]:
            yield name, body.decode("utf-8", "replace")


TEXTS = list(texts())


@pytest.mark.parametrize("kind", SECRETS)
def test_no_file_holds_a_secret(kind):
    found = [name for name, text in TEXTS if re.search(SECRETS[kind], text, re.M)]
    assert found == [], kind


def test_no_key_database_or_environment_file_is_tracked():
    endings = (".key", ".db", ".db-wal", ".sqlite", ".pem", ".env", ".p12")
    assert [name for name in tracked() if name.endswith(endings)] == []


def test_no_file_names_a_path_of_this_machine():
    """The project must start from a fresh clone anywhere."""
    here = {str(ROOT), str(ROOT.parent), str(Path.home())} - {"/", "/root", "/home"}
    personal = re.compile(r"/(?:home|Users)/(?!nonroot|app)[a-z][a-z0-9_-]+/|/work/(?:main|shared)\b")
    found = [
        name
        for name, text in TEXTS
        if any(f"{path}/" in text for path in here if len(path) > 5) or personal.search(text)
    ]
    assert found == []


def test_no_file_names_the_registry_that_this_machine_installs_from():
    hosts = {urlsplit(url).hostname for url in _configured_registries()} - {None, "localhost", "127.0.0.1"}
    hosts |= {"files.pythonhosted.org", "pypi.org/simple"}
    found = [(name, host) for name, text in TEXTS for host in hosts if host in text]
    assert found == []


def _configured_registries() -> list[str]:
    names = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX")
    found = [os.environ[name] for name in names if name in os.environ]
    for path in (Path("/etc/pip.conf"), Path.home() / ".pip/pip.conf", Path.home() / ".config/pip/pip.conf"):
        if path.is_file():
            found += re.findall(r"https?://\S+", path.read_text(encoding="utf-8"))
    return found


def test_lock_has_a_hash_for_every_package_and_no_address():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.findall(r"^[a-z0-9][^\n]*==[^\n]*\\\n(?:    --hash=sha256:[0-9a-f]{64}[^\n]*\n?)+", text, re.M)
    pinned = re.findall(r"^[A-Za-z0-9]\S*==", text, re.M)
    assert len(entries) == len(pinned) > 50

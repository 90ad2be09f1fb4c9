"""The published store: files named by their hash, verified each time they are read, and an index for each release."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from kapabla.errors import KapablaError


class StoreDamaged(KapablaError):
    """A file is not what its name says. It is not served."""

    code = "store_damaged"


class Store:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, body: bytes) -> str:
        """Keep the bytes and return their SHA-256. Whole or not at all: written aside and renamed."""
        digest = hashlib.sha256(body).hexdigest()
        path = self._path(digest)
        if not path.exists():
            _write(path, body)
        return digest

    def get(self, digest: str) -> bytes:
        body = self._path(digest).read_bytes()
        if hashlib.sha256(body).hexdigest() != digest:
            raise StoreDamaged(file=digest)
        return body

    def put_index(self, name: str, index: dict[str, Any]) -> None:
        text = json.dumps(index, ensure_ascii=False, indent=1, sort_keys=True)
        _write(self._folder / "index" / f"{name}.json", text.encode())

    def index(self, name: str) -> dict[str, Any] | None:
        path = self._folder / "index" / f"{name}.json"
        if not path.exists():
            return None
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def _path(self, digest: str) -> Path:
        return self._folder / "files" / digest[:2] / digest


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)

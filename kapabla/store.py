"""The published store: files named by their hash, verified each time they are read, and an index of what belongs
together: a release, or a version of the material that was published by upload."""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

from kapabla.errors import KapablaError, NotFound

_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


class StoreDamaged(KapablaError):
    """A file is not what its name says. It is not served."""

    code = "store_damaged"


class Store:
    """A folder that `rsync` can mirror one way: nothing in it is ever changed, and a reader trusts no name. What is
    removed is gone from a mirror when it is made with `--delete`.

    Example: `digest = store.put(b"x")`, then `store.get(digest)` is `b"x"` or raises.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, body: bytes) -> str:
        """Keep the bytes and return their SHA-256. Whole or not at all: written aside and renamed."""
        digest = hashlib.sha256(body).hexdigest()
        path = self._path(digest)
        if not path.exists() or path.read_bytes() != body:
            _write(path, body)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes, which are what the name says. Raises `NotFound`, or `StoreDamaged`."""
        path = self._path(digest)
        if not path.is_file():
            raise NotFound("no_such_file", file=digest)
        body = path.read_bytes()
        if hashlib.sha256(body).hexdigest() != digest:
            raise StoreDamaged(file=digest)
        return body

    def put_index(self, name: str, index: dict[str, Any]) -> None:
        """What a release consists of, written last, so that a release is there whole or not at all."""
        if not _NAME.fullmatch(name):
            raise NotFound("no_such_release", release=name)
        text = json.dumps(index, ensure_ascii=False, indent=1, sort_keys=True)
        _write(self._folder / "index" / f"{name}.json", text.encode())

    def index(self, name: str) -> dict[str, Any] | None:
        """The index of a release, or None."""
        path = self._folder / "index" / f"{name}.json"
        if not _NAME.fullmatch(name) or not path.is_file():
            return None
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def remove(self, name: str) -> None:
        """Take away a release for good: its index, and those of its files that belong to nothing else."""
        index = self.index(name)
        if index is None:
            return
        (self._folder / "index" / f"{name}.json").unlink()
        kept = "".join(path.read_text(encoding="utf-8") for path in (self._folder / "index").glob("*.json"))
        for digest in set(_DIGEST.findall(json.dumps(index))):
            if digest not in kept:
                self._path(digest).unlink(missing_ok=True)

    def names(self, prefix: str) -> list[str]:
        """The names of the indexes that begin so."""
        return sorted(path.stem for path in (self._folder / "index").glob(f"{prefix}*.json"))

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise NotFound("no_such_file", file=digest)
        return self._folder / "files" / digest[:2] / digest


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)

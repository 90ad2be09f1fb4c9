"""Two journals beside the backups: withdrawals, erasures and a new yes after them, appended before the reply and
replayed in order by a restore.

Identity's journal names people by id, the answers' journal by subject; neither holds anything that joins them.
"""

import errno
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Place:
    """How far a journal had come: so many lines, and the hash of all of them, by which it is known again."""

    lines: int
    sha256: str


def whole_lines(body: bytes) -> list[bytes]:
    """A line that a power cut left half was never answered for."""
    return [line for line in body.splitlines(keepends=True) if line.endswith(b"\n")]


def place_of(lines: list[bytes]) -> Place:
    return Place(len(lines), hashlib.sha256(b"".join(lines)).hexdigest())


def entries_of(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """In their order. What was left half when something broke off, and ended by the next line, is none."""
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry


class Journal:
    def __init__(self, data_dir: Path, vault: str) -> None:
        self._path = data_dir / "journals" / f"{vault}.jsonl"

    def append(self, who: str, kind: str, on: date) -> None:
        """Durable before it returns: what a person was promised must survive an older backup."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        line = (json.dumps({"who": who, "kind": kind, "on": on.isoformat()}) + "\n").encode()
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            if not _ends_whole(handle):
                line = b"\n" + line
            if os.write(handle, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
            os.fsync(handle)
        finally:
            os.close(handle)

    def lines(self) -> list[bytes]:
        return whole_lines(self._path.read_bytes()) if self._path.exists() else []

    def entries(self) -> Iterator[dict[str, Any]]:
        return entries_of(self.lines())

    def put_back(self, lines: list[bytes]) -> None:
        """The whole of a journal that has been lost here, from a copy that has come further."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = self._path.with_suffix(".part")
        with open(aside, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(b"".join(lines))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(self._path)


def _ends_whole(handle: int) -> bool:
    size = os.fstat(handle).st_size
    return size == 0 or os.pread(handle, 1, size - 1) == b"\n"

"""One backup file: a header, what was saved as lines, and an end that counts it. Sealed, and whole or not there at all.

It is written aside, read back to its end with the key, and only then given its name: what has the name is whole.
"""

import gzip
import io
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kapabla.backup.sealing import BackupUnsound, SealedReader, SealedWriter


@dataclass(frozen=True)
class Header:
    """What a file is of. `version` is that of the database; `facts` what the part itself needs to know."""

    part: str
    made_at: str
    version: str
    facts: dict[str, Any]


def write(path: Path, key: bytes, header: Header, lines: Iterable[str]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.part")
    try:
        _write(aside, key, header, lines)
        for _ in read(aside, key, header.part)[1]:
            pass
        aside.replace(path)
        _sync_folder(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def read(path: Path, key: bytes, part: str) -> tuple[Header, Iterator[str]]:
    """The header, and the lines. Raises `BackupUnsound`, at the latest when the last line is asked for."""
    header = Header(**json.loads(next(_unsealed(path, key, part))))
    return header, _body(path, key, part)


def _body(path: Path, key: bytes, part: str) -> Iterator[str]:
    count, end = -1, None
    for line in _unsealed(path, key, part):
        if end is not None:
            raise BackupUnsound(file=str(path))
        if line.startswith('{"lines":'):
            end = json.loads(line)["lines"]
            continue
        count += 1
        if count:
            yield line
    if end != count:
        raise BackupUnsound(file=str(path))


def _write(path: Path, key: bytes, header: Header, lines: Iterable[str]) -> None:
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        sealed, count = SealedWriter(file, key, header.part), 0
        with gzip.GzipFile(fileobj=sealed, mode="wb", mtime=0) as packed:
            packed.write(_line(json.dumps(vars(header))))
            for line in lines:
                packed.write(_line(line))
                count += 1
            packed.write(_line(f'{{"lines":{count}}}'))
        sealed.finish()
        file.flush()
        os.fsync(file.fileno())


def _line(text: str) -> bytes:
    return f"{text}\n".encode()


def _unsealed(path: Path, key: bytes, part: str) -> Iterator[str]:
    with _unsound(path), closing(SealedReader(path, key, part)) as sealed:
        packed = gzip.GzipFile(fileobj=io.BufferedReader(sealed))
        for line in packed:
            yield line.decode().removesuffix("\n")


@contextmanager
def _unsound(path: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BackupUnsound(file=str(path)) from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

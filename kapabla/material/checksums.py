"""Published files never change. `checksums.toml` holds their SHA-256; a change is a new version, not an edit."""

import hashlib
import re
from pathlib import Path

import tomli_w

from kapabla.material.faults import say
from kapabla.material.reading import Shelf
from kapabla.material.texts import Frozen

CHECKSUMS = "checksums.toml"
_STATUS = re.compile(r'^status\s*=\s*"published"', re.MULTILINE)
# A published course is a folder: its course.toml carries the status for all files beneath it.
_CARRIES_STATUS = ("instruments/*/v*.toml", "consents/*/v*.toml", "studies/*.toml", "courses/*/v*/course.toml")


class Checksums(Frozen):
    files: dict[str, str] = {}


def check_published_files(shelf: Shelf) -> None:
    known = shelf.object(Checksums, CHECKSUMS)
    if known is None:
        return
    published = published_files(shelf)
    for file in sorted(published | set(known.files)):
        if not shelf.has(file):
            shelf.fault(file, "", "the published file is missing; put it back as it was.")
        elif file in known.files and known.files[file] != sha256_of(shelf.body(file)):
            shelf.fault(file, "", "the file is published and has been edited; put it back, and write a new version.")
        elif file not in known.files and file not in shelf.added:
            # What was published by upload has its checksum in the published store.
            told = say(
                "the file is published but not in checksums.toml; add {sha256}.", sha256=sha256_of(shelf.body(file))
            )
            shelf.fault(file, "status", told)


def published_files(shelf: Shelf) -> set[str]:
    """Every file that carries the status published, or lies in the folder of a course that does."""
    found: set[str] = set()
    for pattern in _CARRIES_STATUS:
        for file in shelf.files(pattern):
            if _STATUS.search(shelf.body(file).decode(errors="replace")):
                found |= (
                    set(shelf.within(file.removesuffix("/course.toml"))) if file.endswith("course.toml") else {file}
                )
    return found


def write_checksums(root: Path) -> None:
    """Add the published files that are not listed yet. What is listed stays, so that an edit cannot be signed anew."""
    path = root / CHECKSUMS
    shelf = Shelf(root)
    known = shelf.object(Checksums, CHECKSUMS) if path.exists() else None
    files = {file: sha256_of(shelf.body(file)) for file in published_files(shelf)} | (known.files if known else {})
    path.write_text(tomli_w.dumps({"files": dict(sorted(files.items()))}), encoding="utf-8")


def sha256_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()

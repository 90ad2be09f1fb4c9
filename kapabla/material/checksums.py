"""Published files never change. `checksums.toml` holds their SHA-256; a change is a new version, not an edit."""

import hashlib
import re
from pathlib import Path

import tomli_w

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
    published = published_files(shelf.root)
    for file in sorted(published | set(known.files)):
        path = shelf.root / file
        if not path.is_file():
            shelf.fault(file, "", "the published file is missing; put it back as it was.")
        elif file not in known.files:
            shelf.fault(file, "status", f"the file is published but not in {CHECKSUMS}; add {sha256_of(path)}.")
        elif known.files[file] != sha256_of(path):
            shelf.fault(file, "", "the file is published and has been edited; put it back, and write a new version.")


def published_files(root: Path) -> set[str]:
    """Every file that carries the status published, or lies in the folder of a course that does."""
    found: set[str] = set()
    for pattern in _CARRIES_STATUS:
        for path in root.glob(pattern):
            if _STATUS.search(path.read_text(encoding="utf-8", errors="replace")):
                whole = path.parent.rglob("*") if path.name == "course.toml" else [path]
                found |= {file.relative_to(root).as_posix() for file in whole if file.is_file()}
    return found


def write_checksums(root: Path) -> None:
    """Add the published files that are not listed yet. What is listed stays, so that an edit cannot be signed anew."""
    path = root / CHECKSUMS
    shelf = Shelf(root)
    known = shelf.object(Checksums, CHECKSUMS) if path.exists() else None
    files = {file: sha256_of(root / file) for file in published_files(root)} | (known.files if known else {})
    path.write_text(tomli_w.dumps({"files": dict(sorted(files.items()))}), encoding="utf-8")


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

"""Published files never change. `checksums.toml` holds their SHA-256; a change is a new version, not an edit."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

import tomli_w

from kapabla.errors import Refused
from kapabla.material.faults import MaterialFaults, say
from kapabla.material.instruments.definition import Instrument
from kapabla.material.instruments.loader import RESPONSE_SCALES, load_instruments, to_toml
from kapabla.material.reading import Shelf
from kapabla.material.texts import Frozen

Instruments = Mapping[tuple[str, int], Instrument]
CHECKSUMS = "checksums.toml"
_STATUS = re.compile(r'^status\s*=\s*"published"', re.MULTILINE)
# A published course is a folder: its course.toml carries the status for all files beneath it.
_CARRIES_STATUS = ("instruments/*/v*.toml", "consents/*/v*.toml", "studies/*.toml", "courses/*/v*/course.toml")


class Checksums(Frozen):
    """`scales` holds the response scales that published instruments name: their options are part of what was asked."""

    files: dict[str, str] = {}
    scales: dict[str, str] = {}


class VersionIsPublished(Refused):
    """A published version never changes; a change is a new version."""

    code = "version_is_published"


def check_published_files(shelf: Shelf, instruments: Instruments) -> None:
    known = shelf.object(Checksums, CHECKSUMS)
    if known is None or any(fault.file == CHECKSUMS for fault in shelf.faults):
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
    for name, (file, sha256) in _scales_of(shelf, instruments).items():
        if known.scales.get(name, sha256) != sha256:
            told = say("{file} is published and asks with this scale; put it back, and write a new scale.", file=file)
            shelf.fault(RESPONSE_SCALES, f"scale {name}", told)


def _scales_of(shelf: Shelf, instruments: Instruments) -> dict[str, tuple[str, str]]:
    """The response scales of published instruments: one of the files that name it, and the hash of its options."""
    found: dict[str, tuple[str, str]] = {}
    faulty = {fault.file for fault in shelf.faults}
    for (name, version), instrument in instruments.items():
        file = f"instruments/{name}/v{version}.toml"
        if file not in faulty and instrument.status == "published" and file not in shelf.added:
            for item in instrument.items:
                if item.response_scale is not None:
                    options = [option.model_dump(mode="json", exclude_defaults=True) for option in item.options]
                    body = json.dumps(options, sort_keys=True, ensure_ascii=False).encode()
                    found[item.response_scale] = (file, sha256_of(body))
    return found


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
    if shelf.faults:
        raise MaterialFaults(shelf.faults)
    files = {file: sha256_of(shelf.body(file)) for file in published_files(shelf)} | (known.files if known else {})
    named = {name: sha256 for name, (_, sha256) in _scales_of(shelf, load_instruments(shelf)).items()}
    scales = named | (known.scales if known else {})
    listed = {"files": dict(sorted(files.items())), "scales": dict(sorted(scales.items()))}
    path.write_text(tomli_w.dumps(listed), encoding="utf-8")


def write_instrument(root: Path, instrument: Instrument) -> str:
    """Put a version into its place in the folder, and return that. What is published there is never written over."""
    file = f"instruments/{instrument.id}/v{instrument.version}.toml"
    if file in published_files(Shelf(root)):
        raise VersionIsPublished(instrument=instrument.id, version=instrument.version)
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_toml(instrument), encoding="utf-8")
    return file


def sha256_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()

"""A locked release opened by the hash that two people approved: no name in the store is trusted on the way."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from kapabla.release.redcap.project import Project, make_project
from kapabla.release.redcap.refusals import Refusal
from kapabla.store import Store, StoreDamaged

# REDCapR asks for a release in hundreds of small calls: what it asks for stays open between them. Frozen bytes never
# grow old, and a release of 20,000 people is some tens of megabytes.
_KEPT_OPEN = 3


@dataclass(frozen=True, eq=False)
class Frozen:
    """table: the bytes of data_long.csv. Its cells are numbers, codes and ids: none holds a line break."""

    manifest: Mapping[str, Any]
    manifest_hash: str
    codebook: Mapping[str, Any]
    table: bytes

    def project(self, language: str) -> Project:
        return make_project(self.codebook["columns"], self.codebook["wide"], language)

    @cached_property
    def header(self) -> list[str]:
        return self.table.partition(b"\n")[0].decode().split(",")

    @property
    def people(self) -> int:
        return len(self._spans)

    def lines(self, records: Iterable[str] | None = None) -> bytes:
        """The rows of these people, in the table's own order; of everybody where none are named."""
        if records is None:
            return self.table[len(self.table.partition(b"\n")[0]) + 1 :]
        spans = sorted(self._spans[record] for record in set(records) if record in self._spans)
        return b"".join(self.table[start:end] for start, end in spans)

    @cached_property
    def _spans(self) -> dict[str, tuple[int, int]]:
        """Where each person's rows stand, which follow one another."""
        found: dict[str, tuple[int, int]] = {}
        start = self.table.index(b"\n") + 1
        while start < len(self.table):
            end = self.table.index(b"\n", start) + 1
            record = self.table[start : self.table.index(b",", start)].decode()
            found[record] = (found[record][0] if record in found else start, end)
            start = end
        return found


def open_release(folder: Path, release: str, manifest_hash: str, *, is_test: bool) -> Frozen:
    """Manifest by the register's hash, files by the manifest's. Raises `NotFound` or `StoreDamaged`, and `Refusal` for
    a release whose codebook is older than this protocol.

    A manifest of other people than the register says, or of another release, is never read: a token for test people
    cannot be led to those of real ones.
    """
    return _open(folder, release, manifest_hash, is_test)


@lru_cache(maxsize=_KEPT_OPEN)
def _open(folder: Path, release: str, manifest_hash: str, is_test: bool) -> Frozen:
    store = Store(folder)
    manifest = json.loads(store.get(manifest_hash))
    if (manifest["release"], manifest["people"]) != (release, "test" if is_test else "real"):
        raise StoreDamaged(file=manifest_hash)
    codebook = json.loads(store.get(manifest["files"]["codebook.json"]))
    if any("slugs" not in entry for entry in codebook["columns"]):
        raise Refusal("This release is older than the API. Ask for a new one.", 501)
    return Frozen(manifest, manifest_hash, codebook, store.get(manifest["files"]["data_long.csv"]))

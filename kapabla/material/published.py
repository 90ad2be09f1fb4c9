"""What has been published by upload: files of the published store, named by their hash and believed only by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kapabla.errors import KapablaError
from kapabla.material.faults import Fault, say
from kapabla.store import Store

PREFIX = "material-"


@dataclass(frozen=True)
class Shelved:
    """The files by their place, and the faults of those that are not what they were: these are left out whole."""

    files: Mapping[str, bytes]
    faults: tuple[Fault, ...]


def name_of(place: str) -> str:
    """
    >>> name_of("instruments/til/v2.toml")
    'material-instruments.til.v2'
    """
    return PREFIX + place.removesuffix(".toml").replace("/", ".")


def publish(store: Store, place: str, files: Mapping[str, bytes], *, approval: str) -> None:
    """The files first and the index last: a version is there whole or not at all. The same once more is the same."""
    hashes = {name: store.put(body) for name, body in sorted(files.items())}
    store.put_index(name_of(place), {"place": place, "approval": approval, "files": hashes})


def news_of(folder: Path) -> frozenset[str]:
    """The names of what is published: a version never changes, so a new name is all the news there can be."""
    return frozenset(Store(folder).names(PREFIX))


def read_published(folder: Path, root: Path) -> Shelved:
    """What stands in the store beside the folder of material. What lies in both has to be the same."""
    store, files, faults = Store(folder), dict[str, bytes](), list[Fault]()
    for name in sorted(news_of(folder)):
        index = store.index(name) or {}
        try:
            own = {place: store.get(digest) for place, digest in _files_of(index).items()}
        except KapablaError:
            faults.append(Fault(name, "", _DAMAGED))
            continue
        others = [place for place, body in own.items() if _is_another(root / place, body)]
        if others:
            told = say(
                "{place} lies in the folder as another file; remove it, or write a new version.", place=others[0]
            )
            faults.append(Fault(name, "", told))
        else:
            files |= own
    return Shelved(files, tuple(faults))


_DAMAGED = "the published file is not what two people approved; mirror the store anew, or restore it from a backup."


def _is_another(path: Path, body: bytes) -> bool:
    return path.is_file() and path.read_bytes() != body


def _files_of(index: Mapping[str, Any]) -> Mapping[str, str]:
    found: Mapping[str, str] = index.get("files", {})
    return found

"""What tests of authored files need not do again: a part of the course none of whose files has changed is read once.

A check of all material takes a third of a second, and three quarters of it are spent on the ten parts of the course.
Hundreds of tests change one file and check all; nine parts are then the same, with the same faults. What a part is read
from is in its key, every file by its bytes; whatever else stands around it is checked anew each time. A folder of tests
that wants this imports the fixture into its `conftest.py`.
"""

import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

import pytest

from kapabla.material import Material, default_root, load_material, toml
from kapabla.material.courses import loader
from kapabla.material.reading import Shelf

_read_part = loader._load_module
_known: dict[Any, tuple[Any, list[Any], list[Any]]] = {}


def _part(shelf: Shelf, course: str, name: str, boxes: set[str], roles: tuple[str, ...]) -> Any:
    files = [*shelf.within(f"{course}/modules/{name}"), *shelf.within(f"{course}/pictures")]
    key = course, name, frozenset(boxes), roles, tuple((file, shelf.body(file)) for file in files)
    if key not in _known:
        faults, remarks = len(shelf.faults), len(shelf.remarks)
        part = _read_part(shelf, course, name, boxes, roles)
        _known[key] = part, shelf.faults[faults:], shelf.remarks[remarks:]
        return part
    part, faults, remarks = _known[key]
    shelf.faults += faults
    shelf.remarks += remarks
    return part


@pytest.fixture(scope="session", autouse=True)
def unchanged_parts_once() -> Iterator[None]:
    parser = SimpleNamespace(loads=lru_cache(4096)(tomllib.loads), TOMLDecodeError=tomllib.TOMLDecodeError)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "_load_module", _part)
        patch.setattr(toml, "tomllib", parser)  # what it gives is copied there before anybody else has it
        yield


@cache
def our_material() -> Material:
    """What is installed. It cannot be changed, so that all may have the same."""
    return load_material(default_root())

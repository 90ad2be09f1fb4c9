"""The real course material, read once, and a copy of it that a test may spoil."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kapabla.material import Material, check_material, default_root, load_material
from tests.material_once import our_material, unchanged_parts_once

__all__ = ["unchanged_parts_once"]  # a fixture of all these tests

Spoil = Callable[..., list[str]]


@pytest.fixture(scope="session")
def material() -> Material:
    return our_material()


@pytest.fixture
def copy(tmp_path) -> Path:
    return Path(shutil.copytree(default_root(), tmp_path / "course_material"))


@pytest.fixture
def spoil() -> Spoil:
    """Replace a piece of one file, and give what the check then says, as its author would read it."""
    spoilt: dict[str, bytes] = {}

    def replace(file: str, old: str, new: str, count: int = 1) -> list[str]:
        text = spoilt.get(file, (default_root() / file).read_bytes()).decode()
        assert old in text, f"{file} has no {old!r}"
        spoilt[file] = text.replace(old, new, count).encode()
        return [str(fault) for fault in check_material(default_root(), spoilt)]

    return replace


@pytest.fixture(scope="session")
def trial_material(trial_root) -> Material:
    return load_material(trial_root)

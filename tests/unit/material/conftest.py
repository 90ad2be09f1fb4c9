"""The real course material, read once, and a copy of it that a test may spoil."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kapabla.material import Material, check_material, default_root, load_material

Spoil = Callable[..., list[str]]


@pytest.fixture(scope="session")
def material() -> Material:
    return load_material(default_root())


@pytest.fixture
def copy(tmp_path) -> Path:
    return Path(shutil.copytree(default_root(), tmp_path / "course_material"))


@pytest.fixture
def spoil(copy) -> Spoil:
    """Replace a piece of one file, and give what the check then says, as its author would read it."""

    def replace(file: str, old: str, new: str) -> list[str]:
        path = copy / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return [str(fault) for fault in check_material(copy)]

    return replace


@pytest.fixture(scope="session")
def trial_material(trial_root) -> Material:
    return load_material(trial_root)

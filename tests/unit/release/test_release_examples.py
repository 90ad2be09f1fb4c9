"""Every example in a docstring of the wing is true, and of the files of series that it keeps."""

import doctest
import importlib
import pkgutil

import pytest

import kapabla.release

OF_SERIES = "kapabla.material.series_file"
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(kapabla.release.__path__, "kapabla.release.")
    if module.name != "kapabla.release.build"
)


@pytest.mark.parametrize("name", [*MODULES, OF_SERIES])
def test_examples_in_docstrings_are_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0

"""What holds for the package as a whole: worked examples run, and it knows nothing of Kapabla."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import sys
from pathlib import Path

import pandas as pd
import pytest

import analysis
from analysis.cli import COMMANDS
from analysis.describe import describe
from analysis.envelope import strict
from analysis.paired import paired
from analysis.reliability import reliability
from analysis.score import score

MODULES = sorted(
    module.name.removeprefix("analysis.")
    for module in pkgutil.walk_packages(analysis.__path__, "analysis.")
    if not module.name.endswith("__main__")
)
PUBLIC = sorted(COMMANDS)


@pytest.mark.parametrize("name", MODULES)
def test_worked_examples_run(name):
    assert doctest.testmod(importlib.import_module(f"analysis.{name}")).failed == 0


def test_every_command_stands_on_the_page_that_tells_where_other_programs_differ():
    page = (Path(analysis.__file__).parents[1] / "docs" / "statistics.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"`{name}" not in page] == []


@pytest.mark.parametrize("name", PUBLIC)
def test_every_command_has_a_worked_example_in_its_docstring(name):
    assert ">>> " in inspect.getdoc(getattr(importlib.import_module(f"analysis.{name}"), name))


def test_imports_only_the_standard_library_numpy_scipy_and_pandas():
    allowed = {"analysis", "numpy", "scipy", "pandas"} | sys.stdlib_module_names - {"sqlite3"}
    for source in Path(analysis.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= allowed, f"{source.name} imports {names}"


def test_data_frames_are_taken_as_they_are():
    frame = pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 2, 4, None], "other": list("wxyz")})
    assert describe(frame, ["b"], minimum=1, maximum=4).result["items"]["b"]["n"] == 3
    assert score(frame, ["a", "b"]).result["n_scored"] == 4
    assert reliability(frame, ["a", "b"]).result["n_complete"] == 3
    assert paired(frame["a"], frame["b"]).result["n_pairs"] == 3
    assert strict(paired(frame["a"], frame["b"]).result)["df"] == 2

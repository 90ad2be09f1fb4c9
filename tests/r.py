"""What R says: a test marked `r("haven", …)` runs where R and its packages are, and elsewhere is named as not run.

They are never skipped tests: who has no R need not mend anything, and nobody is to read of them that they passed.
"""

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

_INSTALLED = "p <- installed.packages(); cat(paste(rownames(p), p[, 'Version']), sep = '\\n')"
# What was left out, each with what it lacks, and the packages that were used: also what a worker tells its run.
LEFT_OUT = pytest.StashKey[dict[str, str]]()
USED = pytest.StashKey[set[str]]()


@cache
def installed() -> dict[str, str]:
    """Version by package; nothing where there is no R."""
    if shutil.which("Rscript") is None:
        return {}
    return dict(line.split(" ", 1) for line in _r("-e", _INSTALLED).splitlines())


def run(script: Path, *given: str) -> Any:
    """What the script prints as JSON."""
    return json.loads(_r(str(script), *given))


def _r(*arguments: str) -> str:
    done = subprocess.run(["Rscript", "--vanilla", *arguments], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def choose(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Takes out of the run what needs a package that is not here."""
    left_out, used = config.stash.setdefault(LEFT_OUT, {}), config.stash.setdefault(USED, set())
    for item in [item for item in items if item.get_closest_marker("r")]:
        needed = {package for mark in item.iter_markers("r") for package in mark.args}
        away = sorted(needed - installed().keys())
        if not away:
            used |= needed
            continue
        left_out[item.nodeid] = ", ".join(away) if installed() else "Rscript"
        items.remove(item)
        config.hook.pytest_deselected(items=[item])


def summary(left_out: dict[str, str], used: set[str]) -> list[str]:
    """The last lines of a run; none where no test asked for R."""
    lines = [f"R: not run: {name} needs {away}" for name, away in sorted(left_out.items())]
    if used:
        return [*lines, f"R: present ({', '.join(f'{name} {installed()[name]}' for name in sorted(used))})"]
    return [*lines, "R: not run"] if left_out else []

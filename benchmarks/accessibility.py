"""Every page in every state, on every screen, in both colours, in forced colours, narrow, enlarged and spaced, in each
language, before axe: how many views, and what was found; and the whole journey by the keyboard alone, through all ten
modules. In `./dev bench long` alone, since it takes most of an hour.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import ROOT, Row

PAGES, KEYBOARD = "tests/browser/test_every_page.py", "tests/browser/test_keyboard.py"


def rows(*, long: bool) -> Iterator[Row]:
    if not long:
        return
    with tempfile.TemporaryDirectory(prefix="kapabla-bench-") as folder:
        account = Path(folder) / "views"
        # What is found is told by the test that finds it.
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", PAGES, KEYBOARD],
            cwd=ROOT,
            env=os.environ | {"KAPABLA_MATRIX": str(account)},
        )
        counts = [tuple(map(int, line.split())) for line in account.read_text(encoding="utf-8").splitlines()]
    views, findings = (sum(column) for column in zip(*counts, strict=True))
    yield Row("accessibility: findings on all pages in all ways", findings, "findings", views, "views")

"""How a row is measured and kept. Nothing that is kept names a machine, a person or a path."""

import csv
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from kapabla.clock import local_date, system_clock

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results.csv"
RUNS = 5


@dataclass(frozen=True)
class Row:
    """One figure beside its floor, in the same unit. `against` says what the floor is."""

    name: str
    value: float
    unit: str
    floor: float
    against: str

    @property
    def ratio(self) -> float:
        return self.value / self.floor


@dataclass(frozen=True)
class Kept:
    """A line of `results.csv`."""

    name: str
    value: str
    unit: str
    floor: str
    ratio: str
    against: str
    machine: str
    date: str
    commit: str


def cpu_ms(work: Callable[[], object]) -> float:
    """CPU time of this process: on a shared machine the wall clock mostly tells of the neighbours."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


def medians(ours: Callable[[], float], floor: Callable[[], float], *, runs: int = RUNS) -> tuple[float, float]:
    """Both warmed and then in turns, the floor before and after, so that a noisy minute meets them alike."""
    ours(), floor()
    values, floors = [], [floor()]
    for _ in range(runs):
        values.append(ours())
        floors.append(floor())
    return statistics.median(values), statistics.median(floors)


def keep(row: Row) -> None:
    """Append, never overwrite: the file is the history."""
    is_new = not RESULTS.exists()
    machine, commit, today = _machine(), _commit(), local_date(system_clock()).isoformat()
    with RESULTS.open("a", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        if is_new:
            lines.writerow(field.name for field in fields(Kept))
        kept = Kept(
            row.name, _short(row.value), row.unit, _short(row.floor), _short(row.ratio), row.against, machine, today,
            commit,
        )  # fmt: skip
        lines.writerow(astuple(kept))


def _short(number: float) -> str:
    return str(int(number)) if number == int(number) else f"{number:.4g}"


def _machine() -> str:
    return f"{os.cpu_count()} cpu, python {platform.python_version()}"


def _commit() -> str:
    """With a plus where the files differ from the commit; empty in an unpacked archive."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True).stdout.strip()

    commit = git("rev-parse", "--short=12", "HEAD")
    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!benchmarks/results.csv")
    return f"{commit}+" if changed else commit

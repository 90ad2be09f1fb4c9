"""The statistics at a million rows, and how long a small command takes: CPU time and memory of a process of its own.

The floor is what the statistics contract allows (its section 3), so a ratio below one holds it.
"""

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import ROOT, Row

LIMIT = "what the contract allows"
MEMORY_MB = 2048
LARGE = 1_000_000
COMMANDS = {  # the command, the seconds it may take at a million rows; fewer rows start as slowly
    "describe --items q1,q2,q3,q4,q5 --min 1 --max 6": 8,
    "reliability --items q1,q2,q3,q4,q5 --min 1 --max 6": 8,
    "paired --pre pre --post post": 8,
    "ancova --pre pre --post post --group arm": 10,
    "score --items q1,q2,q3,q4,q5 --min 1 --max 6 --no-scores": 12,
    "mixed --outcome pre --fixed time --factor time --id person --df satterthwaite": 30,
}


def rows(*, long: bool) -> Iterator[Row]:
    count = LARGE if long else LARGE // 10
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small.csv", Path(folder) / "large.csv"
        _write(small, 30)
        _write(large, count)
        seconds, _ = _spent(small, "paired --pre pre --post post")
        yield Row("analysis, a small command", seconds, "s", 1, "what the issue allows")
        for command, limit in COMMANDS.items():
            seconds, megabytes = _spent(large, command)
            name = f"analysis {command.split()[0]}, {count} rows"
            yield Row(name, seconds, "s", limit, LIMIT)
            yield Row(f"{name}, memory", megabytes, "MB", MEMORY_MB, LIMIT)


def _write(path: Path, count: int) -> None:
    """Two rows a person: answers 1-6, a score before and after, an arm."""
    draw = random.Random(1)  # noqa: S311  (nothing secret is drawn)
    with path.open("w", encoding="utf-8") as file:
        file.write("person,time,arm,q1,q2,q3,q4,q5,pre,post\n")
        for row in range(count):
            person, level = row // 2, draw.gauss(3.5, 1)
            answers = ",".join(str(min(6, max(1, round(level + draw.gauss(0, 1))))) for _ in range(5))
            scores = f"{level + draw.gauss(0, 0.5):.3f},{level + 0.3 + draw.gauss(0, 0.5):.3f}"
            file.write(f"p{person},{'before' if row % 2 else 'after'},{'ab'[person % 2]},{answers},{scores}\n")


def _spent(path: Path, command: str) -> tuple[float, float]:
    """CPU seconds and the largest memory of one run."""
    name, *options = command.split()
    argv = [sys.executable, "-m", "analysis", name, "--data", str(path), *options, "--json"]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{name} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024

"""`./dev bench [long] [NAME ...]`: measure, print, and append to `results.csv`. A NAME is a module: journey, weight."""

import argparse
import importlib
import sys

from benchmarks.measuring import keep

# Importing a benchmark loads what it measures, so each is loaded in its turn.
BENCHMARKS = (
    "weight", "painting", "journey", "lists", "list_fuzz", "desk", "kills", "guard", "releases", "disclosure", "files",
    "api", "population", "starting", "dashboard", "evaluation", "coverage", "cohorts", "regressions", "wedges",
    "surveys",
    "accessibility", "public", "front", "faults",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench", description="Benchmarks, each as a ratio to a floor.")
    parser.add_argument("what", nargs="*", choices=[[], "long", *BENCHMARKS], metavar="long | NAME")
    what = parser.parse_args().what
    chosen = [name for name in BENCHMARKS if name in what] or list(BENCHMARKS)
    for name in chosen:
        for row in importlib.import_module(f"benchmarks.{name}").rows(long="long" in what):
            print(f"{row.name:52} {row.value:12.1f} {row.unit:10} {row.ratio:8.1f} × {row.against}", flush=True)
            # Kept as soon as it is known: what fails or is stopped later takes nothing with it.
            keep(row)
    return 0


if __name__ == "__main__":
    sys.exit(main())

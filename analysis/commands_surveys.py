"""The command of sample surveys: weights raked to known totals, and what is estimated with them."""

import argparse
from pathlib import Path

from analysis.envelope import Misuse, Outcome
from analysis.options import Command, add_data, names, read, whole


def _raking_options(options: argparse.ArgumentParser) -> None:
    add_data(options)
    options.add_argument("--margins", required=True, type=names, metavar="AGE,SEX", help="columns with known totals")
    options.add_argument("--totals", required=True, type=Path, metavar="FILE.csv", help="the same columns, and people")
    options.add_argument("--people", default="people", metavar="COLUMN", help="of --totals: the number of people")
    options.add_argument("--items", required=True, type=names, metavar="A,B,C", help="numbers; a share where 0 and 1")
    options.add_argument("--by", metavar="COLUMN", help="the same in each level of it")
    options.add_argument("--base", metavar="COLUMN", help="weights before the raking")
    options.add_argument("--unit", metavar="COLUMN", help="who is left out together; else each row by itself")
    options.add_argument("--tolerance", type=float, default=1e-10, help="share of the population; ends the raking")
    options.add_argument("--rounds", type=whole, default=1000, help="the most; then it is refused as not converged")
    options.add_argument("--weights", action="store_true", help="each row's weight, in file order")


def _raking(options: argparse.Namespace) -> Outcome:
    if options.tolerance <= 0 or options.rounds < 1:
        raise Misuse("--tolerance is above 0 and --rounds 1 or more")
    others = [name for name in (options.by, options.unit) if name]
    if shared := {*options.margins, *others} & set(options.items):
        raise Misuse(f"{sorted(shared)[0]} is named as an item and as a category")
    from analysis.raking import raking, totals_of
    from analysis.table import read_table

    known = read_table(options.totals, numbers=[options.people], texts=options.margins)
    rows = [dict(zip(known.texts, row, strict=True)) for row in zip(*known.texts.values(), strict=True)]
    totals = totals_of(rows, options.margins, list(known.numbers[options.people]))
    base = [options.base] if options.base else []
    frame = read(options, [*options.items, *base], [*options.margins, *others])
    return raking(
        frame, options.items, totals, by=options.by, base=options.base, unit=options.unit, conf=options.conf,
        tolerance=options.tolerance, most_rounds=options.rounds, keep_weights=options.weights,
    )  # fmt: skip


SURVEYS = {"raking": Command("a survey weighted to known totals, with its variance", _raking_options, _raking)}

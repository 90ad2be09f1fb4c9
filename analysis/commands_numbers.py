"""The commands that need no file, only numbers: options in, outcome out."""

import argparse

from analysis.envelope import Outcome
from analysis.options import Command, numbers, whole


def _proportion_options(options: argparse.ArgumentParser) -> None:
    options.add_argument("--x", type=whole, required=True, help="how many")
    options.add_argument("--n", type=whole, required=True, help="of how many")


def _proportion(options: argparse.Namespace) -> Outcome:
    from analysis.proportion import proportion

    return proportion(options.x, options.n, conf=options.conf)


def _adjust_options(options: argparse.ArgumentParser) -> None:
    options.add_argument("--p", type=numbers, required=True, metavar="0.01,0.2")


def _adjust(options: argparse.Namespace) -> Outcome:
    from analysis.adjust import adjust

    return adjust(options.p)


NUMBERS = {
    "proportion": Command("a proportion with its intervals", _proportion_options, _proportion),
    "adjust": Command("p values adjusted for multiplicity", _adjust_options, _adjust),
}

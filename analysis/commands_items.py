"""The commands on items and scales: options in, outcome out."""

import argparse

from analysis.envelope import Misuse, Outcome
from analysis.options import Command, add_items, add_range, add_reverse, check_items, read, whole


def _describe_options(options: argparse.ArgumentParser) -> None:
    add_items(options)
    add_range(options, whole, required=True)
    options.add_argument("--suppress-below", type=whole, default=0, metavar="K", help="hide counts below K")


def _describe(options: argparse.Namespace) -> Outcome:
    check_items(options, [])
    if options.suppress_below < 0:
        raise Misuse("--suppress-below is 0 or more")
    from analysis.describe import describe

    return describe(
        read(options, options.items), minimum=options.min, maximum=options.max, suppress_below=options.suppress_below
    )


def _reliability_options(options: argparse.ArgumentParser) -> None:
    add_items(options)
    add_range(options, float, required=False)
    add_reverse(options)
    options.add_argument("--missing", choices=("listwise", "pairwise"), default="listwise")


def _reliability(options: argparse.Namespace) -> Outcome:
    check_items(options, options.reverse)
    from analysis.reliability import reliability

    return reliability(
        read(options, options.items), reverse=options.reverse, minimum=options.min, maximum=options.max,
        missing=options.missing, conf=options.conf,
    )  # fmt: skip


def _score_options(options: argparse.ArgumentParser) -> None:
    add_items(options)
    add_range(options, float, required=False)
    add_reverse(options)
    options.add_argument("--min-answered", type=whole, metavar="N", help="default: half of the items, rounded up")
    options.add_argument("--no-scores", action="store_true", help="leave the scores row by row out")


def _score(options: argparse.Namespace) -> Outcome:
    check_items(options, options.reverse)
    if options.min_answered is not None and not 1 <= options.min_answered <= len(options.items):
        raise Misuse("--min-answered must be from 1 to the number of items")
    from analysis.score import score

    return score(
        read(options, options.items), reverse=options.reverse, minimum=options.min, maximum=options.max,
        min_answered=options.min_answered, with_scores=not options.no_scores,
    )  # fmt: skip


ITEMS = {
    "describe": Command("distributions of items", _describe_options, _describe),
    "reliability": Command("alpha, omega and item statistics of a scale", _reliability_options, _reliability),
    "score": Command("scale scores, person by person", _score_options, _score),
}

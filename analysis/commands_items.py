"""The commands on items and scales: options in, outcome out."""

import argparse

from analysis.envelope import Misuse, Outcome
from analysis.options import (
    Command,
    add_columns,
    add_data,
    add_items,
    add_range,
    add_reverse,
    check_items,
    names,
    pairs,
    read,
    whole,
)


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


def _items_options(options: argparse.ArgumentParser) -> None:
    add_items(options)
    options.add_argument("--key", type=pairs, default={}, metavar="Q1=3,Q2=1", help="the right option of an item")
    options.add_argument("--missing", choices=("wrong", "listwise"), default="wrong")


def _items(options: argparse.Namespace) -> Outcome:
    if not set(options.key) <= set(options.items):
        raise Misuse("--key names a column that is not among --items")
    from analysis.items import items

    frame = read(options, options.items, list(options.key))
    return items(frame, options.items, key=options.key, missing=options.missing)


def _agreement_options(options: argparse.ArgumentParser) -> None:
    add_columns(options, "rater-a", "rater-b")
    options.add_argument("--levels", required=True, type=names, metavar="1,2,3", help="in order, also absent ones")


def _agreement(options: argparse.Namespace) -> Outcome:
    if len(options.levels) < 2:
        raise Misuse("--levels needs two levels or more, each once")
    from analysis.agreement import agreement

    frame = read(options, [], [options.rater_a, options.rater_b])
    return agreement(frame, options.rater_a, options.rater_b, options.levels, conf=options.conf)


def _icc_options(options: argparse.ArgumentParser) -> None:
    add_data(options)
    options.add_argument("--raters", required=True, type=names, metavar="A,B,C")


def _icc(options: argparse.Namespace) -> Outcome:
    from analysis.icc import icc

    return icc(read(options, options.raters), options.raters, conf=options.conf)


ITEMS = {
    "describe": Command("distributions of items", _describe_options, _describe),
    "reliability": Command("alpha, omega and item statistics of a scale", _reliability_options, _reliability),
    "score": Command("scale scores, person by person", _score_options, _score),
    "items": Command("a knowledge test item by item", _items_options, _items),
    "agreement": Command("two raters: percent agreement and kappa", _agreement_options, _agreement),
    "icc": Command("intraclass correlations of raters", _icc_options, _icc),
}

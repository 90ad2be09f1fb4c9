"""The commands that compare people with themselves or with others: options in, outcome out."""

import argparse

from analysis.envelope import Misuse, Outcome
from analysis.options import Command, add_columns, read


def _pair_options(options: argparse.ArgumentParser) -> None:
    add_columns(options, "pre", "post")


def _paired(options: argparse.Namespace) -> Outcome:
    from analysis.paired import paired

    columns = read(options, [options.pre, options.post])
    return paired(columns[options.pre], columns[options.post], conf=options.conf)


def _independent_options(options: argparse.ArgumentParser) -> None:
    add_columns(options, "y", "group")
    options.add_argument("--reference", metavar="LEVEL", help="the other group minus this one")


def _independent(options: argparse.Namespace) -> Outcome:
    from analysis.independent import independent

    frame = read(options, [options.y], [options.group])
    return independent(frame, options.y, options.group, reference=options.reference, conf=options.conf)


def _mcnemar(options: argparse.Namespace) -> Outcome:
    from analysis.mcnemar import mcnemar

    columns = read(options, [options.pre, options.post])
    return mcnemar(columns[options.pre], columns[options.post], conf=options.conf)


def _change_options(options: argparse.ArgumentParser) -> None:
    _pair_options(options)
    options.add_argument("--reliability", required=True, type=float, metavar="R", help="above 0, at most 1")
    options.add_argument("--better", required=True, choices=("higher", "lower"))


def _change(options: argparse.Namespace) -> Outcome:
    if not 0 < options.reliability <= 1:
        raise Misuse("--reliability is above 0 and at most 1")
    from analysis.change import change

    frame = read(options, [options.pre, options.post])
    return change(frame, options.pre, options.post, reliability=options.reliability, better=options.better)


def _responseshift_options(options: argparse.ArgumentParser) -> None:
    _pair_options(options)
    options.add_argument("--then", required=True, metavar="COLUMN", help="after, about before")


def _responseshift(options: argparse.Namespace) -> Outcome:
    from analysis.responseshift import responseshift

    frame = read(options, [options.pre, options.post, options.then])
    return responseshift(frame, options.pre, options.post, options.then, conf=options.conf)


GROUPS = {
    "paired": Command("paired change from before to after", _pair_options, _paired),
    "independent": Command("two independent groups", _independent_options, _independent),
    "mcnemar": Command("paired right and wrong answers", _pair_options, _mcnemar),
    "change": Command("who changed more than the measure's error", _change_options, _change),
    "responseshift": Command("change beside the then-test", _responseshift_options, _responseshift),
}

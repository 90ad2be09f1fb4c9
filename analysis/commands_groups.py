"""The commands that compare people with themselves or with others: options in, outcome out."""

import argparse

from analysis.envelope import Misuse, Outcome
from analysis.options import Command, add_columns, add_data, add_range, read, whole


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


def _bootstrap_options(options: argparse.ArgumentParser) -> None:
    add_data(options)
    options.add_argument("--statistic", required=True, metavar="NAME", help="mean, median, sd, mean_diff, d_av, r …")
    options.add_argument("--y", metavar="COLUMN", help="of a statistic of one column")
    options.add_argument("--pre", metavar="COLUMN", help="of a statistic of pairs")
    options.add_argument("--post", metavar="COLUMN")
    options.add_argument("--resamples", type=whole, default=10_000, help="default 10000")
    options.add_argument("--seed", type=whole, default=1)


def _bootstrap(options: argparse.Namespace) -> Outcome:
    from analysis.bootstrap import bootstrap, columns_of

    frame = read(options, columns_of(options.statistic, options.y, options.pre, options.post))
    return bootstrap(
        frame, options.statistic, y=options.y, pre=options.pre, post=options.post, resamples=options.resamples,
        seed=options.seed, conf=options.conf,
    )  # fmt: skip


def _equate_options(options: argparse.ArgumentParser) -> None:
    add_columns(options, "score", "form")
    options.add_argument("--reference", metavar="LEVEL", help="the form whose scale the other's scores are put on")
    add_range(options, whole, required=False)


def _equate(options: argparse.Namespace) -> Outcome:
    from analysis.equate import equate

    frame = read(options, [options.score], [options.form])
    return equate(
        frame, options.score, options.form, reference=options.reference, minimum=options.min, maximum=options.max,
        conf=options.conf,
    )  # fmt: skip


GROUPS = {
    "paired": Command("paired change from before to after", _pair_options, _paired),
    "independent": Command("two independent groups", _independent_options, _independent),
    "mcnemar": Command("paired right and wrong answers", _pair_options, _mcnemar),
    "change": Command("who changed more than the measure's error", _change_options, _change),
    "responseshift": Command("change beside the then-test", _responseshift_options, _responseshift),
    "bootstrap": Command("the BCa bootstrap interval of a statistic", _bootstrap_options, _bootstrap),
    "equate": Command("scores of one form of a test on the scale of another", _equate_options, _equate),
}

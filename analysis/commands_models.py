"""The commands that fit a model: options in, outcome out."""

import argparse

from analysis.envelope import Outcome
from analysis.options import Command, add_columns, add_reference, names, read


def _ancova_options(options: argparse.ArgumentParser) -> None:
    add_columns(options, "pre", "post", "group")
    options.add_argument("--covariates", type=names, default=[], metavar="A,B", help="numeric columns")
    add_reference(options)


def _ancova(options: argparse.Namespace) -> Outcome:
    from analysis.ancova import ancova

    frame = read(options, [options.pre, options.post, *options.covariates], [options.group])
    return ancova(
        frame, options.pre, options.post, options.group, covariates=options.covariates, reference=options.reference,
        conf=options.conf,
    )  # fmt: skip


def _did_options(options: argparse.ArgumentParser) -> None:
    add_columns(options, "outcome", "time", "group", "cluster")
    add_reference(options)
    options.add_argument("--cr2", action="store_true", help="Bell & McCaffrey's standard error, for few clusters")


def _did(options: argparse.Namespace) -> Outcome:
    from analysis.did import did

    frame = read(options, [options.outcome], [options.time, options.group, options.cluster])
    return did(
        frame, options.outcome, options.time, options.group, options.cluster, reference=options.reference,
        with_cr2=options.cr2, conf=options.conf,
    )  # fmt: skip


MODELS = {
    "ancova": Command("after on before, group and covariates", _ancova_options, _ancova),
    "did": Command("difference in differences of two times and two groups", _did_options, _did),
}

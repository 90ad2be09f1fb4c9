"""The commands that fit a model: options in, outcome out."""

import argparse

from analysis.envelope import Misuse, Outcome
from analysis.options import (
    Command,
    add_columns,
    add_factor,
    add_reference,
    add_satterthwaite,
    names,
    pairs,
    read,
    whole,
)

KENWARD_ROGER = "kenward-roger"


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


def _mixed_options(options: argparse.ArgumentParser) -> None:
    add_columns(options, "outcome")
    options.add_argument("--fixed", required=True, metavar="FORMULA", help="columns with + * : and 1")
    add_factor(options)
    options.add_argument("--id", metavar="COLUMN", help="the person")
    options.add_argument("--cluster", metavar="COLUMN", help="the cohort or place")
    options.add_argument("--random-slope", metavar="COLUMN", help="a person has a slope in it too")
    options.add_argument("--method", choices=("reml", "ml"), default="reml")
    add_satterthwaite(options)


def _mixed(options: argparse.Namespace) -> Outcome:
    from analysis.design import names_in, parse_formula
    from analysis.mixed import mixed

    columns = [*names_in(parse_formula(options.fixed)), *([options.random_slope] if options.random_slope else [])]
    groups = [name for name in (options.cluster, options.id) if name]
    numeric = [options.outcome, *(name for name in columns if name not in options.factor)]
    frame = read(options, numeric, [*(name for name in columns if name in options.factor), *groups])
    return mixed(
        frame, options.outcome, options.fixed, factors=options.factor, reference=options.reference, id=options.id,
        cluster=options.cluster, random_slope=options.random_slope, method=options.method,
        satterthwaite=options.df is not None, conf=options.conf,
    )  # fmt: skip


def _steppedwedge_options(options: argparse.ArgumentParser) -> None:
    add_columns(options, "outcome", "cluster", "period", "treatment")
    options.add_argument("--cluster-period", action="store_true", help="a random intercept of each period too")
    options.add_argument("--id", metavar="COLUMN", help="the person, where the same people come back")
    options.add_argument("--df", choices=("satterthwaite", KENWARD_ROGER), help="t tests, for few clusters")
    options.add_argument("--permutations", type=whole, default=0, help="test by the clusters' schedules given anew")
    options.add_argument("--seed", type=whole, default=1)


def _steppedwedge(options: argparse.Namespace) -> Outcome:
    from analysis.steppedwedge import steppedwedge

    labels = [options.cluster, options.period, *([options.id] if options.id else [])]
    frame = read(options, [options.outcome, options.treatment], labels)
    return steppedwedge(
        frame, options.outcome, options.cluster, options.period, options.treatment,
        cluster_period=options.cluster_period, id=options.id, satterthwaite=options.df == "satterthwaite",
        kenward_roger=options.df == KENWARD_ROGER, permutations=options.permutations, seed=options.seed,
        conf=options.conf,
    )  # fmt: skip


def _attrition_options(options: argparse.ArgumentParser) -> None:
    add_columns(options, "completed")
    options.add_argument("--covariates", required=True, type=names, metavar="A,B")
    add_factor(options)
    options.add_argument("--firth", action="store_true", help="penalised estimates too")


def _attrition(options: argparse.Namespace) -> Outcome:
    from analysis.attrition import attrition

    frame = read(options, [options.completed, *options.covariates], options.factor)
    return attrition(
        frame, options.completed, options.covariates, factors=options.factor, reference=options.reference,
        with_firth=options.firth, conf=options.conf,
    )  # fmt: skip


def _ordinal_options(options: argparse.ArgumentParser) -> None:
    add_columns(options, "outcome")
    options.add_argument("--fixed", required=True, metavar="FORMULA", help="columns with + * : and 1")
    add_factor(options)
    options.add_argument("--cluster", metavar="COLUMN", help="the cohort or place: standard errors by the sandwich too")


def _ordinal(options: argparse.Namespace) -> Outcome:
    from analysis.design import names_in, parse_formula
    from analysis.ordinal import ordinal

    columns = names_in(parse_formula(options.fixed))
    labels = [*(name for name in columns if name in options.factor), *([options.cluster] if options.cluster else [])]
    frame = read(options, [options.outcome, *(name for name in columns if name not in options.factor)], labels)
    return ordinal(
        frame, options.outcome, options.fixed, factors=options.factor, reference=options.reference,
        cluster=options.cluster, conf=options.conf,
    )  # fmt: skip


def _mi_options(options: argparse.ArgumentParser) -> None:
    add_columns(options, "outcome")
    options.add_argument("--fixed", required=True, metavar="FORMULA", help="columns with + * : and 1")
    add_factor(options)
    options.add_argument("--auxiliary", type=names, default=[], metavar="A,B", help="help to impute, not in the model")
    options.add_argument("--m", type=whole, default=50, help="how many data sets (default 50)")
    options.add_argument("--seed", type=whole, default=1)
    options.add_argument("--delta", type=float, default=0.0, help="sd by which those who did not answer differ")
    options.add_argument("--delta-in", type=pairs, default={}, metavar="GROUP=LEVEL", help="in that group alone")


def _mi(options: argparse.Namespace) -> Outcome:
    if options.m < 2 or options.seed < 0:
        raise Misuse("--m is 2 or more and --seed 0 or more")
    from analysis.design import names_in, parse_formula
    from analysis.mi import mi

    columns = [options.outcome, *names_in(parse_formula(options.fixed)), *options.auxiliary]
    frame = read(options, columns, [name for name in columns if name in options.factor])
    return mi(
        frame, options.outcome, options.fixed, factors=options.factor, reference=options.reference,
        auxiliary=options.auxiliary, m=options.m, seed=options.seed, delta=options.delta,
        delta_in=options.delta_in, conf=options.conf,
    )  # fmt: skip


MODELS = {
    "ancova": Command("after on before, group and covariates", _ancova_options, _ancova),
    "did": Command("difference in differences of two times and two groups", _did_options, _did),
    "mixed": Command("linear mixed models of long data", _mixed_options, _mixed),
    "steppedwedge": Command("the effect in a stepped wedge", _steppedwedge_options, _steppedwedge),
    "attrition": Command("who was lost, and how they differed", _attrition_options, _attrition),
    "ordinal": Command("proportional odds of ordered answers", _ordinal_options, _ordinal),
    "mi": Command("a regression after multiple imputation", _mi_options, _mi),
}

"""The commands that need no file, only numbers: options in, outcome out."""

import argparse

from analysis.envelope import Misuse, Outcome
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


def _pool_options(options: argparse.ArgumentParser) -> None:
    options.add_argument("--estimates", type=numbers, required=True, metavar="0.3,0.4")
    options.add_argument("--se", type=numbers, required=True, metavar="0.1,0.1")
    options.add_argument("--dfcom", type=float, required=True, help="df of the analysis of complete data")


def _pool(options: argparse.Namespace) -> Outcome:
    from analysis.pool import pool

    return pool(options.estimates, options.se, options.dfcom, conf=options.conf)


def _power_options(options: argparse.ArgumentParser) -> None:
    options.add_argument("--design", required=True, choices=("paired", "two-sample", "cluster", "stepped-wedge"))
    options.add_argument("--effect", type=float, required=True, help="standardised; of a stepped wedge in its unit")
    options.add_argument("--alpha", type=float, default=0.05)
    options.add_argument("--n", type=whole, help="pairs, or people per group")
    options.add_argument("--power", type=float, help="wanted: gives n")
    options.add_argument("--clusters", type=whole, help="per arm; of a stepped wedge in all")
    options.add_argument("--cluster-size", type=float, help="people; of a stepped wedge each period")
    options.add_argument("--icc", type=float)
    options.add_argument("--cv", type=float, default=0.0, help="coefficient of variation of the sizes")
    options.add_argument("--simulate", type=whole, default=0, metavar="S", help="trials to simulate")
    options.add_argument("--seed", type=whole, default=1)
    options.add_argument("--periods", type=whole)
    options.add_argument("--var-residual", type=float)
    options.add_argument("--var-cluster", type=float)


NEEDED = {
    "paired": (), "two-sample": (), "cluster": ("clusters", "cluster_size", "icc"),
    "stepped-wedge": ("clusters", "periods", "cluster_size", "var_residual", "var_cluster"),
}  # fmt: skip


def _power(options: argparse.Namespace) -> Outcome:
    lacking = [name for name in NEEDED[options.design] if getattr(options, name) is None]
    if lacking:
        raise Misuse(f"--design {options.design} needs --{lacking[0].replace('_', '-')}")
    if options.seed < 0:
        raise Misuse("--seed is 0 or more")
    from analysis.power import power, power_cluster, power_stepped_wedge

    if options.design == "cluster":
        return power_cluster(
            options.effect, options.clusters, options.cluster_size, options.icc, cv=options.cv, alpha=options.alpha,
            simulate=options.simulate, seed=options.seed,
        )  # fmt: skip
    if options.design == "stepped-wedge":
        return power_stepped_wedge(
            options.effect, options.clusters, options.periods, options.cluster_size, options.var_residual,
            options.var_cluster, alpha=options.alpha,
        )  # fmt: skip
    return power(options.design, options.effect, alpha=options.alpha, n=options.n, wanted=options.power)


NUMBERS = {
    "proportion": Command("a proportion with its intervals", _proportion_options, _proportion),
    "adjust": Command("p values adjusted for multiplicity", _adjust_options, _adjust),
    "pool": Command("estimates of imputed data sets in one", _pool_options, _pool),
    "power": Command("power and sample size", _power_options, _power),
}

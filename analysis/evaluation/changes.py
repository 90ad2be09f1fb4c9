"""Paired change of every scale from the first wave to each later one that asks it."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from analysis.describe import shape
from analysis.evaluation.call import Call
from analysis.evaluation.carry_out import frame_of
from analysis.evaluation.figure import Wanted
from analysis.evaluation.plan import left_out, role_of
from analysis.evaluation.release import Release
from analysis.evaluation.scales import later, scales
from analysis.evaluation.source import at

SECTION = "change"
# Below so many pairs, or with differences so skewed among not so many, the t interval has the bootstrap's beside it.
FEW, NOT_MANY, SKEWED = 40, 200, 1.0
CHANGE = ("mean_diff",), "mean of the differences, t interval", "paired: mean_diff, ci"
PARTS = (
    ("g_av", "effect/g_av", "effect/g_av_ci", "Hedges' g_av", "Algina & Keselman 2003", "sd"),
    ("d_z", "effect/d_z", "effect/d_z_ci", "Cohen's d_z", "noncentral t on n - 1", "sd"),
    ("rank_biserial", "wilcoxon/rank_biserial", "", "matched-pairs rank-biserial correlation", "Wilcoxon 1945", "r"),
    ("improved", "n_improved", "", "people whose score rose", "paired: n_improved", "people"),
    ("declined", "n_declined", "", "people whose score fell", "paired: n_declined", "people"),
    ("before", "pre/mean", "", "mean before, of those with both", "paired: pre.mean", "scale"),
    ("after", "post/mean", "", "mean after, of those with both", "paired: post.mean", "scale"),
    ("sd", "sd_diff", "", "standard deviation of the differences", "paired: sd_diff", "scale"),
)


def pair(release: Release, column: str, before: str, wave: str) -> Call:
    return Call(
        "paired", {"pre": at(column, before), "post": at(column, wave)}, without=left_out(release, before, wave)
    )  # fmt: skip


def changes(release: Release) -> Iterator[Wanted]:
    for column in scales(release):
        for wave in later(release, column):
            yield from of_pair(release, column, release.waves[0], wave)


def of_pair(release: Release, column: str, before: str, wave: str) -> Iterator[Wanted]:
    """The change in points with interval and p, then what else is told of it, each a figure of its own."""
    call, name = pair(release, column, before, wave), f"change.{column}.{before}.{wave}"
    estimate, method, source = CHANGE
    about: dict[str, Any] = {
        "column": column,
        "wave": wave,
        "before": before,
        "planned": role_of(release, column, wave),
    }
    yield Wanted(name, SECTION, call, estimate, method, source, interval=("ci",), p=("p",), **about)
    if _is_few_or_skewed(release, call):
        options = {"statistic": "mean_diff", "pre": "pre", "post": "post", "seed": 1}
        yield Wanted(
            f"{name}.bca", SECTION, Call("bootstrap", call.columns, options, without=call.without), ("estimate",),
            "mean of the differences, BCa bootstrap interval", "Efron 1987", interval=("ci",), **about,
        )  # fmt: skip
    yield Wanted(
        f"{name}.wilcoxon", SECTION, call, ("wilcoxon", "w_plus"), "signed rank, exact p given the mid-ranks",
        "Wilcoxon 1945", p=("wilcoxon", "p_exact"), unit="rank sum", **about,
    )  # fmt: skip
    for key, path, interval, method, source, unit in PARTS:
        yield Wanted(
            f"{name}.{key}", SECTION, call, tuple(path.split("/")), method, source,
            interval=tuple(interval.split("/")) if interval else (), unit=unit, **about,
        )  # fmt: skip


def _is_few_or_skewed(release: Release, call: Call) -> bool:
    frame = frame_of(release, call)
    difference = frame["post"] - frame["pre"]
    known = difference[~np.isnan(difference)]
    skewness, _ = shape(known)
    return len(known) < FEW or (len(known) < NOT_MANY and abs(skewness or 0.0) > SKEWED)

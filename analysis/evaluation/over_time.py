"""Every wave at once: the mean at each against the first, by a mixed model with people and cohorts as random."""

from collections.abc import Iterator
from typing import Any

from analysis.evaluation.call import PERSON, TIME, Call
from analysis.evaluation.comparison import CLUSTER
from analysis.evaluation.figure import Wanted
from analysis.evaluation.plan import left_out, role_of
from analysis.evaluation.release import Release
from analysis.evaluation.scales import later, scales
from analysis.evaluation.source import at

SECTION = "model"


def over_time(release: Release) -> Iterator[Wanted]:
    for column in scales(release):
        for wave in later(release, column):
            yield change_at(release, column, wave)
        if later(release, column):
            yield _icc(release, column)


def change_at(release: Release, column: str, wave: str, section: str = SECTION) -> Wanted:
    path, first = ("coefficients", f"{TIME}[{wave}]"), release.waves[0]
    about: dict[str, Any] = {"column": column, "wave": wave, "before": first, "planned": role_of(release, column, wave)}
    return Wanted(
        f"{section}.{column}.{wave}.mixed", section, _call(release, column), (*path, "estimate"),
        "mixed model of all waves, REML, Satterthwaite", "Fai & Cornelius 1996", interval=(*path, "ci_satterthwaite"),
        p=(*path, "p_satterthwaite"), **about,
    )  # fmt: skip


def _icc(release: Release, column: str) -> Wanted:
    return Wanted(
        f"{SECTION}.{column}.icc.id", SECTION, _call(release, column), ("icc", "id"), "intraclass correlation, REML",
        "mixed: icc", column=column, unit="share",
    )  # fmt: skip


def _call(release: Release, column: str) -> Call:
    waves = [release.waves[0], *later(release, column)]
    clusters = {CLUSTER: at(CLUSTER)} if release.has(CLUSTER) else {}
    options: dict[str, Any] = {
        "outcome": "y", "fixed": TIME, "factors": [TIME], "reference": {TIME: waves[0]}, "id": PERSON,
        "satterthwaite": True,
    }  # fmt: skip
    return Call(
        "mixed", clusters, options | ({"cluster": CLUSTER} if clusters else {}),
        parts=tuple((wave, {"y": at(column, wave)}) for wave in waves), without=left_out(release, waves[0]),
    )  # fmt: skip

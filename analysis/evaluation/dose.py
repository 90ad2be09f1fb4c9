"""Change by how much of the course was taken and how. Who takes more may be who wants more: it describes, no more."""

from collections.abc import Iterator
from typing import Any

from analysis.evaluation.call import Call, Without
from analysis.evaluation.figure import Wanted
from analysis.evaluation.plan import left_out, outcomes
from analysis.evaluation.release import Release
from analysis.evaluation.scales import later
from analysis.evaluation.source import Place, Source, at

SECTION = "dose"
SHARE, WHOLE = "share_of_modules", "1"
KINDS = ("weeks_to_complete", "taught")


def dose(release: Release) -> Iterator[Wanted]:
    """Of the outcomes that the plan names, the change by share of the modules, pace, and way of being taught."""
    first = release.waves[0]
    for column in dict.fromkeys(one.column for one in outcomes(release)):
        for wave in later(release, column):
            if release.has(SHARE):
                yield _of(release, column, first, wave, "all_modules", (SHARE, WHOLE))
                yield _of(release, column, first, wave, "some_modules", None)
            for kind in KINDS:
                for level in release.levels(kind) if release.has(kind) else ():
                    yield _of(release, column, first, wave, f"{kind}.{level}", (kind, level))


def _of(release: Release, column: str, before: str, wave: str, name: str, group: tuple[str, str] | None) -> Wanted:
    without, only = left_out(release, before, wave), tuple[Source, ...]()
    if group is None:
        # Of whom the share is withheld nobody knows whether it was some or all.
        without, only = (*without, Without(at(SHARE), WHOLE)), (at(SHARE),)
    columns = {key: Source((Place(column, when, group),)) for key, when in (("pre", before), ("post", wave))}
    about: dict[str, Any] = {"column": column, "wave": wave, "before": before, "group": name}
    return Wanted(
        f"{SECTION}.{column}.{wave}.{name}", SECTION, Call("paired", columns, without=without, only=only),
        ("mean_diff",),
        "mean of the differences in the group, t interval", "paired: mean_diff, ci", interval=("ci",), **about,
    )  # fmt: skip

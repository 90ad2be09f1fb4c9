"""Who answered at which wave, in all and by cohort and arm: counts of people and shares of those who began."""

from collections.abc import Iterator
from typing import Any

from analysis.evaluation.call import Call
from analysis.evaluation.figure import Wanted
from analysis.evaluation.plan import ARM, waiting_arms
from analysis.evaluation.release import Release
from analysis.evaluation.source import ROW, Place, Source

SECTION = "flow"
GROUPS = (ARM, "cohort", "municipality")


def flow(release: Release) -> Iterator[Wanted]:
    """Answered: a row at the wave. Of whom: those with a row at the first wave, of the arms that have the wave."""
    first = release.waves[0]
    for wave in release.waves:
        yield from _at(release, wave, first, "", "")
        for group in GROUPS:
            if group in release.book:
                for level in release.levels(group):
                    if group != ARM or level in (waiting_arms(release, wave) or [level]):
                        yield from _at(release, wave, first, group, level)


def _at(release: Release, wave: str, first: str, group: str, level: str) -> Iterator[Wanted]:
    mine = (group, level) if group else None
    arms = waiting_arms(release, wave)
    only = [Source((Place(ROW, first, mine),))]
    if arms and group != ARM:
        only.append(Source(tuple(Place(ROW, first, (ARM, arm)) for arm in arms)))
    call = Call("proportion", {"yes": Source((Place(ROW, wave),), known=True)}, only=tuple(only))
    name = f"flow.{wave}" + (f".{group}.{level}" if group else "")
    about: dict[str, Any] = {"wave": wave, "group": f"{group}={level}" if group else "", "counts": True}
    yield Wanted(
        f"{name}.answered", SECTION, call, ("x",), "count of people", "proportion: x", unit="people", **about
    )  # fmt: skip
    yield Wanted(
        f"{name}.share", SECTION, call, ("p",), "share of those who began, Wilson's interval", "Wilson 1927",
        interval=("wilson",), unit="share", **about,
    )  # fmt: skip

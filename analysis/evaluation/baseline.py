"""Who took part and where they began, in all and arm by arm: what others can know of them, and their first scores."""

from collections.abc import Iterator
from typing import Any

from analysis.evaluation.call import Call
from analysis.evaluation.figure import Wanted
from analysis.evaluation.plan import ARM
from analysis.evaluation.release import Release
from analysis.evaluation.scales import at_first
from analysis.evaluation.source import ROW, Place, Source, at

SECTION = "baseline"


def baseline(release: Release) -> Iterator[Wanted]:
    """Of those with a row at the first wave. Arms are compared by standardised differences, never by a test: the lot
    made them alike or did not."""
    for column in background(release):
        wave = wave_of(release, column)
        for level in release.levels(column, wave):
            yield from _share(release, column, wave, level, "")
            for arm in release.levels(ARM):
                yield from _share(release, column, wave, level, arm)
    for column in at_first(release):
        yield from _scores(release, column)


def background(release: Release) -> list[str]:
    """Role, municipality, age, gender and the like, where the release tells them; cohorts stand in the flow."""
    return [
        name
        for name, column in release.book.items()
        if (column["quasi_identifier"] or column["construct"] == "background") and name != "cohort"
        and column["values"] and release.has(name)
    ]  # fmt: skip


def wave_of(release: Release, column: str) -> str:
    """The wave that a column is asked at; empty for what is the same at all."""
    return "" if release.is_text(column) else release.asked(column)[0]


def _share(release: Release, column: str, wave: str, level: str, arm: str) -> Iterator[Wanted]:
    group = (ARM, arm) if arm else None
    yes = Source((Place(column, wave, group),), equals=level)
    call = Call("proportion", {"yes": yes}, only=(Source((Place(ROW, release.waves[0], group),)),))
    name = f"{SECTION}.{column}.{level}" + (f".{arm}" if arm else "")
    about: dict[str, Any] = {"column": column, "wave": wave, "group": arm, "counts": True}
    yield Wanted(
        f"{name}.people", SECTION, call, ("x",), "count of people", "proportion: x", unit="people", **about
    )  # fmt: skip
    yield Wanted(
        f"{name}.share", SECTION, call, ("p",), "share of those who told, Wilson's interval", "Wilson 1927",
        interval=("wilson",), unit="share", **about,
    )  # fmt: skip


def _scores(release: Release, column: str) -> Iterator[Wanted]:
    arms, first = release.levels(ARM), release.waves[0]
    if len(arms) != 2:
        return
    options = {"y": "score", "group": ARM, "reference": arms[0]}
    call = Call("independent", {"score": at(column, first), ARM: at(ARM)}, options)
    about: dict[str, Any] = {"column": column, "wave": first}
    for arm in arms:
        for key in ("mean", "sd"):
            yield Wanted(
                f"{SECTION}.{column}.{arm}.{key}", SECTION, call, ("groups", arm, key), f"{key} of the arm",
                "independent: groups", n=("groups", arm, "n"), group=arm, **about,
            )  # fmt: skip
    yield Wanted(
        f"{SECTION}.{column}.smd", SECTION, call, ("effect", "d_s"), "standardised difference between arms",
        "independent: d_s", unit="sd", group=ARM, **about,
    )  # fmt: skip

"""How well the items of each scale hold together in this sample at each wave, and how stable scores are unchanged."""

from collections.abc import Iterator
from typing import Any

from analysis.evaluation.call import Call
from analysis.evaluation.figure import Wanted
from analysis.evaluation.plan import ARM, waiting_arms
from analysis.evaluation.release import Release
from analysis.evaluation.source import Place, Source, at

SECTION = "reliability"


def instruments(release: Release) -> Iterator[Wanted]:
    for name in release.book:
        if release.rule(name) == "mean":
            for wave in release.asked(name):
                yield from _of(release, name, wave)
            yield from _retest(release, name)


def _of(release: Release, scale: str, wave: str) -> Iterator[Wanted]:
    column = release.book[scale]
    items = list(column["scoring"]["items"])
    options: dict[str, Any] = {
        "items": items, "reverse": [item for item in items if release.book[item]["reversed_in_scale"]],
        "minimum": column["minimum"], "maximum": column["maximum"],
    }  # fmt: skip
    call = Call("reliability", {item: at(item, wave) for item in items}, options)
    about: dict[str, Any] = {"column": scale, "wave": wave, "unit": "share"}
    yield Wanted(
        f"{SECTION}.{scale}.{wave}.alpha", SECTION, call, ("alpha",), "Cronbach's alpha, Feldt's interval",
        "Cronbach 1951; Feldt 1965", interval=("alpha_ci",), n=("n_complete",), **about,
    )  # fmt: skip
    yield Wanted(
        f"{SECTION}.{scale}.{wave}.omega", SECTION, call, ("omega_total",),
        "McDonald's omega total, one factor, maximum likelihood", "McDonald 1999", n=("n_complete",), **about,
    )  # fmt: skip
    for item in items:
        yield Wanted(
            f"{SECTION}.{scale}.{wave}.{item}.rest", SECTION, call, ("items", item, "item_rest_r"),
            "correlation of the item with the rest of its scale", "reliability: item_rest_r", n=("n_complete",),
            group=item, **about | {"unit": "r"},
        )  # fmt: skip


def _retest(release: Release, scale: str) -> Iterator[Wanted]:
    """Those who wait answer twice before the course: nothing of ours has come between."""
    first = release.waves[0]
    for wave in release.asked(scale):
        arms = waiting_arms(release, wave)
        if arms and first in release.asked(scale):
            raters = {
                name: Source(tuple(Place(scale, when, (ARM, arm)) for arm in arms))
                for name, when in (("first", first), ("second", wave))
            }
            call = Call("icc", raters, {"raters": list(raters)})
            yield Wanted(
                f"{SECTION}.{scale}.{wave}.retest", SECTION, call, ("icc2", "value"),
                "test-retest, two-way random, absolute agreement", "McGraw & Wong 1996", interval=("icc2", "ci"),
                n=("n",), column=scale, wave=wave, before=first, unit="share",
            )  # fmt: skip

"""What people have met and done: the opportunity, an outcome itself, and what was done among those who had it."""

from collections.abc import Iterator
from typing import Any

from analysis.evaluation.call import Call
from analysis.evaluation.figure import Wanted
from analysis.evaluation.plan import left_out, role_of
from analysis.evaluation.release import Release
from analysis.evaluation.scales import later
from analysis.evaluation.source import Source, is_positive, is_value

SECTION = "behaviour"


def behaviour(release: Release) -> Iterator[Wanted]:
    """Of every count of what was done that has a gate: somebody who met nothing had nothing to do."""
    for name, column in release.book.items():
        scoring = column["scoring"]
        if release.rule(name) != "count_done" or not scoring["only_if"]:
            continue
        gate, value = scoring["only_if"]["item"], str(scoring["only_if"]["value"])
        for wave in release.asked(name):
            yield _share(
                f"{SECTION}.{gate}.{wave}", is_value(gate, wave, value), "share who had met something", gate, wave
            )
            for item in scoring["items"]:
                done = is_positive(item, wave)
                method = "share who did it at least once, of those who had met something"
                yield _share(f"{SECTION}.{item}.{wave}", done, method, item, wave)
        for wave in later(release, name):
            yield from _gained(release, gate, value, wave)


def _share(name: str, yes: Source, method: str, column: str, wave: str) -> Wanted:
    return Wanted(
        name, SECTION, Call("proportion", {"yes": yes}), ("p",), f"{method}, Wilson's interval", "Wilson 1927",
        interval=("wilson",), column=column, wave=wave, unit="share",
    )  # fmt: skip


def _gained(release: Release, gate: str, value: str, wave: str) -> Iterator[Wanted]:
    first = release.waves[0]
    call = Call(
        "mcnemar", {"pre": is_value(gate, first, value), "post": is_value(gate, wave, value)},
        without=left_out(release, first, wave),
    )  # fmt: skip
    about: dict[str, Any] = {"column": gate, "wave": wave, "before": first, "planned": role_of(release, gate, wave)}
    yield Wanted(
        f"{SECTION}.{gate}.{first}.{wave}", SECTION, call, ("diff",), "difference of paired shares, Newcombe; exact p",
        "Newcombe 1998, method 10", interval=("diff_ci",), p=("p_exact",), unit="share", **about,
    )  # fmt: skip
    yield Wanted(
        f"{SECTION}.{gate}.{first}.{wave}.odds", SECTION, call, ("odds_ratio",), "paired odds ratio, exact interval",
        "mcnemar: odds_ratio", interval=("odds_ratio_ci",), unit="odds ratio", **about,
    )  # fmt: skip

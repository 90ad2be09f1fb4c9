"""Who was lost on the way and how they differed when they began: standardised differences, then the regression."""

from collections.abc import Iterator
from typing import Any

from analysis.evaluation.call import Call
from analysis.evaluation.figure import Wanted
from analysis.evaluation.plan import waiting_arms
from analysis.evaluation.release import Release
from analysis.evaluation.scales import at_first
from analysis.evaluation.source import ROW, Place, Source, at

SECTION = "attrition"
STAYED = "stayed"


def leaving(release: Release) -> Iterator[Wanted]:
    """At each wave that everybody may be asked at: those who answered it against those who did not, of those who
    began. Whoever has not had the time yet counts as lost until then."""
    for wave in (wave for wave in release.waves[1:] if not waiting_arms(release, wave)):
        alone = [(column, _call(release, wave, [column])) for column in at_first(release)]
        if not alone:
            return
        yield Wanted(
            f"{SECTION}.{wave}.completed", SECTION, alone[0][1], ("completion_rate",), "share who answered, Wilson",
            "Wilson 1927", interval=("completion_ci",), n=("n_started",), wave=wave, unit="share",
        )  # fmt: skip
        for column, call in alone:
            yield Wanted(
                f"{SECTION}.{wave}.{column}.smd", SECTION, call, ("smd", column, "smd"),
                "standardised difference, those who stayed less those who left", "Austin 2009", column=column,
                wave=wave, unit="sd",
            )  # fmt: skip
        yield from _regression(release, wave)


def _regression(release: Release, wave: str) -> Iterator[Wanted]:
    columns = at_first(release)
    call = _call(release, wave, columns)
    for column in columns:
        path = ("logistic", "coefficients", column)
        about: dict[str, Any] = {"column": column, "wave": wave, "unit": "odds ratio"}
        yield Wanted(
            f"{SECTION}.{wave}.{column}.odds", SECTION, call, (*path, "odds_ratio"),
            "odds ratio of staying, a point more, logistic regression with all scales", "attrition: logistic",
            interval=(*path, "odds_ratio_ci"), p=(*path, "p"), **about,
        )  # fmt: skip


def _call(release: Release, wave: str, columns: list[str]) -> Call:
    first = release.waves[0]
    stayed = Source((Place(ROW, wave),), known=True)
    return Call(
        "attrition", {STAYED: stayed, **{column: at(column, first) for column in columns}},
        {"completed": STAYED, "covariates": columns}, only=(at(ROW, first),),
    )  # fmt: skip

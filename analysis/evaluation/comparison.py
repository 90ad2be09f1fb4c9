"""The controlled estimate: analysis of covariance, unadjusted difference of change, clusters, and the mixed model."""

from collections.abc import Iterator
from typing import Any

from analysis.evaluation.arms import AFTER, BEFORE, Comparison, comparisons
from analysis.evaluation.call import PERSON, TIME, Call
from analysis.evaluation.figure import Wanted
from analysis.evaluation.plan import ARM
from analysis.evaluation.release import Release
from analysis.evaluation.source import Place, Source, at

SECTION = "comparison"
STRATUM = "municipality"
CLUSTER = "cohort"


def comparison(release: Release) -> Iterator[Wanted]:
    for one in comparisons(release):
        yield ancova_of(release, one)
        yield from _robust_and_unadjusted(release, one)
        yield from _clustered(release, one)
        yield mixed_of(release, one)
        yield from _icc(release, one)


def about(one: Comparison) -> dict[str, Any]:
    return {"column": one.column, "wave": one.wave, "before": one.before, "group": ARM, "planned": one.planned}


def ancova_call(release: Release, one: Comparison) -> Call:
    """After on before, arm, and the stratum that the lot was drawn within, where the release has it."""
    strata = release.levels(STRATUM)[1:] if release.has(STRATUM) else []
    dummies = {f"{STRATUM}_{level}": Source((Place(STRATUM),), equals=level) for level in strata}
    options: dict[str, Any] = {"pre": "before", "post": "after", "group": ARM, "reference": one.reference_levels}
    return Call(
        "ancova", {"before": one.pre, "after": one.post, ARM: at(ARM), **dummies},
        options | ({"covariates": list(dummies)} if dummies else {}), without=one.without(release),
    )  # fmt: skip


def ancova_of(release: Release, one: Comparison) -> Wanted:
    path = ("coefficients", one.first_other)
    return Wanted(
        f"{SECTION}.{one.key}.ancova", SECTION, ancova_call(release, one), (*path, "estimate"),
        "analysis of covariance: after on before and arm", "ancova: coefficients", interval=(*path, "ci"),
        p=(*path, "p"), **about(one),
    )  # fmt: skip


def _robust_and_unadjusted(release: Release, one: Comparison) -> Iterator[Wanted]:
    call, path, name = ancova_call(release, one), ("coefficients", one.first_other), f"{SECTION}.{one.key}"
    yield Wanted(
        f"{name}.hc3", SECTION, call, (*path, "estimate"), "analysis of covariance, HC3", "MacKinnon & White 1985",
        interval=(*path, "ci_hc3"), p=(*path, "p_hc3"), **about(one),
    )  # fmt: skip
    options = {"y": "change", "group": ARM, "reference": one.reference}
    plain = Call("independent", {"change": one.change, ARM: at(ARM)}, options, without=one.without(release))
    yield Wanted(
        f"{name}.unadjusted", SECTION, plain, ("mean_diff",), "difference of mean changes, Welch", "Welch 1947",
        interval=("welch", "ci"), p=("welch", "p"), **about(one),
    )  # fmt: skip
    yield Wanted(
        f"{name}.g_s", SECTION, plain, ("effect", "g_s"), "Hedges' g_s of the changes", "Hedges 1981",
        interval=("effect", "g_s_ci"), unit="sd", **about(one),
    )  # fmt: skip
    # Of those with an answer before as well, so that it is of the same people.
    after = Call(
        "independent", {"after": one.post, ARM: at(ARM)}, options | {"y": "after"}, without=one.without(release),
        only=(one.pre,),
    )  # fmt: skip
    yield Wanted(
        f"{name}.g_s_after", SECTION, after, ("effect", "g_s"), "Hedges' g_s of the scores after", "Hedges 1981",
        interval=("effect", "g_s_ci"), unit="sd", **about(one),
    )  # fmt: skip


def _clustered(release: Release, one: Comparison) -> Iterator[Wanted]:
    options = {
        "outcome": "y", "time": TIME, "group": ARM, "cluster": CLUSTER,
        "reference": {TIME: BEFORE, ARM: one.reference}, "with_cr2": True,
    }  # fmt: skip
    columns = {ARM: at(ARM), CLUSTER: at(CLUSTER)}
    call = Call("did", columns, options, parts=one.with_time(), without=one.without(release))
    yield Wanted(
        f"{SECTION}.{one.key}.did", SECTION, call, ("estimate",), "difference in differences, CR2 by cohort",
        "Bell & McCaffrey 2002", interval=("cr2", "ci"), p=("cr2", "p"), **about(one),
    )  # fmt: skip


def mixed_call(release: Release, one: Comparison) -> Call:
    """Everybody with an answer at either time counts: unbiased where what is missing depends on what is known."""
    clusters = {CLUSTER: at(CLUSTER)} if release.has(CLUSTER) else {}
    options = {
        "outcome": "y", "fixed": f"{TIME}*{ARM}", "factors": [TIME, ARM],
        "reference": {TIME: BEFORE, ARM: one.reference}, "id": PERSON, "satterthwaite": True,
    }  # fmt: skip
    return Call(
        "mixed", {ARM: at(ARM), **clusters}, options | ({"cluster": CLUSTER} if clusters else {}),
        parts=one.with_time(), without=one.without(release),
    )  # fmt: skip


def mixed_of(release: Release, one: Comparison, section: str = SECTION) -> Wanted:
    path = ("coefficients", f"{TIME}[{AFTER}]:{one.first_other}")
    return Wanted(
        f"{section}.{one.key}.mixed", section, mixed_call(release, one), (*path, "estimate"),
        "mixed model, time x arm, REML, Satterthwaite", "Fai & Cornelius 1996", interval=(*path, "ci_satterthwaite"),
        p=(*path, "p_satterthwaite"), **about(one),
    )  # fmt: skip


def _icc(release: Release, one: Comparison) -> Iterator[Wanted]:
    call = mixed_call(release, one)
    for key in ("cluster", "id") if "cluster" in call.options else ("id",):
        yield Wanted(
            f"{SECTION}.{one.key}.icc.{key}", SECTION, call, ("icc", key), "intraclass correlation, REML",
            "mixed: icc", unit="share", **about(one),
        )  # fmt: skip

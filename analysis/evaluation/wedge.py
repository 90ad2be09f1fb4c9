"""The stepped wedge, where the study has periods: with and without a cohort's own periods, as reports give both."""

from collections.abc import Iterator
from typing import Any

from analysis.evaluation.call import Call
from analysis.evaluation.comparison import CLUSTER
from analysis.evaluation.figure import Wanted
from analysis.evaluation.plan import left_out, role_of
from analysis.evaluation.release import Release
from analysis.evaluation.scales import scales
from analysis.evaluation.source import at

SECTION = "wedge"
PERIOD, TREATMENT = "period", "treatment"


def wedge(release: Release) -> Iterator[Wanted]:
    if not {PERIOD, TREATMENT} <= set(release.book):
        return
    for column in scales(release):
        for model, with_cells in (("hussey_hughes", False), ("cluster_period", True)):
            yield _of(release, column, model, with_cells=with_cells)


def _of(release: Release, column: str, model: str, *, with_cells: bool) -> Wanted:
    parts = tuple(
        (wave, {"y": at(column, wave), PERIOD: at(PERIOD, wave), TREATMENT: at(TREATMENT, wave)})
        for wave in release.asked(column)
    )
    options: dict[str, Any] = {
        "outcome": "y", "cluster": CLUSTER, "period": PERIOD, "treatment": TREATMENT, "cluster_period": with_cells,
        "kenward_roger": True,
    }  # fmt: skip
    call = Call(
        "steppedwedge", {CLUSTER: at(CLUSTER)}, options, parts=parts, without=left_out(release, release.waves[0])
    )
    planned = {role_of(release, column, wave) for wave in release.asked(column)}
    return Wanted(
        f"{SECTION}.{column}.{model}", SECTION, call, ("effect", "estimate"),
        f"stepped wedge, REML, Kenward-Roger{', cohort x period' if with_cells else ''}",
        "Hooper et al. 2016" if with_cells else "Hussey & Hughes 2007", interval=("effect", "ci_kenward_roger"),
        p=("effect", "p_kenward_roger"), column=column,
        planned=next((kind for kind in ("primary", "secondary") if kind in planned), "exploratory"),
    )  # fmt: skip

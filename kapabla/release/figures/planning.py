"""What a release says for the planning of the next round: spread, correlation, loss, and how alike cohorts are."""

from collections.abc import Mapping, Sequence
from typing import Any

from kapabla.material import Material, Study
from kapabla.release.columns import ColumnSpec
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import Thresholds, Withheld, estimate
from kapabla.release.figures.answered import items_shown
from kapabla.release.figures.change import change_name
from kapabla.release.figures.reading import number_of, pairs_of, scales_at
from kapabla.release.figures.shown import Rows
from kapabla.release.history import Former

_MIN_COHORTS = 4  # of which a share of variance is worth telling


def planning(
    dataset: Dataset, study: Study, material: Material, flow: Mapping[str, Any] | None, shown: Rows
) -> dict[str, Any]:
    """`scales`: of each, over those who answered before and after: n, SD before, correlation, and where cohorts are
    released the ICC; no SD of a scale whose answers are shown item by item (C5). `loss`: share of those who answered
    before, and were asked after, that did not answer."""
    scales, beside = list[dict[str, Any]](), items_shown(study, material)
    for column in scales_at(dataset, "t0", "t1"):
        try:
            told = {"name": column.name, "label": dict(column.labels)} | _told(dataset, column, shown)
        except Withheld:
            continue
        is_beside = column.scoring is not None and beside & set(column.scoring.items)
        scales.append(told | {"sd": None} if is_beside else told)
    return {"scales": scales, "loss": _loss(flow["table"]["rows"] if flow else [])}


def _told(dataset: Dataset, column: ColumnSpec, shown: Rows) -> dict[str, Any]:
    """As an earlier release told it, where hardly anybody has come to or gone from the pairs since (C5.5)."""
    kept = shown.history.kept(
        "forandring", (column.labels["sv"],), pairs_of(column.name), shown.present, shown.thresholds
    )
    if kept is not None:
        return _again(kept.former, column.name)
    if column.name not in shown.new_changes:
        raise Withheld(reason="former_figure")
    return _of_pairs(column, shown) | {"icc": _icc(dataset, column, shown.thresholds)}


def _again(former: Former, name: str) -> dict[str, Any]:
    for scale in former.dashboard.get("planning", {}).get("scales", []):
        if scale["name"] == name:
            return dict(scale)
    raise Withheld(reason="former_figure")


def _of_pairs(column: ColumnSpec, shown: Rows) -> dict[str, Any]:
    found = shown.evaluation.result(change_name(column))
    numbers = {"n": found["n_pairs"], "value": found["r"], "sd": found["pre"]["sd"]}
    told = estimate(numbers, method="paired", thresholds=shown.thresholds)
    if told.sd is None:
        raise Withheld(reason="small_n")  # a correlation is shown from as many as its spread (C5.2)
    return {"n": told.n, "sd": told.sd, "r": told.value}


def _icc(dataset: Dataset, column: ColumnSpec, thresholds: Thresholds) -> float | None:
    """Of one-way analysis of variance of the scores before, by cohort; None where cohorts are not released."""
    cohorts = dict[str, list[float]]()
    for row in dataset.rows:
        score, cohort = number_of(row[column.name]), row.get("cohort")
        if row["wave"] == "t0" and score == score and isinstance(cohort, str):
            cohorts.setdefault(cohort, []).append(score)
    groups = [scores for scores in cohorts.values() if len(scores) > 1]
    if len(groups) < _MIN_COHORTS or any(len(scores) < thresholds.cell for scores in groups):
        return None
    found = one_way_icc(groups)
    return (
        None
        if found is None
        else estimate({"n": sum(map(len, groups)), "value": found}, method="icc", thresholds=thresholds).value
    )


def one_way_icc(groups: Sequence[Sequence[float]]) -> float | None:
    """(MSB − MSW)/(MSB + (m − 1) MSW), m the mean size of a group corrected for unequal ones (Donner 1986).

    >>> round(one_way_icc([[1, 2], [3, 4], [5, 6]]), 4)
    0.8824
    """
    total, k = sum(map(len, groups)), len(groups)
    mean = sum(map(sum, groups)) / total
    means = [sum(scores) / len(scores) for scores in groups]
    between = sum(len(s) * (m - mean) ** 2 for s, m in zip(groups, means, strict=True)) / (k - 1)
    within = sum((x - m) ** 2 for s, m in zip(groups, means, strict=True) for x in s) / (total - k)
    size = (total - sum(len(s) ** 2 for s in groups) / total) / (k - 1)
    below = between + (size - 1) * within
    return (between - within) / below if below else None


def _loss(rows: Sequence[Sequence[Any]]) -> float | None:
    """From the flow as it is shown: of those who answered before and were asked the first time after."""
    labels = [str(row[0]) for row in rows]
    before = next((at for at, label in enumerate(labels) if label == "Samtyckte och svarade före"), None)
    after = next((at for at, label in enumerate(labels) if label.startswith("Svarade ")), None)
    if before is None or after is None:
        return None
    asked = rows[before][1] - sum(row[2] for row in rows[before + 1 : after + 1])
    return 1 - rows[after][1] / asked if asked else None

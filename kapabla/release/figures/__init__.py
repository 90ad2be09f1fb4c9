"""The figures of a release: computed by `analysis` from the released table alone, passed by `disclosure`, kept as data.

Each figure has its finding as title, its numbers as a table, one sentence, and how it was counted. What a page shows is
read from here; nothing is computed when a page is asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from kapabla.material import Material, Study
from kapabla.release.dataset import Dataset
from kapabla.release.disclosure import Stage, Thresholds, Withheld
from kapabla.release.figures import taking_part
from kapabla.release.figures.answered import knowledge, likert, opinions, spread
from kapabla.release.figures.baseline import audited, background, delivery, first_scores
from kapabla.release.figures.change import (
    CHANGE_HEADERS,
    CHANGE_HEADERS_EN,
    change,
    change_cells,
    change_of,
    point,
    then_test,
)
from kapabla.release.figures.comparison import comparison
from kapabla.release.figures.dose import dose, dosed
from kapabla.release.figures.groups import groups
from kapabla.release.figures.lasting import lasting
from kapabla.release.figures.planning import planning
from kapabla.release.figures.quality import quality
from kapabla.release.figures.reading import scales_at
from kapabla.release.figures.reliability import hanging_together
from kapabla.release.figures.shown import Rows
from kapabla.release.figures.telling import Figure
from kapabla.release.following import Following
from kapabla.release.history import History, answers_of
from kapabla.release.quasi_identifiers import FILTERS
from kapabla.release.subgroups import make_subgroups, told_anew

__all__ = ["CHANGE_HEADERS", "CHANGE_HEADERS_EN", "change_cells", "make_dashboard", "point"]


def make_dashboard(
    dataset: Dataset, study: Study, material: Material, *, files: Mapping[str, bytes], invited: int, opened: int,
    declined: int, following: Following, thresholds: Thresholds, history: History,
) -> dict[str, Any]:  # fmt: skip
    """All figures of a release, in the order of R01. A figure that protection withholds is left out whole; one that
    hardly anybody has come to or gone from since an earlier release is that of the earlier release (C5.5).

    files: those of the release. What the evaluation tells as well is the evaluation's own number, of the same people
    and by the same plan.
    """
    if history.cut_off:
        return _nothing_told(history)
    # The statistics are loaded where figures are made, and not where they are shown.
    from kapabla.release.evaluation import Evaluation

    evaluation, history = Evaluation(files), history.as_planned_then()
    stages = (Stage("Inbjudna", invited), Stage("Öppnade inbjudan", opened), *following.stages)
    present = answers_of(dataset, evaluation.left_out)
    shown = Rows(history, present, thresholds, evaluation, taking_part.words_of(study))
    words = shown.words | _words_of_filters(dataset)
    shown.words = words
    subgroups = make_subgroups(
        dataset,
        scales_at(dataset, "t0", "t1"),
        partial(change_of, evaluation, thresholds=thresholds),
        shown.present,
        history,
        thresholds,
        dosed(shown),
    )
    shown.new_changes = told_anew(subgroups, history.release)
    figures, counted = list[Figure](), audited(subgroups, shown)
    makers: tuple[Callable[[], Figure], ...] = (
        lambda: history.kept_whole(taking_part.flow(stages, declined, words, thresholds), thresholds),
        lambda: history.kept_whole(taking_part.response(following, words, thresholds), thresholds),
        lambda: comparison(shown),
        lambda: change(dataset, shown, is_compared=any(figure["id"] == "jamforelse" for figure in figures)),
        lambda: lasting(dataset, study, shown, _rates_told(figures)),
        lambda: then_test(dataset, shown),
        lambda: likert(material, study, shown),
        lambda: groups(subgroups, dataset, words, thresholds),
        lambda: dose(subgroups, dataset, shown),
        lambda: history.kept_whole(background(study, counted, subgroups, shown), thresholds),
        lambda: history.kept_whole(delivery(counted, shown), thresholds),
        lambda: first_scores(dataset, study, material, shown),
        lambda: knowledge(material, study, shown),
        lambda: opinions(material, study, shown),
        lambda: spread(dataset, study, shown),
        lambda: hanging_together(dataset, study, shown),
        lambda: history.kept_whole(quality(dataset, study, material, words, thresholds), thresholds),
    )
    for make in makers:
        try:
            figures.append(make())
        except Withheld:
            continue
    flow = next((figure for figure in figures if figure["id"] == "flode"), None)
    return {
        "figures": figures,
        **_in_short(figures),
        "few_from": history.few_from(shown.present, thresholds),
        "compared_with": [former.release for former in history.formers],
        "has_plan": evaluation.has_plan,
        "left_out": evaluation.left_out,
        "subgroups": subgroups,
        "planning": planning(dataset, study, material, flow, shown),
        "words": words,
    }


def _nothing_told(history: History) -> dict[str, Any]:
    """Of a release that cannot be held against an earlier one: of no figure is it known what it would tell beside
    those of that one."""
    return {
        "figures": [], "in_short": None, "few_from": None, "compared_with": [], "cut_off": list(history.cut_off),
        "has_plan": None, "left_out": [], "subgroups": {"filters": [], "scales": []}, "planning": {}, "words": {},
    }  # fmt: skip


def _words_of_filters(dataset: Dataset) -> dict[str, str]:
    """English of what can be chosen, as `Yrke: Frisör`."""
    found = dict[str, str]()
    for column in (column for column in dataset.columns if column.name in FILTERS):
        english = column.category_labels("en")
        for value, label in column.categories.items():
            found[f"{column.labels['sv']}: {label}"] = f"{column.labels['en']}: {english[value]}"
    return found


def _rates_told(figures: Sequence[Figure]) -> set[str]:
    """The waves of which it is shown how many answered."""
    rates = next((figure for figure in figures if figure["id"] == "svar"), None)
    return {row[0] for row in rates["table"]["rows"] if row[1] is not None} if rates else set()


def _in_short(figures: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The comparison where there is one, else the change."""
    found = [figure for name in ("jamforelse", "forandring") for figure in figures if figure["id"] == name]
    return (
        {"in_short": found[0]["sentence"], "in_short_en": found[0]["en"]["sentence"]} if found else {"in_short": None}
    )

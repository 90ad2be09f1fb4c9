"""From answers to what may be shown: weighted by `analysis`, protected by `disclosure`, written as one document."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from analysis.envelope import Refused
from analysis.raking import raking
from kapabla.material.instruments.definition import Instrument
from kapabla.material.survey_results import MARGINS, Figure, Group, Margin, Method, SurveyResult, Told
from kapabla.material.surveys import OpenSurvey, totals_of, with_places
from kapabla.release.disclosure import (
    HIDDEN,
    Thresholds,
    WhoTable,
    Withheld,
    protect_answers,
    protect_linked,
    protect_who_line,
)
from kapabla.release.surveys.sorting import FEWEST_WEIGHTED, Sorted, sort

CONFIDENCE = 0.95
PLACE = "plats_"
_YES, _NO = "ja", "nej"
Column = list[float | None]


@dataclass(frozen=True)
class Answered:
    """One person's answers, and how they came."""

    values: Mapping[str, Any]
    mode: str


@dataclass(frozen=True)
class Weighting:
    """The columns of the margins that are weighted to, with the known totals of the same categories."""

    columns: Mapping[str, list[str]]
    totals: Mapping[str, Mapping[str, float]]


def make_result(
    survey: OpenSurvey, instrument: Instrument, answers: Sequence[Answered], *, thresholds: Thresholds
) -> SurveyResult:  # fmt: skip
    """The whole document. Of fewer people than two smallest cells nothing is shown but that they are few.

    Each indicator is a table of yes and no by every margin, protected together with exact counts although the share
    that is shown is weighted and in whole percent: what a reader can subtract is what `protect_linked` has audited.
    Where it withholds, margins are left out one by one, and ages told of in two halves; at last nothing is shown.
    """
    told = _told(instrument), _places(survey, instrument)
    columns = columns_of(survey, instrument, answers)
    is_enough = len(answers) >= thresholds.answer_group
    weighting = _weighting(survey, instrument, answers) if is_enough else None
    figures: list[Figure] = []
    groups: dict[tuple[str, str], Group] = {}
    if weighting is not None:
        sortings = ways_to_tell(survey, instrument, answers, thresholds)
        for name, column in columns.items():
            shown = shown_cells(column, sortings if not name.startswith(PLACE) else [()], thresholds)
            figures += _figures(name, column, shown, weighting, step=thresholds.cell)
            for one in shown.sorted:
                item = instrument.item_of_margin(one.margin)
                groups |= {(one.margin, group.group): group for group in (one.groups(item) if item else ())}
    else:
        figures = [Figure(indicator=name) for name in columns]
    return SurveyResult(
        slug=survey.slug, municipality=survey.municipality, opens_on=survey.opens_on, closes_on=survey.closes_on,
        is_example=survey.is_example, instrument=instrument.id, instrument_version=instrument.version,
        method=_method(survey, answers, weighting, thresholds), indicators=told[0], places=told[1],
        groups=tuple(groups[key] for key in sorted(groups, key=lambda key: (MARGINS.index(groups[key].margin), key))),
        figures=tuple(figures),
    )  # fmt: skip


def _told(instrument: Instrument) -> tuple[Told, ...]:
    return tuple(Told(indicator=one.code, label=one.label) for one in instrument.indicators)


def _places(survey: OpenSurvey, instrument: Instrument) -> tuple[Told, ...]:
    return tuple(
        Told(indicator=f"{PLACE}{option.value}", label=option.text, is_none=option.alone)
        for item in instrument.items
        if item.options_from == "survey_places"
        for option in with_places(item, survey).options
    )


def columns_of(survey: OpenSurvey, instrument: Instrument, answers: Sequence[Answered]) -> dict[str, Column]:
    """By indicator and by place 1, 0, or None for whoever has not answered the item."""
    found: dict[str, Column] = {}
    for one in instrument.indicators:
        given = (answer.values.get(one.item) for answer in answers)
        found[one.code] = [None if value is None else float(value in one.values) for value in given]
    for item in instrument.items:
        if item.options_from == "survey_places":
            for option in with_places(item, survey).options:
                chosen = (answer.values.get(item.code) for answer in answers)
                found[f"{PLACE}{option.value}"] = [
                    None if value is None else float(option.value in value) for value in chosen
                ]  # fmt: skip
    return found


def _sorted(
    survey: OpenSurvey, instrument: Instrument, answers: Sequence[Answered], margin: Margin, *, fewest: int,
    with_others: bool,
) -> Sorted | None:  # fmt: skip
    item = instrument.item_of_margin(margin)
    known = totals_of(survey.population).get(margin)
    options = list(known) if known else [option.value for option in item.options] if item else []
    return sort(
        margin, instrument, [answer.values for answer in answers], known=options, fewest=fewest,
        with_others=with_others, seed=survey.slug,
    )  # fmt: skip


def _weighting(survey: OpenSurvey, instrument: Instrument, answers: Sequence[Answered]) -> Weighting | None:
    """By age and sex, or by one of them where the other has too few; None where neither can be weighted to."""
    columns: dict[str, list[str]] = {}
    totals: dict[str, dict[str, float]] = {}
    of_totals: tuple[Margin, ...] = ("age", "sex")
    for margin in of_totals:
        known = totals_of(survey.population)[margin]
        found = _sorted(survey, instrument, answers, margin, fewest=FEWEST_WEIGHTED, with_others=False)
        if found is None:
            continue
        columns[margin] = found.labels
        totals[margin] = {found.label_of(part): float(sum(known[o] for o in part)) for part in found.parts}
    return Weighting(columns, totals) if totals else None


def ways_to_tell(
    survey: OpenSurvey, instrument: Instrument, answers: Sequence[Answered], thresholds: Thresholds
) -> list[tuple[Sorted, ...]]:  # fmt: skip
    """Ways to tell of groups, the most told first: all margins, fewer of them, ages in two halves, nothing but all."""
    fewest = thresholds.answer_group
    found = [_sorted(survey, instrument, answers, margin, fewest=fewest, with_others=True) for margin in MARGINS]
    whole = [one for one in found if one is not None]
    halved = [one.in_two() if one.margin == "age" and len(one.parts) > 2 else one for one in whole]
    ways = [way for size in range(len(whole), 0, -1) for kind in (whole, halved) for way in combinations(kind, size)]
    return [*dict.fromkeys(ways), ()]


@dataclass(frozen=True)
class Shown:
    """The way that could be protected, and which groups of it have a figure; None stands for everybody."""

    sorted: tuple[Sorted, ...]
    cells: frozenset[tuple[Margin | None, str]]


def shown_cells(column: Column, ways: Iterable[tuple[Sorted, ...]], thresholds: Thresholds) -> Shown:
    for way in ways:
        try:
            cells = _protected(column, way, thresholds)
        except Withheld:
            continue
        if (None, "") in cells:
            return Shown(way, cells)
    return Shown((), frozenset())


def _protected(column: Column, way: tuple[Sorted, ...], thresholds: Thresholds) -> frozenset[tuple[Margin | None, str]]:
    counts = Counter(column)
    if not way:
        protect_answers((_YES, _NO), [counts[1.0], counts[0.0]], thresholds=thresholds)
        return frozenset({(None, "")})
    shown: set[tuple[Margin | None, str]] = set()
    tables = protect_linked([_table(column, one) for one in way], thresholds=thresholds)
    for one, table in zip(way, tables, strict=True):
        whole = [(row[0], place) for place, row in enumerate(table.rows) if HIDDEN not in row[1:3]]
        last = len(table.rows) - 1
        shown |= {(None, "") if place == last else (one.margin, str(label)) for label, place in whole}
    return frozenset(shown)


def _table(column: Column, one: Sorted) -> WhoTable:
    counts = Counter(zip(one.labels, column, strict=True))
    labels = tuple(one.label_of(part) for part in one.parts)
    return WhoTable(
        one.margin, labels, tuple((counts[label, 1.0], counts[label, 0.0]) for label in labels), "svar", (_YES, _NO)
    )


def _figures(name: str, column: Column, shown: Shown, weighting: Weighting, *, step: int) -> list[Figure]:
    """Everybody first, then the groups in their order, without n: between two questions it would count the few of a
    group who skipped one."""
    if not shown.cells:
        return [Figure(indicator=name)]
    everybody = _estimates(name, column, None, weighting)[name]
    found = [_figure(name, None, "", everybody, n=at_least(everybody["n"], len(column), step))]
    for one in shown.sorted:
        estimates = _estimates(name, column, one, weighting)
        for label in map(one.label_of, one.parts):
            is_shown = (one.margin, label) in shown.cells
            found.append(_figure(name, one.margin, label, estimates[f"{name}|{label}"] if is_shown else None))
    return found


def at_least(n: int, people: int, step: int) -> int:
    """How many of `people` have answered, rounded down so that it could be any of at least `step` numbers.

    >>> at_least(209, 225, 10), at_least(218, 225, 10), at_least(218, 218, 10), at_least(219, 219, 10)
    (200, 210, 200, 210)
    """
    return min(n, people - step + 1) // step * step


def _figure(
    name: str, margin: Margin | None, group: str, told: Mapping[str, Any] | None, *, n: int | None = None
) -> Figure:  # fmt: skip
    if told is None:
        return Figure(indicator=name, margin=margin, group=group)
    return Figure(
        indicator=name, margin=margin, group=group, n=n, percent=round(100 * told["estimate"]),
        plus_minus=max(1, round(100 * told["margin"])),
    )  # fmt: skip


def _estimates(name: str, column: Column, one: Sorted | None, weighting: Weighting) -> Mapping[str, Any]:
    frame: dict[str, Any] = {name: column, **{f"vikt {margin}": c for margin, c in weighting.columns.items()}}
    totals = {f"vikt {margin}": counts for margin, counts in weighting.totals.items()}
    if one is not None:
        frame["grupp"] = one.labels
    found = raking(frame, [name], totals, by="grupp" if one else None, conf=CONFIDENCE)
    estimates: Mapping[str, Any] = found.result["estimates"]
    return estimates


def _method(
    survey: OpenSurvey, answers: Sequence[Answered], weighting: Weighting | None, thresholds: Thresholds
) -> Method:  # fmt: skip
    people = len(answers)
    modes = Counter(answer.mode for answer in answers)
    weights = _weights(people, weighting)
    web, paper = _modes(modes, thresholds)
    return Method(
        people=people if people >= thresholds.answer_group else None, web=web, paper=paper,
        population=survey.population.people, source=survey.population.source, as_of=survey.population.as_of,
        retrieved_on=survey.population.retrieved_on,
        weighted_by=tuple(margin for margin in MARGINS if weighting and margin in weighting.columns),
        design_effect=round(weights["design_effect"], 2) if weights else None,
        like=round(weights["n_effective"]) if weights else None, confidence=CONFIDENCE, smallest=thresholds.cell,
    )  # fmt: skip


def _modes(modes: Mapping[str, int], thresholds: Thresholds) -> tuple[int | None, int | None]:
    try:
        table = protect_who_line("Sätt", ["web", "paper"], [modes["web"], modes["paper"]], thresholds=thresholds)
    except Withheld:
        return None, None
    (_, web), (_, paper), _ = table.rows
    return (web if isinstance(web, int) else None), (paper if isinstance(paper, int) else None)


def _weights(people: int, weighting: Weighting | None) -> Mapping[str, float] | None:
    if weighting is None:
        return None
    try:
        found = raking({"alla": [1.0] * people, **weighting.columns}, ["alla"], weighting.totals)
    except Refused:
        return None
    weights: Mapping[str, float] = found.result["weights"]
    return weights

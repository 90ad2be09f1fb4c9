"""The result of an open survey as citizens read it: the same for the public page, its files and those who approve it.

One list of rows (`rows_of`) is behind the page and its CSV and JSON twins. What is not shown is None in a row and said
in words on the page. Years are compared by what each has published, never by counting an older one anew.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from kapabla.material.survey_results import MARGINS, Figure, Margin, SurveyResult, Told
from kapabla.material.texts import Text
from kapabla.web import language
from kapabla.web.drawing.shares import ShareRow, shares
from kapabla.web.drawing.svg import Drawing

_TOTAL = "alla"
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Row:
    municipality_code: str
    municipality: str
    year: int
    indicator: str
    label: str
    margin: str
    group: str
    group_label: str
    n: int | None
    percent: int | None
    plus_minus: int | None
    respondents: int | None
    population: int
    population_source: str
    population_as_of: str
    weighted_by: str
    opened_on: str
    closed_on: str
    published_on: str | None
    version: int
    correction: str


COLUMNS = tuple(field.name for field in fields(Row))


@dataclass(frozen=True)
class Line:
    """An indicator with what is told of everybody, and how it was in the survey before."""

    label: str
    figure: Figure
    before: Figure | None
    change: str  # more, less, same or "" where one of the two is not shown


@dataclass(frozen=True)
class Table:
    """An indicator a row, a group a column."""

    margin: Margin
    groups: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Figure, ...]], ...]


def rows_of(result: SurveyResult, municipality: str, published_on: date | None) -> list[Row]:
    """In Swedish: the files are data."""
    labels = {told.indicator: told.label.sv for told in (*result.indicators, *result.places)}
    groups = {(group.margin, group.group): _joined(group.labels, "sv") for group in result.groups}
    method = result.method
    return [
        Row(
            result.municipality, municipality, result.year, one.indicator, labels[one.indicator], one.margin or _TOTAL,
            one.group or _TOTAL, groups[one.margin, one.group] if one.margin else "Alla", one.n, one.percent,
            one.plus_minus, method.people, method.population, method.source, method.as_of.isoformat(),
            " ".join(method.weighted_by), result.opens_on.isoformat(), result.closes_on.isoformat(),
            published_on.isoformat() if published_on else None, result.version, result.note,
        )
        for one in result.figures
    ]  # fmt: skip


def as_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [asdict(row) for row in rows]


def view_of(result: SurveyResult, before: SurveyResult | None) -> dict[str, Any]:
    """What the template shows, in the language of the page."""
    no_place = next((told.indicator for told in result.places if told.is_none), "")
    lines = [_line(result, before, told) for told in result.indicators]
    places = sorted(
        (
            (language.written(told.label), result.figure(told.indicator) or Figure(indicator=told.indicator))
            for told in result.places
            if not told.is_none
        ),
        key=lambda row: -(row[1].percent or 0),
    )
    return {
        "result": result, "before": before, "lines": lines, "compared": sum(1 for line in lines if line.change),
        "tables": [table for margin in MARGINS for table in _tables(result, margin)],
        "drawing": _drawn(lines, result, before), "places": places,
        "places_drawing": shares(
            [ShareRow(label, _share_of(figure)) for label, figure in places], name="hatch-platser", hidden=_hidden()
        ),
        "no_place": result.figure(no_place),
        "share_of_people": _share(result), "unlikely": round(100 - 100 * result.method.confidence),
    }  # fmt: skip


def _drawn(lines: Sequence[Line], result: SurveyResult, before: SurveyResult | None) -> Drawing:
    rows = [ShareRow(line.label, _share_of(line.figure), (_share_of(line.before),) if before else ()) for line in lines]
    names = (str(result.year), str(before.year)) if before else None
    return shares(rows, name="hatch-svar", hidden=_hidden(), names=names)


def _hidden() -> str:
    return language.translated("visas inte")


def _share_of(figure: Figure | None) -> tuple[int, int] | None:
    if figure is None or figure.percent is None or figure.plus_minus is None:
        return None
    return figure.percent, figure.plus_minus


def _share(result: SurveyResult) -> str:
    """Of those who live there, as a percentage with a decimal comma."""
    return f"{100 * (result.method.people or 0) / result.method.population:.1f}".replace(".", ",")


def _line(result: SurveyResult, before: SurveyResult | None, told: Told) -> Line:
    figure = result.figure(told.indicator) or Figure(indicator=told.indicator)
    former = before.figure(told.indicator) if before else None
    return Line(language.written(told.label), figure, former, _change(figure, former))


def _change(now: Figure, before: Figure | None) -> str:
    """Two surveys are two samples: their difference has the margin of both together."""
    if before is None or None in (now.percent, now.plus_minus, before.percent, before.plus_minus):
        return ""
    difference = (now.percent or 0) - (before.percent or 0)
    if abs(difference) <= math.hypot(now.plus_minus or 0, before.plus_minus or 0):
        return "same"
    return "more" if difference > 0 else "less"


def _tables(result: SurveyResult, margin: Margin) -> list[Table]:
    """One for each way to tell of the groups: ages may be told of in halves where they cannot be in bands."""
    labels = {one.group: _joined(one.labels, language.current()) for one in result.groups if one.margin == margin}
    found: dict[tuple[str, ...], list[tuple[str, tuple[Figure, ...]]]] = {}
    for told in result.indicators:
        cells = tuple(one for one in result.figures if (one.indicator, one.margin) == (told.indicator, margin))
        if any(cell.percent is not None for cell in cells):
            found.setdefault(tuple(cell.group for cell in cells), []).append((language.written(told.label), cells))
    return [Table(margin, tuple(labels[group] for group in groups), tuple(rows)) for groups, rows in found.items()]


def _joined(labels: Sequence[Text], tongue: str) -> str:
    """Neighbouring ages as one: "16–29 år" and "30–49 år" are "16–49 år"."""
    texts = [label.get(tongue) for label in labels]
    lowest, highest = _NUMBER.match(texts[0]), _NUMBER.match(texts[-1])
    return lowest[0] + texts[-1][highest.end() :] if lowest and highest else ", ".join(texts)

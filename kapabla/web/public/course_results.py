"""How the course went, under the promise that it carries out: of a release that two have approved, with its table, and
as open data with the same numbers."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Response, abort
from flask.typing import ResponseReturnValue

from kapabla.errors import KapablaError
from kapabla.material.course_results import CourseResults, Outcome, find_results
from kapabla.web.context import number
from kapabla.web.drawing.forest import forest
from kapabla.web.drawing.svg import Drawing
from kapabla.web.page_cache import same_for_everybody
from kapabla.web.public.blueprint import blueprint
from kapabla.web.unit_of_work import service

HEADS = ("release", "built_on", "outcome", "people", "difference", "low", "high", "note")
# The page's own: with more of them, a mean of a known count is the sum of what each answered (C5.2).
_DECIMALS = 2
log = structlog.get_logger("kapabla.web")


@dataclass(frozen=True)
class ShownResults:
    results: CourseResults
    sentence: str
    rows: list[list[str]]
    drawing: Drawing | None


def results_of(course: str) -> CourseResults | None:
    """Of the newest study that has the course and something to tell. Test people are shown in the demo alone, where
    every page says that they are such."""
    held = service()
    studies = [study for study in held.material.studies.values() if study.course.id == course]
    for study in reversed(studies):
        for is_test in (False, True) if held.config.demo else (False,):
            try:
                found = find_results(held.config.release_dir, study.id, is_test=is_test)
            except (KapablaError, KeyError, ValueError) as error:
                log.error("results_left_out", study=study.id, fault=type(error).__name__)
                continue
            if found:
                return found
    return None


def shown_results(courses: Sequence[str]) -> dict[str, ShownResults]:
    """By the course, where there is anything that may be told."""
    found = {course: results_of(course) for course in courses}
    return {course: _shown(one) for course, one in found.items() if one and (one.completed or one.outcomes)}


def _shown(found: CourseResults) -> ShownResults:
    told = [_told(one) for one in found.outcomes]
    rows: list[dict[str, Any]] = [
        {"label": one.name, "n": one.n, "value": one.value, "low": low, "high": high}
        for one in found.outcomes
        for low, high in [one.interval or (None, None)]
    ]
    drawing = None
    if rows:
        ends = ("← minskar", "ökar →")
        drawing = forest(rows, told, name="hatch-utfall", ends=ends, hidden="visas inte", sign=",")
    return ShownResults(
        found, _sentence(found),
        [[one.name, str(one.n), text] for one, text in zip(found.outcomes, told, strict=True)], drawing,
    )  # fmt: skip


def _told(one: Outcome) -> str:
    ends = f" [{number(one.interval[0], _DECIMALS)}; {number(one.interval[1], _DECIMALS)}]" if one.interval else ""
    return f"{number(one.value, _DECIMALS)}{ends}"


def _written(value: float) -> str:
    """For the file: as on the page, with a point. What is rounded to zero has no sign."""
    return f"{round(value, _DECIMALS) + 0.0:.{_DECIMALS}f}"


def _sentence(found: CourseResults) -> str:
    """Of all that was measured, and none of it picked out: each has its row in the drawing and the table."""
    parts = [f"{number(found.completed)} personer har gått hela utbildningen."] if found.completed else []
    if found.outcomes:
        rose = sum(1 for one in found.outcomes if one.interval and one.interval[0] > 0)
        fell = sum(1 for one in found.outcomes if one.interval and one.interval[1] < 0)
        unsure = len(found.outcomes) - rose - fell
        told = [f"{rose} ökade"] * bool(rose) + [f"{fell} minskade"] * bool(fell)
        told += [f"för {unsure} kan skillnaden bero på slumpen"] * bool(unsure)
        listed = " och ".join([", ".join(told[:-1]), told[-1]]) if len(told) > 1 else told[0]
        parts.append(f"Vi jämför svaren före och efter på {len(found.outcomes)} mått: {listed}.")
    return " ".join(parts)


@blueprint.get("/medborgarloften/utbildning/<course>.csv")
@same_for_everybody()
def course_results_csv(course: str) -> ResponseReturnValue:
    found = results_of(course) or abort(404)
    note = "exempeldata" if found.is_test else ""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADS)
    if found.completed is not None:
        writer.writerow([found.release, found.built_on, "completed", found.completed, "", "", "", note])
    for one in found.outcomes:
        low, high = map(_written, one.interval) if one.interval else ("", "")
        writer.writerow([found.release, found.built_on, one.name, one.n, _written(one.value), low, high, note])
    return Response(out.getvalue(), mimetype="text/csv")

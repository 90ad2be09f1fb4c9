"""Results of open surveys, from the published store alone: they stay up whatever else is down."""

import csv
import io
import json

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.material.registers import Municipality
from kapabla.release.surveys.shelf import PublishedSurvey, read_results
from kapabla.web.page_cache import same_for_everybody
from kapabla.web.public.blueprint import blueprint
from kapabla.web.public.open_data import LICENCE
from kapabla.web.survey_page import COLUMNS, Row, as_json, rows_of, view_of
from kapabla.web.unit_of_work import now, service


def published_surveys() -> list[PublishedSurvey]:
    """The newest first. What is made up is nowhere but in a demo."""
    held = service().config
    return [one for one in read_results(held.release_dir) if held.demo or not one.result.is_example]


def place_of(one: PublishedSurvey) -> Municipality:
    return service().material.municipality(one.result.municipality)


def _of_place(place: str) -> list[PublishedSurvey]:
    return [one for one in published_surveys() if place_of(one).slug == place] or abort(404)


def _of_year(place: str, year: int) -> PublishedSurvey:
    return next((one for one in _of_place(place) if one.result.year == year), None) or abort(404)


def survey_pages() -> list[str]:
    """Addresses of results, for the list of pages: none where nothing has been published."""
    results = [(place_of(one).slug, one.result.year) for one in published_surveys()]
    places = dict.fromkeys(f"/enkatsvar/{slug}" for slug, _ in results)
    return ["/enkatsvar", *places, *(f"/enkatsvar/{slug}/{year}" for slug, year in results)] if results else []


@blueprint.get("/enkatsvar")
@same_for_everybody()
def survey_results() -> ResponseReturnValue:
    rows = ((place_of(one).name, place_of(one).slug, one) for one in published_surveys())
    found = sorted(rows, key=lambda row: row[:2])
    return render_template("public/surveys.html", found=found)


@blueprint.get("/enkatsvar/<place>")
@same_for_everybody()
def survey_results_of_place(place: str) -> ResponseReturnValue:
    """The newest."""
    return _page(place, _of_place(place)[0])


@blueprint.get("/enkatsvar/<place>/<int:year>")
@same_for_everybody()
def survey_results_of_year(place: str, year: int) -> ResponseReturnValue:
    return _page(place, _of_year(place, year))


@blueprint.get("/enkatsvar/<place>/<int:year>/version/<int:number>")
@same_for_everybody()
def survey_results_as_they_were(place: str, year: int, number: int) -> ResponseReturnValue:
    """Every version that has been published stays readable at its own address (I7)."""
    holds = _of_year(place, year)
    versions = (holds, *holds.earlier)
    found = next((one for one in versions if one.result.version == number), None) or abort(404)
    return _page(place, found, now_holds=holds.result.version)


def _page(place: str, one: PublishedSurvey, *, now_holds: int | None = None) -> str:
    others = _of_place(place)
    before = next((other.result for other in others if other.result.closes_on < one.result.closes_on), None)
    return render_template(
        "public/survey.html", place=place, name=place_of(one).name, published_on=one.published_on,
        years=[other.result.year for other in others], earlier=one.earlier, now_holds=now_holds,
        **view_of(one.result, before),
    )  # fmt: skip


@blueprint.get("/enkatsvar/<place>.csv")
@same_for_everybody()
def survey_results_of_place_csv(place: str) -> ResponseReturnValue:
    return _csv([row for one in _of_place(place) for row in _rows(one)], f"enkatsvar-{place}")


@blueprint.get("/enkatsvar/<place>.json")
@same_for_everybody()
def survey_results_of_place_json(place: str) -> ResponseReturnValue:
    return _json([row for one in _of_place(place) for row in _rows(one)])


@blueprint.get("/enkatsvar/<place>/<int:year>.csv")
@same_for_everybody()
def survey_results_of_year_csv(place: str, year: int) -> ResponseReturnValue:
    return _csv(_rows(_of_year(place, year)), f"enkatsvar-{place}-{year}")


@blueprint.get("/enkatsvar/<place>/<int:year>.json")
@same_for_everybody()
def survey_results_of_year_json(place: str, year: int) -> ResponseReturnValue:
    return _json(_rows(_of_year(place, year)))


def _rows(one: PublishedSurvey) -> list[Row]:
    return rows_of(one.result, place_of(one).name, one.published_on)


def _csv(rows: list[Row], name: str) -> Response:
    """What is not shown is a blank cell."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(as_json(rows))
    reply = Response(out.getvalue(), mimetype="text/csv")
    file = f"kapabla_{name}_{local_date(now()).isoformat()}.csv"
    reply.headers["Content-Disposition"] = f'inline; filename="{file}"'
    return reply


def _json(rows: list[Row]) -> Response:
    """What is not shown is null."""
    body = json.dumps({"licence": LICENCE, "figures": as_json(rows)}, ensure_ascii=False, indent=1) + "\n"
    return Response(body, mimetype="application/json")

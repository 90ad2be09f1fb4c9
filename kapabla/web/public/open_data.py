"""The citizen promises as open data: CSV and JSON beside every page."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.material.promise_editions import Edition
from kapabla.web.page_cache import same_for_everybody
from kapabla.web.promise_page import COLUMNS, Row
from kapabla.web.public.blueprint import blueprint
from kapabla.web.public.promises import cycles_by_place, cycles_of, name_of, rows_of_years, year_of
from kapabla.web.unit_of_work import now

# What Digg recommends for open data. The county confirms it before publishing.
LICENCE = "http://creativecommons.org/publicdomain/zero/1.0/"
_SERIES_COLUMNS = (
    "municipality_code", "municipality", "year", "version", "promise", "series", "name", "unit", "period", "value",
    "source", "retrieved_on",
)  # fmt: skip


def _all() -> list[Row]:
    return rows_of_years(one for found in cycles_by_place().values() for cycle in found for one in cycle.years)


def _of_place(place: str) -> list[Row]:
    return rows_of_years(one for cycle in cycles_of(place) for one in cycle.years)


def _of_year(place: str, year: int) -> list[Row]:
    return rows_of_years([year_of(place, year)[1]])


@blueprint.get("/medborgarloften.csv")
@same_for_everybody()
def promises_csv() -> ResponseReturnValue:
    return _csv(_all(), "medborgarloften")


@blueprint.get("/medborgarloften.json")
@same_for_everybody()
def promises_json() -> ResponseReturnValue:
    return _json(_all())


@blueprint.get("/medborgarloften/<place>.csv")
@same_for_everybody()
def promises_of_place_csv(place: str) -> ResponseReturnValue:
    return _csv(_of_place(place), f"medborgarloften-{place}")


@blueprint.get("/medborgarloften/<place>.json")
@same_for_everybody()
def promises_of_place_json(place: str) -> ResponseReturnValue:
    return _json(_of_place(place))


@blueprint.get("/medborgarloften/<place>/<int:year>.csv")
@same_for_everybody()
def promises_of_year_csv(place: str, year: int) -> ResponseReturnValue:
    return _csv(_of_year(place, year), f"medborgarloften-{place}-{year}")


@blueprint.get("/medborgarloften/<place>/<int:year>.json")
@same_for_everybody()
def promises_of_year_json(place: str, year: int) -> ResponseReturnValue:
    return _json(_of_year(place, year))


@blueprint.get("/medborgarloften/matvarden.csv")
@same_for_everybody()
def series_csv() -> ResponseReturnValue:
    """The series of every promise as numbers: those that the pages draw, as they were signed."""
    rows = [row for edition in editions() for row in _series_rows(edition)]
    return _table(_SERIES_COLUMNS, rows, "medborgarloften-matvarden")


def editions() -> list[Edition]:
    """The version that holds of every year."""
    return [one.edition for found in cycles_by_place().values() for cycle in found for one in cycle.years]


def _series_rows(edition: Edition) -> Iterator[dict[str, Any]]:
    name = name_of(edition.municipality)
    for promise in edition.promises:
        for series in promise.series:
            for one in series.values:
                cells = (
                    edition.municipality, name, edition.year, edition.version, promise.number, series.code, series.name,
                    series.unit, one.period, one.value, one.source, one.retrieved_on,
                )  # fmt: skip
                yield dict(zip(_SERIES_COLUMNS, cells, strict=True))


def _csv(rows: list[Row], name: str) -> Response:
    return _table(COLUMNS, [asdict(row) for row in rows], name)


def _table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], name: str) -> Response:
    """A missing value is a blank cell."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    reply = Response(out.getvalue(), mimetype="text/csv")
    file = f"kapabla_{name}_{local_date(now()).isoformat()}.csv"
    reply.headers["Content-Disposition"] = f'inline; filename="{file}"'
    return reply


def _json(rows: list[Row]) -> Response:
    """A missing value is null."""
    told = {"licence": LICENCE, "promises": [asdict(row) for row in rows]}
    return Response(json.dumps(told, ensure_ascii=False, indent=1) + "\n", mimetype="application/json")

"""The citizen promises as open data: CSV and JSON beside every page, and their description as DCAT-AP-SE."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.material.promise_editions import Edition
from kapabla.web.page_cache import same_for_everybody
from kapabla.web.promise_page import COLUMNS, Row
from kapabla.web.public.blueprint import blueprint
from kapabla.web.public.promises import Cycle, cycles_by_place, cycles_of, name_of, rows_of_years, year_of
from kapabla.web.unit_of_work import now, service

# What Digg recommends for open data. The county confirms it before publishing.
LICENCE = "http://creativecommons.org/publicdomain/zero/1.0/"
_AUTHORITY = "http://publications.europa.eu/resource/authority"
_FILE_TYPE = f"{_AUTHORITY}/file-type/"
_LANGUAGE = f"{_AUTHORITY}/language/SWE"
_YEARLY = f"{_AUTHORITY}/frequency/ANNUAL"
_SERIES_COLUMNS = (
    "municipality_code", "municipality", "year", "version", "promise", "series", "name", "unit", "period", "value",
    "source", "retrieved_on",
)  # fmt: skip
_PUBLIC = f"{_AUTHORITY}/access-right/PUBLIC"
_THEMES_OF = f"{_AUTHORITY}/data-theme"
_THEMES = (f"{_THEMES_OF}/GOVE", f"{_THEMES_OF}/JUST")
_FORMATS = {"csv": "En tabell, med kommatecken mellan kolumnerna.", "json": "Samma uppgifter som JSON."}


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
    rows = [
        row
        for found in cycles_by_place().values()
        for cycle in found
        for one in cycle.years
        for row in _series_rows(one.edition)
    ]
    return _table(_SERIES_COLUMNS, rows, "medborgarloften-matvarden")


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
    return _as_json({"licence": LICENCE, "promises": [asdict(row) for row in rows]}, "application/json")


def _as_json(value: Any, mimetype: str) -> Response:
    return Response(json.dumps(value, ensure_ascii=False, indent=1) + "\n", mimetype=mimetype)


@blueprint.get("/medborgarloften/katalog.jsonld")
@same_for_everybody()
def catalogue() -> ResponseReturnValue:
    """One data set a municipality and one for all, so that a data portal finds them."""
    base, publisher = service().config.base_url, service().material.organisation.name
    places = {slug: name_of(cycles[0].municipality) for slug, cycles in cycles_by_place().items()}
    sets = [_data_set(base, publisher, "medborgarloften", "Medborgarlöften i Västerbotten")]
    sets += [
        _data_set(base, publisher, f"medborgarloften/{slug}", f"Medborgarlöften i {name}")
        for slug, name in places.items()
    ]
    graph = {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#", "dcterms": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/", "vcard": "http://www.w3.org/2006/vcard/ns#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": f"{base}/medborgarloften/katalog.jsonld",
        "@type": "dcat:Catalog",
        "dcterms:title": _swedish("Medborgarlöften som öppna data"),
        "dcterms:description": _swedish("Vad kommunerna och polisen har lovat, och hur det gick."),
        "dcterms:publisher": _publisher(base, publisher),
        "dcterms:license": {"@id": LICENCE},
        "dcterms:language": {"@id": _LANGUAGE},
        **_days("medborgarloften"),
        "foaf:homepage": {"@id": f"{base}/medborgarloften"},
        "dcat:themeTaxonomy": {"@id": _THEMES_OF},
        "dcat:dataset": sets,
    }  # fmt: skip
    return _as_json(graph, "application/ld+json")


def _data_set(base: str, publisher: str, path: str, title: str) -> dict[str, Any]:
    return {
        "@id": f"{base}/{path}#data",
        "@type": "dcat:Dataset",
        "dcterms:title": _swedish(title),
        "dcterms:description": _swedish("Ett löfte och ett år på varje rad. Det som inte är känt är tomt."),
        "dcterms:publisher": _publisher(base, publisher),
        "dcterms:accessRights": {"@id": _PUBLIC},
        "dcterms:language": {"@id": _LANGUAGE},
        "dcterms:accrualPeriodicity": {"@id": _YEARLY},
        "dcat:theme": [{"@id": theme} for theme in _THEMES],
        "dcat:keyword": [_swedish(word) for word in ("medborgarlöfte", "brottsförebyggande", "trygghet")],
        "dcat:contactPoint": _contact(base, publisher),
        **_days(path),
        "dcterms:temporal": _period(path),
        "dcat:landingPage": {"@id": f"{base}/{path}"},
        "dcat:distribution": [
            {
                "@id": f"{base}/{path}.{ending}",
                "@type": "dcat:Distribution",
                "dcat:accessURL": {"@id": f"{base}/{path}.{ending}"},
                "dcat:downloadURL": {"@id": f"{base}/{path}.{ending}"},
                "dcterms:description": _swedish(_FORMATS[ending]),
                "dcterms:format": {"@id": f"{_FILE_TYPE}{ending.upper()}"},
                "dcterms:license": {"@id": LICENCE},
            }
            for ending in _FORMATS
        ],
    }


def _contact(base: str, publisher: str) -> dict[str, Any]:
    organisation = service().material.organisation
    return {
        "@id": f"{base}/om#kontakt",
        "@type": "vcard:Organization",
        "vcard:fn": publisher,
        "vcard:hasEmail": {"@id": f"mailto:{organisation.reply_to}"},
    }


def _days(path: str) -> dict[str, Any]:
    """The days of the first and of the last publication, where anything has been published."""
    days = [one.published_on for cycle in _cycles_at(path) for one in cycle.years if one.published_on]
    if not days:
        return {}
    return {"dcterms:issued": _day(min(days)), "dcterms:modified": _day(max(days))}


def _period(path: str) -> dict[str, Any]:
    years = [one.year for cycle in _cycles_at(path) for one in cycle.years]
    return {
        "@type": "dcterms:PeriodOfTime",
        "dcat:startDate": _day(date(min(years), 1, 1)),
        "dcat:endDate": _day(date(max(years), 12, 31)),
    }


def _cycles_at(path: str) -> list[Cycle]:
    place = path.removeprefix("medborgarloften").removeprefix("/")
    return [cycle for slug, found in cycles_by_place().items() if place in ("", slug) for cycle in found]


def _day(day: date) -> dict[str, str]:
    return {"@value": day.isoformat(), "@type": "xsd:date"}


def _publisher(base: str, name: str) -> dict[str, str]:
    return {"@id": f"{base}/om#utgivare", "@type": "foaf:Agent", "foaf:name": name}


def _swedish(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "sv"}

"""The citizen promises as open data: CSV and JSON beside every page, and their description as DCAT-AP-SE."""

import csv
import io
import json
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from kapabla.clock import local_date
from kapabla.web.public.blueprint import blueprint
from kapabla.web.public.promises import (
    COLUMNS,
    Row,
    all_years,
    as_values,
    cycle_of_year,
    cycles_by_place,
    cycles_of,
    name_of,
    rows_of,
)
from kapabla.web.unit_of_work import now, service

# What Digg recommends for open data. The county confirms it before publishing.
LICENCE = "http://creativecommons.org/publicdomain/zero/1.0/"
_FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"


def _all() -> list[Row]:
    cycles = [cycle for found in cycles_by_place().values() for cycle in found]
    return [row for cycle in cycles for row in rows_of(cycle, all_years(cycle))]


def _of_place(place: str) -> list[Row]:
    return [row for cycle in cycles_of(place) for row in rows_of(cycle, all_years(cycle))]


def _of_year(place: str, year: int) -> list[Row]:
    return rows_of(cycle_of_year(place, year), range(year, year + 1))


@blueprint.get("/medborgarloften.csv")
def promises_csv() -> ResponseReturnValue:
    return _csv(_all(), "medborgarloften")


@blueprint.get("/medborgarloften.json")
def promises_json() -> ResponseReturnValue:
    return _json(_all())


@blueprint.get("/medborgarloften/<place>.csv")
def promises_of_place_csv(place: str) -> ResponseReturnValue:
    return _csv(_of_place(place), f"medborgarloften-{place}")


@blueprint.get("/medborgarloften/<place>.json")
def promises_of_place_json(place: str) -> ResponseReturnValue:
    return _json(_of_place(place))


@blueprint.get("/medborgarloften/<place>/<int:year>.csv")
def promises_of_year_csv(place: str, year: int) -> ResponseReturnValue:
    return _csv(_of_year(place, year), f"medborgarloften-{place}-{year}")


@blueprint.get("/medborgarloften/<place>/<int:year>.json")
def promises_of_year_json(place: str, year: int) -> ResponseReturnValue:
    return _json(_of_year(place, year))


def _csv(rows: list[Row], name: str) -> Response:
    """A missing value is a blank cell."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(as_values(row) for row in rows)
    reply = Response(out.getvalue(), mimetype="text/csv")
    file = f"kapabla_{name}_{local_date(now()).isoformat()}.csv"
    reply.headers["Content-Disposition"] = f'inline; filename="{file}"'
    return reply


def _json(rows: list[Row]) -> Response:
    """A missing value is null."""
    return _as_json({"licence": LICENCE, "promises": [as_values(row) for row in rows]}, "application/json")


def _as_json(value: Any, mimetype: str) -> Response:
    return Response(json.dumps(value, ensure_ascii=False, indent=1) + "\n", mimetype=mimetype)


@blueprint.get("/medborgarloften/katalog.jsonld")
def catalogue() -> ResponseReturnValue:
    """One data set a municipality and one for all, so that a data portal finds them."""
    base, publisher = service().config.base_url, service().material.organisation.name
    places = {slug: name_of(cycles[0]) for slug, cycles in cycles_by_place().items()}
    sets = [_data_set(base, publisher, "medborgarloften", "Medborgarlöften i Västerbotten")]
    sets += [
        _data_set(base, publisher, f"medborgarloften/{slug}", f"Medborgarlöften i {name}")
        for slug, name in places.items()
    ]
    graph = {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#", "dcterms": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
        },
        "@id": f"{base}/medborgarloften/katalog.jsonld",
        "@type": "dcat:Catalog",
        "dcterms:title": _swedish("Medborgarlöften som öppna data"),
        "dcterms:description": _swedish("Vad kommunerna och polisen har lovat, och hur det gick."),
        "dcterms:publisher": _publisher(publisher),
        "dcterms:license": {"@id": LICENCE},
        "dcat:dataset": sets,
    }  # fmt: skip
    return _as_json(graph, "application/ld+json")


def _data_set(base: str, publisher: str, path: str, title: str) -> dict[str, Any]:
    return {
        "@id": f"{base}/{path}#data",
        "@type": "dcat:Dataset",
        "dcterms:title": _swedish(title),
        "dcterms:description": _swedish("Ett löfte och ett år på varje rad. Det som inte är känt är tomt."),
        "dcterms:publisher": _publisher(publisher),
        "dcat:landingPage": {"@id": f"{base}/{path}"},
        "dcat:distribution": [
            {
                "@id": f"{base}/{path}.{ending}",
                "@type": "dcat:Distribution",
                "dcat:accessURL": {"@id": f"{base}/{path}.{ending}"},
                "dcterms:format": {"@id": f"{_FILE_TYPE}{ending.upper()}"},
                "dcterms:license": {"@id": LICENCE},
            }
            for ending in ("csv", "json")
        ],
    }


def _publisher(name: str) -> dict[str, str]:
    return {"@type": "foaf:Organization", "foaf:name": name}


def _swedish(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "sv"}

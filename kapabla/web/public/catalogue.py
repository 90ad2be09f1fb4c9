"""What is open data here, described as DCAT-AP-SE, so that a data portal finds it: promises, the series under them, how
the course went, and what residents have answered."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from kapabla.web.page_cache import same_for_everybody
from kapabla.web.public.blueprint import blueprint
from kapabla.web.public.course_results import results_of
from kapabla.web.public.open_data import LICENCE, editions
from kapabla.web.public.promises import Cycle, cycles_by_place, name_of
from kapabla.web.public.surveys import place_of, published_surveys
from kapabla.web.unit_of_work import service

_PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#", "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/", "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#", "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip
_AUTHORITY = "http://publications.europa.eu/resource/authority"
_THEMES = f"{_AUTHORITY}/data-theme"
_FORMATS = {"csv": "En tabell, med kommatecken mellan kolumnerna.", "json": "Samma uppgifter som JSON."}
_Node = dict[str, Any]


@dataclass(frozen=True)
class DataSet:
    """`path`: of its files, without their endings. `page`: where it is read. `published`: the days that anything of it
    has been. `first` and `last`: the days that it is about."""

    path: str
    page: str
    title: str
    description: str
    keywords: tuple[str, ...]
    published: tuple[date, ...]
    first: date
    last: date
    endings: tuple[str, ...] = ("csv", "json")


@blueprint.get("/medborgarloften/katalog.jsonld")
@same_for_everybody()
def catalogue() -> ResponseReturnValue:
    base, sets = service().config.base_url, [*_promises(), *_series(), *_course_results(), *_surveys()]
    graph = {
        "@context": _PREFIXES,
        "@id": f"{base}/medborgarloften/katalog.jsonld",
        "@type": "dcat:Catalog",
        "dcterms:title": _swedish("Medborgarlöften och enkätsvar som öppna data"),
        "dcterms:description": _swedish(
            "Vad kommunerna och polisen har lovat, hur det gick, och vad de som bor där har svarat om trygghet."
        ),
        "dcterms:publisher": _publisher(base),
        "dcterms:license": _licence(),
        "dcterms:language": _language(),
        **_days(day for one in sets for day in one.published),
        "foaf:homepage": _document(f"{base}/medborgarloften"),
        "dcat:themeTaxonomy": _named(_THEMES, "skos:ConceptScheme"),
        "dcat:dataset": [_data_set(base, one) for one in sets],
    }  # fmt: skip
    body = json.dumps(graph, ensure_ascii=False, indent=1) + "\n"
    return Response(body, mimetype="application/ld+json")


def _promises() -> Iterator[DataSet]:
    """One for all municipalities, and one of each."""
    places = cycles_by_place()
    everything = [cycle for cycles in places.values() for cycle in cycles]
    if everything:
        yield _of_cycles("medborgarloften", "Medborgarlöften i Västerbotten", everything)
    for slug, cycles in places.items():
        yield _of_cycles(f"medborgarloften/{slug}", f"Medborgarlöften i {name_of(cycles[0].municipality)}", cycles)


def _of_cycles(path: str, title: str, cycles: list[Cycle]) -> DataSet:
    years = [one for cycle in cycles for one in cycle.years]
    return DataSet(
        path, path, title, "Ett löfte och ett år på varje rad. Det som inte är känt är tomt.",
        ("medborgarlöfte", "brottsförebyggande", "trygghet"),
        tuple(one.published_on for one in years if one.published_on),
        date(min(one.year for one in years), 1, 1), date(max(one.year for one in years), 12, 31),
    )  # fmt: skip


def _series() -> Iterator[DataSet]:
    values = [value for edition in editions() for one in edition.promises for s in one.series for value in s.values]
    if values:
        yield DataSet(
            "medborgarloften/matvarden", "medborgarloften", "Mätserier under medborgarlöftena",
            "Ett värde och en period på varje rad, som de var när löftena skrevs under. Små antal är tomma.",
            ("medborgarlöfte", "mätserie"), tuple(value.retrieved_on for value in values),
            date(int(min(value.period for value in values)[:4]), 1, 1),
            date(int(max(value.period for value in values)[:4]), 12, 31), ("csv",),
        )  # fmt: skip


def _course_results() -> Iterator[DataSet]:
    courses = dict.fromkeys(promise.course for one in editions() for promise in one.promises if promise.course)
    for course in courses:
        found = results_of(course)
        if found:
            example = " Exempeldata: personerna är påhittade." if found.is_test else ""
            yield DataSet(
                f"medborgarloften/utbildning/{course}", "medborgarloften", "Resultat av utbildningen Kapabla",
                f"Hur svaren ändrades från före till efter, för alla som har gått utbildningen.{example}",
                ("utbildning", "våld i nära relationer"), (found.built_on,),
                date(found.built_on.year, 1, 1), found.built_on, ("csv",),
            )  # fmt: skip


def _surveys() -> Iterator[DataSet]:
    """One of each municipality, with all its years."""
    found = published_surveys()
    for place in dict.fromkeys(map(place_of, found)):
        own = [one for one in found if place_of(one) == place]
        yield DataSet(
            f"enkatsvar/{place.slug}", f"enkatsvar/{place.slug}", f"Enkätsvar om trygghet från {place.name}",
            "En andel av dem som svarade på varje rad, med felmarginal. Det som inte visas är tomt.",
            ("trygghet", "enkät", "brottsförebyggande"), tuple(one.published_on for one in own),
            min(one.result.opens_on for one in own), max(one.result.closes_on for one in own),
        )  # fmt: skip


def _data_set(base: str, one: DataSet) -> _Node:
    return {
        "@id": f"{base}/{one.path}#data",
        "@type": "dcat:Dataset",
        "dcterms:title": _swedish(one.title),
        "dcterms:description": _swedish(one.description),
        "dcterms:publisher": _publisher(base),
        "dcterms:accessRights": _named(f"{_AUTHORITY}/access-right/PUBLIC", "dcterms:RightsStatement"),
        "dcterms:language": _language(),
        "dcterms:accrualPeriodicity": _named(f"{_AUTHORITY}/frequency/ANNUAL", "dcterms:Frequency"),
        "dcat:theme": [_named(f"{_THEMES}/{theme}", "skos:Concept") for theme in ("GOVE", "JUST")],
        "dcat:keyword": [_swedish(word) for word in one.keywords],
        "dcat:contactPoint": _contact(base),
        **_days(one.published),
        "dcterms:temporal": {
            "@type": "dcterms:PeriodOfTime", "dcat:startDate": _day(one.first), "dcat:endDate": _day(one.last),
        },
        "dcat:landingPage": _document(f"{base}/{one.page}"),
        "dcat:distribution": [_distribution(f"{base}/{one.path}.{ending}", ending) for ending in one.endings],
    }  # fmt: skip


def _distribution(address: str, ending: str) -> _Node:
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcterms:description": _swedish(_FORMATS[ending]),
        "dcterms:format": _named(f"{_AUTHORITY}/file-type/{ending.upper()}", "dcterms:MediaTypeOrExtent"),
        "dcterms:license": _licence(),
    }


def _contact(base: str) -> _Node:
    organisation = service().material.organisation
    return {
        "@id": f"{base}/om#kontakt",
        "@type": ["vcard:Organization", "vcard:Kind"],
        "vcard:fn": organisation.name,
        "vcard:hasEmail": {"@id": f"mailto:{organisation.reply_to}"},
    }


def _publisher(base: str) -> _Node:
    return {"@id": f"{base}/om#utgivare", "@type": "foaf:Agent", "foaf:name": service().material.organisation.name}


def _days(published: Iterable[date]) -> _Node:
    """The days of the first and of the last publication, where anything has been published."""
    days = list(published)
    return {"dcterms:issued": _day(min(days)), "dcterms:modified": _day(max(days))} if days else {}


def _day(day: date) -> _Node:
    return {"@value": day.isoformat(), "@type": "xsd:date"}


def _language() -> _Node:
    return _named(f"{_AUTHORITY}/language/SWE", "dcterms:LinguisticSystem")


def _licence() -> _Node:
    return _named(LICENCE, "dcterms:LicenseDocument")


def _document(address: str) -> _Node:
    return _named(address, "foaf:Document")


def _named(address: str, kind: str) -> _Node:
    """What is described elsewhere, with its class: so the description can be judged without fetching anything."""
    return {"@id": address, "@type": kind}


def _swedish(text: str) -> _Node:
    return {"@value": text, "@language": "sv"}

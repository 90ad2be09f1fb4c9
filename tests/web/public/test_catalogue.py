"""The description of the open data validates: against the shapes of DCAT-AP 3.0.0, as published, and against what
DCAT-AP-SE adds to them, written here by its own names (decision 104)."""

import json
import re
from datetime import date
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib import DCTERMS, RDF, RDFS, SKOS

from kapabla.material.course_results import name_of
from kapabla.material.promise_editions import PublishedSeries, SeriesValue
from kapabla.release.surveys.shelf import publish_result
from kapabla.store import Store
from kapabla.web.public.open_data import LICENCE
from tests.factories import STUDY
from tests.surveys import result_without_figures
from tests.web.public.test_public_promises import publish

PATH = "/medborgarloften/katalog.jsonld"
SHAPES = Path(__file__).parents[2] / "data" / "dcat-ap-3.0.0-shacl.jsonld"
# By class: what has to be there, and what is recommended and known here.
MANDATORY = {
    "dcat:Catalog": {"dcterms:title", "dcterms:description", "dcterms:publisher", "dcterms:license", "dcat:dataset"},
    "dcat:Dataset": {"dcterms:title", "dcterms:description", "dcterms:publisher"},
    "dcat:Distribution": {"dcat:accessURL"},
    "foaf:Agent": {"foaf:name"},
    "vcard:Organization": {"vcard:fn", "vcard:hasEmail"},
    "dcterms:PeriodOfTime": set(),
}
RECOMMENDED = {
    "dcat:Catalog": {"foaf:homepage", "dcterms:language", "dcterms:issued", "dcterms:modified", "dcat:themeTaxonomy"},
    "dcat:Dataset": {
        "dcat:contactPoint", "dcat:distribution", "dcat:keyword", "dcat:theme", "dcterms:issued", "dcterms:temporal",
        "dcterms:accessRights", "dcterms:accrualPeriodicity", "dcat:landingPage",
    },
    "dcat:Distribution": {"dcterms:description", "dcterms:format", "dcterms:license", "dcat:downloadURL"},
}  # fmt: skip
TEXTS = {"dcterms:title", "dcterms:description", "dcat:keyword"}
DAYS = {"dcterms:issued", "dcterms:modified", "dcat:startDate", "dcat:endDate"}
ADDRESSES = {
    "dcterms:license", "dcterms:language", "dcterms:accessRights", "dcterms:accrualPeriodicity", "dcterms:format",
    "dcat:theme", "dcat:themeTaxonomy", "dcat:landingPage", "dcat:accessURL", "dcat:downloadURL", "foaf:homepage",
    "vcard:hasEmail",
}  # fmt: skip
NODES = {
    "dcterms:publisher": "foaf:Agent", "dcat:contactPoint": "vcard:Organization", "dcat:dataset": "dcat:Dataset",
    "dcat:distribution": "dcat:Distribution", "dcterms:temporal": "dcterms:PeriodOfTime",
}  # fmt: skip
MANY = {"dcat:dataset", "dcat:distribution", "dcat:theme", "dcat:keyword"}
# From the vocabularies of the EU, as the specification asks for.
VOCABULARIES = {
    "dcterms:language": "language", "dcterms:accessRights": "access-right", "dcat:theme": "data-theme",
    "dcterms:accrualPeriodicity": "frequency", "dcterms:format": "file-type",
}  # fmt: skip


@pytest.fixture
def catalogue(client, service, clock):
    """With something of each kind: promises, a series, the course, and a survey."""
    client.get("/medborgarloften")
    day = date(2026, 3, 1)
    values = [SeriesValue(period=year, value=31.0, source="Polisen", retrieved_on=day) for year in ("2024", "2025")]
    larm = PublishedSeries(code="larm", kind="calls", name="Larm", unit="antal", values=tuple(values))
    store = Store(service.config.release_dir)
    told = {"release": "r", "built_on": "2026-02-01", "is_test": False, "completed": 112, "outcomes": []}
    store.put_index(name_of(STUDY, is_test=False), {"document": store.put(json.dumps(told).encode())})
    publish_result(store, result_without_figures(), approval="a", published_on=day)
    publish(service, clock, series=(larm,))
    return json.loads(client.get(PATH).get_data())


def test_it_holds_everything_that_is_open_data_here(client, catalogue):
    sets = {one["@id"].removeprefix("http://localhost/"): one for one in catalogue["dcat:dataset"]}
    assert list(sets) == [
        "medborgarloften#data", "medborgarloften/robertsfors#data", "medborgarloften/vindeln#data",
        "medborgarloften/matvarden#data", "medborgarloften/utbildning/kapabla#data", "enkatsvar/vindeln#data",
    ]  # fmt: skip
    assert sets["medborgarloften/matvarden#data"]["dcterms:temporal"]["dcat:startDate"]["@value"] == "2024-01-01"
    assert sets["enkatsvar/vindeln#data"]["dcterms:temporal"]["dcat:endDate"]["@value"] == "2026-11-30"
    for one in sets.values():
        for file in one["dcat:distribution"]:
            client.get(file["@id"].removeprefix("http://localhost"))
        client.get(one["dcat:landingPage"]["@id"].removeprefix("http://localhost"))


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # within the library
def test_it_validates_against_the_shapes_of_dcat_ap(catalogue):
    shapes = rdflib.Graph().parse(SHAPES, format="json-ld")
    conforms, _, report = pyshacl.validate(graph_of(catalogue), shacl_graph=shapes)
    assert conforms, report
    # The shapes can refuse: without who publishes it.
    short = {key: value for key, value in catalogue.items() if key != "dcterms:publisher"}
    assert not pyshacl.validate(graph_of(short), shacl_graph=shapes)[0]


def graph_of(catalogue):
    """With what a validator fetches: that everything is a resource (RDFS), and what the EU calls its own themes."""
    graph = rdflib.Graph().parse(data=json.dumps(catalogue), format="json-ld")
    themes = rdflib.Namespace("http://publications.europa.eu/resource/authority/")
    graph.add((themes["data-theme"], DCTERMS.title, rdflib.Literal("Data theme", "en")))
    for code, label in (("GOVE", "Government and public sector"), ("JUST", "Justice, legal system and public safety")):
        graph.add((themes[f"data-theme/{code}"], SKOS.prefLabel, rdflib.Literal(label, "en")))
    for address in {one for one in graph.all_nodes() if isinstance(one, rdflib.URIRef)}:
        graph.add((address, RDF.type, RDFS.Resource))
    return graph


def nodes(value):
    """Every thing that is described here, the catalogue first. What is named alone is described elsewhere."""
    if isinstance(value, list):
        return [node for one in value for node in nodes(one)]
    if not isinstance(value, dict):
        return []
    inner = [node for key, one in value.items() if key != "@context" for node in nodes(one)]
    return inner if value.keys() <= {"@id", "@type", "@value", "@language"} else [value, *inner]


def test_everything_that_is_mandatory_or_recommended_and_known_is_there(catalogue):
    seen = set()
    for node in nodes(catalogue):
        kind = kind_of(node)
        seen.add(kind)
        # Of a municipality that has published nothing there is no day of publication.
        missing = MANDATORY[kind] - node.keys() or RECOMMENDED.get(kind, set()) - node.keys() - {"dcterms:issued"}
        assert missing == set(), node.get("@id")
    assert seen == MANDATORY.keys()
    assert MANDATORY["dcat:Catalog"] | RECOMMENDED["dcat:Catalog"] <= catalogue.keys()


def kind_of(node):
    """The first, where it has a wider class beside its own."""
    return node["@type"][0] if isinstance(node["@type"], list) else node["@type"]


def test_every_value_is_of_the_kind_that_its_property_has_and_one_thing_has_one_name(catalogue):
    for node in nodes(catalogue):
        for name, given in node.items():
            if name.startswith("@"):
                continue
            values = given if isinstance(given, list) else [given]
            assert len(values) == 1 or name in MANY, name
            for value in values:
                check(name, value)
    known = set(catalogue["@context"])
    for node in nodes(catalogue):
        for word in (kind_of(node), *node):
            assert word.startswith("@") or word.partition(":")[0] in known, word
    told = {}
    for node in nodes(catalogue):
        if "@id" in node:
            assert told.setdefault(node["@id"], kind_of(node)) == kind_of(node)
    assert catalogue["dcterms:license"]["@id"] == LICENCE


def check(name, value):
    if name in TEXTS:
        assert set(value) == {"@value", "@language"}, name
    elif name in DAYS:
        assert value["@type"] == "xsd:date", name
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", value["@value"]), name
    elif name in ADDRESSES:
        assert re.match(r"https?://|mailto:", value["@id"]), name
        if name in VOCABULARIES:
            start = f"http://publications.europa.eu/resource/authority/{VOCABULARIES[name]}/"
            assert value["@id"].startswith(start), name
    elif name in NODES:
        assert kind_of(value) == NODES[name], name
    else:
        assert name in ("foaf:name", "vcard:fn"), name
        assert isinstance(value, str), name

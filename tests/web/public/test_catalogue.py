"""The description of the open data is what DCAT-AP-SE asks for.

No validator or shapes are to be had from the package registries (decision 87): what the specification makes mandatory,
what may stand once only and of what kind each value is, is written here by its own names (DCAT-AP-SE 2 and 3 agree)."""

import json
import re

import pytest

from kapabla.web.public.open_data import LICENCE
from tests.web.public.test_public_promises import publish

PATH = "/medborgarloften/katalog.jsonld"
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
    client.get("/medborgarloften")
    publish(service, clock)
    return json.loads(client.get(PATH).get_data())


def nodes(value):
    """Every thing that is described, the catalogue first."""
    if isinstance(value, list):
        return [node for one in value for node in nodes(one)]
    if not isinstance(value, dict):
        return []
    inner = [node for key, one in value.items() if key != "@context" for node in nodes(one)]
    return [value, *inner] if "@type" in value and "@value" not in value else inner


def test_everything_that_is_mandatory_or_recommended_and_known_is_there(catalogue):
    seen = set()
    for node in nodes(catalogue):
        kind = node["@type"]
        seen.add(kind)
        # Of a municipality that has published nothing there is no day of publication.
        missing = MANDATORY[kind] - node.keys() or RECOMMENDED.get(kind, set()) - node.keys() - {"dcterms:issued"}
        assert missing == set(), node.get("@id")
    assert seen == MANDATORY.keys()
    assert MANDATORY["dcat:Catalog"] | RECOMMENDED["dcat:Catalog"] <= catalogue.keys()


def test_every_value_is_of_the_kind_that_its_property_has(catalogue):
    for node in nodes(catalogue):
        for name, given in node.items():
            if name.startswith("@"):
                continue
            values = given if isinstance(given, list) else [given]
            assert len(values) == 1 or name in MANY, name
            for value in values:
                check(name, value)


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
        assert value["@type"] == NODES[name], name
    else:
        assert name in ("foaf:name", "vcard:fn"), name
        assert isinstance(value, str), name


def test_one_thing_has_one_name_and_every_prefix_is_known(catalogue):
    known = set(catalogue["@context"])
    for node in nodes(catalogue):
        for word in (node["@type"], *node):
            assert word.startswith("@") or word.partition(":")[0] in known, word
    told = {}
    for node in nodes(catalogue):
        if "@id" in node:
            assert told.setdefault(node["@id"], node["@type"]) == node["@type"]
    assert catalogue["dcterms:license"]["@id"] == LICENCE

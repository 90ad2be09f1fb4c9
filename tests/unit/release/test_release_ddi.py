"""`ddi.xml` keeps to the schema of DDI Codebook 2.5 and describes every column (F3).

`tests/data/ddi/codebook_2_5.toml` holds what the schema says of the elements we use (docs/decisions/0023).
"""

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kapabla.release.dataset import Dataset, to_wide
from kapabla.release.documents import ddi
from kapabla.release.study_columns import columns_of
from kapabla.release.test_people import marked
from tests.material_once import our_material
from tests.unit.release.samples import ABOUT, make_dataset

DDI = "{ddi:codebook:2_5}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
SCHEMA = tomllib.loads(Path("tests/data/ddi/codebook_2_5.toml").read_text(encoding="utf-8"))
LONG = make_dataset(12)


@pytest.fixture(scope="module")
def ours():
    """The columns of our own study, every kind of them, without a row."""
    material = our_material()
    study = material.studies["kapabla-2026"]
    return Dataset(columns_of(study, material), (), tuple(wave.code for wave in study.waves))


def faults(root):
    """What the schema would not have, each as a sentence."""
    ids = [element.get("ID") for element in root.iter() if element.get("ID")]
    found = [f"{name} is the ID of two" for name in {name for name in ids if ids.count(name) > 1}]
    for element in root.iter():
        found += faults_of(element, set(ids))
    return found


def faults_of(element, ids):
    tag = element.tag.removeprefix(DDI)
    if tag not in SCHEMA:
        return [f"{tag} is no element of ours"]
    rule, found = SCHEMA[tag], []
    if not re.fullmatch(ordered(rule.get("children", "")), "".join(f"{child.tag} " for child in element)):
        found.append(f"{tag} does not hold its children in order")
    if not rule.get("text") and (element.text or "").strip():
        found.append(f"{tag} holds words")
    if rule.get("filled") and not len(element):
        found.append(f"{tag} is empty")
    found += [f"{tag} has no {name}" for name in rule.get("required", ()) if not element.get(name)]
    for name, value in element.attrib.items():
        if name in ("ID", LANG) or (tag, name) == ("codeBook", LOCATION):
            continue
        allowed = rule.get("attributes", {}).get(name)
        if allowed is None or (isinstance(allowed, list) and value not in allowed):
            found.append(f"{tag} has {name}={value}")
        if allowed == "ids" and not set(value.split()) <= ids:
            found.append(f"{tag} points at nothing by {name}")
    return found


def ordered(children):
    """`a b*` as an expression that the tags of an element are matched against."""
    parts = (re.fullmatch(r"(\w+)([?*+]?)", word).groups() for word in children.split())
    return "".join(f"(?:{re.escape(DDI + name)} ){times}" for name, times in parts)


def read(long, about=ABOUT):
    return ElementTree.fromstring(ddi.as_xml(long, to_wide(long), about))  # noqa: S314  (our own document)


@pytest.mark.parametrize("is_test", [True, False])
def test_the_document_keeps_to_the_schema(ours, is_test):
    """F3."""
    about = replace(ABOUT, is_test=is_test, registry_number=None if is_test else "2026-01234-01")
    for long in (LONG, marked(LONG), ours):
        assert faults(read(long, about)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda root: root.find(f".//{DDI}var").attrib.pop("name"), "var has no name"),
        (lambda root: root.find(f".//{DDI}var").set("nature", "scale"), "var has nature=scale"),
        (lambda root: root.find(f".//{DDI}var").set("files", "F9"), "var points at nothing by files"),
        (lambda root: root.find(f".//{DDI}var").set("colour", "red"), "var has colour=red"),
        (lambda root: root.append(root[0]), "codeBook does not hold its children in order"),
        (lambda root: root.find(f".//{DDI}titlStmt").clear(), "titlStmt does not hold its children in order"),
        (lambda root: root.find(f".//{DDI}invalrng").clear(), "invalrng is empty"),
        (lambda root: root.find(f".//{DDI}fileTxt").set("ID", "F1"), "F1 is the ID of two"),
    ],
)
def test_what_the_schema_would_not_have_is_found(change, fault):
    """The check can fail: each way of breaking a document is told."""
    root = read(LONG)
    change(root)
    assert fault in faults(root)


def test_every_column_of_both_tables_is_described_in_both_languages(ours):
    """F3, C11: labels, values and missing codes, as the columns say."""
    root = read(ours)
    described = {(var.get("files"), var.get("name")): var for var in root.iter(f"{DDI}var")}
    for file, table in (("F1", ours), ("F2", to_wide(ours))):
        assert [name for of, name in described if of == file] == [column.name for column in table.columns]
        for column in table.columns:
            check_described(column, described[file, column.name])


def check_described(column, var):
    assert {label.get(LANG): label.text for label in var.findall(f"{DDI}labl")} == dict(column.labels)
    values = {
        category.find(f"{DDI}catValu").text: {label.get(LANG): label.text for label in category.findall(f"{DDI}labl")}
        for category in var.findall(f"{DDI}catgry")
    }
    wanted = {str(v): {"sv": text, "en": column.category_labels("en")[v]} for v, text in column.categories.items()}
    if not column.is_text:
        wanted |= {str(r.value): {"sv": r.label_sv, "en": r.label_en} for r in column.missing}
    assert values == wanted
    notes = {note.get("type"): note.text for note in var.findall(f"{DDI}notes")}
    assert notes["disclosure"] == column.disclosure
    assert notes.get("instrument_version", "") == column.instrument_version
    assert notes.get("missing", "") == ", ".join(reason.slug for reason in column.missing)


def test_titles_and_conditions_say_whose_it_is_and_how_it_may_be_used():
    root = read(LONG)
    assert root.find(f".//{DDI}titl").text == "Kapabla 2026, datautgåva 2026-11-25-1 för utvärdering (Exempeldata)"
    assert "avtalet" in root.find(f".//{DDI}conditions").text
    assert root.find(f".//{DDI}biblCit").text == ABOUT.citation
    assert root.find(f".//{DDI}caseQnty").text == str(len(LONG))


def test_the_document_is_the_same_every_time_and_names_no_day():
    first = ddi.as_xml(LONG, to_wide(LONG), ABOUT)
    assert first == ddi.as_xml(LONG, to_wide(LONG), ABOUT)
    assert first.count(b"2026-11-25") == first.count(b"2026-11-25-1")

"""`ddi.xml`: DDI Codebook 2.5, which data archives read. Of its schema only the elements named here are used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset
from kapabla.release.documents.about import About, Words

_NAMESPACE = "ddi:codebook:2_5"
_SCHEMA = "https://ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
_NATURE = {"nominal": "nominal", "ordinal": "ordinal", "scale": "interval"}
_LANGUAGES = ("sv", "en")


@dataclass(frozen=True)
class _File:
    """A table and the ids that the document knows it and its columns by."""

    id: str
    name: str
    content: Words
    dataset: Dataset

    def variable(self, column: ColumnSpec) -> str:
        return f"{self.id}.{column.name}"


def as_xml(long: Dataset, wide: Dataset, about: About) -> bytes:
    """Study, files and every column of both tables, in Swedish and English. Example of a column's id: `F1.se_1`."""
    files = (
        _File("F1", "data_long", {"sv": "En rad per person och mättillfälle", "en": "A row per person and wave"}, long),
        _File("F2", "data_wide", {"sv": "En rad per person", "en": "A row per person"}, wide),
    )
    root = Element(
        "codeBook",
        {
            "xmlns": _NAMESPACE, "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": f"{_NAMESPACE} {_SCHEMA}", "version": "2.5", "xml:lang": "sv",
        },
    )  # fmt: skip
    _study(root, about)
    for file in files:
        _file(root, file)
    data = SubElement(root, "dataDscr")
    data.extend(_groups(files[0]))
    for file in files:
        data.extend(_variable(file, column) for column in file.dataset.columns)
    indent(root, " ")
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _study(root: Element, about: About) -> None:
    study = SubElement(root, "stdyDscr")
    citation = SubElement(study, "citation")
    titles = SubElement(citation, "titlStmt")
    _text(titles, "titl", about.titles["sv"])
    _text(titles, "parTitl", about.titles["en"], language="en")
    _text(titles, "IDNo", about.release)
    _text(SubElement(citation, "rspStmt"), "AuthEnty", about.organisation)
    _text(SubElement(citation, "distStmt"), "distrbtr", about.organisation)
    _text(SubElement(citation, "verStmt"), "version", about.release)
    _text(citation, "biblCit", about.citation)
    if about.registry_number:
        authorised = SubElement(study, "studyAuthorization")
        _text(authorised, "authorizingAgency", "Etikprövningsmyndigheten")
        _text(authorised, "authorizationStatement", about.registry_number)
    summary = SubElement(SubElement(study, "stdyInfo"), "sumDscr")
    _in_both(summary, "anlyUnit", {"sv": "Person", "en": "Individual"})
    _in_both(summary, "universe", _universe(about))
    _in_both(summary, "dataKind", {"sv": "Enkätsvar", "en": "Survey data"})
    method = SubElement(SubElement(study, "method"), "dataColl")
    _in_both(method, "timeMeth", {"sv": "Panel", "en": "Panel"})
    use = SubElement(SubElement(study, "dataAccs"), "useStmt")
    # Each at most once, so both languages stand in it.
    _text(use, "citReq", about.citation)
    sentences = (condition[language] for language in _LANGUAGES for condition in about.conditions)
    _text(use, "conditions", " ".join(sentences))


def _universe(about: About) -> Words:
    if about.is_test:
        return {"sv": "Påhittade personer", "en": "People who are made up"}
    return {
        "sv": "Deltagare i utbildningen som har sagt ja till att svaren används så",
        "en": "Participants of the course who have said yes to this use of their answers",
    }


def _file(root: Element, file: _File) -> None:
    described = SubElement(root, "fileDscr", {"ID": file.id, "URI": f"{file.name}.csv"})
    text = SubElement(described, "fileTxt")
    _text(text, "fileName", file.name)
    _text(text, "fileCont", file.content["sv"])
    size = SubElement(text, "dimensns")
    _text(size, "caseQnty", str(len(file.dataset)))
    _text(size, "varQnty", str(len(file.dataset.columns)))
    _text(text, "fileType", "CSV").set("charset", "UTF-8")


def _groups(file: _File) -> Iterable[Element]:
    """Columns of one checkbox or ranking, and items of one matrix or vignette."""
    members: dict[tuple[str, str], list[ColumnSpec]] = {}
    for column in file.dataset.columns:
        for kind, name in (("grid", column.group), ("multipleResp", column.part_of)):
            if name:
                members.setdefault((kind, name), []).append(column)
    for (kind, name), columns in members.items():
        ids = " ".join(file.variable(column) for column in columns)
        yield Element("varGrp", {"ID": f"{file.id}.{kind}.{name}", "type": kind, "name": name, "var": ids})


def _variable(file: _File, column: ColumnSpec) -> Element:
    variable = Element("var", _attributes(file, column))
    _in_both(variable, "labl", column.labels)
    if _is_asked(column):
        for language in _LANGUAGES:
            question = SubElement(variable, "qstn", {"xml:lang": language})
            _text(question, "qstnLit", column.labels[language])
    _ranges(variable, column)
    for value, label in column.categories.items():
        _category(variable, str(value), {"sv": label, "en": column.category_labels("en")[value]})
    if not column.is_text:
        for reason in column.missing:
            labels = {"sv": reason.label_sv, "en": reason.label_en}
            _category(variable, str(reason.value), labels, missing=reason.slug)
    if column.construct:
        _text(variable, "concept", column.construct)
    SubElement(variable, "varFormat", {"type": "character" if column.is_text else "numeric"})
    for kind, note in _notes(column).items():
        _text(variable, "notes", note).set("type", kind)
    return variable


def _attributes(file: _File, column: ColumnSpec) -> dict[str, str]:
    is_whole = column.is_text or column.is_whole
    given = {
        "ID": file.variable(column), "name": column.name, "files": file.id,
        "intrvl": "discrete" if is_whole else "contin", "nature": _NATURE[column.measure],
        "representationType": "code" if column.categories else "text" if column.is_text else "numeric",
    }  # fmt: skip
    return given if is_whole or not column.decimals else given | {"dcml": str(column.decimals)}


def _is_asked(column: ColumnSpec) -> bool:
    return bool(column.instrument_version) and column.kind not in (Kind.SCORE, Kind.ORDER)


def _ranges(variable: Element, column: ColumnSpec) -> None:
    limits = {"min": column.minimum, "max": column.maximum}
    told = {name: f"{limit:g}" for name, limit in limits.items() if limit is not None}
    if told:
        units = {} if column.is_whole else {"UNITS": "REAL"}
        SubElement(SubElement(variable, "valrng"), "range", told | units)
    if column.missing and not column.is_text:
        missing = SubElement(variable, "invalrng")
        for reason in column.missing:
            SubElement(missing, "item", {"VALUE": str(reason.value)})


def _category(variable: Element, value: str, labels: Words, *, missing: str = "") -> None:
    category = SubElement(variable, "catgry", {"missing": "Y", "missType": missing} if missing else {})
    _text(category, "catValu", value)
    _in_both(category, "labl", labels)


def _notes(column: ColumnSpec) -> Mapping[str, str]:
    """What the codebook says too, and DDI has no element for."""
    found = {
        "instrument_version": column.instrument_version,
        "kirkpatrick_level": str(column.kirkpatrick_level or ""),
        "waves": _listed(column.waves),
        "missing": _listed(reason.slug for reason in column.missing),
        "disclosure": column.disclosure,
        "quasi_identifier": "yes" if column.is_quasi_identifier else "",
        "sensitive": "yes" if column.is_sensitive else "",
        "reversed_in_scale": "yes" if column.is_reversed else "",
        "then_of": column.then_of,
        "scales": _listed(column.scales),
        "scoring": f"{column.scoring.rule}: {_listed(column.scoring.items)}" if column.scoring else "",
        "planned": _listed(f"{wave}: {kind}" for wave, kind in column.planned.items()),
        "orders": "; ".join(f"{seed}: {order}" for seed, order in column.orders.items()),
    }
    return {kind: note for kind, note in found.items() if note}


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _in_both(parent: Element, tag: str, words: Words) -> None:
    for language in _LANGUAGES:
        _text(parent, tag, words[language], language=language)


def _text(parent: Element, tag: str, text: str, *, language: str = "") -> Element:
    element = SubElement(parent, tag, {"xml:lang": language} if language else {})
    element.text = text
    return element

"""`datapackage.json`: Data Package v2, the tables in CSV with a schema that a program can check every cell against."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec
from kapabla.release.dataset import Dataset
from kapabla.release.documents.about import About, Words

_PROFILE = "https://datapackage.org/profiles/2.0/"
# The files for Excel, SPSS, Stata and DuckDB hold the same tables, and have no schema of their own.
_DIALECT = {"delimiter": ",", "lineTerminator": "\n"}


@dataclass(frozen=True)
class _Table:
    name: str
    title: Words
    schema: Mapping[str, Any]


def as_json(long: Dataset, wide: Dataset, about: About, files: Mapping[str, bytes]) -> bytes:
    """`files` holds the tables by their names. Example: `frictionless validate datapackage.json` beside them finds a
    cell that is no value of its column, a person twice at a wave, and a reason in missing.csv for nobody."""
    tables = (
        _Table("data_long", {"sv": "En rad per person och mättillfälle", "en": "A row per person and wave"},
               _schema(long, ["record_id", "wave"])),
        _Table("data_wide", {"sv": "En rad per person", "en": "A row per person"}, _schema(wide, ["record_id"])),
        _Table("missing", {"sv": "Varför en cell i data_long är tom", "en": "Why a cell of data_long is blank"},
               _missing_schema(long)),
    )  # fmt: skip
    package = {
        "$schema": f"{_PROFILE}datapackage.json",
        "name": f"kapabla-{about.study}-{about.release}",
        "title": about.title,
        "description": "\n".join(condition["sv"] for condition in about.conditions),
        "version": about.release,
        "licenses": [{"name": "other-closed", "title": "Enligt avtal, se README.txt / By agreement, see README.txt"}],
        "contributors": [{"title": about.organisation, "roles": ["publisher"]}],
        "keywords": ["survey", "evaluation", about.purpose],
        "resources": [_resource(table, files) for table in tables],
    }
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()


def _resource(table: _Table, files: Mapping[str, bytes]) -> dict[str, Any]:
    path = f"{table.name}.csv"
    return {
        "name": table.name,
        "title": table.title["sv"],
        "description": table.title["en"],
        "path": path,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(files[path]),
        "hash": f"sha256:{hashlib.sha256(files[path]).hexdigest()}",
        "dialect": _DIALECT,
        "schema": table.schema,
    }


def _schema(dataset: Dataset, key: list[str]) -> dict[str, Any]:
    return {
        "$schema": f"{_PROFILE}tableschema.json",
        "fields": [_field(column) for column in dataset.columns],
        "missingValues": [""],
        "primaryKey": key,
    }


def _field(column: ColumnSpec) -> dict[str, Any]:
    """`categories` name the values; `constraints` are what a checker holds each cell to."""
    kind = "string" if column.is_text else "integer" if column.is_whole else "number"
    field: dict[str, Any] = {
        "name": column.name, "type": kind, "title": column.labels["sv"], "description": column.labels["en"],
        "constraints": _constraints(column),
    }  # fmt: skip
    if column.categories:
        field["categories"] = [{"value": value, "label": label} for value, label in column.categories.items()]
        field["categoriesOrdered"] = column.is_ordered
    return field


def _constraints(column: ColumnSpec) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if not column.missing:
        found["required"] = True
    if column.categories:
        found["enum"] = list(column.categories)
    elif not column.is_text:
        limits = {"minimum": column.minimum, "maximum": column.maximum}
        found |= {name: limit for name, limit in limits.items() if limit is not None}
    return found


def _missing_schema(long: Dataset) -> dict[str, Any]:
    label = {reason.slug: reason.label_sv for reason in MissingReason}
    waves = next(column.categories for column in long.columns if column.name == "wave")
    return {
        "$schema": f"{_PROFILE}tableschema.json",
        "fields": [
            {"name": "record_id", "type": "string", "constraints": {"required": True}},
            {"name": "wave", "type": "string", "constraints": {"required": True, "enum": list(waves)}},
            {"name": "column", "type": "string",
             "constraints": {"required": True, "enum": [column.name for column in long.columns]}},
            {"name": "reason", "type": "string", "constraints": {"required": True, "enum": list(label)},
             "categories": [{"value": slug, "label": text} for slug, text in label.items()]},
        ],
        "missingValues": [""],
        "primaryKey": ["record_id", "wave", "column"],
        "foreignKeys": [
            {
                "fields": ["record_id", "wave"],
                "reference": {"resource": "data_long", "fields": ["record_id", "wave"]},
            }
        ],
    }  # fmt: skip

"""The codebook: every column of a release described, for people (HTML) and for programs (JSON)."""

import html
import json
from typing import Any

from kapabla.material.instruments import MissingReason
from kapabla.release.columns import ColumnSpec
from kapabla.release.dataset import Dataset


def as_rows(dataset: Dataset) -> list[dict[str, Any]]:
    """One entry a column, with the same keys for all."""
    return [_entry(column) for column in dataset.columns]


def _entry(column: ColumnSpec) -> dict[str, Any]:
    return {
        "name": column.name,
        "kind": column.kind.value,
        "labels": dict(column.labels),
        "values": {str(value): label for value, label in column.categories.items()},
        "minimum": column.minimum,
        "maximum": column.maximum,
        "construct": column.construct,
        "kirkpatrick_level": column.kirkpatrick_level,
        "form": column.form,
        "instrument_version": column.instrument_version,
        "waves": list(column.waves),
        "measure": column.measure,
        "quasi_identifier": column.is_quasi_identifier,
        "sensitive": column.is_sensitive,
        "reversed_in_scale": column.is_reversed,
        "disclosure": column.disclosure,
    }


def as_json(dataset: Dataset, title: str) -> bytes:
    reasons = {
        reason.slug: {"code": reason.value, "sv": reason.label_sv, "en": reason.label_en} for reason in MissingReason
    }
    book = {"title": title, "missing": reasons, "columns": as_rows(dataset)}
    return (json.dumps(book, ensure_ascii=False, indent=1) + "\n").encode()


def as_html(dataset: Dataset, title: str) -> bytes:
    """A page that stands alone: no style, no script, nothing from anywhere else."""
    heads = ("Kolumn", "Svenska", "English", "Värden", "Skala och version", "Skydd")
    rows = "\n".join(f"<tr>{''.join(_cells(column))}</tr>" for column in dataset.columns)
    reasons = "\n".join(f"<li>{r.value}: {html.escape(r.label_sv)} ({r.slug})</li>" for r in MissingReason)
    return f"""<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><title>{html.escape(title)}</title></head><body>
<h1>{html.escape(title)}</h1>
<p>Tomma celler har en orsak i missing.csv. I .sav står koden i cellen:</p><ul>
{reasons}
</ul>
<table><caption>Kolumner</caption>
<thead><tr>{"".join(f'<th scope="col">{head}</th>' for head in heads)}</tr></thead>
<tbody>
{rows}
</tbody></table></body></html>
""".encode()


def _cells(column: ColumnSpec) -> list[str]:
    values = "; ".join(f"{value} = {label}" for value, label in column.categories.items())
    if not values and column.minimum is not None:
        values = f"{column.minimum}–{column.maximum}"
    source = " ".join(part for part in (column.construct, column.instrument_version) if part)
    protection = "kvasiidentifierare" if column.is_quasi_identifier else column.disclosure
    texts = [column.labels["sv"], column.labels["en"], values, source, protection]
    return [f'<th scope="row">{column.name}</th>', *(f"<td>{html.escape(text)}</td>" for text in texts)]

"""The codebook: every column of a release described, for people (HTML) and for programs (JSON)."""

import html
import json
from typing import Any

from kapabla.material.instruments import MissingReason, pomp
from kapabla.release.columns import ColumnSpec, Kind
from kapabla.release.dataset import Dataset, spread_of

_HEADS = (
    ("Kolumn", "Column"), ("Svenska", "Swedish"), ("Engelska", "English"), ("Värden", "Values"),
    ("Tomt kan betyda", "A blank can mean"), ("Mäter", "Measures"), ("Mättillfällen", "Waves"), ("Skydd", "Protection"),
)  # fmt: skip
_PROTECTION = {
    "kept": ("som det svarades", "as answered"),
    "at_least_once": ("minst en gång eller aldrig", "at least once or never"),
    "recoded": ("sammanslagen", "merged"),
    "withheld": ("lämnas inte ut", "withheld"),
}
_NEW_IDS, _AS_IT_IS = ("nytt i varje utgåva", "new in every release"), ("som det är", "as it is")


def as_rows(dataset: Dataset) -> list[dict[str, Any]]:
    """One entry a column, with the same keys for all."""
    return [_entry(column) for column in dataset.columns]


def _entry(column: ColumnSpec) -> dict[str, Any]:
    return {
        "name": column.name,
        "kind": column.kind.value,
        "labels": dict(column.labels),
        "values": {str(value): label for value, label in column.categories.items()},
        "values_en": {str(value): label for value, label in column.category_labels("en").items()},
        "minimum": column.minimum,
        "maximum": column.maximum,
        "decimals": None if column.is_text or column.is_whole else column.decimals or None,
        "missing": [reason.slug for reason in column.missing],
        "construct": column.construct,
        "kirkpatrick_level": column.kirkpatrick_level,
        "form": column.form,
        "form_labels": dict(column.form_labels),
        "instrument_version": column.instrument_version,
        "waves": list(column.waves),
        "measure": column.measure,
        "quasi_identifier": column.is_quasi_identifier,
        "importance": column.importance,
        "sensitive": column.is_sensitive,
        "reversed_in_scale": column.is_reversed,
        "disclosure": column.disclosure,
        "part_of": column.part_of,
        "option": dict(column.option),
        "slugs": dict(column.slugs),
        "group": column.group,
        "orders": {str(seed): order for seed, order in column.orders.items()},
        "planned": dict(column.planned),
        "then_of": column.then_of,
        "scales": list(column.scales),
        "scoring": _scoring(column),
    }


def _scoring(column: ColumnSpec) -> dict[str, Any] | None:
    """None for what is no score. Example: {"items": ["se_1", "se_2"], "rule": "mean", "min_answered": 2, …}."""
    if column.scoring is None:
        return None
    return {
        "items": list(column.scoring.items),
        "rule": column.scoring.rule,
        "min_answered": column.scoring.min_answered,
        "high_means": dict(column.scoring.high_means),
        "only_if": dict(column.scoring.only_if),
        "key": dict(column.scoring.key),
        "pomp": _pomp(column),
    }


def _pomp(column: ColumnSpec) -> dict[str, Any] | None:
    """How the score becomes percent of maximum possible, and how many of these one step of the score is.

    Example: {"formula": "100 * (se_mean - 1) / 4", "one_step": 25.0}. None where the score has no range.
    """
    low, high = column.minimum, column.maximum
    if low is None or high is None or low >= high:
        return None
    return {"formula": f"100 * ({column.name} - {low:g}) / {high - low:g}", "one_step": pomp(low + 1, low, high)}


def as_json(dataset: Dataset, title: str) -> bytes:
    """Title, reasons for missing with their codes, columns of data_long, and what data_wide calls them.

    Example of an entry of `wide`: {"name": "se_1_t0", "column": "se_1", "wave": "t0"}.
    """
    reasons = {
        reason.slug: {"code": reason.value, "stata": f".{reason.stata}", "sv": reason.label_sv, "en": reason.label_en}
        for reason in MissingReason
    }
    wide = [
        {"name": f"{column.name}_{wave}", "column": column.name, "wave": wave} for column, wave in spread_of(dataset)
    ]
    book = {"title": title, "missing": reasons, "columns": as_rows(dataset), "wide": wide}
    return (json.dumps(book, ensure_ascii=False, indent=1) + "\n").encode()


def as_html(dataset: Dataset, title: str) -> bytes:
    """A page that stands alone, in Swedish and English: no style, no script, nothing from anywhere else."""
    heads = "".join(f'<th scope="col">{sv} <span lang="en">{en}</span></th>' for sv, en in _HEADS)
    rows = "\n".join(_row(column, dataset.waves) for column in dataset.columns)
    reasons = "\n".join(
        f"<li>{r.value}, .{r.stata} ({r.slug}): {html.escape(r.label_sv)} "
        f'<span lang="en">{html.escape(r.label_en)}</span></li>'
        for r in MissingReason
    )
    return f"""<!doctype html>
<html lang="sv"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{html.escape(title)}</title></head><body>
<h1>{html.escape(title)}</h1>
<p>data_long har en rad per person och mättillfälle. I data_wide heter kolumnerna som här med mättillfället efter:
se_1_t0. <span lang="en">data_long has a row per person and wave. In data_wide the wave follows the name.</span></p>
<p>Tomma celler har en orsak i missing.csv. I .sav och .dta står orsaken i cellen.
<span lang="en">Blank cells have their reason in missing.csv; in .sav and .dta it stands in the cell.</span></p>
<ul>
{reasons}
</ul>
<table><caption>Kolumner <span lang="en">Columns</span></caption>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}
</tbody></table></body></html>
""".encode()


def _row(column: ColumnSpec, waves: tuple[str, ...]) -> str:
    cells = [
        (html.escape(column.labels["sv"]), ""),
        (html.escape(column.labels["en"]), ' lang="en"'),
        (_values(column), ""),
        (", ".join(reason.slug for reason in column.missing), ' lang="en"'),
        (html.escape(_source(column)), ' lang="en"'),
        (", ".join(column.waves or waves), ""),
        (_protection(column), ""),
    ]
    described = "".join(f"<td{language}>{text}</td>" for text, language in cells)
    return f'<tr><th scope="row">{column.name}</th>{described}</tr>'


def _values(column: ColumnSpec) -> str:
    """Each value with its label in both languages, or the range."""
    english = column.category_labels("en")
    if column.orders:
        return "<br>".join(f"{seed} = {html.escape(order)}" for seed, order in column.orders.items())
    if column.categories:
        return "<br>".join(
            f"{value} = {html.escape(label)}"
            + (f' <span lang="en">{html.escape(english[value])}</span>' if english[value] != label else "")
            for value, label in column.categories.items()
        )
    if column.minimum is None:
        return ""
    low = f"{column.minimum:g}"
    return (
        f'minst {low} <span lang="en">at least {low}</span>' if column.maximum is None else f"{low}–{column.maximum:g}"
    )


def _source(column: ColumnSpec) -> str:
    level = f"Kirkpatrick {column.kirkpatrick_level}" if column.kirkpatrick_level else ""
    turned = "reversed in its scale" if column.is_reversed else ""
    group = f"in group {column.group}" if column.group else ""
    then = f"then-test of {column.then_of}" if column.then_of else ""
    planned = ", ".join(f"{kind} outcome at {wave}" for wave, kind in column.planned.items())
    scales = f"counts in {', '.join(column.scales)}" if column.scales else ""
    parts = (
        column.construct, column.instrument_version, level, column.measure, scales, turned, group, then, planned,
        _computed(column),
    )  # fmt: skip
    return ", ".join(part for part in parts if part)


def _computed(column: ColumnSpec) -> str:
    if column.scoring is None:
        return ""
    items = ", ".join(column.scoring.items)
    only_if = f", only if {json.dumps(column.scoring.only_if)}" if column.scoring.only_if else ""
    percent = _pomp(column)
    shared = f", POMP (0–100) is {percent['formula']}" if percent else ""
    return f"{column.scoring.rule} of {items} from {column.scoring.min_answered} answers on{only_if}{shared}"


def _done(column: ColumnSpec) -> tuple[str, str]:
    """What stands in a column of no questionnaire was never answered."""
    if column.disclosure == "kept" and not column.instrument_version:
        return _NEW_IDS if column.kind is Kind.ID else _AS_IT_IS
    return _PROTECTION.get(column.disclosure, (column.disclosure, column.disclosure))


def _protection(column: ColumnSpec) -> str:
    marks = [_done(column)]
    if column.importance is not None:
        marks.append((f"kvasiidentifierare {column.importance}", f"quasi-identifier {column.importance}"))
    if column.is_sensitive:
        marks.append(("känslig", "sensitive"))
    swedish, english = (html.escape("; ".join(words)) for words in zip(*marks, strict=True))
    return f'{swedish} <span lang="en">{english}</span>'

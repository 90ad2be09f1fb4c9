"""The groups that a release answers about, by at most two filters: looked up in what was audited when it was built."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kapabla.release.figures import CHANGE_HEADERS, CHANGE_HEADERS_EN, change_cells, point
from kapabla.release.figures.telling import counted
from kapabla.release.subgroups import setting_key

FILTER_FIELDS = ("grupp1", "grupp2")


@dataclass(frozen=True)
class Filtering:
    """`options`: value and words of what can be chosen, in Swedish: what is answered about, alone or with another.
    `has_pairs`: whether anything is answered about by two filters. `figure`: the change of each scale in the chosen
    group, as a release tells its figures; None where nothing is chosen, or nothing is answered. `is_not_shown`:
    also where there is nobody, or no such group: all of it looks alike."""

    options: list[tuple[str, str]]
    chosen: tuple[str, ...]
    figure: dict[str, Any] | None
    is_not_shown: bool
    has_pairs: bool


def filtering(dashboard: Mapping[str, Any], asked: Sequence[str]) -> Filtering | None:
    """None where the release has no filters: all columns withheld, or built before there were any."""
    subgroups = dashboard.get("subgroups", {"filters": [], "scales": []})
    names = {
        f"{column['name']}={value}": f"{column['label']}: {label}"
        for column in subgroups["filters"]
        for value, label in column["values"]
    }
    if not names:
        return None
    given = list(dict.fromkeys(part for part in asked if part))
    key = setting_key([(name, value) for name, _, value in (part.partition("=") for part in given)])
    is_offered = bool(given) and all(part in names for part in given)
    found = [scale for scale in subgroups["scales"] if is_offered and key in scale["groups"]]
    answered = {part for key in _keys(subgroups) for part in key.split("&")}
    words = dashboard.get("words", {})
    chosen = [names.get(part, "") for part in given]
    return Filtering(
        options=[(value, name) for value, name in names.items() if value in answered],
        chosen=tuple(asked),
        figure=_figure(found, key, ", ".join(chosen), ", ".join(words.get(name, name) for name in chosen))
        if found
        else None,
        is_not_shown=bool(given) and not found,
        has_pairs=any("&" in key for key in _keys(subgroups)),
    )


def _keys(subgroups: Mapping[str, Any]) -> set[str]:
    return {key for scale in subgroups["scales"] for key in scale["groups"]}


def _figure(scales: Sequence[Mapping[str, Any]], key: str, name: str, english: str) -> dict[str, Any]:
    groups = {scale["label"]: scale["groups"][key] for scale in scales}
    of = ", ".join(sorted({group["of"] for group in groups.values()}))
    return {
        "id": "grupp",
        "title": name,
        "subtitle": "Förändring före–efter i gruppen, med 95 % konfidensintervall",
        "sentence": f"Räknat på utgåva {of}. Hur mycket som visas beror på hur många som är kvar utan gruppen.",
        "method": "analysis.paired på gruppens par; effekten är g_av.",
        "en": {
            "title": english,
            "subtitle": "Change before–after in the group, with 95% confidence interval",
            "sentence": f"Counted on release {of}. How much is shown depends on how many are left without the group.",
            "method": "analysis.paired on the pairs of the group; the effect is g_av.",
            "headers": ["Scale", *CHANGE_HEADERS_EN],
        },
        "of": [group["of"] for group in groups.values()],
        "code": counted(*(f"change.{scale['name']}.t0.t1" for scale in scales), among=key.replace("&", ",")),
        "table": {
            "headers": ["Skala", *CHANGE_HEADERS],
            "rows": [[scale["label"], scale["planned"], *change_cells(groups[scale["label"]])] for scale in scales],
        },
        "plot": {"kind": "forest", "rows": [point(label, group) for label, group in groups.items()]},
    }
